"""Terms withheld from the lists: fixed parts, and figures on the paragraphs that only the withheld ones would mark."""

from dataclasses import replace

import numpy as np

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.baselines import count_terms
from pipeline.learning.evaluation import cross_validate
from pipeline.learning.held_out import held_out, parts
from tests.corpora import KEYS, LEXICON, QUICK, quiet, small

LISTED = replace(QUICK, features=replace(QUICK.features, ngrams=1, listed=True))


def test_a_term_stays_in_its_part_whatever_else_is_listed():
    many = Lexicon({"drugs": tuple(f"term{i}" for i in range(400))})
    a, b = parts(many)
    assert set(a.terms["drugs"]) | set(b.terms["drugs"]) == set(many.terms["drugs"])
    assert not set(a.terms["drugs"]) & set(b.terms["drugs"])
    assert 240 < len(a.terms["drugs"]) < 320
    fewer, _ = parts(Lexicon({"drugs": many.terms["drugs"][:100]}))
    assert fewer.terms["drugs"] == tuple(t for t in many.terms["drugs"][:100] if t in a.terms["drugs"])


def test_figures_are_of_paragraphs_that_only_withheld_terms_mark():
    dataset = small()
    rows = held_out(dataset, LEXICON, LISTED, quiet, jobs=1)
    assert rows
    a, b = parts(LEXICON)
    in_a, in_b = (count_terms(dataset.texts, part, KEYS) > 0 for part in (a, b))
    out = cross_validate(dataset, a, LISTED, quiet, 1)
    for row in rows:
        j = KEYS.index(row.topic)
        positive = dataset.Y[:, j] & in_b[:, j] & ~in_a[:, j]
        assert row.positives == positive.sum() > 0
        assert row.negatives == (~dataset.Y[:, j] & ~in_a[:, j]).sum()
        assert np.isclose(row.recall.value, out.systems["model"].tags[0, positive, j].mean())
        assert np.isclose(row.gain.value, row.average_precision.value - row.average_precision_without.value)
