"""Archives: every kind of input to shards; the same bytes whoever makes them, and nothing lost but what was in hand."""

import csv
import gzip
import json
import os
import pickle
import re
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from pipeline import ArchiveOptions, article_from_text, tag_archive, tag_article, tag_frame
from pipeline.cli import main
from pipeline.errors import InputError, MissingExtraError, PipelineError, RecipeError
from pipeline.learning.bulk import BulkScorer
from pipeline.learning.persist import save_model
from pipeline.tagging.archive.survey import survey
from pipeline.tagging.archive.work import Worker
from tests.corpora import CORPUS, trained

TEXTS = [" ".join(t for a, _, t in CORPUS if a == article) for article in sorted({a for a, _, _ in CORPUS})]
LONG = [f"{text}\n\n{TEXTS[0]}\n\nRead more\n" for text in TEXTS]
SMALL = ArchiveOptions(shard_bytes=1500)
ODD = "“Heroin” found in İstanbul – \U0001f600 naïve\n\nTwo men – both of them – held for cocaine.\u2028The end of it."


def jsonl(path, texts=LONG, **more):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"id": f"n{i}", "text": text, **more}, ensure_ascii=False) for i, text in enumerate(texts)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def table(path, texts=LONG, sign=","):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=sign)
        writer.writerow(["id", "text"])
        writer.writerows([f"n{i}", text] for i, text in enumerate(texts))
    return path


def parquet(path, texts=LONG, rows=4):
    pq.write_table(pa.table({"id": [f"n{i}" for i in range(len(texts))], "text": texts}), path, row_group_size=rows)
    return path


def squeezed(path):
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return packed


def run(out, *inputs, options=SMALL, **more):
    return tag_archive(inputs, out, trained(), options, **more)


def rows(out):
    return [row for path in sorted(out.glob("rows/part-*.parquet")) for row in pq.read_table(path).to_pylist()]


def rejects(out):
    return [json.loads(line) for line in (out / "rejects.jsonl").read_text("utf-8").splitlines()]


def content(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def expected(texts=LONG, ids=None):
    ids = ids or [f"n{i}" for i in range(len(texts))]
    return [p for text, one in zip(texts, ids, strict=True) for p in tag_article(article_from_text(text, one), trained()).paragraphs]  # fmt: skip


def agrees(found, tagged):
    assert [row["id"] for row in found] == [p.paragraph.id for p in tagged]
    for row, p in zip(found, tagged, strict=True):
        assert (row["start"], row["end"], row["kind"]) == (p.paragraph.start, p.paragraph.end, p.paragraph.kind)
        assert row["unsupported"] == p.unsupported
        assert (row["topics"], row["review"]) == (list(p.topics), list(p.review))
        for key in trained().codebook.keys:
            assert row[key] == (pytest.approx(p.probabilities[key], abs=1e-9) if p.verdicts else None)


FORMS = {
    "json lines": lambda folder: jsonl(folder / "a.jsonl"),
    "gzipped json lines": lambda folder: squeezed(jsonl(folder / "a.jsonl")),
    "csv": lambda folder: table(folder / "a.csv"),
    "gzipped csv": lambda folder: squeezed(table(folder / "a.csv", sign=";")),
    "parquet": lambda folder: parquet(folder / "a.parquet"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_kind_of_table_gives_the_rows_that_tag_article_gives_in_several_shards(tmp_path, form):
    summary = run(tmp_path / "out", FORMS[form](tmp_path))
    agrees(rows(tmp_path / "out"), expected())
    assert summary.articles == len(LONG)
    assert summary.paragraphs == len(expected())
    assert summary.shards == len(list((tmp_path / "out").glob("rows/part-*.parquet"))) > 2
    assert summary.rejects == 0
    assert sorted(content(tmp_path / "out"))[:3] == ["manifest.json", "rejects.jsonl", "rows/part-00000.parquet"]


def test_text_and_web_pages_in_folders_are_articles_by_their_names(tmp_path):
    for number, text in enumerate(LONG):
        (tmp_path / "in" / str(number % 3)).mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / str(number % 3) / f"a{number:02}.txt").write_text(text, encoding="utf-8")
    paragraphs = "".join(f"<p>{text}</p>" for text in TEXTS[:3])
    page = f"<html><body><article><h1>Heroin found in a truck</h1>{paragraphs}</article></body></html>"
    (tmp_path / "in" / "z.html").write_text(page, encoding="utf-8")
    summary = run(tmp_path / "out", tmp_path / "in")
    numbers = sorted(range(len(LONG)), key=lambda n: (n % 3, n))
    found = rows(tmp_path / "out")
    agrees([r for r in found if r["article_id"] != "z"], expected([LONG[n] for n in numbers], [f"a{n:02}" for n in numbers]))  # fmt: skip
    assert [r["article_id"] for r in found if r["article_id"] == "z"]
    assert summary.articles == len(LONG) + 1


def test_folders_of_sharded_files_are_read_in_the_order_of_their_names(tmp_path):
    jsonl(tmp_path / "in" / "p-2.jsonl", LONG[4:8])
    jsonl(tmp_path / "in" / "sub" / "p-3.jsonl", LONG[8:])
    squeezed(jsonl(tmp_path / "in" / "p-1.jsonl", LONG[:4]))
    (tmp_path / "in" / "_SUCCESS").write_text("")
    run(tmp_path / "out", tmp_path / "in")
    texts = [tagged.paragraph.text for tagged in expected()]
    options = ArchiveOptions(with_text=True)
    run(tmp_path / "out2", tmp_path / "in", options=options)
    assert [row["text"] for row in rows(tmp_path / "out2")] == texts
    assert len(rows(tmp_path / "out")) == len(texts)


def test_ids_are_the_records_own_else_stem_and_line(tmp_path):
    text = "Customs officers found heroin."
    lines = [{"text": text}, {"text": text, "id": 7}, {"text": text, "id": " "}]
    (tmp_path / "a.b.jsonl").write_text("\n".join([json.dumps(lines[0]), "", *map(json.dumps, lines[1:])]))
    pq.write_table(pa.table({"text": [text] * 5}), tmp_path / "c.parquet", row_group_size=2)
    run(tmp_path / "out", tmp_path / "a.b.jsonl", tmp_path / "c.parquet")
    ids = [row["article_id"] for row in rows(tmp_path / "out")]
    assert ids == ["a.b-1", "7", "a.b-4", "c-1", "c-2", "c-3", "c-4", "c-5"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_cut_files_keep_their_lines_in_every_encoding_and_with_every_line_end(tmp_path, newline, encoding, kind):
    texts = [f"Café owner {i} sold heroin – “all of it” – to the river police." for i in range(60)]
    if kind == "jsonl":
        lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    else:
        lines = ["text", *(f'"{text}\nSecond ""line"" of it."' for text in texts)]
    (tmp_path / f"a.{kind}").write_bytes("\n".join(lines).replace("\n", newline).encode(encoding))
    options = ArchiveOptions(shard_bytes=700, with_text=True)
    summary = run(tmp_path / "out", tmp_path / f"a.{kind}", options=options)
    found = rows(tmp_path / "out")
    lines_of = [n for row in found if (n := int(row["article_id"].split("-")[1]))]
    assert sorted(set(lines_of)) == ([*range(1, 61)] if kind == "jsonl" else [*range(2, 122, 2)])
    assert [row["text"] for row in found if row["start"] == 0] == texts
    assert summary.shards > 5


def test_unicode_of_any_kind_comes_through(tmp_path):
    path = tmp_path / "a.jsonl"
    lines = [{"id": "ö/1", "text": ODD}, {"id": "\ud800x", "text": "half \ud83d a heroin character"}]
    path.write_text("\n".join(map(json.dumps, lines)))
    run(tmp_path / "out", path)
    agrees(rows(tmp_path / "out"), expected([ODD, lines[1]["text"]], ["ö/1", "\ufffdx"]))


def test_columns_may_have_other_names_and_title_and_date_are_carried_along(tmp_path):
    records = [{"body": TEXTS[0], "url": "http://x/1", "head": "Heroin", "day": "2014-03-04"}, {"body": "BAKU, Oct. 15, 2018 (Trend) -- " + TEXTS[1]}]  # fmt: skip
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, records)))
    options = ArchiveOptions(text="body", id="url", title="head", date="day", with_text=True)
    run(tmp_path / "out", tmp_path / "a.jsonl", options=options)
    first, second = rows(tmp_path / "out")
    assert (first["article_id"], first["title"], first["date"]) == ("http://x/1", "Heroin", "2014-03-04")
    assert (second["article_id"], second["title"], second["date"]) == ("a-2", None, "2018-10-15")
    assert first["text"] == TEXTS[0]


def test_rows_that_are_paragraphs_already_are_not_split(tmp_path):
    texts = [
        "Heroin found in a truck.\n\nHackers broke in.",
        "By Nino Example",
        "Слово дня и ещё несколько русских слов.",
    ]
    run(tmp_path / "out", jsonl(tmp_path / "a.jsonl", texts), options=ArchiveOptions(rows="paragraphs", with_text=True))
    found = rows(tmp_path / "out")
    assert [row["text"] for row in found] == texts
    assert [row["id"] for row in found] == [f"n{i}:0-{len(text)}" for i, text in enumerate(texts)]
    assert [row["unsupported"] for row in found] == [None, None, "not English"]
    assert [found[0][key] for key in trained().codebook.keys] == pytest.approx(trained().probabilities(texts[:1])[0])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("limit", [1, 5, 1000])
def test_a_limit_takes_the_first_articles_of_the_whole_run(tmp_path, form, limit):
    path = FORMS[form](tmp_path)
    options = ArchiveOptions(shard_bytes=1500, limit=limit)
    assert run(tmp_path / "out", path, options=options).articles == min(limit, len(LONG))
    agrees(rows(tmp_path / "out"), expected(LONG[:limit]))


def test_records_that_cannot_be_used_do_not_count_towards_a_limit(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("no json\n" + "\n".join(json.dumps({"text": text}) for text in LONG) + "\nno json\n")
    summary = run(tmp_path / "out", path, options=ArchiveOptions(limit=2))
    assert (summary.articles, summary.rejects) == (2, 1)


def test_a_bad_record_is_listed_with_file_and_line_and_stops_nothing(tmp_path):
    good = json.dumps({"text": "Customs officers found heroin."})
    bad = tmp_path / "in" / "a.jsonl"
    bad.parent.mkdir()
    bad.write_text(f'{good}\n{{no json\n["x"]\n{{"id": 1}}\n{{"text": null}}\n{good}\n')
    (tmp_path / "in" / "b.txt").write_bytes(b"\x00\x01")
    (tmp_path / "in" / "c.txt").write_text(" ")
    (tmp_path / "in" / "d.csv").write_text('id,text\n1,"Heroin was found."\n2\n3,"Never closed\nhere')
    (tmp_path / "in" / "e.parquet").write_bytes(b"PAR1 it is not")
    (tmp_path / "in" / "f.jsonl.gz").write_bytes(gzip.compress(good.encode() * 100)[:-20])
    (tmp_path / "in" / "g.csv").write_text("id;body\n1;x\n")
    (tmp_path / "in" / "h.jsonl").write_bytes(b"\x81\xff")
    pq.write_table(pa.table({"text": ["Heroin was found.", None], "id": [1, 2]}), tmp_path / "in" / "i.parquet")
    summary = run(tmp_path / "out", tmp_path / "in")
    found = [(r["file"].removeprefix(f"{tmp_path}/in/"), r["line"], r["reason"]) for r in rejects(tmp_path / "out")]
    assert [(file, line) for file, line, _ in found] == [
        *(("a.jsonl", n) for n in (2, 3, 4, 5)),
        *(("b.txt", 1), ("c.txt", 1), ("d.csv", 3), ("d.csv", 4), ("e.parquet", 1), ("f.jsonl.gz", 1), ("g.csv", 1)),
        *(("h.jsonl", 1), ("i.parquet", 2)),
    ]
    assert found[0][2] == f"{bad}:2: is not JSON; mend or delete the line"
    assert all(reason.startswith(f"{tmp_path}/in/{file}") and "; " in reason for file, _, reason in found)
    assert (summary.articles, summary.rejects) == (4, len(found))


def test_a_broken_page_of_a_parquet_file_costs_its_rows_only(tmp_path):
    path = parquet(tmp_path / "a.parquet")
    whole = pq.ParquetFile(path)
    at = whole.metadata.row_group(1).column(1).data_page_offset
    whole.close()
    data = bytearray(path.read_bytes())
    data[at : at + 40] = b"\xff" * 40
    path.write_bytes(bytes(data))
    summary = run(tmp_path / "out", path)
    reasons = [r["reason"] for r in rejects(tmp_path / "out")]
    assert reasons[0].startswith(f"{path}:5: rows 5 to ")
    assert reasons[-1].partition(" cannot be read")[0].endswith(" to 8")
    assert summary.articles == len(LONG) - 4


def test_evidence_is_that_of_the_tagged_paragraph(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", LONG[:3])
    for evidence in ("tags", "all"):
        run(tmp_path / evidence, path, options=ArchiveOptions(evidence=evidence))
        for row, p in zip(rows(tmp_path / evidence), expected(LONG[:3]), strict=True):
            wanted = [key for key in trained().codebook.keys if evidence == "all" or key in {**p.topics, **p.review}]
            said = json.loads(row["evidence"] or "{}")
            assert sorted(said) == sorted(wanted)
            for key in wanted:
                assert [(e["start"], e["end"], e["term"], e["weight"]) for e in said[key]] == [
                    (c.start, c.end, c.term, c.weight) for c in p.why(key)
                ]


def test_json_lines_say_what_parquet_says(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", [*LONG, ODD])
    run(tmp_path / "p", path, options=ArchiveOptions(evidence="tags", with_text=True))
    run(tmp_path / "j", path, options=ArchiveOptions(evidence="tags", with_text=True, format="jsonl"))
    lines = [
        json.loads(line) for line in (tmp_path / "j" / "rows" / "part-00000.jsonl").read_text("utf-8").split("\n")[:-1]
    ]
    for line, row in zip(lines, rows(tmp_path / "p"), strict=True):
        assert line == row | {"evidence": json.loads(row["evidence"]) if row["evidence"] else None}


def test_the_model_is_named_in_the_shards_and_in_the_manifest(tmp_path):
    run(tmp_path / "out", jsonl(tmp_path / "a.jsonl"))
    metadata = pq.read_schema(tmp_path / "out" / "rows" / "part-00000.parquet").metadata
    assert metadata[b"threat_topics.sha256"].decode() == trained().sha256
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["model"]["sha256"] == trained().sha256
    assert manifest["outcome"]["articles"] == len(LONG)


def test_two_processes_write_the_bytes_that_one_writes(tmp_path):
    path = squeezed(jsonl(tmp_path / "a.jsonl", LONG * 3))
    first = run(tmp_path / "one", path)
    second = run(tmp_path / "two", path, workers=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert (first.tags, first.paragraphs) == (second.tags, second.paragraphs)


def test_a_worker_process_that_is_ended_says_how_to_go_on(tmp_path, monkeypatch):
    path = jsonl(tmp_path / "a.jsonl")
    monkeypatch.setattr("pipeline.tagging.archive.crews._work", ends_its_process)
    with pytest.raises(PipelineError, match="continue by the same call, with fewer workers"):
        run(tmp_path / "out", path, workers=2)
    monkeypatch.undo()
    run(tmp_path / "out", path, workers=2)
    run(tmp_path / "whole", path)
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def ends_its_process(partition):
    os._exit(9)


class Dropped(Exception):  # noqa: N818  it is no error
    """Ends a run from within."""


@pytest.mark.parametrize("form", FORMS)
def test_a_run_that_was_ended_goes_on_where_it_was_and_gives_the_same_bytes(tmp_path, form, monkeypatch):
    path = FORMS[form](tmp_path)
    run(tmp_path / "whole", path)
    made = []
    work = Worker.work

    def counted(self, partition):
        made.append(partition.number)
        if len(made) == 3:
            raise Dropped
        return work(self, partition)

    monkeypatch.setattr(Worker, "work", counted)
    with pytest.raises(Dropped):
        run(tmp_path / "out", path)
    assert "outcome" not in json.loads((tmp_path / "out" / "manifest.json").read_text())
    (tmp_path / "out" / "rows" / ".part-00002.parquet.x1y2").write_bytes(b"half")
    (tmp_path / "out" / "progress" / ".00002.json.x1y2").write_bytes(b"half")
    states = []
    run(tmp_path / "out", path, progress=lambda p: states.append((p.made, p.before > 0)))
    assert made[:4] == [0, 1, 2, 2]
    assert states[0] == (2, True)
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_a_complete_run_is_not_done_again(tmp_path, monkeypatch):
    path = jsonl(tmp_path / "a.jsonl")
    first = run(tmp_path / "out", path)
    monkeypatch.setattr(Worker, "work", None)
    assert run(tmp_path / "out", path) == first


def test_a_shard_without_its_note_is_made_again(tmp_path):
    path = jsonl(tmp_path / "a.jsonl")
    run(tmp_path / "whole", path)

    def drop(progress):
        if progress.made == 2:
            raise Dropped

    with pytest.raises(Dropped):
        run(tmp_path / "out", path, progress=drop)
    (tmp_path / "out" / "progress" / "00000.json").unlink()
    (tmp_path / "out" / "rows" / "part-00000.parquet").write_bytes(b"of a run whose note was not written")
    run(tmp_path / "out", path)
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def test_a_shard_that_is_gone_from_a_complete_run_is_missed(tmp_path):
    path = jsonl(tmp_path / "a.jsonl")
    run(tmp_path / "out", path)
    (tmp_path / "out" / "rows" / "part-00001.parquet").unlink()
    assert "rows/part-00001.parquet was made and is not there" in refusal(tmp_path / "out", path)


def refusal(out, *inputs, options=SMALL, model=None):
    with pytest.raises(InputError) as caught:
        tag_archive(inputs, out, model or trained(), options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_another_input_option_or_model_is_refused_in_one_sentence_that_says_what_differs(tmp_path):
    from dataclasses import replace

    path = jsonl(tmp_path / "a.jsonl")
    out = tmp_path / "out"
    run(out, path)
    before = content(out)
    other = replace(trained(), thresholds=trained().thresholds * 0.5, review=trained().review * 0.5)
    assert "holds a run of other model: sha256" in refusal(out, path, model=other)
    assert re.search(r"other options: limit \(null there, 3 now\)", refusal(out, path, options=ArchiveOptions(shard_bytes=1500, limit=3)))  # fmt: skip
    assert "other inputs" in refusal(out, path, jsonl(tmp_path / "b.jsonl"))
    jsonl(path, LONG[:-1])
    assert "other inputs" in refusal(out, path)
    assert "name another --out, or remove this one" in refusal(out, path)
    assert content(out) == before


def test_a_folder_that_holds_something_else_is_refused(tmp_path):
    path = jsonl(tmp_path / "in" / "a.jsonl")
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.doc").write_text("x")
    assert "holds 'thesis.doc', which is no part of a run" in refusal(out, path)
    (out / "rows").mkdir()
    (out / "rows" / "notes.txt").write_text("x")
    (out / "thesis.doc").unlink()
    assert "holds 'rows/notes.txt', which is no part of a run" in refusal(out, path)
    (out / "rows" / "notes.txt").rename(out / "rows" / "part-00000.parquet")
    assert "without its manifest.json" in refusal(out, path)
    (tmp_path / "file").write_text("x")
    assert "is a file" in refusal(tmp_path / "file", path)
    assert "lie in one another" in refusal(tmp_path / "in" / "out", tmp_path / "in")


def test_inputs_that_are_not_there_are_refused_before_anything_is_written(tmp_path):
    assert "no such file or folder" in refusal(tmp_path / "out", tmp_path / "gone.jsonl")
    (tmp_path / "a.docx").write_text("x")
    assert ".docx files cannot be read" in refusal(tmp_path / "out", tmp_path / "a.docx")
    (tmp_path / "empty").mkdir()
    assert "no file to read in this folder" in refusal(tmp_path / "out", tmp_path / "empty")
    assert "no input was named" in refusal(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_runs_in_one_folder_at_once_are_refused(tmp_path):
    path = jsonl(tmp_path / "a.jsonl")
    said = []

    def second(progress):
        if not said:
            said.append(refusal(tmp_path / "out", path))

    run(tmp_path / "out", path, progress=second)
    assert "another run is at work there" in said[0]


def test_a_file_that_changes_under_the_run_ends_it(tmp_path, monkeypatch):
    paths = [tmp_path / f"{i}.txt" for i in range(2)]
    for path in paths:
        path.write_text(LONG[0] * 10, encoding="utf-8")
    with pytest.raises(InputError, match=r"1\.txt: has changed since the run was planned"):
        run(tmp_path / "out", *paths, progress=lambda p: p.made or paths[1].write_text("x"))


def test_an_input_without_one_article_gives_an_empty_shard_with_its_columns(tmp_path):
    (tmp_path / "a.csv").write_text("id,text\n")
    summary = run(tmp_path / "out", tmp_path / "a.csv")
    assert (summary.articles, summary.shards, summary.rejects) == (0, 1, 0)
    assert pq.read_schema(tmp_path / "out" / "rows" / "part-00000.parquet").names[-2:] == ["topics", "review"]
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "b.parquet")
    assert run(tmp_path / "out2", tmp_path / "b.parquet").articles == 0


def test_a_frame_is_tagged_as_an_archive_is(tmp_path):
    import pandas as pd

    run(tmp_path / "out", jsonl(tmp_path / "a.jsonl"))
    frame = pd.DataFrame({"id": [f"n{i}" for i in range(len(LONG))], "text": LONG})
    tagged = tag_frame(frame, trained())
    found = rows(tmp_path / "out")
    assert tagged["id"].tolist() == [row["id"] for row in found]
    for key in trained().codebook.keys:
        assert tagged[key].tolist() == pytest.approx([np.nan if r[key] is None else r[key] for r in found], nan_ok=True)
    assert tagged["topics"].tolist() == [row["topics"] for row in found]
    assert tag_frame(frame[:0], trained()).dtypes.equals(tagged.dtypes)


def test_a_row_of_a_frame_that_cannot_be_used_stops_it_or_is_told(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"text": [LONG[0], None, LONG[1]]})
    with pytest.raises(InputError, match="frame:2: 'text' is missing"):
        tag_frame(frame, trained())
    told = []
    tagged = tag_frame(frame, trained(), on_error=told.append)
    assert set(tagged["article_id"]) == {"row-1", "row-3"}
    assert len(told) == 1
    with pytest.raises(InputError, match="has no column 'body'; its columns are: text"):
        tag_frame(frame, trained(), ArchiveOptions(text="body"))


def test_a_model_goes_to_another_process_without_its_file():
    again = pickle.loads(pickle.dumps(BulkScorer(trained())))  # noqa: S301  our own
    assert again.model.sha256 == trained().sha256
    assert np.array_equal(again.scores(TEXTS), BulkScorer(trained()).scores(TEXTS))
    assert tag_article(LONG[0], again.model).topics == tag_article(LONG[0], trained()).topics


def test_a_survey_cuts_files_where_records_end(tmp_path):
    path = jsonl(tmp_path / "a.jsonl", LONG * 2)
    pieces = survey(str(path), SMALL)
    data = path.read_bytes()
    assert pieces[0].start == 0
    assert pieces[-1].stop == len(data)
    for before, piece in pairwise(pieces):
        assert before.stop == piece.start
        assert data[piece.start - 1 : piece.start] == b"\n"
        assert data.count(b"\n", 0, piece.start) == piece.line - 1


def test_options_that_cannot_be_are_refused_with_those_that_can():
    with pytest.raises(RecipeError, match=r"format: is 'csv'; must be one of: parquet, jsonl"):
        ArchiveOptions(format="csv")
    with pytest.raises(RecipeError, match="limit: is 0"):
        ArchiveOptions(limit=0)


def test_without_pyarrow_the_line_that_installs_it_is_named(tmp_path, monkeypatch):
    import sys

    monkeypatch.delitem(sys.modules, "pipeline.tagging.archive.parquet", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = jsonl(tmp_path / "a.jsonl")
    with pytest.raises(MissingExtraError, match=r"pip install 'threat-topics\[fast\]'"):
        run(tmp_path / "out", path)


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "model"
    save_model(trained(), folder, "card\n")
    return folder


def call(model_folder, *arguments):
    return CliRunner().invoke(main, ["tag", "--model", str(model_folder), *map(str, arguments)])


def test_the_command_writes_what_the_function_writes_and_talks_on_stderr(tmp_path, model_folder):
    path = jsonl(tmp_path / "a.jsonl", LONG)
    path.write_text(path.read_text("utf-8").replace('"text"', '"body"').replace('"id"', '"url"') + "oops\n", "utf-8")
    arguments = ["--columns", "text=body, id=url", "--workers", "1", "--limit", "7", "--why", "--with-text"]
    done = call(model_folder, path, "--out", tmp_path / "out", *arguments)
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert f"{tmp_path / 'out'}: 7 articles" in done.stderr
    assert "paragraphs by topic: drugs" in done.stderr
    options = ArchiveOptions(text="body", id="url", limit=7, evidence="tags", with_text=True)
    run(tmp_path / "same", path, options=options)
    assert content(tmp_path / "out") == content(tmp_path / "same")


def test_exit_code_2_means_that_nothing_could_be_tagged(tmp_path, model_folder):
    (tmp_path / "a.jsonl").write_text("oops\n")
    done = call(model_folder, tmp_path / "a.jsonl", "--out", tmp_path / "out", "--workers", "1")
    assert done.exit_code == 2
    assert "1 records could not be used" in done.stderr
    assert len(rejects(tmp_path / "out")) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--out", "o", "--output", "x.csv"], "--output"),
        (["--out", "o", "--level", "article"], "--level"),
        (["--out", "o", "--keep-going"], "--keep-going"),
        (["--out", "o", "--all-scores"], "--all-scores"),
        (["--out", "o", "--csv"], "--format csv"),
        (["--out", "o", "-f", "table"], "--format table"),
        (["--out", "o", "-"], "standard input"),
        (["--workers", "2"], "--workers belongs to --out"),
        (["--columns", "text=a"], "--columns belongs to --out"),
        (["--dask", "local"], "--dask belongs to --out"),
        (["-f", "parquet"], "--format parquet needs --out"),
        (["--out", "o", "--columns", "txt=a"], "columns: unknown key 'txt'; known are: text, id, title, date"),
    ],
)
def test_options_that_make_no_sense_together_are_refused_by_name(tmp_path, model_folder, arguments, named, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call(model_folder, jsonl(tmp_path / "a.jsonl"), *arguments)
    assert done.exit_code == 2
    assert named in done.stderr
    assert not (tmp_path / "o").exists()
