"""What setting thresholds writes: a whole model or none, a card that tells the truth, and where the numbers came from."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest

from pipeline.console import print_tagged
from pipeline.errors import ModelError
from pipeline.files import write_text
from pipeline.learning.persist import Evidence, load_evidence, load_folder, save_model
from pipeline.learning.thresholds import AFTER, cuts
from pipeline.learning.training import evidence_of
from pipeline.reporting.card import model_card
from pipeline.tagging.tagger import tag_article
from tests.corpora import KEYS, evaluated, trained
from tests.test_cli import project, refused, run  # noqa: F401  project is a fixture

FILES = {"model.json", "weights.safetensors", "out_of_fold.safetensors", "terms.txt", "README.md"}
BY_HAND = ("--topic", "drugs", "--threshold", "0.9")


@pytest.fixture
def kept(project):  # noqa: F811
    """A project whose model lies beside its card and the scores that chose its thresholds."""
    save_model(trained(), project.model, model_card(trained(), evaluated()), evidence_of(evaluated()))
    return project


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def done(*arguments):
    result = run("thresholds", *arguments)
    assert result.exit_code == 0, result.stderr
    return result


def test_a_trained_models_card_shows_its_thresholds_and_the_scores_behind_them(kept):
    card = (kept.model / "README.md").read_text("utf-8")
    part = card.partition("\n## Thresholds\n")[2].partition("\n## ")[0]
    for cut in cuts(trained(), evidence_of(evaluated())):
        assert f"| {cut.topic} | {cut.threshold:.3f} | - | {cut.precision:.3f} | {cut.recall:.3f} |" in part
    hashes = json.loads((kept.model / "model.json").read_text("utf-8"))["files"]
    assert hashes["out_of_fold.safetensors"] in part
    assert "Set after training" not in card
    assert "## Bias, risks, limitations" in card


def test_the_card_follows_the_model_and_keeps_what_people_wrote(kept):
    path = kept.model / "README.md"
    write_text(path, path.read_text("utf-8") + "\n## Contact\nMaria, room 4.\n")
    done(*BY_HAND, "--in-place")
    card, model = path.read_text("utf-8"), load_folder(kept.model)
    assert model.sha256 in card
    assert trained().sha256 not in card
    assert re.search(r"^\| drugs \| 0\.900 \| .* \| set by hand \|$", card, re.MULTILINE)
    assert f"drugs, set by hand (when trained {trained().thresholds[0]:.3f})" in card
    assert "are those of the thresholds when trained" in card
    assert card.endswith("\n## Contact\nMaria, room 4.\n")
    done(*BY_HAND[:2], "--min-recall", "0.5", "--in-place")
    again = path.read_text("utf-8")
    assert again.count("\n## Thresholds\n") == 1
    assert f"drugs, F1, recall >= 0.5 (when trained {trained().thresholds[0]:.3f})" in again
    assert re.findall("^## .*", again, re.MULTILINE) == re.findall("^## .*", card, re.MULTILINE)


def test_the_facts_keep_the_aim_the_numbers_of_training_and_the_hash_of_the_scores(kept):
    done(*BY_HAND, "--in-place")
    done("--topic", "cyber", "--miss-cost", "5", "--in-place")
    model = load_folder(kept.model)
    was = {key: float(trained().thresholds[KEYS.index(key)]) for key in KEYS}
    assert model.facts[AFTER] == {
        "evidence_sha256": evidence_of(evaluated()).sha256,
        "topics": {
            "drugs": {"aim": "set by hand", "threshold": was["drugs"], "review": was["drugs"]},
            "cyber": {"aim": "cost, a miss as 5 false alarms", "threshold": was["cyber"], "review": was["cyber"]},
        },
    }
    assert model.facts["decision"]["floods"] == "F1"
    manifest = json.loads((kept.model / "model.json").read_text("utf-8"))
    assert manifest["files"]["out_of_fold.safetensors"] == evidence_of(evaluated()).sha256
    shown = run("info").stdout
    assert "threshold 0.900, set after training (set by hand)" in shown
    assert shown.count("set after training") == 2
    assert json.loads(run("info", "--json").stdout)["set_after_training"] == model.facts[AFTER]


def test_the_same_setting_gives_the_same_bytes(kept):
    done(*BY_HAND, "-o", "one")
    done(*BY_HAND, "-o", "two")
    assert contents(kept.root / "one") == contents(kept.root / "two")
    assert set(contents(kept.root / "one")) == FILES


def test_another_model_is_not_written_over(kept):
    done(*BY_HAND, "-o", "other")
    before = contents(kept.root / "other")
    assert refused("thresholds", "--topic", "cyber", "--threshold", "0.3", "-o", "other") == (
        "other: is a model already; name a new folder, or set that one with --model other --in-place"
    )
    assert contents(kept.root / "other") == before
    write_text(kept.root / "thesis" / "one.txt", "years of work")
    result = run("thresholds", *BY_HAND, "-o", "thesis")
    assert (result.exit_code, [path.name for path in (kept.root / "thesis").iterdir()]) == (2, ["one.txt"])


def test_a_disk_that_refuses_leaves_the_old_model_whole(kept, monkeypatch):
    before = contents(kept.model)

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device", "experiments/current/terms.txt")

    monkeypatch.setattr("pipeline.learning.persist.write_text", full)
    assert run("thresholds", *BY_HAND, "--in-place").exit_code == 2
    assert contents(kept.model) == before
    assert [path.name for path in kept.experiments.iterdir() if path.name.startswith(".")] == []


def test_what_would_change_is_shown_beside_what_is(kept):
    before = contents(kept.model)
    shown = done(*BY_HAND)
    was, then = re.findall(r"^\| drugs \| (\d\.\d{3}) .*$", shown.stdout, re.MULTILINE)
    assert (was, then) == (f"{trained().thresholds[0]:.3f}", "0.900")
    assert "| before |" in shown.stdout
    assert "| after |" in shown.stdout
    assert "cyber" not in shown.stdout
    assert "scores that thresholds are chosen on, which flatters them a little" in shown.stdout
    assert "the report's figures are nested" in shown.stdout
    assert "nothing was written" in shown.stderr
    assert contents(kept.model) == before


def test_figures_as_json_have_null_where_nothing_is_defined(kept):
    def strict(text):
        return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))

    rows = strict(done("--json").stdout)
    assert [row["topic"] for row in rows] == list(KEYS)
    assert rows[0]["before"] is None
    assert [other["precision_asked"] for other in rows[0]["alternatives"]] == [0.8, 0.9, 0.95, 0.99]
    precision, recall = rows[0]["precision"], rows[0]["recall"]
    assert rows[0]["f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    (row,) = strict(done("--topic", "drugs", "--threshold", "1", "--json").stdout)
    assert (row["tagged"], row["precision"], row["recall"], row["f1"]) == (0, None, 0, None)
    assert row["before"]["threshold"] == trained().thresholds[0]
    assert row["alternatives"] == []


def test_an_objective_for_all_topics_is_met_on_the_scores_kept(kept):
    done("--min-recall", "0.95", "--review-recall", "1", "-o", "all")
    model, evidence = load_folder(kept.root / "all"), load_evidence(kept.root / "all")
    assert all(cut.recall >= 0.95 and cut.kept == 1 for cut in cuts(model, evidence))
    assert (model.review <= model.thresholds).all()
    assert set(model.facts[AFTER]["topics"]) == set(KEYS)


def test_tagging_reads_no_scores_and_setting_says_that_they_are_gone(kept):
    (kept.model / "out_of_fold.safetensors").unlink()
    assert run("tag", "-", stdin="Customs officers found heroin in a truck.\n").exit_code == 0
    assert "out_of_fold.safetensors: is missing" in refused("thresholds")


def test_a_model_whose_card_is_lost_gets_a_new_one(kept):
    (kept.model / "README.md").unlink()
    done(*BY_HAND, "--in-place")
    assert (kept.model / "README.md").read_text("utf-8").startswith("# Model card: quick\n\n## Thresholds\n")


@pytest.mark.parametrize(
    "change",
    [
        lambda e: Evidence(e.S[:, :2], e.Y[:, :2], e.known[:, :2]),
        lambda e: Evidence(e.S, e.Y[:-1], e.known),
        lambda e: Evidence(np.where(e.Y, np.nan, e.S), e.Y, e.known),
    ],
)
def test_scores_that_do_not_fit_the_model_are_refused(kept, change):
    shutil.rmtree(kept.model)
    save_model(trained(), kept.model, "card\n", change(evidence_of(evaluated())))
    with pytest.raises(ModelError, match=r"out_of_fold\.safetensors: .* do not fit; train again"):
        load_evidence(kept.model)


def test_a_paragraph_left_for_review_is_shown_with_its_words_and_its_bound(kept, capsys):
    done("--topic", "drugs", "--threshold", "0.9999", "--review", "0.25", "--in-place")
    tagged = tag_article("Customs officers found heroin in a truck.\n", load_folder(kept.model))
    assert list(tagged.review) == ["drugs"]
    print_tagged(tagged, why=True)
    shown = " ".join(capsys.readouterr().out.split())
    assert "drugs? " in shown
    assert "1.00 needed, review from 0.25" in shown
    said = ("tag", "-", "-f", "svg")
    assert ">heroin<" in run(*said, stdin="Customs officers found heroin in a truck.\n").stdout
    done("--topic", "drugs", "--threshold", "0.9999", "--in-place")
    assert ">heroin<" not in run(*said, stdin="Customs officers found heroin in a truck.\n").stdout
