"""Term lists: flattened from groups, refused by name, with the lines on which terms stand."""

import pytest

from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.lexicon import load_lexicon, read_entries, repeated
from pipeline.errors import LabelError


@pytest.fixture
def read(make_project, tmp_path):
    """Reads a lexicon given as text with a function of the lexicon module."""

    def reader(text, function=load_lexicon):
        project = make_project(tmp_path, lexicon=text)
        return function(project.lexicon, load_codebook(project.codebook))

    return reader


def test_groups_are_joined_in_the_order_of_the_file(read):
    lexicon = read('[drugs]\nsubstances = ["heroin", "opi*"]\nslang = ["speed"]\n[migration]\nacts = ["pushback"]\n')
    assert lexicon.terms == {"drugs": ("heroin", "opi*", "speed"), "migration": ("pushback",)}


def test_a_missing_file_has_no_terms(make_project, tmp_path):
    project = make_project(tmp_path)
    assert load_lexicon(project.lexicon, load_codebook(project.codebook)).terms == {}


def test_a_term_listed_twice_counts_once_whatever_its_case_and_spacing(read):
    assert read('[drugs]\na = ["drug  lord", "heroin"]\nb = ["Drug lord"]\n').terms == {
        "drugs": ("drug  lord", "heroin")
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[heroin]\na = ["x"]\n', "unknown key 'heroin'; known are: drugs, migration"),
        ('drugs = ["heroin"]\n', r"drugs: must be a table \[drugs\] of named groups"),
        ('[drugs]\nslang = "speed"\n', r"drugs\.slang: is 'speed'; must be a list of terms"),
        ("[drugs]\nslang = [3]\n", r"drugs\.slang: holds 3; every term must be a text"),
        ('[drugs]\nslang = ["*"]\n', r"drugs\.slang: holds '\*'; every term must be a text"),
        ('[drugs]\nslang = ["sp*ed"]\n', r"drugs\.slang: 'sp\*ed': only the last character"),
        ("[drugs\n", "is not valid TOML"),
    ],
)
def test_a_lexicon_of_another_form_is_refused_with_file_and_key(read, text, message):
    with pytest.raises(LabelError, match=rf"lexicon\.toml: {message}"):
        read(text)


def test_each_entry_knows_its_line(read):
    text = """# "heroin" in a comment is no term
[drugs]
substances = [
  "heroin",  # not "speed"
  "opium",
]
slang = ['speed', "heroin"]
"""
    lines = [(entry.term, entry.line) for entry in read(text, read_entries)]
    assert lines == [("heroin", 4), ("opium", 5), ("speed", 7), ("heroin", 7)]


def test_a_term_written_with_an_escape_has_no_line_and_hides_no_other(read):
    lines = [(entry.term, entry.line) for entry in read('[drugs]\na = [\n"caf\\u00e9",\n"khat"]\n', read_entries)]
    assert lines == [("café", None), ("khat", 4)]


def test_the_group_named_weak_holds_hints_and_no_strong_terms(read):
    lexicon = read('[drugs]\nslang = ["skag"]\nweak = ["powder"]\n[migration]\nweak = ["camp*"]\n')
    assert lexicon.terms == {"drugs": ("skag",)}
    assert lexicon.weak == {"drugs": ("powder",), "migration": ("camp*",)}


def test_a_weak_term_may_hint_at_two_topics_but_stands_once_in_each(read):
    text = '[drugs]\nweak = ["courier*", "courier*"]\n[migration]\nweak = ["courier*"]\n'
    found = [(later.topic, first.topic) for later, first in repeated(read(text, read_entries))]
    assert found == [("drugs", "drugs")]


def test_repeated_terms_are_found_within_and_across_topics(read):
    text = '[drugs]\na = ["mule", "khat"]\nb = ["Khat"]\n[migration]\na = ["mule"]\n'
    found = [
        (later.topic, later.group, first.topic, first.group) for later, first in repeated(read(text, read_entries))
    ]
    assert found == [("drugs", "b", "drugs", "a"), ("migration", "a", "drugs", "a")]
