"""Files: whole or not at all, canonical, with line numbers."""

from __future__ import annotations

import json

import pytest

from pipeline.errors import InputError, LabelError, RecipeError
from pipeline.files import (
    append_jsonl,
    canonical_json,
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
