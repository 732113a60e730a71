"""Archives as they are found: broken, mixed, much too long; each fault costs what it touches and is named."""

import gzip
import json
import os
import re

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ArchiveOptions, tag_archive
from pipeline.errors import InputError
from pipeline.tagging.archive.shards import Store
from pipeline.tagging.archive.survey import _line_stretches, _row_stretches, _Seen, survey
from pipeline.text.tables import Table
from tests.corpora import trained

TEXT = "Customs officers found heroin in a truck near the river."
SMALL = ArchiveOptions(shard_bytes=400)


def line(number, text=TEXT):
    return json.dumps({"id": f"n{number}", "text": text}, ensure_ascii=False).encode()


def run(out, *inputs, options=SMALL, **more):
    return tag_archive(inputs, out, trained(), options, **more)


def ids(out):
    paths = sorted(out.glob("rows/part-*.parquet"))
    return [row["article_id"] for path in paths for row in pq.read_table(path).to_pylist()]


def rejects(out):
    lines = (out / "rejects.jsonl").read_text("utf-8").splitlines()
    return [(found["line"], found["reason"].partition(": ")[2]) for found in map(json.loads, lines)]


def refusal(out, *inputs, **more):
    with pytest.raises(InputError) as caught:
        run(out, *inputs, **more)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(
    st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", b"d" * 7, b"e" * 30]), max_size=40).map(b"".join),
    st.integers(1, 9),
    st.integers(1, 20),
)
def test_stretches_lie_side_by_side_begin_where_lines_do_and_set_apart_lines_that_are_too_long(data, block, size):
    blocks = re.findall(rb"(?s)(?:\r\n|.){1,%d}" % block, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.tagging.archive.survey.LONGEST", 25)
        found = list(_line_stretches(iter(blocks), size, _Seen()))
    assert b"".join(data[s.start : s.stop] for s in found) == data
    place = 0
    begins = {0: 1}
    for number, one in enumerate(data.splitlines(keepends=True), 2):
        place += len(one)
        begins[place] = number
    for stretch in found:
        lines = data[stretch.start : stretch.stop].splitlines(keepends=True)
        assert stretch.line == begins[stretch.start]
        # A line that lies in one block is never looked at for its length.
        assert not stretch.long or (len(lines) == 1 and len(lines[0]) > 25)
        assert stretch.long or all(len(one) <= 25 + block for one in lines)
        assert stretch.long or len(b"".join(lines[:-1])) < size


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
@pytest.mark.parametrize("place", [0, 5, 19])
def test_a_line_too_long_for_memory_costs_itself_alone(tmp_path, monkeypatch, kind, place):
    monkeypatch.setattr("pipeline.tagging.archive.survey.LONGEST", 3000)
    monkeypatch.setattr("pipeline.tagging.archive.streams.BLOCK", 500)
    head = ["id,text"] if kind == "csv" else []
    lines = [f"n{i},{TEXT}" if kind == "csv" else line(i).decode() for i in range(20)]
    lines[place] = lines[place].replace("truck", "truck " * 1000)
    (tmp_path / f"a.{kind}").write_text("\n".join([*head, *lines]))
    assert run(tmp_path / "out", tmp_path / f"a.{kind}").shards > 3
    assert ids(tmp_path / "out") == [f"n{i}" for i in range(20) if i != place]
    ((number, reason),) = rejects(tmp_path / "out")
    assert number == place + 1 + len(head)
    assert reason == "the line is longer than 16,777,216 bytes; write one record a line, and shorter ones".replace("16,777,216", "3,000")  # fmt: skip


def test_a_text_longer_than_any_article_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.tagging.archive.sources.LONGEST_TEXT", 200)
    monkeypatch.setattr("pipeline.tagging.archive.survey.LONGEST", 500)
    (tmp_path / "a.jsonl").write_bytes(b"\n".join([line(0), line(1, TEXT * 5), line(2)]))
    (tmp_path / "b.txt").write_text(TEXT * 5)
    (tmp_path / "c.txt").write_text(TEXT * 50)
    run(tmp_path / "out", *(tmp_path / name for name in ("a.jsonl", "b.txt", "c.txt")))
    assert ids(tmp_path / "out") == ["n0", "n2"]
    assert rejects(tmp_path / "out") == [
        (2, "the text has 280 characters, no article is longer than 200; divide it"),
        (1, "the text has 280 characters, no article is longer than 200; divide it"),
        (1, "has 2,800 bytes, no article is longer than 500; divide it"),
    ]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_each_line_of_a_table_has_an_encoding_of_its_own(tmp_path, kind):
    texts = [f"Café “{i}” – heroin was found there." for i in range(5)]
    lines = [
        f"n{i},{text}".encode("cp1252" if i == 2 else "utf-8")
        if kind == "csv"
        else line(i, text).decode().encode("cp1252" if i == 2 else "utf-8")
        for i, text in enumerate(texts)
    ]
    lines[3] = lines[3].replace("é".encode(), b"\xc3\x81\x8d\xff")
    (tmp_path / f"a.{kind}").write_bytes(b"\n".join([b"id,text", *lines] if kind == "csv" else [b"", *lines]))
    run(tmp_path / "out", tmp_path / f"a.{kind}", options=ArchiveOptions(with_text=True))
    found = pq.read_table(tmp_path / "out" / "rows" / "part-00000.parquet").to_pylist()
    assert [row["text"] for row in found] == [text for i, text in enumerate(texts) if i != 3]
    assert rejects(tmp_path / "out") == [(5, "is neither UTF-8 nor Windows-1252 text; save it as UTF-8 text")]


def test_zero_bytes_as_a_crash_leaves_them_cost_their_line(tmp_path):
    lines = [line(i) for i in range(2000)]
    lines[1900] = b"\0" * 500
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    assert run(tmp_path / "out", tmp_path / "a.jsonl", options=ArchiveOptions()).articles == 1999
    assert rejects(tmp_path / "out") == [(1901, "is not JSON; mend or delete the line")]


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_what_comes_before_the_break_of_a_cut_off_gzip_file_is_tagged(tmp_path, monkeypatch, kind):
    monkeypatch.setattr("pipeline.tagging.archive.streams.BLOCK", 4000)
    head = [b"id,text"] if kind == "csv" else []
    texts = [f"{TEXT} Report {i * 7919 % 1009} of {i * i}." for i in range(400)]
    lines = [f"n{i},{t}".encode() if kind == "csv" else line(i, t) for i, t in enumerate(texts)]
    data = gzip.compress(b"\n".join([*head, *lines]))
    path = tmp_path / f"a.{kind}.gz"
    path.write_bytes(data[: len(data) * 2 // 3])
    run(tmp_path / "out", path, options=ArchiveOptions(shard_bytes=5000))
    found = ids(tmp_path / "out")
    assert len(found) > 100
    assert found == [f"n{i}" for i in range(len(found))]
    cut_off = "is no gzip or is cut off; compress the file anew"
    assert rejects(tmp_path / "out") == [(len(found) + len(head) + 1, cut_off)]


def test_a_row_with_a_stray_quotation_mark_costs_that_row_wherever_the_file_is_cut(tmp_path):
    rows = [f'n{i},"{TEXT}\nIt was report {i}."' for i in range(30)]
    rows[4] = f'n4,"He said "heroin" to me. {TEXT}"'
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["id,text", *rows]))
    assert run(tmp_path / "out", path).shards > 4
    run(tmp_path / "whole", path, options=ArchiveOptions())
    assert ids(tmp_path / "out") == ids(tmp_path / "whole")
    assert dict.fromkeys(ids(tmp_path / "out")) == dict.fromkeys(f"n{i}" for i in range(30) if i != 4)
    misquoted = "a quotation mark is opened or closed in the wrong place; mend the row"
    assert rejects(tmp_path / "out") == rejects(tmp_path / "whole") == [(10, misquoted)]


def test_a_cell_that_is_never_closed_swallows_no_more_than_the_longest_cell(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.text.tables.LONGEST", 300)
    rows = [f"n{i},{TEXT}" for i in range(30)]
    rows[4] = f'n4,"{TEXT}'
    (tmp_path / "a.csv").write_text("\n".join(["id,text", *rows]))
    run(tmp_path / "out", tmp_path / "a.csv", options=ArchiveOptions())
    found = ids(tmp_path / "out")
    assert found[:4] == ["n0", "n1", "n2", "n3"]
    assert found[4:] == [f"n{i}" for i in range(34 - len(found), 30)]
    assert len(found) > 20
    ((number, reason),) = rejects(tmp_path / "out")
    assert number == 6
    assert reason.startswith("a cell is longer than ")


@given(st.lists(st.sampled_from(['"', "a", ",", "\n", "\r\n", "b,c\n", '"d\ne",f\n']), max_size=30), st.integers(1, 12))
def test_rows_are_the_same_wherever_a_csv_is_cut(parts, size):
    data = "".join(parts).encode()
    lines = list(_line_stretches(iter([data] if data else []), 1, _Seen()))
    found = list(_row_stretches(iter([data] if data else []), _CSV, size, lines))
    table = Table("here", "a", "text")

    def rows(text, first):
        return [str(row) for row in table.csv_rows(text.decode().replace("\r\n", "\n"), ["text", "b"], ",", first)]

    cut = [row for s in found for row in rows(data[s.start : s.stop], s.line)]
    assert cut == rows(data, 1)


class _CSV:
    delimiter = ","


def test_file_names_that_are_no_text_are_tagged_and_a_run_of_them_goes_on(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, data in ((b"\xff.txt", TEXT.encode()), (b"\xfe.jsonl", json.dumps({"text": TEXT}).encode() + b"\noops")):
        with open(os.fsencode(folder) + b"/" + name, "wb") as stream:  # noqa: PTH123  a Path is text
            stream.write(data)
    given_name = os.fsdecode(os.fsencode(folder) + b"/\xff.txt")
    assert run(tmp_path / "out", folder).articles == 2
    assert ids(tmp_path / "out") == ["\ufffd-1", "\ufffd"]
    assert run(tmp_path / "one", given_name) == run(tmp_path / "one", given_name)


def test_a_pipe_among_the_files_is_passed_over_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    (tmp_path / "b.txt").write_text(TEXT)
    run(tmp_path / "out", tmp_path / "a.txt", tmp_path / "b.txt")
    assert ids(tmp_path / "out") == ["b"]
    assert rejects(tmp_path / "out") == [(1, "is no file that can be read twice; save what it gives as a file")]


def test_a_page_that_the_reader_of_web_pages_stumbles_over_ends_nothing(tmp_path):
    paragraphs = f"<p>{TEXT} {TEXT}</p>" * 5
    (tmp_path / "a.html").write_text(f"<math><html><body><article>{paragraphs}</article></body></html>")
    (tmp_path / "b.html").write_text(f"<html><body><article>{paragraphs}</article></body></html>")
    run(tmp_path / "out", tmp_path / "a.html", tmp_path / "b.html")
    assert set(ids(tmp_path / "out")) == {"b"}
    cure = "the page is too broken to read (AssertionError); save the text of the article as .txt"
    assert rejects(tmp_path / "out") == [(1, cure)]


def test_a_folder_that_cannot_be_listed_is_refused_rather_than_left_out(tmp_path, monkeypatch):
    (tmp_path / "in" / "closed").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text(TEXT)
    scandir = os.scandir

    def closed(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert "in/closed: cannot be listed (Permission denied)" in refusal(tmp_path / "out", tmp_path / "in")


def test_a_file_that_is_named_twice_is_refused_rather_than_tagged_twice(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT)
    said = refusal(tmp_path / "out", tmp_path / "in", tmp_path / "in" / "a.txt")
    assert "a.txt was named already; name each file once" in said


@pytest.mark.parametrize("text", ["[1", "[]", "{}", '{"format": "a web page"}'])
def test_a_manifest_of_something_else_is_refused(tmp_path, text):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text(text)
    assert "its manifest.json is no run's; name another --out" in refusal(tmp_path / "out", tmp_path / "a.txt")


def test_a_folder_of_another_run_is_refused_before_the_inputs_are_read(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(TEXT)
    run(tmp_path / "out", tmp_path / "a.txt")
    monkeypatch.setattr("pipeline.tagging.archive.run.planned", None)
    said = refusal(tmp_path / "out", tmp_path / "a.txt", options=ArchiveOptions(shard_bytes=400, limit=3))
    assert "holds a run of other options: limit" in said
    (tmp_path / "out" / "thesis.doc").write_text("x")
    assert "holds 'thesis.doc'" in refusal(tmp_path / "out", tmp_path / "a.txt")


def test_a_complete_run_names_its_topics_in_the_order_of_the_codebook_again(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    for _ in range(2):
        assert tuple(run(tmp_path / "out", tmp_path / "a.txt").tags) == trained().codebook.keys


def test_a_parquet_file_that_is_replaced_by_something_else_ends_the_run(tmp_path):
    paths = [tmp_path / f"{i}.parquet" for i in range(2)]
    for path in paths:
        pq.write_table(pa.table({"text": [TEXT * 20], "id": ["x"]}), path)
    with pytest.raises(InputError, match=r"1\.parquet: has changed since the run was planned"):
        run(tmp_path / "out", *paths, progress=lambda p: p.made or paths[1].write_text("oops"))


def test_whole_numbers_as_ids_may_be_written_as_tables_with_gaps_write_them(tmp_path):
    pq.write_table(pa.table({"text": [TEXT] * 3, "id": [7.0, None, 8.5]}), tmp_path / "a.parquet")
    run(tmp_path / "out", tmp_path / "a.parquet")
    assert ids(tmp_path / "out") == ["7", "a-2"]
    assert rejects(tmp_path / "out") == [(3, "'id' is 8.5; an id is text or a whole number")]


def test_a_file_written_in_parts_is_there_whole_or_not_at_all(tmp_path):
    def parts():
        yield b"one "
        yield b"two"

    def broken():
        yield b"one "
        raise KeyboardInterrupt

    store = Store(str(tmp_path))
    store.write("a", parts())
    with pytest.raises(KeyboardInterrupt):
        store.write("b", broken())
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"one two")]


def test_a_header_of_many_columns_and_a_bom_is_read_from_the_first_block(tmp_path):
    names = [f"column{i}" for i in range(9000)]
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbf" + ",".join(["text", *names]).encode() + b"\n" + TEXT.encode() + b"," * 9000)
    (piece,) = survey(str(path), ArchiveOptions())
    assert piece.file.header == ("text", *names)
    run(tmp_path / "out", path)
    assert ids(tmp_path / "out") == ["a-2"]
