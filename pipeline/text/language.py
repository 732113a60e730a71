"""Whether a text is English, and long enough to judge: from its script and its share of English function words.

No detector of languages: those take lines heavy with foreign names ("Kyrgyzstan, Tajikistan sign accord") for something
else. Doubt is settled for English: a text is refused only where it is long enough to be sure of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

TOO_SHORT = "fewer than three words"
NOT_ENGLISH = "not English"

# Frequent in English, rare or missing in the other languages of the Latin script: not "a", "in", "on", "is", "was".
ENGLISH = frozenset(
    """
    the and of to that for with from by at as be been are were which who whose his her their they this these those its it
    not but have had has will would could should about after before between during against into than there when where
    while under over through because also said says if or you our your my he she them what how why up out more
    """.split()  # noqa: SIM905  # as a list it would fill the page
)
# The same of other languages, two letters or more. A few make sure of a text that has hardly an English one.
OTHER = frozenset(
    """
    de la el los las del que una por con para en le les des du et dans est qui au aux une sur pour pas ont der die das und
    nicht mit von dem den ist ein eine auf für zu im il lo gli di che per della nel non ve bir bu ile için olarak va uchun
    bilan ham deb edi və üçün bilən ilə edib da os dos em não uma het een van niet op voor si pe cu din și na nie się
    że jest do oraz przez od po za se je který která och det som på av af til og er har fra ikke blev ble dan yang untuk
    dengan ang mga ng sa jáne jane
    """.split()  # noqa: SIM905  # as a list it would fill the page
)


@dataclass(frozen=True, slots=True)
class LanguageOptions:
    """The numbers by which language is judged; shares are of words, but for ``script`` of letters.

    Attributes:
        looked_at: only so many characters from the beginning are.
        script: least share of Latin letters.
        long: an English text of so many words has more English function words than others.
        longer: one of so many words has them in this ``share`` at least; a shorter one may be a list of names.
        share: see ``longer``.
        few: share of others that condemns a shorter text which has no English one at all.
    """

    looked_at: int = 20_000
    script: float = 0.5
    long: int = 20
    longer: int = 60
    share: float = 0.03
    few: float = 0.25


def too_short(text: str) -> str | None:
    """The reason if a text has fewer than three words, figures counted where there is a word besides.

    >>> too_short("Heroin seized"), too_short("Heroin, 38 kg"), too_short("12 30 2014")
    ('fewer than three words', None, 'fewer than three words')
    """
    found = [match.group() for match in islice(_TOKEN.finditer(text), 3)]
    return TOO_SHORT if len(found) < 3 or not _LETTER.search(text) else None


def unsupported_reason(text: str, options: LanguageOptions | None = None) -> str | None:
    """Why a text cannot be judged, or ``None`` if it can: long enough and, as far as can be told, English.

    >>> unsupported_reason("Kyrgyzstan, Tajikistan sign accord")
    >>> unsupported_reason("Таможенники нашли героин в грузовике"), unsupported_reason("Heroin seized")
    ('not English', 'fewer than three words')
    """
    options = options or LanguageOptions()
    short = too_short(text)
    if short is not None:
        return short
    text = text[: options.looked_at]
    if not text.isascii():
        others = len(_NOT_LATIN.findall(text))
        if others and (letters := len(_LETTER.findall(text))) - others < options.script * letters:
            return NOT_ENGLISH
    # Lower-casing the whole text at once is quicker; beyond ASCII it may change where words end.
    words = _ASCII_WORD.findall(text.lower()) if text.isascii() else [w.lower() for w in _WORD.findall(text)]
    english = sum(map(ENGLISH.__contains__, words))
    other = sum(map(OTHER.__contains__, words))
    if len(words) < options.long:
        foreign = not english and other > 2 and other >= options.few * len(words)
    else:
        foreign = english < other or (len(words) >= options.longer and english < options.share * len(words))
    return NOT_ENGLISH if foreign else None


_TOKEN = re.compile(r"\w+(?:['’.-]\w+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")  # the same, of a text in small letters and ASCII
_LETTER = re.compile(r"[^\W\d_]")
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff\uff21-\uff5a]")
