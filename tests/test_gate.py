"""Pinned floors hold, break, and are never lowered unseen."""

import json

import pytest

from pipeline.errors import InputError
from pipeline.reporting.gate import Floors, broken, measured, pin, read_floors
from tests.corpora import evaluated
from tests.test_cli import project, refused, run  # noqa: F401  project is a fixture


def changed(floors, topic, figure, value):
    return Floors(floors.fingerprint, {**floors.least, topic: {**floors.least[topic], figure: value}})


def test_the_gate_holds_on_what_was_pinned_and_breaks_on_less():
    now = measured(evaluated())
    assert broken(now, now) == []
    worse = changed(now, "drugs", "f1", now.least["drugs"]["f1"] - 0.1)
    (sentence,) = broken(now, worse)
    assert sentence.startswith("drugs: f1 is 0.")
    assert "are not those the floors were pinned on" in broken(Floors("x", now.least), now)[0]


def test_a_floor_is_lowered_only_when_told_to(tmp_path):
    now = measured(evaluated())
    pin(tmp_path / "f.json", now, lower=False)
    assert read_floors(tmp_path / "f.json") == now
    worse = changed(now, "macro", "average_precision", 0.01)
    with pytest.raises(InputError, match=r"would fall: macro average_precision from 0\.\d+ to 0\.010"):
        pin(tmp_path / "f.json", worse, lower=False)
    assert read_floors(tmp_path / "f.json") == now
    pin(tmp_path / "f.json", worse, lower=True)
    assert read_floors(tmp_path / "f.json") == worse


def test_the_command_pins_holds_and_breaks(project):  # noqa: F811
    assert "no such file" in refused("gate", "-j", "1")
    assert run("gate", "-j", "1", "--pin").exit_code == 0
    held = run("gate", "-j", "1")
    assert (held.exit_code, held.stdout) == (0, "")
    path = project.experiments / "floors.json"
    values = json.loads(path.read_text("utf-8"))
    values["least"]["drugs"]["f1"] = 2.0
    path.write_text(json.dumps(values), "utf-8")
    result = run("gate", "-j", "1")
    assert result.exit_code == 1
    assert result.stdout.startswith("drugs: f1 is 0.")
    values["fingerprint"] = "another"
    path.write_text(json.dumps(values), "utf-8")
    result = run("gate", "-j", "1")
    assert result.exit_code == 1
    assert result.stdout.startswith("the data are not those the floors were pinned on")
    path.write_text("{}", "utf-8")
    assert refused("gate", "-j", "1").endswith("write it anew with `threat-topics gate --pin`")
