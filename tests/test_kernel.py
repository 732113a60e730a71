"""The kernel: compiled, uncompiled and plain say the same of every text."""

from __future__ import annotations

import pickle
import sys
import threading
from collections import Counter
from dataclasses import replace
from functools import cache, partial

import numba
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from pipeline.errors import InputError, MissingExtraError, ModelError
from pipeline.learning import bulk, counting
from pipeline.learning.analyser import LISTED, Analyser, terms
from pipeline.learning.kernel import compiling, count, cutting, score, table, vocabulary, words64
from pipeline.learning.kernel.score import CompiledScorer
from tests.corpora import NASTY, ORACLE, small, trained

LISTS = {
    "drugs": ("heroin", "crack cocaine", "opium den*", "opiat*", "heroin and opium"),
    "drugs:weak": ("haul", "seized at the border with*"),
    "cyber": ("hack*", "haul", "naïveté*", "dark web market*", "ß*"),
}
TEXTS = [
    *small().texts,
    *NASTY,
    "Heroin and opium, crack cocaine; an opium dens raid. Opiates and opiatés were seized at the border with Uzbekistan.",
    "hacked hackers haul naïvetés héroïne ñandúes дом домой МОСКВА ΟΔΥΣΣΕΥΣ İstanbul ßtart dark web markets",
    "“Typographic” quotes — and dashes… of one’s own: 2 kg, 38kg, x_y, e-mail, a b c",
    "supercalifragilisticexpialidocious antidisestablishmentarianism floccinaucinihilipilification 0123456789abcdef",
    "dom " * 5000 + "x" * 10_000,
    "",
]
ANALYSERS = [
    Analyser(ngrams=1),
    Analyser(ngrams=2),
    Analyser(ngrams=3, prefix=4),
    Analyser(ngrams=2, prefix=5, listed=LISTS),
    Analyser(ngrams=1, prefix=8, listed=LISTS),
]


def plain(compiled_function):
    """In place of ``compiled``: the function as it is."""
    return compiled_function


@pytest.fixture
def uncompiled(monkeypatch):
    """Run the kernel's loops as plain Python."""
    for module in (score, table, count, vocabulary):
        monkeypatch.setattr(module, "compiled", plain)


@cache
def weights(analyser_number, topics=5, idfs=1):
    """Terms of all texts, with idf and coefficients at random; a topic has no mark of another one's list."""
    analyser = ANALYSERS[analyser_number]
    names = tuple(sorted({term for text in TEXTS for term in terms(text, analyser)}))
    rng = np.random.default_rng(7)
    idf = rng.uniform(1, 5, size=(idfs, len(names)))[np.arange(topics) % idfs]
    idf[:, 1::7] *= np.arange(topics)[:, None] % idfs != 1
    for column, name in enumerate(names):
        if name.startswith(LISTED):
            idf[:, column] = np.where(np.arange(topics) == len(name) % topics, 2.0, 0.0)
    return names, idf, rng.normal(size=(topics, len(names))), rng.normal(size=topics)


def expected(texts, analyser, names, idf, coef, intercept, *, sublinear=True):
    """Scores by the definition."""
    column = {name: i for i, name in enumerate(names)}
    S = np.tile(intercept, (len(texts), 1))
    for i, text in enumerate(texts):
        counts = Counter(column[t] for t in terms(text, analyser) if t in column)
        tf = np.array([1 + np.log(c) if sublinear else float(c) for c in counts.values()])
        tfidf = tf * idf[:, list(counts)]
        length = np.sqrt((tfidf**2).sum(axis=1))
        total = (tfidf * coef[:, list(counts)]).sum(axis=1)
        S[i] += np.divide(total, length, out=np.zeros_like(total), where=length > 0)
    return S


@pytest.mark.parametrize("number", range(len(ANALYSERS)))
@pytest.mark.parametrize(("topics", "idfs"), [(1, 1), (5, 1), (7, 3), (17, 2)])
@pytest.mark.parametrize("sublinear", [True, False])
def test_scores_are_the_sum_over_the_terms_of_a_text(number, topics, idfs, sublinear):
    made = weights(number, topics, idfs)
    scorer = CompiledScorer(ANALYSERS[number], *made, sublinear_tf=sublinear)
    found = scorer.scores(TEXTS)
    np.testing.assert_allclose(found, expected(TEXTS, ANALYSERS[number], *made, sublinear=sublinear), atol=1e-9)


def test_unseen_words_that_begin_with_an_open_listed_term_are_marked_too():
    analyser = ANALYSERS[3]
    names, idf, coef, intercept = weights(3)
    texts = ["hackathonist and hackathonist", "opiatemaker heroin", "naïvetéx", "seized at the border with Z", "hack"]
    scorer = CompiledScorer(analyser, names, idf, coef, intercept)
    np.testing.assert_allclose(scorer.scores(texts), expected(texts, analyser, names, idf, coef, intercept), atol=1e-9)


def test_the_loops_say_the_same_uncompiled(uncompiled):
    texts = [text[:400] for text in TEXTS]
    for number in (2, 3):
        made = weights(number)
        scorer = CompiledScorer(ANALYSERS[number], *made)
        np.testing.assert_allclose(scorer.scores(texts), expected(texts, ANALYSERS[number], *made), atol=1e-9)


def test_counting_says_the_same_uncompiled(uncompiled, monkeypatch):
    monkeypatch.setattr(vocabulary, "SMALLEST", 6)
    assert_counts_as_the_oracle([text[:400] for text in TEXTS], ANALYSERS[3], 1)


@given(st.lists(st.text(max_size=40), max_size=6), st.sampled_from(range(len(ANALYSERS))))
@example(["İİ ΑΣ ΑΣα", "Σ", "\udc80 half", "\u212a\u023a\u2c65 \U0001d54f"], 3)
@settings(deadline=None, max_examples=200)
def test_any_text_is_cut_as_training_cuts_it(texts, number):
    texts = [f"{text} heroin {text}" for text in texts]
    made = weights(number)
    found = scorer_of(number).scores(texts)
    np.testing.assert_allclose(found, expected(texts, ANALYSERS[number], *made), atol=1e-9)


@cache
def scorer_of(number):
    return CompiledScorer(ANALYSERS[number], *weights(number))


def test_scikit_learn_gives_the_same_scores_for_words_and_pairs():
    texts = [text for text in TEXTS if len(text) < 2000]
    for ngrams in (1, 2):
        oracle = TfidfVectorizer(**ORACLE, ngram_range=(1, ngrams), sublinear_tf=True).fit(texts)
        coef = np.random.default_rng(3).normal(size=(3, len(oracle.idf_)))
        names, idf = tuple(oracle.get_feature_names_out()), np.tile(oracle.idf_, (3, 1))
        scorer = CompiledScorer(Analyser(ngrams), names, idf, coef, np.zeros(3))
        np.testing.assert_allclose(scorer.scores(texts), oracle.transform(texts) @ coef.T, atol=1e-9)


def test_a_trained_model_scores_the_same_in_bulk():
    texts = TEXTS * 3
    np.testing.assert_allclose(bulk.BulkScorer(trained()).scores(texts), trained().scores(texts), atol=1e-9)


def test_chunks_threads_and_arrow_change_no_bit(monkeypatch):
    scorer = scorer_of(3)
    once = scorer.scores(TEXTS)
    monkeypatch.setattr(score, "CHUNK", 3)
    np.testing.assert_array_equal(scorer.scores(TEXTS), once)
    np.testing.assert_array_equal(scorer.scores(TEXTS, threads=4), once)
    whole = [text for text in TEXTS if "\udc80" not in text]
    once = scorer.scores(whole)
    array = pa.array(["left out", *whole, "too"], pa.large_string())[1:-1]
    np.testing.assert_array_equal(scorer.scores(array), once)
    np.testing.assert_array_equal(scorer.scores(pa.array(whole)), once)


def test_a_missing_text_is_refused():
    with pytest.raises(InputError, match="missing"):
        scorer_of(0).scores(pa.array(["a text", None], pa.large_string()))


def test_two_threads_and_a_pickled_copy_give_the_right_answers_from_one_model():
    made = trained()
    expected_scores = made.scores(TEXTS)
    scorer = bulk.BulkScorer(made)
    sent, model_sent = pickle.loads(pickle.dumps((scorer, made)))  # noqa: S301  # our own
    copies = [scorer, scorer, sent, bulk.BulkScorer(model_sent)]
    found = [None] * len(copies)

    def work(place):
        for _ in range(5):
            found[place] = copies[place].scores(TEXTS)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(copies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for scores in found:
        np.testing.assert_allclose(scores, expected_scores, atol=1e-9)


def test_few_texts_are_scored_without_the_kernel_and_many_with_it(monkeypatch):
    used = []
    monkeypatch.setattr(bulk, "BulkScorer", lambda m: used.append(m) or m)
    bulk.scores(trained(), TEXTS)
    assert not used
    monkeypatch.setattr(bulk, "COMPILED_FROM", len(TEXTS))
    np.testing.assert_array_equal(bulk.scores(trained(), TEXTS), trained().scores(TEXTS))
    assert used == [trained()]


def test_without_numba_many_texts_are_scored_and_counted_all_the_same(monkeypatch):
    monkeypatch.setitem(sys.modules, "pipeline.learning.kernel.score", None)
    monkeypatch.setitem(sys.modules, "pipeline.learning.kernel.count", None)
    monkeypatch.setattr(bulk, "COMPILED_FROM", 1)
    monkeypatch.setattr(counting, "COMPILED_FROM", 1)
    with pytest.raises(MissingExtraError, match=r"threat-topics\[fast\]"):
        bulk.BulkScorer(trained())
    np.testing.assert_array_equal(bulk.scores(trained(), TEXTS), trained().scores(TEXTS))
    assert counting.count_terms(["a heroin haul"], Analyser(1), 1).terms == ("haul", "heroin")


# Counting


def assert_counts_as_the_oracle(texts, analyser, min_df):
    vectoriser = CountVectorizer(analyzer=partial(terms, analyser=analyser), dtype=np.float64, min_df=min_df)
    matrix = vectoriser.fit_transform(texts)
    matrix.sort_indices()
    for found in (counting.count_terms(texts, analyser, min_df), counting._count(texts, analyser, min_df)):
        assert list(found.terms) == list(vectoriser.get_feature_names_out())
        np.testing.assert_array_equal(found.matrix.indptr, matrix.indptr)
        np.testing.assert_array_equal(found.matrix.indices, matrix.indices)
        np.testing.assert_array_equal(found.matrix.data, matrix.data)


@pytest.mark.parametrize("analyser", ANALYSERS)
@pytest.mark.parametrize("min_df", [1, 2, 4])
def test_counts_are_those_of_scikit_learn(analyser, min_df, monkeypatch):
    monkeypatch.setattr(counting, "COMPILED_FROM", 1)
    monkeypatch.setattr(vocabulary, "SMALLEST", 5)
    monkeypatch.setattr(vocabulary, "CHUNK", 7)
    assert_counts_as_the_oracle(TEXTS, analyser, min_df)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.sampled_from(ANALYSERS))
@settings(deadline=None, max_examples=100)
def test_any_texts_are_counted_alike_plain_and_compiled(texts, analyser):
    texts = [*texts, "heroin and opium", "heroin"]
    names, cells, _ = count.count_bytes(texts, analyser, 1)
    plain_counts = counting._count(texts, analyser, 1)
    dense = np.zeros((len(texts), len(names)))
    for row in range(len(texts)):
        inside = slice(cells.indptr[row], cells.indptr[row + 1])
        dense[row, cells.indices[inside]] = cells.data[inside]
    kept = [i for i, name in enumerate(names) if dense[:, i].any()]
    assert [names[i] for i in kept] == list(plain_counts.terms)
    np.testing.assert_array_equal(dense[:, kept], plain_counts.matrix.toarray())


def test_how_often_the_commonest_term_occurs_is_told_of_marks_too():
    texts = ["heroin", "crack cocaine", "opiates", "seen"]
    found = counting.count_terms(texts, Analyser(1, listed=LISTS), 9)
    assert found.terms == ()
    assert found.most == 3


# Cutting and tables


def test_the_letters_of_all_code_points_are_those_python_cuts_words_from():
    made = cutting.letters()
    for code in range(0x110000):
        lowered = chr(code).lower()
        entry = int(made.data[made.pages[code >> 8], code & 0xFF])
        if chr(code) in cutting.CONTEXTUAL_LETTERS:
            assert entry == cutting.CONTEXTUAL
            continue
        assert len(lowered) == 1
        assert lowered.lower() == lowered
        assert len(lowered.encode("utf-8", "surrogatepass")) <= cutting.GROWTH * len(
            chr(code).encode("utf-8", "surrogatepass")
        )
        assert entry == (ord(lowered) if lowered.isalnum() or lowered == "_" else 0)


def test_a_directory_finds_every_key_and_no_other_also_where_groups_are_full(monkeypatch):
    monkeypatch.setattr(table, "FILLED", 7.5)
    keys = np.unique(np.random.default_rng(5).integers(1, 2**63, 6000, dtype=np.uint64) * np.uint64(2))
    directory, row_of = table.build_directory(keys)
    rows = np.zeros((len(keys) + table.SLOTS, 1), np.uint64)
    rows[row_of, 0] = keys
    assert sorted(row_of.tolist()) == list(range(len(keys)))
    find = compiling.compiled(search_all)
    for asked, expected_rows in ((keys, row_of), (keys + np.uint64(1), -1)):
        found = np.empty(len(keys), np.int64)
        find(directory, rows, asked, found)
        np.testing.assert_array_equal(found, expected_rows)
    assert [table.search(directory, rows, int(key)) for key in keys[:50]] == row_of[:50].tolist()


def search_all(directory, rows, keys, found):
    for i in range(len(keys)):
        found[i] = table.search(directory, rows, keys[i])


def test_an_empty_table_finds_nothing():
    scorer = CompiledScorer(Analyser(2), (), np.zeros((2, 0)), np.zeros((2, 0)), np.array([1.0, -2.0]))
    assert scorer.scores(["any text", ""]).tolist() == [[1.0, -2.0], [1.0, -2.0]]


def test_two_terms_with_one_hash_are_refused_by_name():
    with pytest.raises(ModelError, match=r"'b' and 'c'"):
        table.require_distinct(np.array([5, 9, 9], np.uint64), ["a", "b", "c"])


def test_hashes_of_words_pairs_and_beginnings_differ():
    names = ["heroin", "heroi*", "heroi", "crack cocaine", "cocaine crack", "crack", "герои*", "герои", "a b c", "bc"]
    assert len(set(table.hash_terms([*names, "12345678", "12345678*", "1234567812345678"]).tolist())) == 13


# Arithmetic and compiling


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
@settings(deadline=None, max_examples=100)
def test_words_are_multiplied_stored_and_counted_as_the_processor_does(a, b):
    buffer = np.zeros(32, np.uint8)
    product, zeros, loaded = compiling.compiled(arithmetic)(np.uint64(a), np.uint64(b), buffer)
    other = np.zeros(32, np.uint8)
    assert (int(product), int(zeros), int(loaded)) == arithmetic(a, b, other)
    np.testing.assert_array_equal(buffer, other)


def arithmetic(a, b, buffer):
    words64.store64(buffer, 3, a)
    words64.store64(buffer, 24, b)
    words64.prefetch(buffer.reshape(2, 16), 1)
    product = words64.times(a, b)
    return product, words64.trailing_zeros(a), words64.load64(buffer, 5)


@given(st.binary(min_size=80, max_size=80), st.integers(0, 16))
@settings(deadline=None, max_examples=100)
def test_64_bytes_are_folded_alike_plain_and_compiled(data, place):
    source = np.frombuffer(data, np.uint8)
    found, expected_bytes = np.full(80, 9, np.uint8), np.full(80, 9, np.uint8)
    compiled_words = compiling.compiled(fold)(source, place, found)
    assert tuple(map(int, compiled_words)) == fold(source, place, expected_bytes)
    np.testing.assert_array_equal(found, expected_bytes)


def fold(source, place, buffer):
    kept, high = words64.fold64(source, place, buffer, 8)
    return kept, high, words64.filled64(source, place), words64.ones(kept)


def test_rows_are_added_alike_plain_and_compiled():
    rows = np.random.default_rng(4).normal(size=(3, 16))
    found, plainly = np.zeros((2, 8)), np.zeros((2, 8))
    for row in (0, 2, 1):
        compiling.compiled(add)(found, rows, row, 1.7)
        add(plainly, rows, row, 1.7)
    np.testing.assert_array_equal(found[:, 1:], plainly[:, 1:])
    np.testing.assert_allclose(found[1, 1], 1.7**2 * rows[:, 1].sum(), rtol=1e-12)
    np.testing.assert_array_equal(found[0], 0)


def add(sums, rows, row, weight):
    words64.add_row(sums, 1, rows, row, weight)


def test_code_compiles_where_nothing_can_be_kept_on_disk(monkeypatch):
    njit = numba.njit

    def refusing(function, *, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(function, **options)

    monkeypatch.setattr(numba, "njit", refusing)
    made = compiling.compiled(twice)
    assert made(21) == 42


def twice(value):
    return 2 * value


def test_compiled_code_is_kept_under_the_hash_of_all_its_sources():
    made = compiling.compiled(thrice)
    assert made.py_func.__qualname__ == f"thrice_{compiling._sources()}"


def thrice(value):
    return 3 * value


def test_a_model_whose_topics_have_vocabularies_of_their_own_scores_the_same():
    made = trained()
    other = made.idf.copy()
    other[0, ::3] = 0.0
    changed = replace(made, idf=other)
    np.testing.assert_allclose(bulk.BulkScorer(changed).scores(TEXTS), changed.scores(TEXTS), atol=1e-9)
