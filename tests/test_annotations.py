"""Label lines: what is refused, how files grow, and what they settle."""

import json

import pytest

from pipeline.annotation.annotations import (
    Annotation,
    annotation_from_dict,
    append_annotations,
    label_file,
    note_of,
    read_annotations,
    read_labels,
    settle,
    stand,
)
from pipeline.errors import InputError, LabelError
from pipeline.project import Project

LINE = {
    "article": "osh",
    "start": 0,
    "end": 20,
    "sha": "ab",
    "topics": ["drugs"],
    "known": ["drugs", "migration"],
    "annotator": "maria",
    "at": "2026-01-02T03:04:05+00:00",
    "codebook": 1,
    "note": "",
}
KEYS = ("drugs", "migration")


def line(topics, known=KEYS, annotator="maria", note="", start=0):
    said = None if topics is None else tuple(topics.split())
    return Annotation(
        "osh", start, start + 20, "ab", said, () if said is None else tuple(known), annotator, "", 1, note
    )


def numbered(*lines):
    return [(f"labels/x.jsonl:{number}", each) for number, each in enumerate(lines, 1)]


def values(settled, start=0):
    return {key: judgements[0].value for key, judgements in settled.get(("osh", start, start + 20), {}).items()}


def test_a_line_survives_the_file(tmp_path):
    path = tmp_path / "labels" / "maria.jsonl"
    lines = [line("drugs", note="close call"), line(None)]
    append_annotations(path, lines[:1])
    append_annotations(path, lines[1:])
    assert read_annotations(path, KEYS) == [(1, lines[0]), (2, lines[1])]


def test_equal_judgements_are_equal_lines_whatever_the_order_of_their_topics():
    assert line("drugs migration").to_dict() == line("migration drugs", ["migration", "drugs"]).to_dict()


def test_a_file_that_is_not_there_has_no_lines_and_appending_nothing_makes_none(tmp_path):
    path = tmp_path / "maria.jsonl"
    append_annotations(path, [])
    assert not path.exists()
    assert read_annotations(path) == []


def test_appending_leaves_the_lines_before_byte_for_byte(tmp_path):
    path = tmp_path / "maria.jsonl"
    path.write_text(json.dumps(LINE) + "\n")
    before = path.read_bytes()
    append_annotations(path, [line("")])
    assert path.read_bytes().startswith(before)
    assert len(read_annotations(path)) == 2


def test_a_broken_last_line_is_named_with_file_line_and_cure(tmp_path):
    path = tmp_path / "maria.jsonl"
    path.write_text(json.dumps(LINE) + '\n{"article":"osh","sta')
    with pytest.raises(LabelError, match=r"maria\.jsonl:2: the last line is cut off, .*delete that line"):
        read_annotations(path)
    with pytest.raises(InputError, match=r"maria\.jsonl: the last line is cut off"):
        append_annotations(path, [line("")])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"topics": ["drogs"]}, "topics: unknown topic 'drogs'; known are: drugs, migration"),
        ({"known": ["drugs", "cyber"]}, "known: unknown topic 'cyber'; known are: drugs, migration"),
        ({"known": ["migration"]}, "topics: 'drugs' is not in known"),
        ({"known": []}, "known: is empty, so nothing is judged"),
        ({"topics": None}, "known: must be [] where topics is null"),
        ({"topics": "drugs"}, "topics: is 'drugs'; must be a list of topic keys"),
        ({"topics": [1]}, "topics: holds 1; must be a list of topic keys"),
        ({"topics": ["drugs", "drugs"]}, "topics: names a topic twice"),
        ({"known": None}, "known: is None; must be a list of topic keys"),
        ({"start": "0"}, "start: is '0'; must be a whole number"),
        ({"start": True}, "start: is True; must be a whole number"),
        ({"end": 20.0}, "end: is 20.0; must be a whole number"),
        ({"start": 20}, "start, end: are 20 and 20; must be 0 <= start < end"),
        ({"start": -1}, "start, end: are -1 and 20"),
        ({"sha": None}, "sha: is None; must be a text"),
        ({"codebook": "1"}, "codebook: is '1'; must be a whole number"),
        ({"note": 1}, "note: is 1; must be a text"),
        ({"label": "drugs"}, "unknown key 'label'; known are: article, start"),
    ],
)
def test_a_line_that_contradicts_itself_is_refused_with_its_key(changes, message):
    with pytest.raises(LabelError) as caught:
        annotation_from_dict({**LINE, **changes}, "labels/gold.jsonl:12", KEYS)
    assert str(caught.value).startswith("labels/gold.jsonl:12: " + message)


@pytest.mark.parametrize("key", sorted(set(LINE) - {"note"}))
def test_each_missing_key_is_named(key):
    with pytest.raises(LabelError, match=rf"^x:1: {key}: is missing"):
        annotation_from_dict({name: value for name, value in LINE.items() if name != key}, "x:1")


def test_the_note_may_be_left_out():
    assert annotation_from_dict({name: value for name, value in LINE.items() if name != "note"}, "x:1").note == ""


@pytest.mark.parametrize("name", ["../maria", "a/b", "", ".hidden", "a b"])
def test_a_name_that_cannot_be_a_file_name_is_refused(tmp_path, name):
    with pytest.raises(LabelError, match="annotator"):
        label_file(Project(tmp_path), name)


def test_labels_are_read_with_their_place_in_the_project_and_gold_apart(tmp_path):
    project = Project(tmp_path)
    append_annotations(label_file(project, "gold"), [line("drugs")])
    append_annotations(label_file(project, "maria"), [line(""), line("drugs")])
    gold, others = read_labels(project, KEYS)
    assert [where for where, _ in gold] == ["labels/gold.jsonl:1"]
    assert [where for where, _ in others] == ["labels/maria.jsonl:1", "labels/maria.jsonl:2"]


def test_an_error_in_a_label_file_names_it_as_it_lies_in_the_project(tmp_path):
    project = Project(tmp_path)
    append_annotations(label_file(project, "gold"), [line("drugs")])
    with pytest.raises(LabelError, match=r"^labels/gold\.jsonl:1: known: unknown topic 'drugs'; known are: migration$"):
        read_labels(project, ("migration",))


def test_an_annotators_last_judgement_of_a_cell_wins():
    settled = settle([], numbered(line("drugs migration"), line("migration")))
    assert values(settled) == {"drugs": False, "migration": True}


def test_judging_one_more_topic_leaves_the_others_as_they_were():
    settled = settle(numbered(line("drugs"), line("arms", known=["arms"])), [])
    assert values(settled) == {"drugs": True, "migration": False, "arms": True}


def test_null_withdraws_what_the_same_annotator_said_of_the_same_paragraph_before():
    settled = settle([], numbered(line("drugs"), line("drugs", start=50), line(None), line("", known=["drugs"])))
    assert values(settled) == {"drugs": False}
    assert values(settled, 50) == {"drugs": True, "migration": False}


def test_null_of_one_annotator_leaves_another_alone():
    settled = settle([], numbered(line("drugs"), line("drugs", annotator="ivan"), line(None)))
    assert values(settled) == {"drugs": True, "migration": False}
    assert [j.annotation.annotator for j in settled["osh", 0, 20]["drugs"]] == ["ivan"]


def test_where_annotators_disagree_the_cell_is_unknown():
    settled = settle([], numbered(line("drugs"), line("drugs migration", annotator="ivan")))
    assert values(settled) == {"drugs": True}


def test_where_all_disagree_the_paragraph_is_not_there():
    settled = settle([], numbered(line("drugs", ["drugs"]), line("", ["drugs"], annotator="ivan")))
    assert settled == {}


def test_gold_settles_its_cells_and_the_annotators_the_rest():
    settled = settle(
        numbered(line("", known=["drugs"], annotator="board")),
        numbered(line("drugs migration"), line("drugs migration", annotator="ivan")),
    )
    assert values(settled) == {"drugs": False, "migration": True}


def test_gold_is_one_voice_whoever_wrote_its_lines():
    settled = settle(numbered(line("drugs", annotator="a"), line("", annotator="b")), [])
    assert values(settled) == {"drugs": False, "migration": False}


def test_withdrawn_gold_gives_the_word_back_to_the_annotators():
    settled = settle(numbered(line("drugs"), line(None)), numbered(line("migration")))
    assert values(settled) == {"drugs": False, "migration": True}


def test_a_judgement_knows_the_line_it_comes_from():
    settled = settle(numbered(line("drugs"), line("migration", known=["migration"])), [])
    assert {key: j[0].where for key, j in settled["osh", 0, 20].items()} == {
        "drugs": "labels/x.jsonl:1",
        "migration": "labels/x.jsonl:2",
    }


def test_the_newest_note_counts_and_an_empty_one_is_none():
    cells = stand(numbered(line("drugs", note="first"), line("", ["migration"], note="near miss: birds")))["osh", 0, 20]
    assert note_of(cells) == "near miss: birds"
    cells = stand(numbered(line("drugs", note="first"), line("", ["migration"])))["osh", 0, 20]
    assert note_of(cells) == "first"
    again = [line("drugs", ["drugs"], note="first"), line("", ["migration"], note="second")]
    cells = stand(numbered(*again, line("", ["drugs"], note="third")))["osh", 0, 20]
    assert note_of(cells) == "third"
    cells = stand(numbered(line("drugs", note="first"), line("drugs")))["osh", 0, 20]
    assert note_of(cells) == ""
