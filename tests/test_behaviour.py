"""Behavioural cases: read, checked, run by capability; the frozen half is guarded by its hash."""

import pytest

from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.learning.behaviour import HASH, behave, frozen_hash, read_cases
from tests.corpora import KEYS, trained

OPEN = """[[case]]
text = "Customs officers found heroin in a truck."
must = ["drugs"]
must_not = ["cyber"]
[[case]]
text = "The theatre opens its new season on Friday."
must = ["drugs"]
"""


def cases(tmp_path, text=OPEN, half="open"):
    write_text(tmp_path / half / "plain-mention.toml", text)
    return tmp_path


def test_a_case_passes_when_every_asked_topic_is_right(tmp_path):
    (plain,) = behave(trained(), read_cases(cases(tmp_path), KEYS), rounds=100)
    assert (plain.capability, plain.frozen, plain.cases) == ("plain mention", False, 2)
    assert plain.passed.value == 0.5
    ((failed, missed, wrong),) = plain.failures
    assert failed.text.startswith("The theatre")
    assert (missed, wrong) == (("drugs",), ())


def test_the_frozen_half_is_reported_apart_and_an_edit_to_it_is_refused(tmp_path):
    folder = cases(cases(tmp_path), half="frozen")
    write_text(folder / HASH, frozen_hash(folder) + "\n")
    assert [b.frozen for b in behave(trained(), read_cases(folder, KEYS), rounds=100)] == [False, True]
    cases(tmp_path, OPEN.replace("heroin", "opium"), half="frozen")
    with pytest.raises(InputError, match=r"frozen\.sha256: the frozen cases are not the ones"):
        read_cases(folder, KEYS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[case]]\ntext = "A b c."\n', "case 1: asks nothing"),
        ('[[case]]\nmust = ["drugs"]\n', "case 1: text is missing"),
        ('[[case]]\ntext = "A b c."\nmust = ["drug"]\n', "case 1: must: unknown key 'drug'; known are: drugs"),
        ('[[case]]\ntext = "A b c."\nmust = "drugs"\n', "case 1: must: is 'drugs'; write a list of topics"),
        ("case = 3\n", "case: is no list"),
        ('[[case]]\ntext = "A b c."\nmay = ["drugs"]\n', "case 1: unknown key 'may'"),
    ],
)
def test_a_case_that_is_wrong_is_named(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_cases(cases(tmp_path, text), KEYS)


def test_a_folder_without_cases_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no cases"):
        read_cases(tmp_path, KEYS)
