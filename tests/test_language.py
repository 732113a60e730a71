"""Language: refused only where it is sure, and never for foreign names."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.language import (
    ENGLISH,
    NOT_ENGLISH,
    OTHER,
    TOO_SHORT,
    LanguageOptions,
    too_short,
    unsupported_reason,
)

FOREIGN = {
    "Russian": "Сотрудники таможни изъяли двадцать килограммов героина.",
    "Arabic": "ضبطت الشرطة عشرين كيلوغراما من الهيروين في شاحنة",
    "Chinese": "警方 查获 二十公斤 海洛因",
    "Georgian": "პოლიციამ ოცი კილოგრამი ჰეროინი ამოიღო",
    "French": "La police a arrêté mardi trois hommes soupçonnés d'avoir transporté vingt kilos de cocaïne dans un camion en provenance d'Espagne. Les suspects ont été placés en garde à vue, selon le parquet de Marseille.",
    "German": "Die Polizei hat am Dienstag in Hamburg drei Männer festgenommen, die im Verdacht stehen, zwanzig Kilogramm Kokain in einem Lastwagen geschmuggelt zu haben, wie die Staatsanwaltschaft mitteilte.",
    "Spanish": "La policía detuvo el martes a tres hombres sospechosos de transportar veinte kilos de cocaína en un camión procedente de Colombia. Los detenidos fueron puestos a disposición del juez.",
    "Italian": "La polizia ha arrestato martedì tre uomini sospettati di aver trasportato venti chili di cocaina in un camion proveniente dalla Spagna. Gli arrestati sono stati portati nel carcere di Napoli.",
    "Turkish": "Polis salı günü İstanbul'da düzenlenen operasyonda yirmi kilo eroin ele geçirdi ve üç kişiyi gözaltına aldı. Valilikten yapılan açıklamada, şüphelilerin İran sınırından geçtiği bildirildi.",
    "Uzbek": "Toshkent shahrida ichki ishlar xodimlari tomonidan o'tkazilgan tezkor tadbir davomida yigirma kilogramm geroin musodara qilindi. Hodisa yuzasidan jinoyat ishi qo'zg'atilgan, deb xabar berdi vazirlik.",
    "Azerbaijani": "Bakıda polis əməkdaşları iyirmi kiloqram heroin aşkar edib. Daxili İşlər Nazirliyindən verilən məlumata görə, saxlanılan şəxslər barəsində cinayət işi başlanıb və istintaq davam etdirilir.",
    "Romanian": "Poliția a reținut marți trei bărbați suspectați de trafic de droguri, care transportau douăzeci de kilograme de cocaină într-un camion venit din Spania, potrivit procurorilor.",
    "Dutch": "De politie heeft dinsdag in Rotterdam drie mannen aangehouden die ervan worden verdacht twintig kilo cocaïne te hebben gesmokkeld in een vrachtwagen uit Spanje, meldt het Openbaar Ministerie.",
    "Danish": "Politiet anholdt tirsdag tre mænd, som er sigtet for at have smuglet tyve kilo kokain i en lastbil fra Spanien. De blev fremstillet i grundlovsforhør, og anklageren bad om fængsling.",
    "Polish": "Policja zatrzymała we wtorek trzech mężczyzn podejrzanych o przemyt dwudziestu kilogramów kokainy. Zatrzymani usłyszeli zarzuty i decyzją sądu zostali aresztowani na trzy miesiące, poinformowała prokuratura.",
}
SENTENCE = "Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck that was bound for Osh."


@pytest.mark.parametrize("language", FOREIGN)
def test_a_text_in_another_language_is_refused(language):
    assert unsupported_reason(FOREIGN[language]) == NOT_ENGLISH == "not English"


def test_a_long_text_with_no_function_word_of_any_known_language_is_refused():
    assert unsupported_reason("polisiýa işgärleri ele saldylar " * 20) == NOT_ENGLISH


@pytest.mark.parametrize(
    "text",
    [
        "Kyrgyzstan, Tajikistan sign accord",
        "Abdullayev, Rahmonov, Toktogulov meet Mirziyoyeva",
        "Dushanbe: Hizb ut-Tahrir cell broken",
        "Rio de Janeiro favela raid: Comando Vermelho leaders held",
        "Ansar al-Islam; Asa'ib Ahl al-Haq; Harakat al-Nujaba; Harakat Ansar Allah al-Awfiya; Kata'ib Hizballah; Kata'ib Sayyid al-Shuhada; Jaysh Rijal al-Tariq al-Naqshabandi",
        "Heroin, hashish, opium, mephedrone, tramadol, pregabalin, captagon, methadone, subutex, fentanyl, xylazine, nitazenes, ketamine, cathinones, mescaline, psilocybin, khat, kush, krokodil, spice, mandrax",
        "The head of the Ministry, Sooronbay Jeenbekovich Toktogulov, met in Cholpon-Ata with the akims of Jeti-Oguz, Tyup, Ak-Suu, Ton and Issyk-Kul",
        "Sala Penal Nacional de Ayacucho sentences four",
        SENTENCE,
        SENTENCE * 500,
    ],
)
def test_english_is_accepted_however_full_of_foreign_names(text):
    assert unsupported_reason(text) is None


def test_an_english_article_that_quotes_another_language_is_english():
    assert unsupported_reason(f"{SENTENCE} {SENTENCE} “Это был не я”, сказал водитель.") is None
    assert unsupported_reason(f"{SENTENCE} {FOREIGN['Russian'] * 5}") == NOT_ENGLISH


@pytest.mark.parametrize(
    "text", ["", " ", "Heroin", "Heroin seized", "15:00", "12 30 2014 16", "Путин", "* * *", "e-mail co-operation"]
)
def test_fewer_than_three_words_are_too_short(text):
    assert too_short(text) == TOO_SHORT == "fewer than three words"
    assert unsupported_reason(text) == TOO_SHORT


@pytest.mark.parametrize("text", ["Police seize heroin", "- heroin, 38 kg", "Drugs are bad", "Is it I"])
def test_three_words_are_enough_and_figures_count_beside_a_word(text):
    assert too_short(text) is None
    assert unsupported_reason(text) is None


def test_no_word_is_listed_as_english_and_as_foreign():
    assert not ENGLISH & OTHER
    assert all(word == word.lower() for word in ENGLISH | OTHER)


def test_the_numbers_it_is_judged_by_are_options():
    assert unsupported_reason("Los hombres", LanguageOptions()) == TOO_SHORT
    assert unsupported_reason("Los hombres heroin Osh Batken", LanguageOptions()) is None
    assert unsupported_reason("Los hombres heroin Osh Batken", LanguageOptions(long=5)) == NOT_ENGLISH


def test_a_huge_text_is_judged_by_its_beginning():
    start = time.process_time()
    assert unsupported_reason(SENTENCE * 50_000) is None
    assert unsupported_reason("a" * 5_000_000) == TOO_SHORT
    assert time.process_time() - start < 2


_WORDS = ["the", "of", "and", "Die", "der", "la", "ile", "İl", "heroin", "it's", "it’s", "O'Neil", "Его", "это", "数据", "é", "ΑΣ", "x1", "--", "3"]  # fmt: skip


@given(st.lists(st.sampled_from(_WORDS), min_size=3, max_size=80).map(" ".join))
def test_the_quick_way_counts_the_words_and_letters_that_the_plain_way_counts(text):
    options = LanguageOptions()
    words = [word.lower() for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text)]
    english, other = sum(word in ENGLISH for word in words), sum(word in OTHER for word in words)
    letters = re.findall(r"[^\W\d_]", text)
    latin = sum(x < "\u0250" or "\u1e00" <= x <= "\u1eff" or "\uff21" <= x <= "\uff5a" for x in letters)
    if too_short(text):
        expected = TOO_SHORT
    elif latin < options.script * len(letters):
        expected = NOT_ENGLISH
    elif len(words) < options.long:
        expected = NOT_ENGLISH if not english and other > 2 and other >= options.few * len(words) else None
    else:
        few = len(words) >= options.longer and english < options.share * len(words)
        expected = NOT_ENGLISH if english < other or few else None
    assert unsupported_reason(text) == expected
