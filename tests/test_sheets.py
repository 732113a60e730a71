"""Sheets: written, filled in as spreadsheets do it, read back, and imported once."""

import csv
import io
from dataclasses import replace

import pytest

from pipeline.annotation.annotations import annotation_from_dict, settle
from pipeline.annotation.codebook import load_codebook
from pipeline.annotation.corpus import add_article, project_corpus
from pipeline.annotation.sheets import guard, new_judgements, read_sheet, sheet, unguard
from pipeline.errors import InputError, LabelError

OSH = """Heroin found in onions

Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck bound for Osh.

The regional theatre opens its new season on Friday, and tickets are sold from noon.
"""
AT = "2026-05-05T10:00:00+00:00"


@pytest.fixture
def project(make_project, tmp_path):
    return make_project(tmp_path, articles={"osh": OSH})


@pytest.fixture
def codebook(project):
    return load_codebook(project.codebook)


@pytest.fixture
def articles(project):
    return project_corpus(project)


@pytest.fixture
def fill(articles, codebook, tmp_path):
    """Writes a sheet of the article, changes cells of its rows and saves it as a spreadsheet would."""

    def filled(*changes, drop=(), delimiter=",", encoding="utf-8", newline="\n", prefill=()):
        rows = list(csv.DictReader(io.StringIO(sheet([articles["osh"]], codebook, prefill), newline="")))
        for row, change in zip(rows, changes, strict=False):
            row.update(change)
        columns = [name for name in {**rows[0], **(changes[0] if changes else {})} if name not in drop]
        path = tmp_path / "sheet.csv"
        with path.open("w", encoding=encoding, newline="") as stream:
            writer = csv.DictWriter(
                stream, columns, delimiter=delimiter, lineterminator=newline, extrasaction="ignore", restval=""
            )
            writer.writeheader()
            writer.writerows(rows)
        return path

    return filled


@pytest.fixture
def read(codebook, articles):
    return lambda path: read_sheet(path, codebook, articles, "maria", AT)


def cells(annotations):
    return [(a.start, a.cells) for a in annotations]


def test_a_sheet_has_one_row_a_paragraph_and_one_column_a_topic(articles, codebook):
    rows = list(csv.reader(io.StringIO(sheet(articles.values(), codebook))))
    assert rows[0] == ["article", "start", "end", "sha", "text", "drugs", "migration", "note"]
    for row, paragraph in zip(rows[1:], articles["osh"].content, strict=True):
        place = ["osh", str(paragraph.start), str(paragraph.end), paragraph.sha, paragraph.text]
        assert row == [*place, "", "", ""]


def test_furniture_has_no_row(make_project, tmp_path, codebook):
    text = OSH + "\nFollow us on social networks\n"
    article = project_corpus(make_project(tmp_path, articles={"osh": text}))["osh"]
    assert any(paragraph.is_furniture for paragraph in article.paragraphs)
    assert "Follow us" not in sheet([article], codebook)


def test_ones_and_zeros_are_judgements_and_blanks_are_not(fill, read):
    judged = read(fill({}, {"drugs": "1", "migration": "0", "note": "plain"}, {"drugs": "0"}))
    assert [a.cells for a in judged] == [{"drugs": True, "migration": False}, {"drugs": False}]
    assert [(a.annotator, a.at, a.codebook, a.note) for a in judged] == [
        ("maria", AT, 1, "plain"),
        ("maria", AT, 1, ""),
    ]


def test_a_row_makes_a_line_that_fits_its_paragraph(fill, read, articles):
    (line,) = read(fill({}, {"drugs": " 1 "}))
    paragraph = articles["osh"].content[1]
    assert line.span == ("osh", paragraph.start, paragraph.end)
    assert line.sha == paragraph.sha
    assert annotation_from_dict(line.to_dict(), "x:1", ("drugs", "migration")) == line


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_sheet_saved_by_any_spreadsheet_is_read(fill, read, delimiter, encoding, newline):
    path = fill({"drugs": "1"}, {}, {"migration": "0"}, delimiter=delimiter, encoding=encoding, newline=newline)
    assert [a.cells for a in read(path)] == [{"drugs": True}, {"migration": False}]


def test_blank_rows_and_empty_columns_at_the_right_are_passed_over(fill, read):
    path = fill({"drugs": "1"})
    lines = path.read_text().split("\n")
    path.write_text("\n".join([lines[0] + ",,", lines[1] + ",,", ",,,,", *lines[2:]]))
    assert [a.cells for a in read(path)] == [{"drugs": True}]


def test_the_text_column_is_not_trusted_and_may_be_missing(fill, read):
    assert [a.cells for a in read(fill({"drugs": "1", "text": "another text"}))] == [{"drugs": True}]
    assert [a.cells for a in read(fill({"drugs": "1"}, drop=("text", "note", "migration")))] == [{"drugs": True}]


@pytest.mark.parametrize("value", ["yes", "2", "x", "TRUE", "1.0"])
def test_a_value_other_than_one_zero_or_blank_is_refused_with_line_and_column(fill, read, value):
    with pytest.raises(LabelError, match=rf"sheet\.csv:3: column 'migration': is '{value}'; must be 1 .*0 .*or blank"):
        read(fill({}, {"migration": value}))


def test_an_unknown_topic_is_refused_with_the_known_ones(fill, read):
    with pytest.raises(
        LabelError, match=r"sheet\.csv:1: column 'drogs' is unknown; topics are: drugs, migration; other"
    ):
        read(fill({"drogs": "1"}))


def test_a_column_that_stands_twice_is_refused(fill, read):
    path = fill({"drugs": "1"})
    path.write_text(path.read_text().replace("migration", "drugs", 1))
    with pytest.raises(LabelError, match=r"sheet\.csv:1: column 'drugs' stands twice"):
        read(path)


@pytest.mark.parametrize("column", ["article", "start", "end", "sha"])
def test_a_missing_column_is_named(fill, read, column):
    with pytest.raises(LabelError, match=rf"sheet\.csv:1: column '{column}' is missing; write a fresh sheet"):
        read(fill({"drugs": "1"}, drop=(column,)))


def test_an_empty_file_lacks_its_columns(read, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(LabelError, match=r"empty\.csv:1: column 'article' is missing"):
        read(tmp_path / "empty.csv")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"article": "jalal"}, "article 'jalal' is unknown"),
        (
            {"sha": "00"},
            r"article osh, characters 0-22: the text has changed since it was labelled \(now 'Heroin found in onions'\)",
        ),
        ({"end": "21"}, "article osh, characters 0-21: are no paragraph of the article as it is now"),
        ({"end": "9999"}, "article osh, characters 0-9999: lie outside the text, which has"),
        ({"start": "-1"}, "column 'start': is '-1'; must be a whole number"),
        ({"start": "zero"}, "column 'start': is 'zero'; must be a whole number"),
    ],
)
def test_a_row_that_does_not_fit_the_present_text_is_refused(fill, read, change, message):
    with pytest.raises(LabelError, match=rf"sheet\.csv:2: {message}.*; write a fresh sheet"):
        read(fill({**change, "drugs": "1"}))


def test_a_row_that_stands_twice_is_refused_with_both_lines(fill, read):
    path = fill({"drugs": "1"})
    path.write_text(path.read_text() + path.read_text().split("\n")[1] + "\n")
    with pytest.raises(LabelError, match=r"sheet\.csv:5: is the same paragraph as line 2; delete one of them"):
        read(path)


def test_a_row_with_too_few_cells_is_refused(fill, read):
    path = fill({"drugs": "1"})
    path.write_text(path.read_text().rstrip().removesuffix(",,,"))
    with pytest.raises(LabelError, match=r"sheet\.csv:4: has 5 cells under 8 columns"):
        read(path)


def test_an_open_quote_does_not_swallow_the_rows_after_it(fill, read):
    path = fill({"drugs": "1"})
    path.write_text(path.read_text().replace("Heroin found", '"Heroin found', 1))
    with pytest.raises(LabelError, match=r"sheet\.csv:2: is not a row of CSV"):
        read(path)


def test_a_line_is_counted_in_the_file_also_below_a_paragraph_of_several_lines(fill, read):
    with pytest.raises(LabelError, match=r"sheet\.csv:5: column 'drugs'"):
        read(fill({"text": "two\nlines\nmore"}, {"drugs": "?"}))


def test_a_file_that_is_not_utf8_is_refused(fill, read):
    with pytest.raises(LabelError, match=r"sheet\.csv:2: is not UTF-8 text"):
        read(fill({"note": "café"}, encoding="cp1252"))


def test_a_huge_line_that_is_no_sheet_gets_a_short_answer(read, tmp_path):
    path = tmp_path / "huge.csv"
    path.write_text("x" * 1_000_000)
    with pytest.raises(LabelError, match=r"huge\.csv:1: column 'xxx") as caught:
        read(path)
    assert len(str(caught.value)) < 1000


def test_a_paragraph_longer_than_the_csv_module_expects_is_written_and_read(make_project, tmp_path, codebook):
    articles = project_corpus(make_project(tmp_path, articles={"long": "The customs officers found heroin. " * 5000}))
    path = tmp_path / "long.csv"
    path.write_text(sheet([articles["long"]], codebook).replace(",,,\n", ",1,0,\n"))
    assert [a.cells for a in read_sheet(path, codebook, articles, "maria", AT)] == [{"drugs": True, "migration": False}]
    assert csv.field_size_limit() < 200_000


@pytest.mark.parametrize("cell", ["=1+1", "+7 999", "- 12 kg", "@all", "\tx", "'=1", "''-x", "'Tis", "plain", ""])
def test_guarding_is_undone_by_reading(cell):
    assert unguard(guard(cell)) == cell
    assert guard(cell)[:1] not in set("=+-@\t\r\n")


@pytest.mark.parametrize("cell", ["=1+1", "- 12 kg", "'Tis", "plain"])
def test_a_cell_that_was_never_guarded_is_read_as_it_is(cell):
    assert unguard(cell) == cell


def test_no_cell_of_a_sheet_can_be_run_as_a_formula(make_project, tmp_path, codebook, judge):
    text = '=HYPERLINK("http://example.org","click here for the story of the seizure")\n\n- cannabis, twelve kilograms of it\n'
    article = project_corpus(make_project(tmp_path, articles={"-x": text}))["-x"]
    lines = [judge(article.content[0], ["drugs"], ["drugs"], note="@maria: see =A1")]
    rows = list(csv.reader(io.StringIO(sheet([article], codebook, lines))))
    assert {cell[:1] for row in rows for cell in row} & set("=+-@") == set()
    path = tmp_path / "sheet.csv"
    path.write_text(sheet([article], codebook, lines))
    (read_back,) = read_sheet(path, codebook, {"-x": article}, "maria", AT)
    assert (read_back.article, read_back.note) == ("-x", "@maria: see =A1")


def test_a_text_that_begins_like_a_formula_may_stand_unguarded(fill, read):
    assert len(read(fill({"drugs": "1", "text": "-12 kg of heroin"}, {"drugs": "0", "text": "=1"}))) == 2


def test_a_sheet_can_be_filled_with_what_was_said_of_the_present_text(fill, read, articles, judge):
    first, second, third = articles["osh"].content
    said = [
        judge(first, ["drugs"], ["drugs"], note="close"),
        judge(second, ["drugs"], ["drugs", "migration"]),
        judge(second, None, []),
        replace(judge(third, ["drugs"], ["drugs"]), sha="of another text"),
    ]
    assert [(a.cells, a.note) for a in read(fill(prefill=said))] == [({"drugs": True}, "close")]


def test_importing_a_sheet_twice_appends_nothing(fill, read):
    incoming = read(fill({"drugs": "1", "note": "close"}, {"drugs": "0", "migration": "1"}))
    once = new_judgements([], incoming)
    assert once == incoming
    assert new_judgements(once, incoming) == []


def test_importing_into_gold_twice_appends_nothing(fill, read):
    incoming = [replace(a, annotator="gold") for a in read(fill({"drugs": "1", "note": "close"}, {"drugs": "0"}))]
    changed = [replace(incoming[0], topics=(), note="closer"), incoming[1]]
    lines = new_judgements([], incoming)
    lines += new_judgements(lines, changed)
    assert new_judgements(lines, changed) == []


def test_only_cells_that_say_something_new_are_appended(articles, judge):
    paragraph = articles["osh"].content[0]
    old = judge(paragraph, ["drugs"], ["drugs"], annotator="maria")
    both = judge(paragraph, ["drugs"], ["drugs", "migration"], annotator="maria")
    assert cells(new_judgements([old], [both])) == [(0, {"migration": False})]
    changed = judge(paragraph, [], ["drugs"], annotator="maria")
    assert cells(new_judgements([old], [changed])) == [(0, {"drugs": False})]


def test_a_paragraph_that_comes_in_twice_is_said_once(articles, judge):
    line = judge(articles["osh"].content[0], ["drugs"], ["drugs"], annotator="maria")
    assert new_judgements([], [line, line]) == [line]


def test_a_changed_note_is_new(articles, judge):
    paragraph = articles["osh"].content[0]
    old = judge(paragraph, [], ["drugs"], annotator="maria")
    noted = replace(old, note="near miss: onions")
    assert new_judgements([old], [noted]) == [noted]
    assert new_judgements([noted], [old]) == []


def test_a_change_of_gold_withdraws_first_and_says_again_what_did_not_change(articles, judge):
    paragraph = articles["osh"].content[0]
    old = judge(paragraph, ["drugs"], ["drugs", "migration"], codebook=1, note="old")
    new = judge(paragraph, [], ["drugs"], codebook=2)
    lines = new_judgements([old], [new])
    assert [(a.topics, a.known, a.codebook, a.note) for a in lines] == [
        (None, (), 2, ""),
        ((), ("migration",), 1, "old"),
        ((), ("drugs",), 2, ""),
    ]


def test_a_new_topic_in_gold_needs_no_withdrawal(articles, judge):
    paragraph = articles["osh"].content[0]
    old = judge(paragraph, ["drugs"], ["drugs", "migration"])
    sixth = judge(paragraph, ["arms"], ["arms"])
    assert new_judgements([old], [sixth]) == [sixth]


@pytest.mark.parametrize("annotator", ["gold", "maria"])
def test_judging_a_changed_text_again_withdraws_what_was_said_of_the_old_one(articles, judge, annotator):
    paragraph = articles["osh"].content[0]
    new = judge(paragraph, ["drugs"], ["drugs"], annotator=annotator)
    old = replace(new, sha="of another text", topics=("migration",), known=("drugs", "migration"))
    lines = new_judgements([old], [new])
    assert [a.topics for a in lines] == [None, ("drugs",)]
    assert set(settle([], enumerate_lines([old, *lines]))[paragraph.article_id, 0, paragraph.end]) == {"drugs"}


def enumerate_lines(lines):
    return [(f"x:{number}", line) for number, line in enumerate(lines, 1)]


def test_judging_a_moved_paragraph_withdraws_the_place_it_moved_from_and_no_other(articles, judge):
    paragraph = articles["osh"].content[1]
    new = judge(paragraph, ["drugs"], ["drugs"], annotator="maria")
    moved = replace(new, start=new.start + 10, end=new.end + 10)
    touching = replace(new, start=new.end - 10, end=new.end + 90)
    elsewhere = replace(moved, article="another")
    lines = new_judgements([moved, touching, elsewhere], [new])
    assert [(a.span, a.topics) for a in lines] == [(moved.span, None), (new.span, ("drugs",))]


def test_a_null_line_is_passed_on_only_where_there_is_something_to_withdraw(articles, judge):
    paragraph = articles["osh"].content[0]
    undo = judge(paragraph, None, [], annotator="maria")
    assert new_judgements([], [undo]) == []
    assert new_judgements([judge(paragraph, [], ["drugs"], annotator="maria")], [undo]) == [undo]


def test_an_article_from_elsewhere_is_added_once_and_never_over_another(project, articles):
    article = articles["osh"]
    assert add_article(project, article)[1] is False
    renamed, added = add_article(project, replace(article, id="news"))
    assert added
    assert renamed.text == article.text
    assert project_corpus(project)["news"].text == article.text
    with pytest.raises(InputError, match=r"osh\.txt: holds another text than the article 'osh'"):
        add_article(project, replace(article, text="Another text altogether, of ten words or so, I think."))
    with pytest.raises(InputError, match="cannot be an article id"):
        add_article(project, replace(article, id="../osh"))
    assert (project.articles / "osh.txt").read_text() == OSH
