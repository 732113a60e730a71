"""The HTML report: one file, the same bytes, nothing loaded, every text escaped, every picture told and tabled."""

import re
import sys
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from pipeline.errors import MissingExtraError
from pipeline.learning.behaviour import Case, behave
from pipeline.learning.calibration import Bin
from pipeline.learning.evidence import Contribution
from pipeline.learning.findings import find
from pipeline.learning.growth import GrowthPoint
from pipeline.learning.outside_evaluation import OutsideResult, OutsideRow
from pipeline.learning.summary import Mistake
from pipeline.reporting.mistakes import marks, mistakes_section
from pipeline.reporting.page import html_page, pieces
from pipeline.reporting.palette import DARK, LEAST, LIGHT, contrast, mixed, schemes
from pipeline.reporting.report import build_report
from pipeline.reporting.sections import Grid, Quote, Section, markdown, printed
from tests.corpora import KEYS, LEXICON, codebook, evaluated, small, trained

NASTY = "<script>alert(1)</script> <img src=x onerror=alert(2)> \"quoted\" & 'so' {{ 7*7 }} $x^2$"
VOID = {"meta", "img", "br", "hr", "input", "link", "use", "path"}


def outside():
    macro = evaluated().table("paragraph").figure("macro", "f1")
    row = OutsideRow("news.jsonl", KEYS[0], 3, 9, *[macro] * 7)
    mistake = Mistake(KEYS[0], "miss", "news.jsonl", 0.2, NASTY)
    return OutsideResult("news.jsonl", (row,), {KEYS[0]: (Bin(0.1, 0.0, 6), Bin(0.8, 0.5, 6))}, (mistake,))


@cache
def sections():
    cases = [
        Case("plain", half, text, ("drugs",), (), f"c:{half}") for half, text in ((False, "Heroin."), (True, "Xq9."))
    ]
    table = evaluated().table("paragraph")
    rules = evaluated().table("paragraph", "keyword rules")
    growth = (GrowthPoint(0.5, 14.0, rules), GrowthPoint(1.0, 28.0, table))
    findings = find(evaluated(), LEXICON, "1.2.3", growth=growth, behaviour=tuple(behave(trained(), cases)))
    return build_report(evaluated(), trained(), (outside(),), findings)


@cache
def page():
    return html_page(sections(), codebook(), "../../..")


class Tree(HTMLParser):
    """Start tags with their attributes, in order, and whether all were closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Note it, and that it is open."""
        self.tags.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Note it."""
        self.tags.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        """It closes the last one opened."""
        if tag not in VOID:
            assert self.open.pop() == tag


def test_the_page_is_well_formed_and_its_ids_are_unique_and_linked():
    tree = Tree(page())
    assert tree.open == []
    ids = [a["id"] for _, a, _ in tree.tags if "id" in a]
    assert len(ids) == len(set(ids))
    inside = {a["href"][1:] for _, a, _ in tree.tags if a.get("href", "").startswith("#")}
    inside |= set(re.findall(r"url\(#([^)]+)\)", page()))
    assert inside <= set(ids)
    contents = {a["href"] for tag, a, around in tree.tags if tag == "a" and "nav" in around}
    assert len(contents) == len(sections()) - 1


def test_the_same_evaluation_gives_the_same_bytes():
    assert html_page(sections(), codebook(), "../../..") == page()


def test_nothing_is_loaded_and_no_script_runs():
    tree = Tree(page())
    assert not {tag for tag, _, _ in tree.tags} & {"script", "link", "img", "iframe", "object", "embed", "base"}
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)", page())
    for _, attributes, _ in tree.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "srcset"}]
    assert len(page().encode()) < 3_000_000


def test_texts_and_names_are_shown_as_they_are():
    quote = Quote(NASTY, 0, NASTY, NASTY, NASTY, marks((Contribution(0, 8, "<script>", NASTY, 1.0),)), NASTY, NASTY)
    grid = Grid((NASTY, "b"), ((NASTY, NASTY),), NASTY)
    base = sections()[1]
    panel = replace(base.figures[0].panels[0], title=NASTY, alt=NASTY, note=NASTY, rows=(NASTY,))
    figure = replace(base.figures[0], caption=NASTY, panels=(panel,), grid=grid)
    nasty = Section(NASTY, (NASTY,), (grid,), (NASTY,), (figure,), (quote,), ((NASTY, NASTY, NASTY),), NASTY)
    book = codebook()
    book = replace(book, topics=(replace(book.topics[0], name=NASTY), *book.topics[1:]))
    text = html_page((nasty, nasty), book, "../../..")
    tree = Tree(text)
    assert tree.open == []
    assert not {tag for tag, _, _ in tree.tags} & {"script", "img"}
    assert not [a for _, a, _ in tree.tags if "onerror" in a]
    assert "&lt;script&gt;alert(1)" in text
    assert "{{ 7*7 }}" in text
    assert "$x^2$" in text


def test_every_picture_is_told_in_words_with_numbers_and_has_its_table():
    tree = Tree(page())
    pictures = [a for tag, a, _ in tree.tags if a.get("role") == "img"]
    panels = [panel for s in sections() for f in s.figures for panel in f.panels]
    assert len(pictures) == len(panels) == page().count("<svg") > 0
    for attributes, panel in zip(pictures, panels, strict=True):
        assert attributes["aria-label"] == panel.alt
        assert re.search(r"\d\.\d", panel.alt), panel.alt
    for section in sections():
        for figure in section.figures:
            assert figure.grid.rows
            assert {len(row) for row in figure.grid.rows} == {len(figure.grid.header)}
    apart = sum(f.grid not in s.grids for s in sections() for f in s.figures)
    assert page().count("The numbers as a table") == apart > 0
    assert page().count("<table>") == apart + sum(len(s.grids) for s in sections())


def test_pictures_follow_the_scheme_and_the_font_of_the_page():
    for svg in re.findall(r"<svg.*?</svg>", page(), re.DOTALL):
        assert not re.search(r"#[0-9a-f]{6}|font-family|xmlns", svg)
        assert "var(--" in svg
        assert "<text" in svg


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read_on_every_ground_in_both_schemes(name):
    colours = schemes(["#a4161a", "#ffff00", "#000000", "#ffffff", "#0b5fae"])[name]
    grounds = [colours["paper"], colours["panel"]]
    texts = [colours[key] for key in ("ink", "muted", "link", "t0", "t1", "t2", "t3", "t4")]
    assert min(contrast(text, ground) for text in texts for ground in grounds) >= LEAST
    # The darkest mark and the darkest cell, as the style sheet mixes them.
    tints = [mixed(colours["paper"], colours[key], 0.34) for key in ("t0", "t1", "t2", "t3", "t4", "link")]
    tints.append(mixed(colours["paper"], colours["muted"], 0.14))
    assert min(contrast(colours["ink"], tint) for tint in tints) >= LEAST


def test_the_style_sheet_mixes_no_darker_than_was_checked_and_uses_known_colours_only():
    style = page()[page().index("<style>") : page().index("</style>")]
    assert max(int(share) for share in re.findall(r"--w: (\d+)%", style)) <= 34
    assert "calc(var(--s) * 34%)" in style
    assert set(re.findall(r"var\(--(\w+)\)", style)) <= {*LIGHT, *DARK, "t0", "t1", "t2", "c", "w", "s"}


def test_markdown_has_the_same_headings_and_the_tables_of_the_figures():
    text = markdown(sections())
    headings = [line.lstrip("# ") for line in text.split("\n") if re.match("##? ", line)]
    assert headings == [s.heading for s in sections()]
    assert all(s.heading.replace("&", "&amp;") in page() for s in sections())
    assert "| 0.95 |" in text
    assert len(printed(sections())) < len(sections())
    assert not [f for s in printed(sections()) for f in s.figures]


def test_the_frozen_half_shows_rates_and_no_text():
    assert "Frozen half: " in page()
    assert "Xq9" not in page()
    assert "Xq9" not in markdown(sections())


def test_mistakes_show_the_words_that_spoke_and_lead_to_file_and_line():
    section = next(s for s in sections() if s.heading.startswith("Worst mistakes"))
    quote = section.quotes[0]
    assert quote.marks
    assert f'href="../../../{quote.file}"' in page()
    assert f"label {quote.where}" in page()
    assert quote.where.startswith("labels/gold.jsonl:")
    assert "".join(text for text, _, _ in pieces(quote)) == quote.text
    assert f'title="{quote.marks[0].title}"' in page()


def test_a_shipped_article_lies_elsewhere_and_is_no_link():
    shipped = replace(small(), where=tuple(f"shipped {where}" for where in small().where))
    section = mistakes_section(shipped, evaluated().mistakes, ())
    assert {quote.file for quote in section.quotes} == {""}


@pytest.mark.parametrize("module", ["matplotlib", "jinja2"])
def test_without_the_extra_one_sentence_says_how_to_get_it(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "pipeline.reporting.plots", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'threat-topics\[report\]'"):
        html_page(sections(), codebook(), ".")
