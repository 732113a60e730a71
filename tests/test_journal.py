"""The log of the workbench: what survives the file, what is refused, and whose it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.annotation.annotations import label_files
from pipeline.annotation.journal import (
    Event,
    append_event,
    event_from_dict,
    log_file,
    newest_act,
    not_undone,
    read_events,
)
from pipeline.errors import InputError, LabelError
from pipeline.project import Project
from pipeline.text.reading import read_article

AT = "2026-01-02T03:04:05+00:00"
KEYS = ("drugs", "migration")


def event(kind="saved", annotator="maria", at=AT, article="osh", **more):
    topics = ("drugs",) if kind in {"saved", "settled", "reported"} else None
    return Event(kind, annotator, at, article, 0, 20, "ab", **{"topics": topics, **more})


def test_an_event_survives_the_file_with_all_it_holds(judge, tmp_path, make_project):
    project = make_project(tmp_path, {"osh": "Heroin was seized in Osh."})
    line = judge(read_article(project.articles / "osh.txt").content[0], ["drugs"], KEYS)
    whole = event(
        shown="before",
        topics=("migration", "drugs"),
        suggested={"drugs": 0.25, "migration": 1},
        tagged=("migration",),
        model="ff",
        queue="uncertain",
        note="naïve \u2028 „quote“",
        before=(line,),
        after=(line, replace(line, topics=None, known=())),
    )
    append_event(project, whole)
    append_event(project, event("skipped"))
    assert read_events(project, "maria", KEYS) == [whole, event("skipped")]
    assert whole.span == ("osh", 0, 20)


def test_the_log_is_no_label_file_and_a_project_without_one_has_no_events(tmp_path):
    project = Project(tmp_path)
    assert read_events(project) == read_events(project, "maria") == []
    append_event(project, event())
    assert label_files(project) == []
    assert log_file(project, "maria") == tmp_path / "labels" / "log" / "maria.jsonl"


def test_events_of_all_come_in_order_of_time_and_one_persons_as_written_though_the_clock_went_back(tmp_path):
    project = Project(tmp_path)
    acts = [
        ("maria", 2, "b"),
        ("maria", 1, "a"),
        ("maria", 4, "e"),
        ("ivan", 1, "c"),
        ("ivan", 3, "d"),
        ("zoe", 2, "z"),
    ]
    for annotator, second, note in acts:
        append_event(project, event(annotator=annotator, at=f"2026-01-02T03:04:0{second}+00:00", note=note))
    assert "".join(each.note for each in read_events(project)) == "cbazde"
    assert "".join(each.note for each in read_events(project, "maria")) == "bae"


@pytest.mark.parametrize("article", ["osh", 'o"sh', "ош", "o\\sh"])
def test_events_of_one_article_are_found_whatever_its_id(tmp_path, article):
    project = Project(tmp_path)
    for each in (article, "oshkosh", "other"):
        append_event(project, event(article=each))
    assert [each.article for each in read_events(project, article=article)] == [article]


def test_what_was_taken_back_is_not_among_what_stands(tmp_path):
    one, two, three = (event(note=note) for note in "123")
    other = event("settled", "ivan")
    acts = [event("undone"), one, event("skipped"), two, event("undone"), other, event("reported"), three]
    assert not_undone(acts) == [one, three, other]
    assert not_undone([*acts, event("undone"), event("undone"), event("undone")]) == [other]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["saved", "settled", "undone", "skipped"]), max_size=12))
def test_the_newest_act_is_the_last_of_what_was_not_taken_back(kinds):
    with TemporaryDirectory() as root:
        project = Project(Path(root))
        for number, kind in enumerate(kinds):
            append_event(project, event(kind, note=str(number)))
        left = not_undone(read_events(project, "maria"))
        assert newest_act(project, "maria") == (left[-1] if left else None)


@pytest.mark.parametrize("name", ["gold", "Gold"])
def test_gold_is_nobodys_own_name(tmp_path, name):
    with pytest.raises(LabelError, match=f"annotator '{name}': gold is the settled file; give your own name"):
        append_event(Project(tmp_path), event(annotator=name))


@pytest.mark.parametrize("name", ["../maria", "a/b", "", ".hidden", "a b"])
def test_a_name_that_cannot_be_a_file_name_is_refused(tmp_path, name):
    with pytest.raises(LabelError, match="annotator"):
        log_file(Project(tmp_path), name)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "judged"}, "kind: is 'judged'; must be one of saved, settled, undone, skipped, reported"),
        ({"kind": []}, "kind: is []; must be one of"),
        ({"start": True}, "start: is True; must be a whole number"),
        ({"end": 20.0}, "end: is 20.0; must be a whole number"),
        ({"start": 20}, "start, end: are 20 and 20; must be 0 <= start < end"),
        ({"sha": None}, "sha: is None; must be a text"),
        ({"note": 1}, "note: is 1; must be a text"),
        ({"shown": "yes"}, "shown: is 'yes'; must be one of 'before', 'after', ''"),
        ({"topics": "drugs"}, "topics: is 'drugs'; must be a list of topic keys"),
        ({"topics": ["drugs", "drugs"]}, "topics: is ['drugs', 'drugs']; must be a list of topic keys, each once"),
        ({"topics": ["drogs"]}, "topics: unknown topic 'drogs'; known are: drugs, migration"),
        ({"topics": None}, "topics: is None; must be a list of topic keys where something was saved"),
        ({"kind": "undone"}, "topics: is ['drugs']; must be null where something was undone"),
        ({"tagged": [1]}, "tagged: is [1]; must be a list of topic keys"),
        ({"suggested": {"drugs": 1.5}}, "suggested: is {'drugs': 1.5}; must be an object of topic keys"),
        ({"suggested": {"drugs": float("nan")}}, "suggested: is {'drugs': nan}; must be"),
        ({"suggested": {"drugs": True}}, "suggested: is {'drugs': True}; must be"),
        ({"suggested": [0.5]}, "suggested: is [0.5]; must be"),
        ({"before": None}, "before: is None; must be a list of label lines"),
        ({"before": ["x"]}, "before: holds 'x'; must be a list of label lines"),
        ({"after": [{}]}, "after: article: is missing; add it"),
        ({"label": 1}, "unknown key 'label'; known are: kind, annotator"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused_with_its_key(changes, message):
    with pytest.raises(LabelError) as caught:
        event_from_dict({**event().to_dict(), **changes}, "labels/log/maria.jsonl:3", KEYS)
    assert str(caught.value).startswith("labels/log/maria.jsonl:3: " + message)


@pytest.mark.parametrize("key", sorted(event().to_dict()))
def test_each_missing_key_is_named(key):
    with pytest.raises(LabelError, match=rf"^x:1: {key}: is missing"):
        event_from_dict({name: value for name, value in event().to_dict().items() if name != key}, "x:1")


def test_what_a_model_said_of_a_topic_that_is_gone_stays_readable():
    old = event(suggested={"piracy": 0.5}, tagged=("piracy",))
    assert event_from_dict(old.to_dict(), "x:1", KEYS) == old


def test_an_event_that_could_not_be_read_again_is_not_written(tmp_path):
    project = Project(tmp_path)
    with pytest.raises(LabelError, match=r"^labels/log/maria\.jsonl: the next line: suggested: is"):
        append_event(project, event(suggested={"drugs": 2.0}))
    assert not log_file(project, "maria").exists()


def test_a_broken_log_is_named_as_it_lies_in_the_project_and_never_grown_on_to(tmp_path):
    project = Project(tmp_path)
    append_event(project, event())
    path = log_file(project, "maria")
    path.write_bytes(path.read_bytes() + b'{"kind":"sav')
    with pytest.raises(LabelError, match=r"^labels/log/maria\.jsonl:2: the last line is cut off"):
        read_events(project)
    with pytest.raises(InputError, match=r"maria\.jsonl: the last line is cut off"):
        append_event(project, event())
