"""A model of format 1, frozen: whatever becomes of the format, it is read and says what it said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.learning.bulk import BulkScorer
from pipeline.learning.evidence import explain
from pipeline.learning.persist import load_evidence, load_folder
from pipeline.tagging.tagger import tag_article

FOLDER = Path(__file__).parent / "golden" / "model-1"
WANTED = json.loads(FOLDER.with_suffix(".json").read_text("utf-8"))
TEXTS = [entry["text"] for entry in WANTED["texts"]]


@pytest.fixture(scope="module")
def golden():
    return load_folder(FOLDER)


def test_a_model_of_format_1_is_read(golden):
    assert golden.sha256 == WANTED["model"]
    assert load_evidence(FOLDER).S.shape[1] == len(golden.codebook.keys)


def test_it_gives_the_scores_it_gave(golden):
    wanted = [[entry["scores"][key] for key in golden.codebook.keys] for entry in WANTED["texts"]]
    np.testing.assert_allclose(golden.scores(TEXTS), wanted, rtol=0, atol=1e-9)
    np.testing.assert_allclose(BulkScorer(golden).scores(TEXTS), wanted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("entry", WANTED["texts"], ids=[str(i) for i in range(len(TEXTS))])
def test_it_gives_the_tags_it_gave_and_explains_them(golden, entry):
    (paragraph,) = tag_article(entry["text"], golden).paragraphs
    assert sorted(paragraph.topics) == sorted(entry["tags"])
    for topic in entry["tags"]:
        column = golden.codebook.keys.index(topic)
        total = sum(c.weight for c in explain(golden, entry["text"], column)) + golden.intercept[column]
        assert abs(total - entry["scores"][topic]) < 1e-9
