"""The command line: each verb on a small project, and what it says to bad input."""

import csv
import io
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from pipeline.cli import ALIASES, VERBS, main
from pipeline.files import write_text
from pipeline.learning.persist import load_folder, save_model
from tests.corpora import CORPUS, KEYS, trained

QUICK_RECIPE = """name = "quick"
[features]
min_df = 1
[evaluation]
folds = 3
inner_folds = 2
rounds = 100
"""
LEXICON = '[drugs]\nsubstances = ["heroin", "cocaine", "opium"]\n[cyber]\ngeneric = ["hacker*", "malware"]\n'
PARAGRAPH = "Customs officers found heroin in a truck at the crossing.\n"


def corpus_articles():
    articles, labels = {}, {}
    for article, topics, text in CORPUS:
        articles[article] = articles.get(article, "") + text + "\n\n"
        names = [key for key in KEYS if key[0] in topics]
        labels.setdefault(article, []).append(" ".join(names))
    return articles, labels


@pytest.fixture
def project(make_project, tmp_path, monkeypatch):
    """A project with the small corpus, its recipe and its model; the current folder is its root."""
    articles, labels = corpus_articles()
    made = make_project(tmp_path / "own", articles, {"gold": labels}, topics=KEYS, lexicon=LEXICON)
    write_text(made.experiments / "default.toml", QUICK_RECIPE)
    save_model(trained(), made.model, "card\n")
    monkeypatch.chdir(made.root)
    monkeypatch.delenv("THREAT_TOPICS_MODEL", raising=False)
    return made


def run(*arguments, stdin=None):
    """Run the command; ``output`` is stdout only, ``stderr`` the talk."""
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def refused(*arguments, stdin=None):
    """The one sentence on stderr of a call that must end with exit code 2, print no traceback and no data."""
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.strip().split("\n")
    assert lines[-1].startswith("threat-topics: "), result.stderr
    return lines[-1].removeprefix("threat-topics: ")


def test_help_lists_every_verb_and_each_verb_has_an_example():
    top = run("--help")
    assert top.exit_code == 0
    for verb, (_, summary) in VERBS.items():
        text = run(verb, "--help").stdout
        assert "Example:" in text
        assert summary in " ".join(text.split())
        assert verb in top.stdout


def test_other_names_users_expect_work():
    for alias, verb in ALIASES.items():
        assert (
            run(alias, "--help").stdout.split("Usage")[1].split("\n\n", 1)[1]
            == run(verb, "--help").stdout.split("Usage")[1].split("\n\n", 1)[1]
        )


def test_an_unknown_verb_is_a_users_mistake():
    assert run("trian").exit_code == 2


def test_version_is_printed():
    assert run("--version").stdout.startswith("threat-topics, version ")


def test_train_prints_the_report_and_keeps_model_and_run(project):
    result = run("train", "-j", "1")
    assert result.exit_code == 0, result.stderr
    assert "| drugs |" in result.stdout
    assert "keyword rules" in result.stdout
    assert "By topic, article level" in result.stdout
    assert "cross-validation: 3 of 3 folds" in result.stderr
    (run_folder,) = project.runs.iterdir()
    assert {path.name for path in run_folder.iterdir()} == {
        "recipe.toml",
        "metrics.json",
        "report.md",
        "report.html",
        "out_of_fold.csv",
        "model",
    }
    assert f"report: experiments/runs/{run_folder.name}/report.md" in result.stderr
    assert f"page:   experiments/runs/{run_folder.name}/report.html" in result.stderr
    assert load_folder(project.model).name == "quick"
    metrics = json.loads((run_folder / "metrics.json").read_text("utf-8"))
    assert metrics["dataset"]["fingerprint"] == load_folder(project.model).facts["dataset"]["fingerprint"]


def test_training_twice_gives_byte_identical_model_folders(project):
    def contents():
        assert run("train", "-j", "1").exit_code == 0
        return {path.name: path.read_bytes() for path in project.model.iterdir()}

    first = contents()
    assert contents() == first
    names = {"model.json", "weights.safetensors", "out_of_fold.safetensors", "terms.txt", "README.md"}
    assert set(first) == names


def test_evaluate_makes_no_model_and_repeats(project):
    before = {path.name: path.read_bytes() for path in project.model.iterdir()}
    result = run("evaluate", "-j", "1", "--json")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)
    assert figures["recipe"]["evaluation"]["repeats"] == 3
    assert set(figures["levels"]) == {"paragraph", "article"}
    assert {path.name: path.read_bytes() for path in project.model.iterdir()} == before
    (run_folder,) = project.runs.iterdir()
    assert not (run_folder / "model").exists()


def test_out_of_fold_scores_load_as_a_table(project):
    import pandas as pd

    assert run("train", "-j", "1").exit_code == 0
    (run_folder,) = project.runs.iterdir()
    frame = pd.read_csv(run_folder / "out_of_fold.csv")
    assert len(frame) == len(CORPUS)
    assert frame["drugs"].sum() == sum("d" in topics for _, topics, _ in CORPUS)
    assert frame[["drugs_score", "drugs_probability", "drugs_tag", "fold"]].notna().all().all()


def test_a_floor_that_is_missed_exits_1_and_one_that_is_met_exits_0(project):
    assert run("evaluate", "-j", "1", "--repeats", "1", "--fail-under", "1.01").exit_code == 1
    assert run("evaluate", "-j", "1", "--repeats", "1", "--fail-under", "0").exit_code == 0


def test_flags_are_laid_over_the_recipe(project):
    result = run("evaluate", "-j", "1", "--repeats", "1", "-C", "3", "--ngrams", "1", "--seed", "7", "--json")
    recipe = json.loads(result.stdout)["recipe"]
    assert (recipe["estimator"]["C"], recipe["features"]["ngrams"], recipe["seed"], recipe["features"]["min_df"]) == (
        3,
        1,
        7,
        1,
    )


def test_a_wish_that_cannot_be_met_names_the_best_reachable(project):
    before = sorted(project.experiments.rglob("*"))
    message = refused("train", "-j", "1", "--min-precision", "1", "--min-recall", "1")
    assert "no threshold reaches precision >= 1 and recall >= 1" in message
    assert "the nearest has precision" in message
    assert sorted(project.experiments.rglob("*")) == before


def test_an_unknown_recipe_key_is_refused_with_the_known_ones(project):
    write_text(project.root / "odd.toml", "[features]\nngram = 2\n")
    assert refused("train", "odd.toml") == (
        "odd.toml: unknown key 'features.ngram'; known are: features.ngrams, features.prefix, "
        "features.listed, features.weak, features.min_df, features.sublinear_tf"
    )


def test_a_bad_flag_value_names_the_option(project):
    assert refused("train", "-C", "-1") == "command line: estimator.C: is -1.0; must be a finite number greater than 0"


def test_tag_writes_one_json_line_a_paragraph(project):
    result = run("tag", "-", "--json", stdin=PARAGRAPH + "\nThe theatre opens its new season on Friday.\n")
    assert result.exit_code == 0, result.stderr
    first, second = map(json.loads, result.stdout.splitlines())
    assert [t["topic"] for t in first["topics"]] == ["drugs"]
    assert "heroin" in {e["text"] for e in first["topics"][0]["evidence"]}
    assert second["topics"] == []
    assert first["article_id"] == "stdin"


def test_tag_writes_the_same_numbers_as_csv(project):
    write_text(project.root / "new.txt", PARAGRAPH)
    (row,) = csv.DictReader(io.StringIO(run("tag", "new.txt", "--csv").stdout))
    record = json.loads(run("tag", "new.txt", "--all-scores").stdout)
    assert {key: float(row[key]) for key in KEYS} == {t["topic"]: t["probability"] for t in record["topics"]}
    assert row["topics"] == "drugs"


def test_csv_cannot_run_a_formula_in_a_spreadsheet(project):
    (row,) = csv.DictReader(
        io.StringIO(run("tag", "-", "--csv", stdin="=HYPERLINK(1) is what they found there\n").stdout)
    )
    assert row["text"].startswith("'=HYPERLINK")


def test_tag_can_write_one_line_an_article(project):
    (line,) = run("tag", "-", "--level", "article", stdin=PARAGRAPH * 2).stdout.splitlines()
    record = json.loads(line)
    assert [t["topic"] for t in record["topics"]] == ["drugs"]
    assert record["id"] == "stdin"


def test_why_tells_also_of_topics_that_missed(project):
    record = json.loads(run("tag", "-", "--why", stdin=PARAGRAPH).stdout)
    assert {t["topic"]: t["decision"] for t in record["topics"]} == {"drugs": "yes", "cyber": "no", "floods": "no"}
    assert all(t["evidence"] for t in record["topics"])


def test_a_threshold_for_all_topics_replaces_the_models_own(project):
    none = json.loads(run("tag", "-", "-t", "1", stdin=PARAGRAPH).stdout)
    every = json.loads(run("tag", "-", "-t", "0", stdin=PARAGRAPH).stdout)
    assert (len(none["topics"]), len(every["topics"])) == (0, 3)


def test_the_table_shows_tags_text_and_evidence(project):
    result = run("tag", "-", "-f", "table", "--why", stdin=PARAGRAPH)
    assert "drugs >0.99" in result.stdout
    assert "needed" in result.stdout
    assert "heroin +" in result.stdout
    assert "Customs officers found heroin" in " ".join(result.stdout.split())


def test_the_picture_is_svg_that_loads_nothing_and_escapes_text(project):
    result = run("tag", "-", "-f", "svg", stdin="<script>alert(1)</script> said the customs officer of heroin\n")
    assert result.stdout.startswith("<svg")
    assert "<script>" not in result.stdout
    assert "url(" not in result.stdout.replace("url(#", "")


def test_terminal_markup_in_an_article_stays_text(project):
    result = run("tag", "-", "-f", "table", stdin="The [bold red]heroin[/bold red] was found in a truck [/] there.\n")
    assert result.exit_code == 0, result.stderr
    assert "[bold red]" in result.stdout


def test_output_goes_to_a_file_whole_or_not_at_all(project):
    write_text(project.root / "good.txt", PARAGRAPH)
    assert run("tag", "good.txt", "-o", "out.jsonl").exit_code == 0
    kept = (project.root / "out.jsonl").read_text("utf-8")
    assert json.loads(kept)["article_id"] == "good"
    refused("tag", "good.txt", "missing.txt", "-o", "out.jsonl")
    assert (project.root / "out.jsonl").read_text("utf-8") == kept
    assert not list(project.root.glob(".out.jsonl*"))


def test_folders_are_walked_and_many_formats_read(project):
    folder = project.root / "inbox"
    write_text(folder / "a.txt", PARAGRAPH)
    write_text(folder / "b.jsonl", '{"id": "b1", "text": "Hackers broke into the servers of the bank."}\n')
    write_text(folder / "c.csv", "id,text\nc1,The river rose and flooded the lower town.\n")
    write_text(folder / "d.html", f"<html><body><article><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article></body></html>")
    result = run("tag", "inbox")
    assert result.exit_code == 0, result.stderr
    found = {json.loads(line)["article_id"] for line in result.stdout.splitlines()}
    assert found == {"a", "b1", "c1", "d"}
    assert {json.loads(line)["article_id"] for line in run("tag", "inbox", "--limit", "1").stdout.splitlines()} == {"a"}


def test_evaluate_on_outside_text_prints_figures_of_known_cells_only(project):
    rows = [
        {"text": "Heroin was found in a truck.", "topics": ["drugs"], "known": ["drugs"], "group": "1"},
        {"text": "The theatre opens on Friday.", "topics": [], "known": ["drugs", "bees"], "group": "2"},
    ]
    write_text(project.root / "outside.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    scored = ("evaluate", "--model", "experiments/current", "--on", "outside.jsonl", "--half", "all")
    result = run(*scored, "--json")
    assert result.exit_code == 0, result.stderr
    (figures,) = json.loads(result.stdout)
    assert (figures["topic"], figures["positives"], figures["negatives"]) == ("drugs", 1, 1)
    assert "bees" in result.stderr
    assert "| drugs | 1 | 1 |" in run(*scored).stdout


def test_outside_text_is_joined_into_the_report_of_a_recipe(project):
    rows = [
        {"text": "Heroin was found in a truck.", "topics": ["drugs"], "known": ["drugs"], "group": str(i)}
        for i in range(12)
    ]
    write_text(project.root / "outside.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    result = run("evaluate", "--on", "outside.jsonl", "--repeats", "1", "-j", "1")
    assert result.exit_code == 0, result.stderr
    assert "## Outside text: outside.jsonl (choose half)" in result.stdout
    assert result.stdout.split("\n")[2].startswith(
        "Too little is judged to compare the model with the keyword rules on the"
    )
    folder = project.root / result.stderr.split("report: ")[1].split("/report.md")[0]
    kept = json.loads((folder / "metrics.json").read_text())["outside"]
    assert [row["topic"] for row in kept] == ["drugs"]
    assert 0 < kept[0]["positives"] < 12
    trained_on = run("train", "--on", "outside.jsonl", "--half", "all", "-j", "1", "--json")
    assert json.loads(trained_on.stdout)["outside"][0]["positives"] == 12


def test_info_says_which_model_and_project(project):
    facts = json.loads(run("info", "--json").stdout)
    assert facts["sha256"] == trained().sha256
    assert facts["model"] == "experiments/current"
    assert set(facts["thresholds"]) == set(KEYS)
    assert "threshold" in run("info").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(shell):
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "threat-topics" in result.stdout
    assert "_THREAT_TOPICS_COMPLETE" in result.stdout


def test_check_passes_on_good_labels_and_exits_1_on_findings(project):
    clean = run("check")
    assert clean.exit_code in {0, 1}
    with project.labels.joinpath("gold.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"article": "a01"')
    broken = run("check")
    assert broken.exit_code == 1
    number = len(CORPUS) + 1
    assert f"labels/gold.jsonl:{number}: " in broken.stdout


BAD_INPUTS = {
    "missing.txt": (None, "missing.txt: no such file"),
    "empty.txt": (b"", "empty.txt: is empty"),
    "binary.txt": (b"\x00\x01\x02\x89PNG\x00" * 50, "binary.txt: "),
    "broken.jsonl": (b'{"text": "One two three four."}\n{"text": \n', "broken.jsonl:2: "),
    "lacking.jsonl": (b'{"body": "One two three four."}\n', "lacking.jsonl:1: "),
    "columns.csv": (b"id,body\n1,One two three four.\n", "columns.csv:1: "),
}


@pytest.mark.parametrize("name", BAD_INPUTS)
def test_bad_input_gets_one_sentence_and_the_others_can_still_be_tagged(project, name):
    data, beginning = BAD_INPUTS[name]
    if data is not None:
        (project.root / name).write_bytes(data)
    write_text(project.root / "good.txt", PARAGRAPH)
    result = run("tag", name, "good.txt")
    assert result.exit_code == 2
    (sentence,) = result.stderr.strip().split("\n")
    assert sentence.startswith(f"threat-topics: {beginning}")
    going = run("tag", name, "good.txt", "--keep-going")
    assert going.exit_code == 2
    assert "good" in {json.loads(line)["article_id"] for line in going.stdout.splitlines()}
    assert f"threat-topics: {beginning}" in going.stderr


def test_bytes_that_are_not_utf8_are_read_by_the_stated_fallback(project):
    (project.root / "old.txt").write_bytes(
        "Customs in Orléans found heroin in a truck – 38 kilograms.".encode("cp1252")
    )
    record = json.loads(run("tag", "old.txt").stdout)
    assert "Orléans" in record["text"]
    assert "–" in record["text"]


def test_good_lines_of_a_broken_file_are_tagged_when_going_on(project):
    write_text(
        project.root / "mixed.jsonl",
        '{"id": "x", "text": "Heroin was found in a truck."}\nnot json\n{"id": "z", "text": "Hackers broke into the bank."}\n',
    )
    result = run("tag", "mixed.jsonl", "--keep-going")
    assert [json.loads(line)["article_id"] for line in result.stdout.splitlines()] == ["x", "z"]
    assert "mixed.jsonl:2: " in result.stderr
    assert result.exit_code == 2


def test_a_very_long_single_line_is_one_paragraph(project):
    with (project.root / "long.txt").open("w", encoding="utf-8") as stream:
        for _ in range(50):
            stream.write("The customs officers said that heroin was found. " * 21_000)
    result = run("tag", "long.txt", "--level", "article")
    assert result.exit_code == 0, result.stderr
    assert (project.root / "long.txt").stat().st_size > 50_000_000
    assert json.loads(result.stdout)["unsupported"] is None


def test_no_model_at_all_says_make_train(project, monkeypatch):
    import shutil

    from pipeline.learning import locate

    shutil.rmtree(project.model)
    monkeypatch.setattr(locate, "shipped_project", lambda: None)
    assert "make train" in refused("tag", "-", stdin=PARAGRAPH)


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (lambda folder: (folder / "weights.safetensors").unlink(), "weights.safetensors: is missing"),
        (lambda folder: (folder / "terms.txt").write_text("swapped\n"), "terms.txt: its sha256"),
        (lambda folder: (folder / "model.json").write_text('{"format'), "model.json: is not JSON"),
        (
            lambda folder: (folder / "model.json").write_text(
                (folder / "model.json").read_text().replace('"format_version": 1', '"format_version": 99')
            ),
            "format_version is 99",
        ),
    ],
)
def test_a_damaged_model_is_refused_with_the_check_that_failed(project, damage, part):
    damage(project.model)
    assert part in refused("tag", "-", stdin=PARAGRAPH)


def test_a_broken_pipe_is_quiet(project):
    write_text(project.root / "many.txt", PARAGRAPH * 3000)
    command = f"{sys.executable} -m pipeline tag many.txt | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=project.root, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


def test_output_where_nothing_can_be_written_is_a_users_mistake(project):
    write_text(project.root / "file", "kept")
    assert refused("tag", "-", "-o", "file/out.jsonl", stdin=PARAGRAPH).startswith("file/out.jsonl: cannot be written")
    assert refused("tag", "-", "-o", "data", stdin=PARAGRAPH).startswith("data: is a folder")
    assert refused("sheet", "a01", "-o", "data").startswith("data: is a folder")
    assert (project.root / "file").read_text("utf-8") == "kept"


def test_a_disk_that_refuses_is_told_in_one_sentence(project, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device", "experiments/runs/x")

    monkeypatch.setattr("pipeline.reporting.experiment.write_run", full)
    message = refused("train", "-j", "1")
    assert message.startswith("experiments/runs/x: No space left on device; check")


def test_ctrl_c_ends_with_130_and_no_traceback(project, monkeypatch):
    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.cli.learn.run_experiment", interrupted)
    before = sorted(project.experiments.rglob("*"))
    result = run("train")
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "threat-topics: interrupted"
    assert sorted(project.experiments.rglob("*")) == before


def test_output_is_written_in_the_form_its_suffix_names(project):
    assert run("tag", "-", "-o", "out.csv", stdin=PARAGRAPH).exit_code == 0
    assert (project.root / "out.csv").read_text("utf-8").startswith("id,article_id,")
    assert run("tag", "-", "-o", "out.svg", stdin=PARAGRAPH).exit_code == 0
    assert (project.root / "out.svg").read_text("utf-8").startswith("<svg")
    assert run("tag", "-", "--json", "-o", "out.csv", stdin=PARAGRAPH).exit_code == 0
    assert (project.root / "out.csv").read_text("utf-8").startswith("{")


def test_an_empty_name_is_not_the_current_folder(project):
    assert refused("tag", "").startswith("an input's name is empty")


def test_empty_standard_input_is_named(project):
    assert refused("tag", "-", stdin="").startswith("standard input: is empty")


@pytest.mark.parametrize("arguments", [("tag", "-", "-t", "nan"), ("evaluate", "--fail-under", "nan")])
def test_a_bound_that_is_no_number_is_refused_since_everything_would_pass_it(project, arguments):
    result = run(*arguments, stdin=PARAGRAPH)
    assert result.exit_code == 2
    assert "is not a number" in result.stderr


@pytest.mark.parametrize("flags", [("--fail-under", "0.9"), ("--beta", "2"), ("--split", "region"), ("default.toml",)])
def test_flags_that_outside_text_would_ignore_are_refused(project, flags):
    result = run("evaluate", "--model", "experiments/current", "--on", "outside.jsonl", *flags)
    assert result.exit_code == 2
    assert "leave out the recipe, its flags, --split and --fail-under" in result.stderr


def test_cross_validation_does_not_pretend_to_judge_a_given_model(project):
    result = run("evaluate", "--model", "experiments/current")
    assert result.exit_code == 2
    assert "name it with --on FILE.jsonl" in result.stderr


def test_an_article_cannot_steer_the_terminal(project):
    for style in ("table", "svg"):
        text = "Heroin \x1b]0;title\x07 was \x9b31mfound in a truck by the officers.\n"
        shown = run("tag", "-", "-f", style, stdin=text).stdout
        assert "eroin" in shown
        assert "\x07" not in shown
        assert "\x1b" not in shown
        assert "\x9b" not in shown


def test_a_project_without_a_recipe_is_trained_by_the_defaults(project):
    (project.experiments / "default.toml").unlink()
    result = run("evaluate", "-j", "1", "--repeats", "1", "--folds", "2", "--min-df", "1", "--json")
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["recipe"]["name"] == "default"


def test_a_project_of_a_codebook_only_says_what_is_missing(make_project, tmp_path, monkeypatch):
    bare = make_project(tmp_path / "bare", topics=KEYS)
    monkeypatch.chdir(bare.root)
    assert "label more of it" in refused("train", "-j", "1")
    assert run("check").exit_code == 1
    assert run("corpus").exit_code == 0
    assert "0 annotators beside gold" in refused("agreement")
    assert sorted(path.name for path in bare.root.rglob("*")) == ["codebook.toml", "labels"]


def test_without_the_extra_training_reports_in_markdown_and_says_how_to_get_the_page(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "pipeline.reporting.plots", raising=False)
    result = run("train", "-j", "1")
    assert result.exit_code == 0, result.stderr
    (run_folder,) = project.runs.iterdir()
    assert (run_folder / "report.md").is_file()
    assert not (run_folder / "report.html").exists()
    assert [line for line in result.stderr.split("\n") if "pip install 'threat-topics[report]'" in line]


def test_a_thorough_evaluation_learns_from_parts_of_the_labels_too_and_prints_what_it_printed_before(project):
    result = run("evaluate", "-j", "1", "--repeats", "1")
    assert result.exit_code == 0, result.stderr
    (run_folder,) = project.runs.iterdir()
    written = (run_folder / "report.md").read_text("utf-8")
    for heading in ("What more labels bring", "Choosing a threshold", "Topics mixed up", "Terms used"):
        assert f"## {heading}" in written
        assert heading in (run_folder / "report.html").read_text("utf-8")
        assert heading not in result.stdout
    assert "## Worst mistakes, out of fold" in result.stdout
