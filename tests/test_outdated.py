"""A changed decision lists the paragraphs to judge again, until they are."""

from pipeline.annotation.annotations import append_annotations, label_file, read_annotations
from pipeline.annotation.check import check_project
from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.sheets import new_judgements, read_sheet, sheet
from pipeline.files import write_text

ARTICLES = {f"a{i}": f"Fishermen {i} carried khat.\n\nBread {i} was baked.\n" for i in range(6)}
LABELS = {"gold": {name: ["drugs", ""] for name in ARTICLES}}
CHANGE = '\n[[changes]]\nversion = 2\ntopic = "drugs"\nwhat = "khat does not count"\nagain = ["khat"]\n'


def changed(make_project, tmp_path, change=CHANGE):
    project = make_project(tmp_path, ARTICLES, LABELS, topics=("drugs",))
    text = project.codebook.read_text("utf-8").replace("version = 1", "version = 2", 1)
    write_text(project.codebook, text + change)
    return project


def about_khat(project):
    return [str(f) for f in check_project(project)[0] if "khat does not count" in str(f)]


def test_paragraphs_a_change_names_are_listed(make_project, tmp_path):
    found = about_khat(changed(make_project, tmp_path))
    assert len(found) == 6
    assert found[0].startswith("labels/gold.jsonl:1: drugs: was judged under codebook version 1, since version 2: khat")
    assert "judge article a0, characters 0-25 again" in found[0]


def test_a_change_that_asks_nothing_again_lists_nothing(make_project, tmp_path):
    assert about_khat(changed(make_project, tmp_path, CHANGE.replace('["khat"]', "[]"))) == []


def test_judging_again_settles_it_even_where_the_answer_is_the_same(make_project, tmp_path):
    project = changed(make_project, tmp_path)
    codebook, corpus, path = load_codebook(project.codebook), project_corpus(project), label_file(project, "gold")
    existing = [line for _, line in read_annotations(path)]
    write_text(tmp_path / "sheet.csv", sheet(corpus.values(), codebook, existing))
    incoming = read_sheet(tmp_path / "sheet.csv", codebook, corpus, "gold", "2026-02-02T00:00:00+00:00")
    append_annotations(path, new_judgements(existing, incoming))
    findings, summary = check_project(project)
    assert [str(f) for f in findings] == []
    assert summary.positives == {"drugs": 6}
