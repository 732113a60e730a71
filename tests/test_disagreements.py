"""What is to be settled: only real disagreements about the same text, on the topics gold is silent about."""

from __future__ import annotations

from pipeline.annotation import desk
from pipeline.annotation.annotations import Annotation, read_labels, settle
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.disagreements import Disagreement, disagreements
from pipeline.annotation.journal import Event

KEYS = ("drugs", "migration", "cyber")


def line(topics, annotator, known=KEYS, *, start=0, sha="ab", article="osh"):
    said = None if topics is None else tuple(topics.split())
    known = () if said is None else tuple(known)
    return "", Annotation(article, start, start + 20, sha, said, known, annotator, "", 1)


def test_annotators_who_differ_are_shown_with_all_they_gave():
    others = [line("drugs cyber", "maria"), line("migration cyber", "ivan"), line("cyber", "anna")]
    assert disagreements([], others, KEYS) == [
        Disagreement(
            ("osh", 0, 20),
            "ab",
            ("drugs", "migration"),
            {"anna": ("cyber",), "ivan": ("migration", "cyber"), "maria": ("drugs", "cyber")},
        )
    ]


def test_agreement_and_a_single_voice_are_nothing_to_settle():
    assert disagreements([], [line("drugs", "maria"), line("drugs", "ivan"), line("", "ivan", start=50)], KEYS) == []


def test_gold_leaves_only_the_topics_it_is_silent_about():
    others = [line("drugs cyber", "maria"), line("migration", "ivan")]
    (found,) = disagreements([line("drugs", "gold", ["drugs"])], others, KEYS)
    assert found.topics == ("migration", "cyber")
    assert disagreements([line("", "gold")], others, KEYS) == []


def test_withdrawn_gold_is_silent_again():
    others = [line("drugs", "maria"), line("", "ivan")]
    (found,) = disagreements([line("", "gold"), line(None, "gold")], others, KEYS)
    assert found.topics == ("drugs",)


def test_what_was_not_judged_differs_from_nothing_and_has_no_voice():
    others = [line("drugs", "maria", ["drugs"]), line("", "ivan", ["drugs"]), line("migration", "anna", ["migration"])]
    (found,) = disagreements([], others, KEYS)
    assert found.topics == ("drugs",)
    assert found.voices == {"ivan": (), "maria": ("drugs",)}


def test_judgements_of_different_texts_are_not_compared_and_gold_of_an_older_one_settles_nothing():
    assert disagreements([], [line("drugs", "maria"), line("", "ivan", sha="cd")], KEYS) == []
    others = [line("drugs", "maria", sha="cd"), line("", "ivan", sha="cd"), line("", "anna")]
    (found,) = disagreements([line("", "gold")], others, KEYS)
    assert (found.sha, found.topics, sorted(found.voices)) == ("cd", ("drugs",), ["ivan", "maria"])


def test_a_changed_mind_ends_a_disagreement():
    others = [line("drugs", "maria"), line("", "ivan"), line("drugs", "ivan", ["drugs"])]
    assert disagreements([], others, KEYS) == []


def test_they_come_in_order_of_article_and_place_and_topics_in_order_of_the_codebook():
    places = [("osh", 100), ("naryn", 30), ("osh", 20)]
    others = [
        line(topics, name, start=start, article=article)
        for name, topics in (("maria", "cyber drugs"), ("ivan", ""))
        for article, start in places
    ]
    found = disagreements([], others, KEYS)
    assert [each.span[:2] for each in found] == [("naryn", 30), ("osh", 20), ("osh", 100)]
    assert {each.topics for each in found} == {("drugs", "cyber")}


def test_settling_all_of_them_leaves_none_and_settles_every_cell(make_project, tmp_path):
    topics = ("drugs", "migration")
    labels = {"maria": {"osh": ["drugs", "", "migration"]}, "ivan": {"osh": ["", "", "drugs migration"]}}
    text = "Heroin was seized.\n\nTwo men fled.\n\nThey came from afar.\n"
    project = make_project(tmp_path, {"osh": text}, labels, topics=topics)
    corpus = project_corpus(project)
    found = disagreements(*read_labels(project, topics), topics)
    assert [each.topics for each in found] == [("drugs",), ("drugs",)]
    for each in found:
        judged = Annotation(*each.span, each.sha, each.topics, each.topics, "gold", "t", 1)
        desk.settle(project, corpus, judged, Event("settled", "zoe", "t", *each.span, each.sha, each.topics))
    gold, others = read_labels(project, topics)
    assert disagreements(gold, others, topics) == []
    assert [len(cells) for cells in settle(gold, others).values()] == [2, 2, 2]
