"""Tagging an article: verdicts, the article rule, evidence, plain JSON, unsupported text."""

import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipeline import article_from_text, tag_article, tag_articles
from pipeline.learning.decision import decide
from tests.corpora import trained


@pytest.fixture
def small_model():
    return trained()


TEXT = """Heroin found in a truck at the border

BATUMI, Georgia, March 4

Customs officers found fourteen kilograms of heroin in a truck.

The regional theatre opens its new season on Friday.

Follow us on social networks
"""


def test_only_paragraphs_that_are_not_furniture_get_a_verdict(small_model):
    tagged = tag_article(TEXT, small_model)
    assert [p.paragraph.text[:10] for p in tagged.paragraphs] == ["Heroin fou", "Customs of", "The region"]
    assert any(p.is_furniture for p in tagged.article.paragraphs)


def test_every_verdict_is_the_models_own_number(small_model):
    tagged = tag_article(TEXT, small_model)
    texts = [p.paragraph.text for p in tagged.paragraphs]
    P = small_model.probabilities(texts)
    assert np.array_equal(np.array([list(p.probabilities.values()) for p in tagged.paragraphs]), P)
    assert np.array_equal(
        np.array([[v.score for v in p.verdicts] for p in tagged.paragraphs]), small_model.scores(texts)
    )
    tags = [[key in p.topics for key in small_model.codebook.keys] for p in tagged.paragraphs]
    assert np.array_equal(np.array(tags), decide(P, small_model.thresholds))


def test_the_article_has_what_a_paragraph_has_at_its_greatest_probability(small_model):
    tagged = tag_article(TEXT, small_model)
    assert "drugs" in tagged.topics
    for topic, probability in tagged.topics.items():
        assert probability == max(p.probabilities[topic] for p in tagged.paragraphs if topic in p.topics)
    assert list(tagged.topics.values()) == sorted(tagged.topics.values(), reverse=True)
    for key in small_model.codebook.keys:
        assert tagged.probabilities[key] == max(p.probabilities[key] for p in tagged.paragraphs)


def test_evidence_adds_up_to_the_score_and_slices_the_text(small_model):
    for paragraph in tag_article(TEXT, small_model).paragraphs:
        for verdict, intercept in zip(paragraph.verdicts, small_model.intercept.tolist(), strict=True):
            why = paragraph.why(verdict.topic)
            assert math.fsum([*(c.weight for c in why), intercept]) == pytest.approx(verdict.score, abs=1e-9)
            assert all(paragraph.paragraph.text[c.start : c.end] == c.text for c in why)


def test_evidence_is_given_for_each_tag_and_only_for_tags(small_model):
    paragraphs = tag_article(TEXT, small_model).paragraphs
    assert [set(p.evidence) == set(p.topics) for p in paragraphs] == [True] * 3
    assert "heroin" in {c.term for c in paragraphs[1].evidence["drugs"]}


def test_paragraph_offsets_slice_the_article(small_model):
    tagged = tag_article(TEXT, small_model)
    for p in tagged.paragraphs:
        assert tagged.article.text[p.paragraph.start : p.paragraph.end] == p.paragraph.text


def test_a_record_is_plain_json_with_the_names_promised(small_model):
    record = tag_article(TEXT, small_model).paragraphs[1].to_dict()
    assert json.loads(json.dumps(record)) == record
    assert {"id", "article_id", "start", "end", "topics", "model"} <= set(record)
    topic = record["topics"][0]
    assert set(topic) == {"topic", "score", "probability", "threshold", "review", "decision", "evidence"}
    assert set(topic["evidence"][0]) == {"start", "end", "text", "weight"}
    assert record["model"] == {"name": small_model.name, "version": small_model.version, "sha256": small_model.sha256}


def test_every_topic_can_be_asked_for_in_a_record(small_model):
    record = tag_article(TEXT, small_model).paragraphs[2].to_dict(every_topic=True)
    assert {t["topic"] for t in record["topics"]} == set(small_model.codebook.keys)
    assert {t["decision"] for t in record["topics"]} == {"no"}


def test_text_that_is_not_english_is_marked_instead_of_called_free_of_topics(small_model):
    text = "Сотрудники таможни нашли тридцать восемь килограммов героина в грузовике, который ехал в Ош.\n"
    tagged = tag_article(text, small_model)
    assert tagged.unsupported
    assert tagged.topics == {}
    assert [p.verdicts for p in tagged.paragraphs] == [()]
    assert tagged.to_dict()["unsupported"] == tagged.unsupported
    assert tagged.paragraphs[0].to_dict()["unsupported"] == tagged.unsupported


def test_a_paragraph_too_short_to_judge_is_marked_and_the_others_are_judged(small_model):
    tagged = tag_article(
        "Heroin seized.\n\nCustoms officers found fourteen kilograms of heroin in a truck.\n", small_model
    )
    assert tagged.unsupported is None
    assert [p.unsupported is None for p in tagged.paragraphs] == [False, True]


def test_an_empty_text_gives_an_article_without_paragraphs(small_model):
    tagged = tag_article("", small_model)
    assert tagged.paragraphs == ()
    assert tagged.topics == {}
    assert tagged.probabilities == {}


def test_many_articles_make_one_table_with_a_row_a_paragraph(small_model):
    frame = tag_articles(
        [TEXT, article_from_text("Слово дня и ещё несколько русских слов в одной строке.", "ru")], small_model
    )
    assert frame["article_id"].tolist() == ["text-1"] * 3 + ["ru"]
    assert frame.columns[:7].tolist() == ["id", "article_id", "start", "end", "kind", "text", "unsupported"]
    assert frame["drugs"].iloc[:3].tolist() == [
        p.probabilities["drugs"] for p in tag_article(TEXT, small_model).paragraphs
    ]
    assert math.isnan(frame["drugs"].iloc[3])
    assert frame["topics"].iloc[1] == " ".join(tag_article(TEXT, small_model).paragraphs[1].topics)


def test_a_table_of_nothing_still_has_its_columns(small_model):
    assert tag_articles([], small_model).columns.tolist()[-2:] == ["topics", "review"]


def test_two_threads_that_tag_with_one_model_get_the_right_answers(small_model):
    texts = [f"{TEXT}\nNumber {i} of the hackers broke into servers of the flooded bank.\n" for i in range(60)]
    wanted = [[p.to_dict() for p in tag_article(text, small_model).paragraphs] for text in texts]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda text: [p.to_dict() for p in tag_article(text, small_model).paragraphs], texts))
    assert found == wanted
