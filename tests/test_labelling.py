"""From a fresh article to a sheet, to label lines, to a changed model; and a sixth topic without touching code."""

import csv
import io

import numpy as np
import pytest

from pipeline.annotation.sheets import guard
from pipeline.files import write_text
from pipeline.learning.persist import load_folder
from tests.corpora import KEYS
from tests.test_cli import project, refused, run  # noqa: F401  project is a fixture

FRESH = """Carfentanil turns up in Osh

OSH, 3 May (AKIpress) -- Chemists identified carfentanil in a parcel of tablets.

The carfentanil had been posted from abroad, investigators said.

Football is played in Osh on Sunday.
"""


def fill(sheet_text, answers, path):
    """Fill in a sheet: answers is a list of {column: value}, one a row."""
    reader = csv.DictReader(io.StringIO(sheet_text))
    rows = [{**row, **answer} for row, answer in zip(reader, answers, strict=True)]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, reader.fieldnames, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, stream.getvalue())


def test_a_fresh_article_is_labelled_in_a_sheet_and_changes_the_model(project, tmp_path):  # noqa: F811
    assert run("train", "-j", "1").exit_code == 0
    before = load_folder(project.model)
    write_text(tmp_path / "fresh.txt", FRESH)
    made = run("sheet", tmp_path / "fresh.txt")
    assert made.exit_code == 0, made.stderr
    assert "added data/articles/fresh.txt" in made.stderr
    assert len(list(csv.DictReader(io.StringIO(made.stdout)))) == 4
    yes, no = dict.fromkeys(KEYS, "0") | {"drugs": "1"}, dict.fromkeys(KEYS, "0")
    fill(made.stdout, [yes, yes, yes, no], project.root / "sheet.csv")
    done = run("import", "sheet.csv", "--annotator", "maria")
    assert done.exit_code == 0, done.stderr
    assert "4 judged paragraphs read, 4 lines appended to labels/maria.jsonl" in done.stderr
    assert "4 judged paragraphs read, 0 lines appended" in run("import", "sheet.csv", "--annotator", "maria").stderr
    assert run("train", "-j", "1").exit_code == 0
    after = load_folder(project.model)
    assert "carfentanil" not in before.terms
    text = ["Tablets with carfentanil were found."]
    assert after.scores(text)[0, 0] > before.scores(text)[0, 0]
    assert after.sha256 != before.sha256


def test_a_sixth_topic_needs_no_code_and_leaves_the_other_weights_alone(project):  # noqa: F811
    assert run("train", "-j", "1").exit_code == 0
    before = load_folder(project.model)
    with project.codebook.open("a", encoding="utf-8") as stream:
        stream.write(
            '\n[[topics]]\nkey = "theatre"\nname = "Theatre"\ndefinition = "Stage."\ncounts = []\ndoes_not_count = []\n'
            'examples = []\ncounter_examples = []\nhotkey = "x"\ncolour = "#333333"\n'
        )
    articles = {
        f"stage{i}": f"The theatre of town {i} opens its season.\n\nActors of the theatre rehearse play {i}.\n\nBread costs {i} more.\n"
        for i in range(4)
    }
    for name, text in articles.items():
        write_text(project.articles / f"{name}.txt", text)
    made = run("sheet", *articles)
    rows = list(csv.DictReader(io.StringIO(made.stdout)))
    fill(
        made.stdout, [{"theatre": "1" if "theatre" in row["text"] else "0"} for row in rows], project.root / "stage.csv"
    )
    assert run("import", "stage.csv", "--annotator", "gold").exit_code == 0
    done = run("train", "-j", "1")
    assert done.exit_code == 0, done.stderr
    after = load_folder(project.model)
    assert after.codebook.keys == (*KEYS, "theatre")
    shared = [after.index[term] for term in before.terms]
    k = len(KEYS)
    assert np.array_equal(after.coef[:k][:, shared], before.coef)
    assert np.array_equal(after.idf[:k][:, shared], before.idf)
    assert np.array_equal(after.intercept[:k], before.intercept)
    assert not after.coef[:k][:, [after.index[term] for term in after.terms if term not in before.index]].any()
    assert "theatre" in after.terms


def test_own_labels_are_learnt_with_the_shipped_ones_at_a_weight(project, make_project, tmp_path, monkeypatch):  # noqa: F811
    own = make_project(
        tmp_path / "mine",
        {
            "m1": "Nitazenes were found in a parcel.\n\nBread is dear.\n",
            "m2": "Nitazenes again.\n\nMilk is cheap now.\n",
        },
        {"gold": {"m1": ["drugs", ""], "m2": ["drugs", ""]}},
        topics=KEYS,
    )
    write_text(
        own.experiments / "default.toml",
        "[data]\nshipped = true\nown_weight = 5.0\n[features]\nmin_df = 1\n[evaluation]\nfolds = 3\ninner_folds = 2\nrounds = 100\n",
    )
    monkeypatch.setattr("pipeline.reporting.experiment.shipped_project", lambda: project)
    monkeypatch.chdir(own.root)
    done = run("train", "-j", "1")
    assert done.exit_code == 0, done.stderr
    model = load_folder(own.model)
    assert {"nitazenes", "heroin"} <= set(model.terms)
    assert model.facts["dataset"]["articles"] == 18


def test_the_sheet_is_filled_in_with_what_was_judged_before(project):  # noqa: F811
    rows = list(csv.DictReader(io.StringIO(run("sheet", "a01", "--annotator", "gold").stdout)))
    assert [row["drugs"] for row in rows] == ["1", "1", "0"]


def test_a_sheet_written_to_a_file_is_utf8_for_spreadsheets(project):  # noqa: F811
    result = run("sheet", "a01", "-o", "sheet.csv")
    assert (project.root / "sheet.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "threat-topics import sheet.csv" in result.stderr


def test_a_sheet_with_a_topic_or_value_it_does_not_know_is_refused(project):  # noqa: F811
    text = run("sheet", "a01").stdout
    write_text(project.root / "topic.csv", text.replace("floods", "fires", 1))
    assert "column 'fires' is unknown; topics are: drugs, cyber, floods" in refused(
        "import", "topic.csv", "--annotator", "maria"
    )
    fill(text, [{"drugs": "1"}, {"drugs": "maybe"}, {}], project.root / "value.csv")
    message = refused("import", "value.csv", "--annotator", "maria")
    assert message.startswith("value.csv:3: column 'drugs': is 'maybe'; must be 1")
    assert not (project.labels / "maria.jsonl").exists()


def test_an_unknown_article_is_named(project):  # noqa: F811
    assert refused("sheet", "a99").startswith("a99: is neither an article of")


def test_an_annotator_named_like_a_path_is_refused(project):  # noqa: F811
    write_text(project.root / "sheet.csv", run("sheet", "a01").stdout)
    assert "'../x'" in refused("import", "sheet.csv", "--annotator", "../x")


def test_a_different_text_does_not_overwrite_an_article(project, tmp_path):  # noqa: F811
    write_text(tmp_path / "a01.txt", FRESH)
    before = (project.articles / "a01.txt").read_bytes()
    assert "a01" in refused("sheet", tmp_path / "a01.txt")
    assert (project.articles / "a01.txt").read_bytes() == before


def test_a_label_file_cut_off_while_appending_is_refused_before_anything_is_added(project):  # noqa: F811
    fill(run("sheet", "a01").stdout, [{"drugs": "1"}, {}, {}], project.root / "sheet.csv")
    cut = project.labels / "maria.jsonl"
    cut.write_bytes(b'{"article": "a01", "sta')
    message = refused("import", "sheet.csv", "--annotator", "maria")
    assert "maria.jsonl:1: the last line is cut off" in message
    assert cut.read_bytes() == b'{"article": "a01", "sta'


def test_a_text_that_changed_after_labelling_is_refused_by_name(project):  # noqa: F811
    path = project.articles / "a01.txt"
    write_text(path, path.read_text("utf-8").replace("truck", "lorry"))
    message = refused("train")
    assert message.startswith("labels/gold.jsonl:1: article a01, characters 0-")


@pytest.mark.parametrize("cell", ["=1+1", "@x", "plain"])
def test_guarded_cells_come_back_as_they_were(cell):
    assert guard(cell).lstrip("'") == cell


def test_a_project_without_a_recipe_trains_by_the_shipped_one(make_project, tmp_path, monkeypatch, project):  # noqa: F811
    (project.experiments / "default.toml").unlink()
    done = run("train", "-j", "1")
    assert done.exit_code == 0, done.stderr
    assert load_folder(project.model).analyser.prefix == 5
