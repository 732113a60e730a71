"""Search: candidates by name, nested figures, pieces that are kept, and a stop that loses nothing."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import InputError, LabelError, RecipeError
from pipeline.files import write_text
from pipeline.learning.folds import Split
from pipeline.learning.recipe import load_recipe
from pipeline.learning.search import search
from pipeline.learning.search_space import load_candidates
from pipeline.learning.summary import table_of
from tests.corpora import QUICK, invented, make_dataset, small
from tests.test_cli import QUICK_RECIPE, project, refused, run  # noqa: F401  project is a fixture

SPACE = QUICK_RECIPE + '[search.options]\n"estimator.C" = [0.001, 10]\n"features.ngrams" = [1, 2]\n'


@pytest.fixture
def recipe_file(tmp_path):
    path = tmp_path / "around.toml"
    path.write_text(SPACE)
    return path


def looked(dataset, candidates, folder, **options):
    """A search in one process, and what it told."""
    said = []
    given = {"criterion": "average_precision", "jobs": 1, "goes_on": lambda: True, "version": "1"}
    given |= {"told": said.append, "clock": lambda: 0.0, **options}
    return search(dataset, Lexicon({}), QUICK, candidates, folder=folder, **given), said


def test_candidates_are_all_combinations_those_that_cut_alike_side_by_side(recipe_file):
    recipe, candidates = load_candidates(recipe_file)
    assert recipe == load_recipe(recipe_file)
    assert [c.name for c in candidates] == [
        "C 0.001, ngrams 1",
        "C 10, ngrams 1",
        "C 0.001, ngrams 2",
        "C 10, ngrams 2",
    ]
    assert candidates[0].recipe == recipe.changed("estimator", C=0.001).changed("features", ngrams=1)


def test_draws_are_some_of_the_combinations_and_always_the_same(recipe_file):
    recipe_file.write_text(SPACE.replace("[search.options]", "[search]\ndraws = 2\n[search.options]"))
    one, two = (load_candidates(recipe_file)[1] for _ in range(2))
    assert one == two
    assert len(one) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"has no table \[search\.options\]"),
        ("[search]\nwidth = 3\n", r"unknown key 'search\.width'; known are: search\.draws, search\.options"),
        ("[search]\ndraws = -1\n", r"search\.draws: is -1; must be 0 for all"),
        ("[search.options]\n", r"search\.options: is empty"),
        ('[search.options]\n"estimator.C" = 3\n', r"search\.options\.estimator\.C: is 3; must be a list"),
        ('[search.options]\n"estimator.C" = [3, 1, 3]\n', r"search\.options\.estimator\.C: has a value twice"),
        (
            '[search.options]\n"estimator.D" = [3]\n',
            r"search\.options: unknown key 'estimator\.D'; known are: features\.ngrams",
        ),
        ('[search.options]\n"evaluation.folds" = [3]\n', r"search\.options: unknown key 'evaluation\.folds'"),
        ('[search.options]\n"estimator.C" = [-1]\n', r"search\.options: estimator\.C: is -1"),
    ],
)
def test_a_table_that_cannot_be_searched_is_refused_by_name(tmp_path, text, message):
    path = tmp_path / "odd.toml"
    path.write_text(QUICK_RECIPE + text)
    with pytest.raises(RecipeError, match=rf"odd\.toml: {message}"):
        load_candidates(path)


def test_the_better_candidate_comes_first_and_the_search_answers_every_paragraph(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)
    result, said = looked(invented(200), candidates[:2], tmp_path)
    assert [line.candidate.name for line in result.tried] == ["C 10, ngrams 1", "C 0.001, ngrams 1"]
    assert sum(line.won for line in result.tried) == QUICK.evaluation.folds
    assert np.isfinite(result.answers.score).all()
    assert [(step.made, step.whole) for step in said] == [(made, 6) for made in range(1, 7)]
    assert [step.inner is None for step in said] == [True, True, False] * 2
    assert result.untried == ()


def test_a_search_that_was_stopped_goes_on_and_ends_alike(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)
    whole, _ = looked(invented(120), candidates, tmp_path / "whole")
    part, _ = looked(invented(120), candidates, tmp_path / "parts", goes_on=lambda: False)
    assert len(part.tried) == 1
    assert part.untried == candidates[1:]
    kept = {p: p.stat().st_mtime_ns for p in (tmp_path / "parts").rglob("*.json")}
    again, _ = looked(invented(120), candidates, tmp_path / "parts")
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())
    assert [line.candidate for line in again.tried] == [line.candidate for line in whole.tried]
    assert np.array_equal(again.answers.score, whole.answers.score)


def test_an_interruption_loses_no_piece_that_was_made(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)

    def stop(step):
        if step.made == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        looked(small(), candidates, tmp_path / "parts", told=stop)
    assert len(list((tmp_path / "parts").rglob("*.json"))) == 4
    again, said = looked(small(), candidates, tmp_path / "parts")
    whole, _ = looked(small(), candidates, tmp_path / "whole")
    assert (said[0].made, said[0].whole) == (1, 8)
    assert [line.candidate for line in again.tried] == [line.candidate for line in whole.tried]
    assert np.array_equal(again.answers.score, whole.answers.score)


def test_when_time_is_up_what_is_kept_is_still_told_and_one_more_candidate_is_tried(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)
    for tried in (1, 2, 3, 4, 4):
        result, _ = looked(small(), candidates, tmp_path, goes_on=lambda: False)
        assert len(result.tried) == tried
        assert result.untried == candidates[tried:]


def test_the_number_of_processes_changes_nothing(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)
    one, _ = looked(small(), candidates[:2], tmp_path / "one")
    two, _ = looked(small(), candidates[:2], tmp_path / "two", jobs=2, clock=time.process_time)
    assert np.array_equal(one.answers.score, two.answers.score)
    assert [line.inner for line in one.tried] == [line.inner for line in two.tried]


def given_away(dataset):
    """Labels that show in words of each of four parts' own, which say nothing elsewhere."""
    part = dataset.groups % 4
    texts = [
        p.text + "".join(f" sign{part[i]}of{j}" * 3 for j in np.flatnonzero(dataset.Y[i]))
        for i, p in enumerate(dataset.paragraphs)
    ]
    named = [dataset.articles[group] for group in dataset.groups]
    return make_dataset(texts, named, dataset.Y), Split("part", ("0", "1", "2", "3"), part)


def test_with_parts_left_out_candidates_are_chosen_by_what_carries_over(tmp_path):
    """Inner folds by article see every part's own words; inner parts do not, and so foresee the outer ones."""
    path = tmp_path / "one.toml"
    path.write_text(QUICK_RECIPE + '[search.options]\n"estimator.C" = [10]\n')
    candidates = load_candidates(path)[1]
    dataset, split = given_away(noise(200))
    home, _ = looked(dataset, candidates, tmp_path)
    away, _ = looked(dataset, candidates, tmp_path, split=split)
    reached = table_of(dataset, away.answers, rounds=100, seed=0).figure("macro", "average_precision").value
    assert home.tried[0].inner > 0.9
    assert away.tried[0].inner < 0.6
    assert away.tried[0].inner == pytest.approx(reached, abs=0.15)
    assert (home.column, away.column) == ("", "part")


def test_a_column_of_two_values_is_too_few_to_choose_and_to_judge_by(recipe_file, tmp_path):
    dataset = small()
    split = Split("half", ("0", "1"), dataset.groups % 2)
    with pytest.raises(LabelError, match="has two values; a search"):
        looked(dataset, load_candidates(recipe_file)[1], tmp_path, split=split)


def test_pieces_of_other_parts_or_another_program_are_made_anew(recipe_file, tmp_path):
    candidates = load_candidates(recipe_file)[1][:1]
    dataset = small()
    parts = [Split("part", ("0", "1", "2"), (dataset.groups + shift) // 2 % 3) for shift in (0, 1)]
    for options in ({"split": parts[0]}, {"split": parts[1]}, {"split": parts[1], "version": "2"}):
        assert looked(dataset, candidates, tmp_path, **options)[1][-1].made == 3
    assert looked(dataset, candidates, tmp_path, split=parts[0])[1] == []


def test_pieces_of_other_labels_are_not_taken_for_these(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)
    one, _ = looked(invented(120), candidates[:1], tmp_path)
    changed = invented(120)
    flipped = replace(changed, Y=~changed.Y, fingerprint="another")
    other, _ = looked(flipped, candidates[:1], tmp_path)
    assert not np.array_equal(one.answers.score, other.answers.score)


def test_a_broken_piece_is_named(recipe_file, tmp_path):
    _, candidates = load_candidates(recipe_file)
    looked(small(), candidates[:1], tmp_path)
    piece = next(tmp_path.rglob("*-0.json"))
    kept = json.loads(piece.read_text("utf-8"))
    for damaged in ("{", "{}", json.dumps({**kept, "P": kept["P"][1:]})):
        piece.write_text(damaged)
        with pytest.raises(InputError, match="is no piece of this search; delete the file"):
            looked(small(), candidates[:1], tmp_path)


def noise(paragraphs):
    """Labels that nothing tells apart."""
    honest = invented(paragraphs)
    return replace(honest, Y=np.random.default_rng(5).permutation(honest.Y), fingerprint="noise")


def test_searching_among_guesses_does_not_flatter_itself(tmp_path):
    """Many candidates on labels that nothing tells apart: the best inner score is above chance, the search is not."""
    guesses = noise(150)
    path = tmp_path / "noise.toml"
    path.write_text(QUICK_RECIPE + '[search.options]\n"estimator.C" = [0.001, 0.01, 0.1, 1, 10, 100, 1000]\n')
    result, _ = looked(guesses, load_candidates(path)[1], tmp_path)
    base = guesses.Y.mean(axis=0).mean()
    found = table_of(guesses, result.answers, rounds=200, seed=0).figure("macro", "average_precision")
    assert found.low < base + 0.05
    assert found.value <= max(line.inner for line in result.tried) + 0.05


def test_the_verb_prints_the_table_and_writes_the_best_recipe(project, recipe_file):  # noqa: F811
    result = run("search", recipe_file, "-j", "1", "-o", "experiments/best.toml")
    assert result.exit_code == 0, result.stderr
    assert "# Search" in result.stdout
    assert "(12 of 12 pieces, " in result.stderr
    best = load_recipe(project.experiments / "best.toml")
    assert best.name == "best"
    assert f"C {best.estimator.C:g}" in result.stdout.split("\n")[2]
    again = run("search", recipe_file, "-j", "1")
    assert again.stdout == result.stdout
    assert again.stderr == ""
    recipe_file.write_text(SPACE.replace("0.001, 10]", "20, 30]"))
    short = run("search", recipe_file, "-j", "0", "--minutes", "0", "--criterion", "f1")
    assert "The time was up: 3 of the candidates are untried" in short.stdout
    assert "- untried: C 30, ngrams 2" in short.stdout
    write_text(project.article_table, "id,part\n" + "".join(f"a{i:02d},{i % 3}\n" for i in range(1, 17)))
    assert run("search", recipe_file, "-j", "1", "--by", "part", "--minutes", "0").exit_code == 0
    assert "has no columns" in refused("search", recipe_file, "--by", "colour")
    assert "is the file that says what to try" in refused("search", recipe_file, "-o", recipe_file)
    assert "name: is '.odd'" in refused("search", recipe_file, "-o", ".odd")


def test_the_best_candidates_are_shown_on_the_half_of_outside_text_to_choose_by(project, recipe_file):  # noqa: F811
    lines = [{"text": f"Heroin {i}.", "topics": ["drugs"], "known": ["drugs"], "group": str(i)} for i in range(12)]
    write_text(project.root / "o.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    result = run("search", recipe_file, "-j", "1", "--on", "o.jsonl")
    assert result.exit_code == 0, result.stderr
    page = result.stdout.split("# Outside text: o.jsonl (choose half)")[1]
    assert page.count("| C ") == 4
    assert "no such file" in refused("search", recipe_file, "--on", "none.jsonl")


def test_training_leaves_the_table_alone(project):  # noqa: F811
    write_text(project.root / "around.toml", SPACE)
    assert run("train", "around.toml", "-j", "1").exit_code == 0
    assert "search" not in load_recipe(project.root / "around.toml").to_toml()
