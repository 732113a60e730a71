"""The codebook: whole, unambiguous, refused by name otherwise; and the one that is shipped."""

from pathlib import Path

import pytest

from pipeline.annotation.codebook import RESERVED, codebook_from_dict, load_codebook, topic_line
from pipeline.errors import LabelError
from pipeline.tagging.output import columns

SHIPPED = Path(__file__).parent.parent / "labels" / "codebook.toml"


def topic(key="drugs", **changes):
    values = {"key": key, "name": "Name", "definition": "What it is.", "hotkey": key[0], "colour": "#0b5fae"}
    return {**values, "counts": ["a"], "does_not_count": ["b"], "examples": [], "counter_examples": [], **changes}


def book(*topics, **changes):
    return {"version": 1, "topics": list(topics), **changes}


def test_keys_stand_in_the_order_of_the_file():
    assert codebook_from_dict(book(topic("zebra"), topic("ape")), "x").keys == ("zebra", "ape")


def test_a_codebook_survives_the_way_through_plain_values():
    codebook = codebook_from_dict(book(topic(), topic("migration"), general=["Judge paragraphs."]), "x")
    assert codebook.general == ("Judge paragraphs.",)
    assert codebook_from_dict(codebook.to_dict(), "y") == codebook


@pytest.mark.parametrize("key", sorted(topic()))
def test_each_missing_key_is_named(key):
    broken = {name: value for name, value in topic().items() if name != key}
    with pytest.raises(LabelError, match=rf"^codebook\.toml: topic 1( \(drugs\))?: {key}: is missing; add it"):
        codebook_from_dict(book(broken), "codebook.toml")


@pytest.mark.parametrize("key", ["Drugs", "1drugs", "illegal drugs", "drógs", "-x", ""])
def test_a_key_of_another_form_is_refused(key):
    with pytest.raises(LabelError, match=r": key: is "):
        codebook_from_dict(book({**topic(), "key": key}), "codebook.toml")


@pytest.mark.parametrize("key", [*RESERVED, "drugs_score", "drugs_probability", "drugs_tag"])
def test_a_key_that_sheets_tables_or_reports_use_themselves_is_refused(key):
    with pytest.raises(LabelError, match=f"key: is '{key}', which sheets, tables and reports use"):
        codebook_from_dict(book(topic(key)), "codebook.toml")


def test_every_column_of_a_tagged_table_is_reserved():
    assert set(columns(())) | {"article", "sha", "note"} <= set(RESERVED)


def test_two_topics_with_one_key_are_refused_by_name():
    with pytest.raises(LabelError, match=r"topic 3 \(drugs\): key: 'drugs' is taken by topic 1 \(drugs\)"):
        codebook_from_dict(book(topic(), topic("migration"), topic(hotkey="x")), "codebook.toml")


def test_clashing_hotkeys_are_refused_by_name():
    with pytest.raises(LabelError, match=r"topic 2 \(migration\): hotkey: 'd' is taken by topic 1 \(drugs\)"):
        codebook_from_dict(book(topic(), topic("migration", hotkey="d")), "codebook.toml")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hotkey": "dr"}, "hotkey: is 'dr'; must be one lower-case letter or digit"),
        ({"colour": "red"}, "colour: is 'red'; must be a colour such as #0b5fae"),
        ({"counts": "heroin"}, "counts: is 'heroin'; must be a list of texts"),
        ({"examples": ["a", 3]}, "examples: holds 3; every item must be a text"),
        ({"definition": " "}, "definition: is ' '; must be a text that is not empty"),
        ({"color": "#000000"}, "unknown key 'color'; known are: key, name"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_its_topic(changes, message):
    with pytest.raises(LabelError) as caught:
        codebook_from_dict(book(topic(**changes)), "codebook.toml")
    assert str(caught.value).startswith("codebook.toml: topic 1 (drugs): " + message)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (book(), "topics: is missing or empty"),
        (book(topic(), version=True), "version: is True; must be a whole number from 1"),
        (book(topic(), version=0), "version: is 0"),
        (book(topic(), general="x"), "general: is 'x'; must be a list of texts"),
        (book("drugs"), "topic 1: is 'drugs'; must be a table"),
        (book(topic(), topic_order=[]), "unknown key 'topic_order'; known are: version, general, topics"),
        ([], r"is \[\]; must be a table with version and topics"),
    ],
)
def test_a_codebook_of_another_shape_is_refused(values, message):
    with pytest.raises(LabelError, match=rf"^codebook\.toml: {message}"):
        codebook_from_dict(values, "codebook.toml")


def test_a_file_that_is_not_toml_is_refused_with_its_path_and_line(tmp_path):
    path = tmp_path / "codebook.toml"
    path.write_text("version = 1\ntopics = [")
    with pytest.raises(LabelError, match=r"codebook\.toml: is not valid TOML: .*(line 2|end of document)"):
        load_codebook(path)


def test_the_line_of_a_topic_is_found_for_messages(tmp_path):
    path = tmp_path / "codebook.toml"
    path.write_text('version = 1\n[[topics]]\n  key = "drugs"\n')
    assert topic_line(path, "drugs") == 3
    assert topic_line(path, "drug") is None


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_shipped_codebook_has_five_topics_with_examples_of_both_kinds():
    codebook = load_codebook(SHIPPED)
    assert set(codebook.keys) == {"terrorism", "extremism", "drugs", "migration", "cybercrime"}
    for each in codebook.topics:
        assert len(each.examples) >= 2, each.key
        assert len(each.counter_examples) >= 2, each.key
        assert len(each.counts) >= 5, each.key
        assert len(each.does_not_count) >= 5, each.key
    assert len(codebook.general) >= 10


def test_the_shipped_colours_can_be_read_on_white_and_differ():
    colours = [each.colour for each in load_codebook(SHIPPED).topics]
    assert len(set(colours)) == len(colours)
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5, colour  # WCAG 2, contrast for text
