"""Files: whole or not at all, canonical, with line numbers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

import pytest

from pipeline import files
from pipeline.errors import InputError, LabelError, RecipeError
from pipeline.files import (
    append_jsonl,
    canonical_json,
    locked,
    new_folder,
    read_bytes,
    read_jsonl,
    read_toml,
    read_utf8,
    sha256_file,
    sha256_text,
    write_text,
)


class Crash(BaseException):
    """Stands for a power cut."""


def crash_in(path):
    with new_folder(path) as made:
        write_text(made / "a.txt", "two")
        raise Crash


def test_the_hash_of_a_text_is_that_of_its_utf8_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("naïve £5".encode())
    assert sha256_text("naïve £5") == sha256_file(path)
    assert sha256_text("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_equal_values_give_equal_json_and_nan_is_refused():
    assert canonical_json({"b": [1.5, "é"], "a": None}) == canonical_json({"a": None, "b": [1.5, "é"]})
    assert json.loads(canonical_json({"é": 0.1}, indent=1)) == {"é": 0.1}
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(float("nan"))


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.txt: no such file; check the spelling"):
        read_bytes(tmp_path / "gone.txt")
    with pytest.raises(InputError, match="is a folder, a file is needed"):
        read_bytes(tmp_path)


def test_a_byte_order_mark_is_dropped_and_other_encodings_are_refused_with_the_line(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfname = 1\n")
    assert read_utf8(path) == "name = 1\n"
    path.write_bytes(b"one\ntwo\nna\xefve\n")
    with pytest.raises(LabelError, match=r"a\.toml:3: is not UTF-8 text; save the file as UTF-8$"):
        read_utf8(path, LabelError)


def test_a_toml_mistake_keeps_the_line_of_the_parser(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text("a = 1\nb = = 2\n")
    with pytest.raises(RecipeError, match=r"r\.toml: is not valid TOML: .*line 2.*; mend the line"):
        read_toml(path, RecipeError)


def test_json_lines_are_numbered_and_blank_lines_passed_over(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":1}\n\n  \n{"a":2}')
    assert list(read_jsonl(path)) == [(1, {"a": 1}), (4, {"a": 2})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a":1}\n{"a":\n{"a":2}\n', r"a\.jsonl:2: is not JSON; mend or delete the line$"),
        ('{"a":1}\n{"a":', r"a\.jsonl:2: the last line is cut off, as after a crash while appending; delete that line"),
        ('{"a":1}\n[1]\n', r"a\.jsonl:2: is JSON but not an object"),
        ("[" * 100_000 + "\n", r"a\.jsonl:1: is not JSON"),
    ],
)
def test_a_broken_line_is_named(tmp_path, text, message):
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(LabelError, match=message):
        list(read_jsonl(path, LabelError))


def test_appending_adds_lines_and_refuses_to_grow_on_to_a_broken_one(tmp_path):
    path = tmp_path / "new" / "a.jsonl"
    append_jsonl(path, [{"b": 1, "a": "é"}])
    append_jsonl(path, [{"c": 2}])
    assert path.read_bytes() == '{"a":"é","b":1}\n{"c":2}\n'.encode()
    path.write_bytes(b'{"a":1}\n{"b"')
    with pytest.raises(InputError, match=r"a\.jsonl: the last line is cut off"):
        append_jsonl(path, [{"c": 3}])
    assert path.read_bytes() == b'{"a":1}\n{"b"'


@pytest.mark.parametrize("end", ["", " ", "\r"])
def test_a_whole_last_line_without_its_newline_is_given_one(tmp_path, end):
    path = tmp_path / "a.jsonl"
    path.write_bytes(f'{{"a":1}}\n{{"a":2}}{end}'.encode())
    append_jsonl(path, [{"a": 3}])
    assert [record for _, record in read_jsonl(path)] == [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.mark.parametrize("text", [r"\ud83d", r"\uDE00 x", r"a\ud83dx\ude00"])
def test_half_a_character_is_refused_with_its_line_and_a_whole_one_is_read(tmp_path, text):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":"\\ud83d\\ude00"}\n{"a":["' + text + '"]}\n')
    with pytest.raises(LabelError, match=r"a\.jsonl:2: holds half a character"):
        list(read_jsonl(path, LabelError))
    path.write_text('{"a":"\\ud83d\\ude00"}\n')
    assert list(read_jsonl(path)) == [(1, {"a": "\U0001f600"})]


def test_lines_there_is_no_room_for_are_not_begun_and_the_error_names_the_file(tmp_path):
    resource = pytest.importorskip("resource")
    path = tmp_path / "a.jsonl"
    append_jsonl(path, [{"a": 1}])
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, hard))
    try:
        with pytest.raises(OSError, match=r"a\.jsonl"):
            append_jsonl(path, [{"a": 2}, {"a": "x" * 100}])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    append_jsonl(path, [{"a": 2}])
    assert path.read_bytes() == before + b'{"a":2}\n'


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \ud800\n")
    assert path.read_text() == "old\n"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    write_text(path, "new\r\n")
    assert path.read_bytes() == b"new\r\n"


def test_a_folder_appears_whole_or_the_old_one_stays(tmp_path):
    path = tmp_path / "run"
    with new_folder(path) as made:
        write_text(made / "a.txt", "one")
        assert not path.exists()
    with pytest.raises(Crash):
        crash_in(path)
    assert (path / "a.txt").read_text() == "one"
    with new_folder(path) as made:
        write_text(made / "b.txt", "three")
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert [p.name for p in path.iterdir()] == ["b.txt"]


def test_a_folder_is_not_put_in_the_place_of_a_file(tmp_path):
    path = tmp_path / "notes"
    path.write_text("mine")
    with pytest.raises(InputError, match="notes: is a file, a folder is to be made there"), new_folder(path):
        pass
    assert path.read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_named_and_left_as_it_was(tmp_path):
    (tmp_path / "file").write_text("old", encoding="utf-8")
    with pytest.raises(InputError, match=r"file/out\.txt: cannot be written"):
        write_text(tmp_path / "file" / "out.txt", "new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match="folder: is a folder, a file is to be written there"):
        write_text(tmp_path / "folder", "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_lines_a_text_cannot_occur_in_are_passed_over_unread_and_no_line_with_it_is(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":"ош"}\n{broken\n{"a":"\\u043e\\u0448"}\n{"a":"other"}\n', encoding="utf-8")
    assert list(read_jsonl(path, about="ош")) == [(1, {"a": "ош"}), (3, {"a": "ош"})]
    with pytest.raises(InputError, match=r"a\.jsonl:2: is not JSON"):
        list(read_jsonl(path, about="broken"))


APPEND = """
import sys
from pathlib import Path
from pipeline.files import append_jsonl
sys.stdin.readline()
for number in range(50):
    append_jsonl(Path(sys.argv[1]), [{"by": sys.argv[2], "number": number, "text": sys.argv[2] * 3000}] * 2)
"""


def test_processes_that_append_at_once_write_whole_lines_each_in_its_order(tmp_path):
    path = tmp_path / "a.jsonl"
    names = "abcd"
    writers = [
        subprocess.Popen([sys.executable, "-c", APPEND, str(path), name], stdin=subprocess.PIPE, text=True)
        for name in names
    ]
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0] * 4
    lines = [line for _, line in read_jsonl(path)]
    assert len(lines) == 400
    assert lines[::2] == lines[1::2]
    for name in names:
        assert [line["number"] for line in lines[::2] if line["by"] == name] == list(range(50))


def count_up(path, rounds):
    for _ in range(rounds):
        with locked(path.with_name(".lock")), locked(path.with_name(".lock")):
            path.write_text(str(int(path.read_text()) + 1))


@pytest.mark.parametrize("has_locks", [True, False])
def test_threads_take_turns_and_one_may_enter_again(tmp_path, monkeypatch, has_locks):
    if not has_locks:
        monkeypatch.setattr(files, "flock", None)
    path = tmp_path / "count"
    path.write_text("0")
    start = Barrier(4)

    def work(_):
        start.wait()
        count_up(path, 50)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert path.read_text() == "200"


HOLD = """
import sys
from pathlib import Path
from pipeline.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_lock_keeps_others_out_and_does_not_outlive_a_killed_process(tmp_path):
    path = tmp_path / "new" / ".lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        entered = []

        def enter():
            with locked(path):
                entered.append(holder.poll())

        waiting = Thread(target=enter)
        waiting.start()
        waiting.join(0.05)
        assert entered == []
        holder.send_signal(signal.SIGKILL)
        waiting.join(30)
        assert not waiting.is_alive()
        assert len(entered) == 1


def test_a_lock_is_let_go_when_its_block_fails(tmp_path):
    path = tmp_path / ".lock"
    with pytest.raises(Crash), locked(path):
        raise Crash
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: count_nothing(path)).result(30)


def count_nothing(path):
    with locked(path):
        pass


def test_a_place_where_nothing_can_be_locked_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("old")
    with pytest.raises(InputError, match=r"file/a\.jsonl: cannot be written \(.*\); check its permissions"):
        append_jsonl(tmp_path / "file" / "a.jsonl", [{"a": 1}])

    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(files, "flock", refuse)
    with pytest.raises(InputError, match=r"b\.jsonl: cannot be locked \(Operation not supported\); keep it on a disk"):
        append_jsonl(tmp_path / "b.jsonl", [{"a": 1}])
