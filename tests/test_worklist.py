"""The verb `worklist`: queues as sheets that come back as judgements; planted slips are found among the labels."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest

from pipeline.annotation.annotations import GOLD, append_annotations, label_file, read_annotations
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.journal import Event, append_event
from pipeline.annotation.lexicon import Lexicon
from pipeline.errors import InputError
from pipeline.files import write_text
from pipeline.learning import locate
from pipeline.learning.doubtful import doubtful
from pipeline.learning.evaluation import MODEL, cross_validate
from pipeline.reporting.scores import out_of_fold_probabilities
from pipeline.tagging.queues import QUEUES
from tests.corpora import CORPUS, KEYS, QUICK, invented, quiet, with_known
from tests.test_cli import project, refused, run  # noqa: F401  a fixture

SLIPS = 12
PLACE = "paragraph,article,start,end,repeat,fold"


def columns(key):
    """What ``out_of_fold.csv`` calls the columns of a topic."""
    return f"{key},{key}_score,{key}_probability,{key}_tag"


@pytest.fixture(scope="module")
def planted():
    """A corpus with some labels turned round, which ones, and the doubts about it."""
    honest = invented(400)
    generator = np.random.default_rng(1)
    cells = [(int(generator.integers(400)), int(generator.integers(3))) for _ in range(SLIPS)]
    Y = honest.Y.copy()
    Y[tuple(zip(*cells, strict=True))] ^= True
    dataset = replace(honest, Y=Y)
    P = cross_validate(dataset, Lexicon({}), QUICK, quiet, 1).systems[MODEL].score[0]
    return dataset, set(cells), doubtful(dataset, P)


def place(dataset, doubt):
    return dataset.paragraphs.index(doubt.paragraph), dataset.codebook.keys.index(doubt.topic)


def test_planted_slips_are_among_the_first_doubts(planted):
    dataset, cells, doubts = planted
    first = {place(dataset, doubt) for doubt in doubts[: 2 * SLIPS]}
    assert len(cells & first) >= 5  # drawn by chance there would be fewer than one: 24 of 1,200 labels are looked at


def test_doubts_come_with_the_most_surprising_first_and_say_label_and_place(planted):
    dataset, _, doubts = planted
    surprise = [doubt.surprise for doubt in doubts]
    assert surprise == sorted(surprise, reverse=True)
    for doubt in doubts:
        i, j = place(dataset, doubt)
        assert doubt.label == dataset.Y[i, j]
        assert doubt.where == dataset.where[i]


def test_what_nobody_judged_is_never_doubted(planted):
    dataset, _, doubts = planted
    i, j = place(dataset, doubts[0])
    known = dataset.known.copy()
    known[i, j] = False
    P = np.where(dataset.Y, 0.1, 0.9)
    assert (i, j) not in {place(dataset, doubt) for doubt in doubtful(with_known(dataset, known), P)}


@pytest.fixture
def scored(project):  # noqa: F811
    """The project with a run whose models never saw their article; one label of gold is a slip."""
    folder = project.runs / "2026-01-01-quick-00000000"
    write_text(folder / "report.md", "# Report\n")
    rows = [",".join((PLACE, *map(columns, KEYS)))]
    for repeat in (0, 1):
        for i, paragraph in enumerate(paragraphs_of(project)):
            said = ("1,3.5,0.97,1" if key[0] in CORPUS[i][1] else "0,-3.9,0.02,0" for key in KEYS)
            place = f"{paragraph.id},{paragraph.article_id},{paragraph.start},{paragraph.end}"
            rows.append(f"{place},{repeat},0,{','.join(said)}")
    write_text(folder / "out_of_fold.csv", "\n".join(rows) + "\n")
    slip = paragraphs_of(project)[0]
    place = slip.article_id, slip.start, slip.end, slip.sha
    lines = [line for _, line in read_annotations(label_file(project, GOLD))]
    wrong = replace(next(line for line in lines if line.span == place[:3]), topics=())
    append_annotations(label_file(project, GOLD), [replace(wrong, topics=None, known=()), wrong])
    return project


def paragraphs_of(project):  # noqa: F811
    return [paragraph for article in project_corpus(project).values() for paragraph in article.content]


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def sheet_of(*arguments):
    """The rows of a queue on stdout."""
    result = run("worklist", *arguments)
    assert result.exit_code == 0, result.output
    return rows_of(result.stdout)


def test_the_sheet_has_a_row_a_paragraph_with_its_reason_and_nothing_filled_in(project):  # noqa: F811
    result = run("worklist", "--queue", "random", "--annotator", "maria", "-n", 5)
    rows = rows_of(result.stdout)
    by_sha = {paragraph.sha: paragraph for paragraph in paragraphs_of(project)}
    assert len(rows) == 5
    for row in rows:
        assert by_sha[row["sha"]].text == row["text"]
        assert [row[key] for key in (*KEYS, "note")] == [""] * 4
        assert row["why"] == "drawn at random"
    assert result.stderr == f"the queue random holds {len(CORPUS)}; 5 are listed\n"


def test_every_queue_gives_a_sheet(scored):
    for queue in QUEUES:
        result = run("worklist", "--queue", queue, "--annotator", "maria", "--article", "a01")
        assert result.exit_code == 0, result.output
        assert {row["article"] for row in rows_of(result.stdout)} <= {"a01"}
        assert f"the queue {queue} holds {len(rows_of(result.stdout))};" in result.stderr


def test_a_filled_in_row_comes_back_and_is_not_listed_again(project, tmp_path):  # noqa: F811
    target = tmp_path / "next.csv"
    made = run("worklist", "--queue", "random", "--annotator", "maria", "-o", target)
    assert made.stderr.splitlines()[-1].endswith("--annotator maria")
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    place = {name: rows[0].index(name) for name in ("sha", *KEYS)}
    for key in KEYS:
        rows[1][place[key]] = str(int(key == "drugs"))
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    target.write_text(stream.getvalue(), encoding="utf-8")
    before = label_file(project, GOLD).read_bytes()
    assert run("import", target, "--annotator", "maria").exit_code == 0
    [(_, line)] = read_annotations(label_file(project, "maria"))
    assert (line.sha, line.topics, set(line.known)) == (rows[1][place["sha"]], ("drugs",), set(KEYS))
    assert label_file(project, GOLD).read_bytes() == before
    left = sheet_of("--queue", "random", "--annotator", "maria", "-n", 99)
    assert [row["sha"] for row in left] == [row[place["sha"]] for row in rows[2:]]


def test_doubtful_is_the_queue_of_that_name_and_reads_the_newest_run(scored):
    result = run("worklist", "--doubtful")
    assert result.exit_code == 0, result.output
    slip = paragraphs_of(scored)[0]
    assert [row["sha"] for row in rows_of(result.stdout)] == [slip.sha]
    assert rows_of(result.stdout)[0]["why"].startswith("drugs: labelled 0 (labels/gold.jsonl:")
    assert rows_of(result.stdout)[0]["why"].endswith("), probability 0.97")
    assert "2026-01-01-quick-00000000" in result.stderr
    assert run("worklist", "--queue", "doubtful").stdout == result.stdout


def test_a_settled_doubt_is_gone(scored, tmp_path):
    target = tmp_path / "doubts.csv"
    made = run("worklist", "--doubtful", "-o", target)
    assert made.stderr.splitlines()[-1].endswith("--annotator gold")
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    rows[1][rows[0].index("drugs")] = "1"
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    target.write_text(stream.getvalue(), encoding="utf-8")
    assert run("import", target, "--annotator", GOLD).exit_code == 0
    assert sheet_of("--doubtful") == []


def test_without_a_run_one_sentence_says_what_to_do_first(project):  # noqa: F811
    assert refused("worklist", "--doubtful").endswith("run `threat-topics evaluate` first")


def test_the_scores_a_training_run_writes_are_those_of_its_paragraphs_in_the_order_of_the_topics_asked_for(project):  # noqa: F811
    assert run("train", "-j", "1").exit_code == 0
    [folder] = [path for path in project.runs.iterdir() if path.name.startswith("20")]
    found = out_of_fold_probabilities(folder, KEYS)
    assert list(found) == [paragraph.id for paragraph in paragraphs_of(project)]
    assert {len(row) for row in found.values()} == {len(KEYS)}
    turned = out_of_fold_probabilities(folder, KEYS[::-1])
    assert {key: row[::-1] for key, row in turned.items()} == found
    assert run("worklist", "--doubtful").exit_code == 0


def test_a_table_of_scores_that_is_missing_lacks_a_topic_or_is_broken_is_named(tmp_path):
    table = tmp_path / "out_of_fold.csv"
    for text, said in (
        (None, "no such file"),
        ("", "has other columns than a run's"),
        ("paragraph,repeat,drugs_probability\na:0-5,0,0.5\n", "has other columns than a run's"),
        (f"{PLACE},{columns('cyber')}\na:0-5,a,0,5,0,0,1,0.0,0.5,1\n", "has no column 'drugs_probability'"),
        (f"{PLACE},{columns('drugs')}\na:0-5,a,0,5,0,0,1,0.0,much,1\n", "is no table of out-of-fold answers"),
    ):
        if text is not None:
            write_text(table, text)
        with pytest.raises(InputError, match=said) as refusal:
            out_of_fold_probabilities(tmp_path, ("drugs",))
        assert str(refusal.value).startswith(f"{table}:")
        assert "run `threat-topics evaluate` again" in str(refusal.value)


def test_ids_that_look_like_something_else_are_read_as_ids(tmp_path):
    ids = ("NA", "1e5:0-4", "=1+1:0-4", "null")
    rows = "".join(f"{key},a,0,4,{repeat},0,1,0.0,0.{repeat + 1},0\n" for repeat in (0, 1) for key in ids)
    write_text(tmp_path / "out_of_fold.csv", f"{PLACE},{columns('drugs')}\n{rows}")
    found = out_of_fold_probabilities(tmp_path, ("drugs",))
    assert found == {key: (pytest.approx(0.15),) for key in ids}


def test_the_model_named_decides_what_is_uncertain(project, tmp_path, monkeypatch):  # noqa: F811
    label_file(project, GOLD).unlink()
    own = sheet_of("--queue", "uncertain")
    assert len(own) > 10
    moved = project.model.rename(tmp_path / "elsewhere")
    monkeypatch.setattr(locate, "shipped_project", lambda: None)
    assert "train" in refused("worklist", "--queue", "uncertain")
    assert sheet_of("--queue", "uncertain", "--model", moved) == own


def test_every_filter_of_the_command_line_narrows_the_sheet(project):  # noqa: F811
    assert {"heroin" in row["text"].lower() for row in sheet_of("--queue", "search", "--text", "HEROIN")} == {True}
    flooded = sheet_of("--queue", "search", "--topic", "floods", "--by", GOLD)
    assert len(flooded) == sum("f" in topics for _, topics, _ in CORPUS)
    for flag, value in (("--source", "Trend"), ("--since", "2024-01-01"), ("--until", "2024-01-01")):
        assert sheet_of("--queue", "search", flag, value) == []
    whole = sheet_of("--queue", "article", "--article", "a16")
    assert [row["text"] for row in whole] == [text for article, _, text in CORPUS if article == "a16"]


def test_reports_of_the_tag_page_reach_the_sheet(project):  # noqa: F811
    paragraph = paragraphs_of(project)[3]
    place = paragraph.article_id, paragraph.start, paragraph.end, paragraph.sha
    append_event(project, Event("reported", "reader", "2030-01-01T00:00:00Z", *place, ("cyber",), note='=1+1"'))
    [row] = sheet_of("--queue", "reported", "--annotator", "maria")
    assert row["why"] == 'called wrong on the tag page: cyber (=1+1")'
    assert row["sha"] == paragraph.sha


def test_what_is_no_name_queue_or_topic_is_refused(project):  # noqa: F811
    assert "--queue reported|uncertain|random" in run("worklist").stderr
    assert run("worklist").exit_code == 2
    assert run("worklist", "--queue", "next").exit_code == 2
    assert refused("worklist", "--queue", "random", "--annotator", "../maria").startswith("annotator '../maria'")
    assert refused("worklist", "--queue", "random", "--topic", "weather").startswith("topic 'weather' is unknown")
    assert refused("worklist", "--queue", "article").startswith("queue 'article': needs an article")
    assert run("worklist", "--queue", "random", "-n", 0).exit_code == 2
