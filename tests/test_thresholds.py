"""Thresholds of a finished model: shown, set by hand or by objective without training, and left alone otherwise."""

import json

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.files import write_text
from pipeline.learning.objectives import choose_threshold
from pipeline.learning.persist import load_evidence, load_folder, save_model
from pipeline.learning.thresholds import alternatives, cuts
from pipeline.learning.training import evidence_of, fit
from pipeline.tagging.tagger import tag_article
from tests.corpora import KEYS, LEXICON, QUICK, evaluated, trained
from tests.test_cli import QUICK_RECIPE, project, refused, run  # noqa: F401  project is a fixture

WIDE = "Customs officers found heroin in a truck.\n\nHackers broke into the bank.\n\nThe theatre opens on Friday.\n"


@pytest.fixture
def kept(project):  # noqa: F811
    """A project whose model lies beside the scores that chose its thresholds."""
    save_model(trained(), project.model, "card\n", evidence_of(evaluated()))
    return project


def test_scores_kept_are_those_that_chose_the_thresholds(kept):
    evidence, model = load_evidence(kept.model), trained()
    P = 1 / (1 + np.exp(-(evidence.S * model.slope + model.offset)))
    for j, key in enumerate(KEYS):
        rows = evidence.known[:, j]
        choice = choose_threshold(P[rows, j], evidence.Y[rows, j], QUICK.decision.of(key))
        assert choice.threshold == pytest.approx(model.thresholds[j])


def test_what_is_shown_is_what_the_tags_on_those_scores_achieve(kept):
    evidence, model = load_evidence(kept.model), trained()
    P = 1 / (1 + np.exp(-(evidence.S * model.slope + model.offset)))
    for j, cut in enumerate(cuts(model, evidence)):
        tags, y = P[:, j] >= model.thresholds[j], evidence.Y[:, j]
        assert cut.recall == pytest.approx(tags[y].mean())
        assert cut.precision == pytest.approx(y[tags].mean())
        assert cut.tagged == pytest.approx(1000 * tags.mean())
        assert cut.left == 0


def test_alternatives_keep_their_precision_or_say_that_they_cannot(kept):
    for precision, cut in alternatives(trained(), load_evidence(kept.model), "drugs"):
        assert cut is None or cut.precision >= precision
    shown = run("thresholds").stdout
    assert "drugs: at precision 0.8 you read" in shown or "drugs: precision 0.8 is out of reach" in shown


def test_asking_writes_nothing_and_says_so(kept):
    before = load_folder(kept.model).sha256
    result = run("thresholds", "--topic", "drugs", "--threshold", "0.2")
    assert result.exit_code == 0
    assert "nothing was written" in result.stderr
    assert load_folder(kept.model).sha256 == before


def test_a_threshold_set_by_hand_changes_its_topic_and_the_hash_and_nothing_else(kept):
    result = run("thresholds", "--topic", "drugs", "--threshold", "0.9", "--review", "0.01", "-o", "other")
    assert result.exit_code == 0, result.stderr
    old, new = trained(), load_folder(kept.root / "other")
    assert (new.thresholds[0], new.review[0]) == (0.9, 0.01)
    assert np.array_equal(new.thresholds[1:], old.thresholds[1:])
    assert np.array_equal(new.coef, old.coef)
    assert new.sha256 != old.sha256
    assert new.facts["decision"]["drugs"] == "set by hand"
    assert load_folder(kept.model).sha256 == old.sha256
    card = (kept.root / "other" / "README.md").read_text()
    assert card.startswith("card\n")
    assert "drugs, set by hand" in card


def test_setting_in_place_twice_leaves_one_table_in_the_card(kept):
    for value in ("0.9", "0.8"):
        assert run("thresholds", "--topic", "drugs", "--threshold", value, "--in-place").exit_code == 0
    assert load_folder(kept.model).thresholds[0] == 0.8
    card = (kept.model / "README.md").read_text()
    assert card.count("## Thresholds") == card.count("Set after training") == 1
    assert len(load_evidence(kept.model).S) == len(evaluated().dataset.paragraphs)


def test_an_objective_leaves_a_band_that_tagging_marks_for_review(kept):
    asked = ("--topic", "drugs", "--threshold", "0.999", "--review", "0.0001", "--in-place")
    assert run("thresholds", *asked).exit_code == 0
    model = load_folder(kept.model)
    tagged = tag_article(WIDE, model)
    assert "drugs" not in tagged.topics
    assert "drugs" in tagged.review
    verdict = next(v for v in tagged.paragraphs[0].verdicts if v.topic == "drugs")
    assert (verdict.decision, verdict.review) == ("review", 0.0001)
    write_text(kept.root / "a.txt", WIDE)
    lines = [json.loads(line) for line in run("tag", "a.txt", "--json").stdout.splitlines()]
    assert lines[0]["topics"][0]["decision"] == "review"
    header, first, *_ = run("tag", "a.txt", "--csv").stdout.splitlines()
    assert header.endswith("topics,review")
    assert first.endswith(",,drugs")
    article = json.loads(run("tag", "a.txt", "--json", "--level", "article").stdout)
    assert [t["decision"] for t in article["topics"] if t["topic"] == "drugs"] == ["review"]
    assert "drugs?" in run("tag", "a.txt", "-f", "svg").stdout.replace("&#160;", " ")
    assert "review from 0.000" in run("info").stdout


def test_one_threshold_for_all_topics_leaves_no_band(kept):
    assert run("thresholds", "--threshold", "0.999", "--review", "0.0001", "--in-place").exit_code == 0
    write_text(kept.root / "a.txt", WIDE)
    lines = [
        json.loads(line) for line in run("tag", "a.txt", "--json", "-t", "0.9", "--all-scores").stdout.splitlines()
    ]
    assert "review" not in {topic["decision"] for line in lines for topic in line["topics"]}


def test_mistakes_are_named(kept):
    assert "unknown key 'bees'; known are: drugs" in refused("thresholds", "--topic", "bees")
    assert "above the threshold" in refused("thresholds", "--threshold", "0.2", "--review", "0.5")
    impossible = ("--min-precision", "1", "--min-recall", "1")
    message = refused("thresholds", "--topic", "drugs", *impossible)
    assert message.startswith(
        "topic 'drugs': no threshold reaches precision >= 1 and recall >= 1 out of fold; the nearest"
    )
    assert message.endswith("lower the wish or label more of this topic")
    for flags in (
        ("--review", "0.1"),
        ("--threshold", "0.1", "--beta", "2"),
        ("--in-place",),
        ("-o", "x", "--in-place"),
        ("--beta", "2", "--miss-cost", "3"),
        ("--miss-cost", "nan"),
        ("--floor", "1.5"),
    ):
        assert run("thresholds", *flags).exit_code == 2


def test_a_model_without_its_scores_says_so(project):  # noqa: F811
    assert "keeps no out-of-fold scores" in refused("thresholds")


def test_altered_scores_are_refused(kept):
    path = kept.model / "out_of_fold.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    with pytest.raises(ModelError, match=r"its sha256 is not the one in model\.json"):
        load_evidence(kept.model)
    assert load_folder(kept.model).sha256 == trained().sha256


def test_the_report_says_what_the_promises_kept_out_of_fold(kept):
    write_text(kept.experiments / "careful.toml", f"{QUICK_RECIPE}[decision]\nreview_recall = 0.95\n")
    result = run("evaluate", "experiments/careful.toml", "--repeats", "1", "-j", "1")
    assert result.exit_code == 0, result.stderr
    assert "## Promises of the three-way decision" in result.stdout
    assert "| any topic |" in result.stdout
    assert "Promises" not in run("evaluate", "--repeats", "1", "-j", "1").stdout


def test_thresholds_of_the_fitted_model_follow_its_recipe():
    assert fit(evaluated(), LEXICON, "1").facts["decision"] == dict.fromkeys(KEYS, "F1")
