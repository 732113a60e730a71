"""Reading: every kind of file and encoding, and one sentence for each that cannot be read."""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError, MissingExtraError
from pipeline.text.decoding import decode, decode_lines
from pipeline.text.reading import SUPPORTED, article_from_bytes, list_inputs, read_article, read_articles
from pipeline.text.tables import is_broken

LEAD = (
    "Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck bound for Osh, the service said."
)
PAGE = f"""<!doctype html><html><head><meta charset="utf-8"><title>Truck held at café - Osh Star</title>
<meta property="og:title" content="Truck held at café">
<meta property="article:published_time" content="2014-03-04T09:00:00+04:00"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>Truck held at café</h1>
<p>OSH (24.kg) - {LEAD}</p><p>“Never seen it,” the driver told the court. He asked for water and was given some.</p>
<ul><li>14 kg of heroin;</li><li>two knives.</li></ul>
<p>The crossing handled three hundred trucks that day, as on any Tuesday in March, and the queue was long.</p>
</article><footer>© 2014 Osh Star. All rights reserved.</footer></body></html>"""


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def message(function, *arguments, **options):
    with pytest.raises(InputError) as caught:
        list(function(*arguments, **options)) if function is read_articles else function(*arguments, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 1500
    return text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xc3\xa9 \xe2\x80\x93 bar", "café – bar"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café"),
        ("café – Москва".encode("utf-16"), "café – Москва"),
        ("\ufeffcafé".encode("utf-16-be"), "café"),
        (b"caf\xe9 \x96 \x93bar\x94", "café – “bar”"),
        (b"caf\xc3\xa9 and caf\xe9", "café and café"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        (b"page\x0cbreak and \x1b[1mbold\x1b[0m", "page\x0cbreak and \x1b[1mbold\x1b[0m"),
    ],
)
def test_bytes_are_utf8_else_windows_1252_and_a_bom_is_obeyed(tmp_path, data, text):
    assert article_from_bytes(data, "standard input", "stdin").text == text
    article = read_article(write(tmp_path, "osh-1.txt", data))
    assert (article.id, article.text) == ("osh-1", text)


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_one_sentence(data):
    try:
        text = decode(data, "here")
    except InputError as error:
        assert str(error).startswith("here: ")  # noqa: PT017  # either end is right
    else:
        assert text.strip()
        assert "\0" not in text


_BYTES = [
    b"caf\xc3\xa9",
    b"\xe9",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b"abc",
    b"\x81",
    b"\xe2\x80",
    b"\x93",
    b"\xa0",
    b"\xe3\x80\x80",
]


@given(st.lists(st.sampled_from(_BYTES), max_size=9).map(b"".join))
def test_lines_of_a_table_are_decoded_one_by_one_as_texts_are(data):
    lines = re.split(rb"\r\n|\r|\n", data)
    found = decode_lines(data).split("\n")
    for line, text in zip(lines, found, strict=True):
        try:
            wanted = decode(b"x" + line, "here")[1:]
        except InputError:
            assert is_broken(text)
        else:
            assert text == wanted
            assert not is_broken(text)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty; there is no text to read"),
        (b" \n\t\r\n", "is empty; there is no text to read"),
        (b"\xef\xbb\xbf", "is empty; there is no text to read"),
        (b"\xff\xfe", "is empty; there is no text to read"),
        (b"text\x00text", "is binary and no text (it has zero bytes); save it as UTF-8 text"),
        (b"text\x00\xe9text", "is binary and no text (it has zero bytes); save it as UTF-8 text"),
        ("text".encode("utf-16-le"), "is binary and no text (it has zero bytes); save it as UTF-8 text"),
        ("text".encode("utf-32"), "is binary and no text (it has zero bytes); save it as UTF-8 text"),
        (b"\xff\xfeabc", "begins as UTF-16 and is not; save it as UTF-8 text"),
        (b"%PDF-1.7\n%text", "is a PDF and no text; save it as UTF-8 text"),
        (b"PK\x03\x04\x14", "is a zip or an office document and no text; save it as UTF-8 text"),
        (b"{\\rtf1 text}", "is rich text (RTF) and no text; save it as UTF-8 text"),
        (b"\x01\x02\x03\x04 text", "is binary and no text (it is full of control characters); save it as UTF-8 text"),
        (
            b"a\nb\xc3\x28\nc\x81",
            "is neither UTF-8 (see line 2) nor Windows-1252 text (see line 3); save it as UTF-8 text",
        ),
    ],
)
def test_what_is_empty_binary_or_no_text_is_refused_in_one_sentence(tmp_path, data, reason):
    assert message(article_from_bytes, data, "standard input", "stdin") == f"standard input: {reason}"
    path = write(tmp_path, "bad.txt", data)
    assert message(read_article, path) == f"{path}: {reason}"


def test_compressed_data_without_a_zero_byte_is_no_text_either():
    squeezed = gzip.compress(bytes(i * i % 251 for i in range(2000))).replace(b"\0", b"\x01")
    assert message(article_from_bytes, squeezed, "x", "x").endswith("save it as UTF-8 text")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    assert (
        message(read_article, tmp_path / "gone.txt")
        == f"{tmp_path / 'gone.txt'}: no such file; check the spelling and the folder you are in"
    )
    assert message(read_articles, tmp_path).startswith(f"{tmp_path}: is a folder")


def test_a_file_of_another_kind_is_refused_with_the_known_ones_and_one_without_suffix_is_text(tmp_path):
    path = write(tmp_path, "a.docx", "text")
    assert (
        message(read_articles, path)
        == f"{path}: .docx files cannot be read; known kinds are: .txt, .html, .htm, .jsonl, .csv"
    )
    assert next(read_articles(write(tmp_path, "README", "Some text here."))).id == "README"
    assert next(read_articles(write(tmp_path, "A.TXT", "Some text here."))).id == "A"


def test_one_article_is_not_read_from_a_file_of_many(tmp_path):
    path = write(tmp_path, "a.jsonl", '{"text": "x"}')
    assert message(read_article, path) == f"{path}: may hold many articles; give a file with one, .txt, .html, .htm"


def test_json_lines_give_one_article_a_line_with_its_id_or_stem_and_line(tmp_path):
    lines = [
        '{"id": "a", "text": "One two.\\r\\nThree."}',
        "",
        '{"text": "caf\\u00c3\\u00a9"}',
        '{"id": 7, "text": ""}',
        '{"id": " ", "text": "\\ud83d"}',
    ]
    path = write(tmp_path, "wire.jsonl", "\ufeff" + "\r\n".join(lines))
    articles = list(read_articles(path))
    assert [(a.id, a.text) for a in articles] == [
        ("a", "One two.\nThree."),
        ("wire-3", "café"),
        ("7", ""),
        ("wire-5", "\ufffd"),
    ]
    assert articles[0].content[0].id == "a:0-8"


def test_other_names_for_text_and_id_may_be_given(tmp_path):
    path = write(tmp_path, "a.jsonl", '{"body": "Text here.", "nr": "x1"}')
    assert next(read_articles(path, text_key="body", id_key="nr")).id == "x1"
    path = write(tmp_path, "a.csv", "nr,body\nx1,Text here.\n")
    assert next(read_articles(path, text_key="body", id_key="nr")).id == "x1"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "is not JSON; mend or delete the line"),
        ('{"text": "cut o', "is not JSON; mend or delete the line"),
        ("[" * 200_000, "is not JSON; mend or delete the line"),
        ('["text"]', "is JSON but not an object {...}; write one object a line"),
        ('{"id": "x", "body": "t"}', "has no 'text'; its keys are: id, body; name the right one with --text-key"),
        ("{}", "has no 'text'; its keys are: none; name the right one with --text-key"),
        ('{"text": ["t"]}', "'text' is list, not text; write it in quotes"),
        ('{"text": null}', "'text' is missing; write it in quotes"),
        ('{"text": "t", "id": {"a": 1}}', "'id' is {\"a\": 1}; an id is text or a whole number"),
    ],
    ids=lambda value: value[:30],
)
def test_a_line_that_cannot_be_used_is_named_and_the_others_can_go_on(tmp_path, line, reason):
    path = write(tmp_path, "a.jsonl", f'{{"text": "One."}}\n{line}\n{{"text": "Three."}}\n')
    assert message(read_articles, path) == f"{path}:2: {reason}"
    errors = []
    assert [a.id for a in read_articles(path, on_error=errors.append)] == ["a-1", "a-3"]
    assert [str(error) for error in errors] == [f"{path}:2: {reason}"]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_gives_one_article_a_row_whichever_sign_divides_it(tmp_path, sign, newline):
    rows = [f"id{sign} text {sign}note", f'a{sign}"One, two; three.\nSaid ""he"""{sign}', "", f"{sign}Four.{sign}x"]
    path = write(tmp_path, "rows.csv", "\ufeff" + newline.join(rows))
    assert [(a.id, a.text) for a in read_articles(path)] == [("a", 'One, two; three.\nSaid "he"'), ("rows-5", "Four.")]


def test_csv_from_a_spreadsheet_in_windows_1252_is_read(tmp_path):
    assert next(read_articles(write(tmp_path, "a.csv", b"text\ncaf\xe9\n"))).text == "café"


def test_csv_without_the_column_names_those_there_are(tmp_path):
    path = write(tmp_path, "a.csv", "id;title;body\n1;t;b\n")
    assert (
        message(read_articles, path)
        == f"{path}:1: has no column 'text'; its columns are: id, title, body; name the right one with --text-key"
    )
    many = write(tmp_path, "b.csv", ",".join(f"column{i}" for i in range(50)))
    assert "column19 and 30 more" in message(read_articles, many)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b", "the row has 1 cells, the header 2; put cells that hold ',' or new lines in quotes"),
        ("b,The men, two of them", "the row has 3 cells, the header 2; put cells that hold ',' or new lines in quotes"),
    ],
)
def test_a_row_of_another_length_is_named_and_the_others_can_go_on(tmp_path, row, reason):
    path = write(tmp_path, "a.csv", f"id,text\na,One.\n{row}\nc,Three.\n")
    assert message(read_articles, path) == f"{path}:3: {reason}"
    errors = []
    assert [a.id for a in read_articles(path, on_error=errors.append)] == ["a", "c"]
    assert len(errors) == 1


def test_a_quotation_mark_that_is_never_closed_is_named_by_the_line_it_opens_on(tmp_path):
    path = write(tmp_path, "a.csv", 'id,text\na,One.\nb,"Two\nand more\n')
    assert (
        message(read_articles, path)
        == f"{path}:3: a quotation mark is opened or closed in the wrong place; mend the row"
    )


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_itself_and_its_limit_is_put_back(tmp_path):
    before = csv.field_size_limit()
    path = write(tmp_path, "a.csv", "text\n" + "heroin " * 100_000)
    assert len(next(read_articles(path)).text) == 700_000
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.html"])
def test_an_empty_file_of_any_kind_is_refused(tmp_path, name):
    path = write(tmp_path, name, "\n")
    assert message(read_articles, path) == f"{path}: is empty; there is no text to read"


@pytest.mark.parametrize("name", [f"big{suffix}" for suffix in SUPPORTED if suffix not in {".html", ".htm"}])
def test_fifty_megabytes_on_a_single_line_are_read_or_refused_in_one_sentence(tmp_path, name):
    path = write(tmp_path, name, b"heroin in a truck " * (50_000_000 // 18))
    start = time.process_time()
    try:
        sizes = [len(article.text) for article in read_articles(path)]
    except InputError as error:
        assert len(str(error)) < 1000  # noqa: PT017  # either end is right
        assert name != "big.txt"
    else:
        assert sizes == [18 * (50_000_000 // 18)]
    assert time.process_time() - start < 30


def test_a_page_gives_its_headline_and_story_without_menus(tmp_path):
    article = read_article(write(tmp_path, "page.html", PAGE))
    assert article.title == "Truck held at café"
    assert (article.date, article.place, article.agency) == ("2014-03-04", "Osh", "24.kg")
    assert article.content[1].text == LEAD
    assert [p.text for p in article.content if p.kind == "item"] == ["- 14 kg of heroin;", "- two knives."]
    assert "Home" not in article.text
    assert "rights reserved" not in article.text
    assert read_article(write(tmp_path, "page.HTM", PAGE)).text == article.text


def test_a_title_that_stands_only_in_the_head_of_a_page_becomes_the_headline(tmp_path):
    page = PAGE.replace("<h1>Truck held at café</h1>", "")
    article = read_article(write(tmp_path, "page.html", page))
    assert article.title == "Truck held at café"
    assert article.content[1].text == LEAD


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "iso-8859-5"])
def test_a_page_in_another_encoding_says_so_itself(tmp_path, charset):
    page = PAGE.replace("utf-8", charset).replace("café", "Ош").replace("“", '"').replace("”", '"').replace("©", "")
    assert read_article(write(tmp_path, "page.html", page.encode(charset))).title == "Truck held at Ош"


def test_a_page_that_declares_nonsense_is_read_as_any_text(tmp_path):
    page = PAGE.replace("utf-8", "zip_codec").encode("cp1252")
    assert read_article(write(tmp_path, "page.html", page)).title == "Truck held at café"


def test_a_page_without_a_story_is_refused(tmp_path):
    path = write(tmp_path, "page.html", "<html><head><title></title></head><body><nav></nav></body></html>")
    assert (
        message(read_article, path)
        == f"{path}: no article text found in this page; save the text of the article as .txt"
    )


def test_without_the_extra_a_page_is_refused_with_the_line_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    path = write(tmp_path, "page.html", PAGE)
    with pytest.raises(MissingExtraError, match=r"reading HTML needs trafilatura; pip install 'threat-topics\[html\]'"):
        read_article(path)
    assert read_article(write(tmp_path, "a.txt", LEAD)).text == LEAD


def test_inputs_are_files_as_named_and_folders_walked_in_order(tmp_path):
    for name in ("b.txt", "a/z.csv", "a/y.HTML", "a/b/x.jsonl", "c.htm", "skip.docx", ".hidden.txt", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path, name, "x")
    found = [path.relative_to(tmp_path).as_posix() for path in list_inputs([tmp_path])]
    assert found == ["a/b/x.jsonl", "a/y.HTML", "a/z.csv", "b.txt", "c.htm"]
    named = [tmp_path / "skip.docx", tmp_path / "gone.txt", Path("a.txt")]
    assert list_inputs(named) == named


def test_a_folder_with_nothing_to_read_is_refused(tmp_path):
    write(tmp_path, "a.docx", "x")
    assert (
        message(list_inputs, [tmp_path])
        == f"{tmp_path}: no file to read in this folder; known kinds are: .txt, .html, .htm, .jsonl, .csv"
    )


def test_json_that_a_program_wrote_is_read_back(tmp_path):
    text = f"Truck held\n{LEAD}\n“ö” \U0001f600"
    path = write(tmp_path, "a.jsonl", json.dumps({"text": text}))
    assert next(read_articles(path)).text == text


def test_a_path_may_be_given_as_text(tmp_path):
    (tmp_path / "a.txt").write_text("Customs officers found heroin.\n", encoding="utf-8")
    assert read_article(str(tmp_path / "a.txt")).id == "a"
    assert [article.id for article in read_articles(str(tmp_path / "a.txt"))] == ["a"]
