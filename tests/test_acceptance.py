"""What became of the model's tags, and how far labelling has come: counted by hand from a few acts."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from pipeline.annotation.annotations import Annotation
from pipeline.annotation.journal import Event
from pipeline.reporting.acceptance import Tally, acceptance, standing, wilson
from pipeline.reporting.labelling import Judged, Person, labelling
from pipeline.text.articles import article_from_text

KEYS = ("drugs", "cyber")
WEEK_2, WEEK_3 = "2026-01-07T12:00:00+00:00", "2026-01-12T12:00:00+00:00"  # a Wednesday, and the Monday after
SOURCES = {"a": "agency", "b": "blog"}


def act(kind, given, tagged, *, at=WEEK_2, article="a", start=0, shown="after", by="anna", suggested=KEYS):
    """One act; topics by their first letters."""
    topics = None if given is None else tuple(key for key in KEYS if key[0] in given)
    said = {key: 0.9 if key[0] in tagged else 0.1 for key in suggested}
    tags = tuple(key for key in suggested if key[0] in tagged)
    return Event(kind, by, at, article, start, start + 9, "sha", topics, shown, said, tags)


def lines(found):
    """Lines as (week, source, topic, counts before, counts after)."""

    def counts(tally):
        return tally.accepted, tally.rejected, tally.missed

    return [(line.week, line.source, line.topic, counts(line.before), counts(line.after)) for line in found]


NONE = (0, 0, 0)


def test_tags_given_are_accepted_tags_not_given_rejected_and_topics_not_tagged_missed():
    events = [act("saved", "d", "dc"), act("saved", "c", "", start=20), act("settled", "", "", start=40)]
    found = acceptance(events, SOURCES, KEYS)
    assert lines(found.weeks) == [
        ("2026-W02", None, None, NONE, (1, 1, 1)),
        ("2026-W02", None, "drugs", NONE, (1, 0, 0)),
        ("2026-W02", None, "cyber", NONE, (0, 1, 1)),
    ]


def test_what_was_chosen_with_the_tags_in_view_is_counted_apart():
    events = [
        act("saved", "d", "d", shown="before"),
        act("saved", "", "d", start=20, shown="after"),
        act("saved", "d", "", start=40, shown=""),
    ]
    (all_topics, _) = acceptance(events, SOURCES, KEYS).weeks
    assert all_topics.before == Tally(1, 0, 0)
    assert all_topics.after == Tally(0, 1, 1)


def test_weeks_follow_each_other_and_sources_go_by_name_the_unknown_last():
    events = [
        act("saved", "d", "d", article="z"),
        act("saved", "d", "d", article="b"),
        act("saved", "", "d", article="a", at=WEEK_3),
        act("saved", "d", "d", article="b", start=20, at="2027-01-01T00:00:00+00:00"),
    ]
    found = acceptance(events, SOURCES, KEYS)
    assert [line.week for line in found.weeks if line.topic is None] == ["2026-W02", "2026-W03", "2026-W53"]
    assert lines(line for line in found.sources if line.topic is None) == [
        (None, "agency", None, NONE, (0, 1, 0)),
        (None, "blog", None, NONE, (2, 0, 0)),
        (None, "", None, NONE, (1, 0, 0)),
    ]
    assert [line[:2] for line in lines(found.courses)] == [
        ("2026-W03", "agency"),
        ("2026-W02", "blog"),
        ("2026-W53", "blog"),
        ("2026-W02", ""),
    ]


def test_what_was_undone_does_not_count_and_what_stood_before_it_does_again():
    first, second = act("saved", "d", "d"), act("saved", "", "d", at=WEEK_3)
    undone = act("undone", None, "", at=WEEK_3, suggested=())
    assert standing([first, second]) == [second]
    assert standing([first, second, undone]) == [first]
    assert standing([first, second, undone, undone]) == []
    assert standing([first, second, replace(undone, annotator="boris")]) == [second]


def test_of_each_person_and_paragraph_the_newest_judgement_counts():
    events = [
        act("saved", "d", "d"),
        act("saved", "", "d", by="boris"),
        act("saved", "c", "d", at=WEEK_3),
    ]
    found = acceptance(events, SOURCES, KEYS)
    assert lines(line for line in found.weeks if line.topic is None) == [
        ("2026-W02", None, None, NONE, (0, 1, 0)),
        ("2026-W03", None, None, NONE, (0, 1, 1)),
    ]


def test_acts_without_suggestions_and_topics_the_model_does_not_know_are_not_counted():
    events = [
        act("saved", "d", "", suggested=()),
        act("saved", "dc", "d", start=20, suggested=("drugs",)),
        act("skipped", None, "d", start=40),
    ]
    found = acceptance(events, SOURCES, KEYS)
    assert lines(found.sources)[0] == (None, "agency", None, NONE, (1, 0, 0))
    assert acceptance(events, SOURCES, ("cyber",)).weeks == ()


def test_a_report_rejects_the_tags_it_names_and_says_which_were_missed_with_the_tags_in_view():
    found = acceptance([act("reported", "dc", "d", shown="")], SOURCES, KEYS)
    assert lines(found.weeks) == [
        ("2026-W02", None, None, (0, 1, 1), NONE),
        ("2026-W02", None, "drugs", (0, 1, 0), NONE),
        ("2026-W02", None, "cyber", (0, 0, 1), NONE),
    ]


def test_a_report_gives_way_to_the_same_persons_later_judgement_and_to_nobody_elses():
    report, judged = act("reported", "d", "d"), act("saved", "", "d", at=WEEK_3)
    assert standing([report, judged]) == [judged]
    assert standing([judged, report]) == [judged, report]
    assert standing([report, replace(judged, annotator="boris")]) == [report, replace(judged, annotator="boris")]
    assert standing([report, replace(judged, suggested={})]) == [report, replace(judged, suggested={})]
    assert standing([report, judged, act("undone", None, "", at=WEEK_3)]) == [report]
    assert standing([report, report]) == [report]


def test_the_week_is_that_of_the_moment_in_utc_and_an_unreadable_time_has_none():
    events = [act("saved", "d", "d", at="2026-01-12T03:00:00+06:00"), act("saved", "d", "d", start=20, at="soon")]
    weeks = [line.week for line in acceptance(events, SOURCES, KEYS).weeks if line.topic is None]
    assert weeks == ["", "2026-W02"]


def test_shares_have_wilsons_interval_and_none_where_nothing_was_counted():
    tally = Tally(accepted=8, rejected=2, missed=0)
    # By hand: (0.8 + 3.8415 / 20 +- 1.96 * sqrt(0.16 / 10 + 3.8415 / 400)) / (1 + 3.8415 / 10)
    assert (tally.right.low, tally.right.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert (tally.caught.value, tally.caught.high) == (1.0, 1.0)
    assert tally.caught.low == pytest.approx(8 / (8 + 3.8415), abs=1e-4)
    assert math.isnan(Tally().right.value)
    assert wilson(0, 5).low == 0.0


def test_plain_json_values_hold_counts_shares_and_both_columns():
    values = acceptance([act("saved", "d", "dc", shown="before")], SOURCES, KEYS).to_dict()
    line = values["sources"][0]
    assert (line["week"], line["source"], line["topic"]) == (None, "agency", None)
    assert (line["before"]["accepted"], line["before"]["rejected"], line["before"]["missed"]) == (1, 1, 0)
    assert line["before"]["right"]["value"] == 0.5
    assert line["before"]["right"]["n"] == 2
    assert line["after"]["right"] == {"value": None, "ci_low": None, "ci_high": None, "n": 0}
    assert set(values) == {"weeks", "sources", "courses"}


def test_no_acts_give_no_lines():
    assert acceptance([], SOURCES, KEYS).to_dict() == {"weeks": [], "sources": [], "courses": []}


TEXT = "Heroin was found in a truck.\n\nHackers stole the money.\n\nThe theatre opens on Friday.\n\n--30--\n"
NOW = datetime(2026, 5, 20, 1, 0, tzinfo=timezone(timedelta(hours=6)))  # still the 19th in UTC


@pytest.fixture
def articles():
    return {name: article_from_text(TEXT, name) for name in ("a", "b")}


def label(articles, place, topics, at, *, by="anna", article="a"):
    paragraph = articles[article].content[place]
    given = None if topics is None else tuple(key for key in KEYS if key[0] in topics)
    known = () if given is None else KEYS
    span = paragraph.article_id, paragraph.start, paragraph.end
    return f"labels/{by}.jsonl:1", Annotation(*span, paragraph.sha, given, known, by, at, 1)


def test_each_annotator_has_what_they_judged_in_all_today_and_in_seven_days(articles):
    others = [
        label(articles, 0, "d", "2026-05-19T18:30:00+00:00"),  # half past midnight of the 20th, there
        label(articles, 1, "c", "2026-05-19T17:30:00+00:00"),
        label(articles, 2, "", "2026-05-13T18:30:00+00:00"),
        label(articles, 0, "d", "2026-05-13T17:30:00+00:00", article="b"),  # a day too early for the seven
        label(articles, 1, "d", "2026-05-19T19:00:00+00:00", article="b"),
        label(articles, 1, None, "2026-05-19T19:30:00+00:00", article="b"),  # withdrawn
        label(articles, 0, "d", "long ago", by="boris"),
    ]
    found = labelling([], others, [], articles, KEYS, NOW)
    assert found.people == (Person("anna", 4, 1, 3, 0, 0, 0), Person("boris", 1, 0, 0, 0, 0, 0))


def test_skips_are_counted_by_paragraph_undoing_by_act_and_settling_as_far_as_it_stands(articles):
    events = [
        act("skipped", None, ""),
        act("skipped", None, ""),
        act("skipped", None, "", start=20),
        act("settled", "d", "", start=40),
        act("settled", "c", "", start=60),
        act("undone", None, "", start=60),
        act("saved", "", "", by="boris"),
    ]
    gold = [label(articles, 0, "d", "2026-05-01T00:00:00+00:00", by="gold")]
    found = labelling(gold, [], events, articles, KEYS, NOW)
    assert found.people == (
        Person("anna", 0, 0, 0, 1, 2, 1),
        Person("boris", 0, 0, 0, 0, 0, 0),
        Person("gold", 1, 0, 0, 0, 0, 0),
    )


def test_topics_are_counted_as_settled_and_the_paragraphs_left_as_nobody_judged_them(articles):
    at = "2026-05-01T00:00:00+00:00"
    others = [
        label(articles, 0, "d", at),
        label(articles, 0, "dc", at, by="boris"),  # they agree on drugs and differ on cyber
        label(articles, 1, "c", at),
        label(articles, 2, "d", at),
    ]
    gold = [label(articles, 2, "", at, by="gold")]
    where, changed = label(articles, 0, "d", at, article="b")
    found = labelling(gold, [*others, (where, replace(changed, sha="0" * 64))], [], articles, KEYS, NOW)
    assert found.topics == (Judged("drugs", 2, 2), Judged("cyber", 1, 2))
    assert len(articles["a"].content) == 3
    assert (found.paragraphs, found.left) == (6, 3)
    values = found.to_dict()
    assert values["topics"][0] == {"topic": "drugs", "positives": 2, "negatives": 2}
    assert values["left"] == 3


def test_nothing_done_yet_leaves_everything(articles):
    found = labelling([], [], [], articles, KEYS, datetime(2026, 5, 20, tzinfo=UTC))
    assert (found.people, found.paragraphs, found.left) == ((), 6, 6)
