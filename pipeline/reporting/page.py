"""Sections as one self-contained HTML page: nothing is loaded from anywhere, no script runs, every text is escaped.

How it hangs together: ``templates/report.html`` is the page, ``templates/parts.html`` draws tables, figures and
quotations, ``templates/report.css`` is their looks; colours come from ``palette`` as CSS variables, pictures from ``plots``.
The same sections give the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from pipeline.annotation.codebook import Codebook
from pipeline.errors import MissingExtraError
from pipeline.reporting.figures import Panel
from pipeline.reporting.palette import schemes
from pipeline.reporting.pictures import letter
from pipeline.reporting.sections import EVIDENCE_LISTED, Mark, Quote, Section

STRONG = (0.5, 1.0, 2.0)  # log-odds at which a mark is drawn one shade darker
_VALUE = re.compile(r"(?P<value>[+-]?[\d.,]+) (?P<range>\[[^\]]+\])")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A section with its anchor and drawings.

    Attributes:
        anchor: its place in the page.
        section: what it says.
        pictures: for each figure, its panels with their SVG.
    """

    anchor: str
    section: Section
    pictures: tuple[tuple[tuple[Panel, str], ...], ...]


def html_page(sections: tuple[Section, ...], codebook: Codebook, root: str) -> str:
    """The page.

    Args:
        sections: the first one heads it.
        codebook: gives topics their colours and letters.
        root: the project's folder as seen from the page's, for links.

    Raises:
        MissingExtraError: matplotlib or Jinja is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  an extra, for this alone

        from pipeline.reporting.plots import draw  # noqa: PLC0415  needs matplotlib, of the same extra
    except ImportError:
        raise MissingExtraError(
            "the HTML report needs matplotlib and Jinja; pip install 'threat-topics[report]', then run this again"
        ) from None
    environment = Environment(
        loader=PackageLoader("pipeline.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    drawn = []
    for number, section in enumerate(sections):
        pictures = tuple(
            tuple((panel, draw(panel, f"s{number}f{f}p{p}")) for p, panel in enumerate(figure.panels))
            for f, figure in enumerate(section.figures)
        )
        drawn.append(Drawn(_anchor(section.heading, number), section, pictures))
    return environment.get_template("report.html").render(
        first=drawn[0],
        parts=by_part(drawn[1:], drawn[0].section.part),
        schemes=schemes(topic.colour for topic in codebook.topics),
        letters={topic.key: letter(codebook, topic.key) for topic in codebook.topics},
        topics=codebook.topics,
        link=lambda path: f"{root}/{quote(path)}",
        cell=cell,
        pieces=pieces,
        by_topic=lambda quotes: [(topic, list(own)) for topic, own in groupby(quotes, key=lambda q: q.topic)],
        listed=lambda one: one.evidence[:EVIDENCE_LISTED],
        needs_details=lambda grid, section: grid not in section.grids,
    )


def _anchor(heading: str, number: int) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
    return f"s{number}-{words}" if words else f"s{number}"


def by_part(drawn: list[Drawn], first: str) -> list[tuple[str, list[Drawn]]]:
    """Sections under the heading of their part; one without belongs to the part before."""
    found: list[tuple[str, list[Drawn]]] = [(first, [])]
    for one in drawn:
        if one.section.part and one.section.part != found[-1][0]:
            found.append((one.section.part, []))
        found[-1][1].append(one)
    return [part for part in found if part[1]]


def cell(text: str) -> tuple[str, str]:
    """A figure and the interval behind it, which is drawn smaller.

    >>> cell("0.871 [0.86, 0.88]"), cell("two words")
    (('0.871', '[0.86, 0.88]'), ('two words', ''))
    """
    match = _VALUE.fullmatch(text)
    return (match["value"], match["range"]) if match else (text, "")


def pieces(one: Quote) -> list[tuple[str, Mark | None, str]]:
    """A quotation's text cut at its marks: text, mark, and how the mark is drawn; a space beside unmarked text is not."""
    starts = {mark.start for mark in one.marks}
    found: list[tuple[str, Mark | None, str]] = []
    end = 0
    for mark in one.marks:
        words = one.text[mark.start : mark.end]
        stop = mark.end if mark.end in starts else mark.start + len(words.rstrip())
        strength = 1 + sum(abs(mark.weight) >= bound for bound in STRONG)
        side = "for" if mark.weight > 0 else "against"
        found.append((one.text[end : mark.start], None, ""))
        found.append((one.text[mark.start : stop], mark, f"{side} w{strength}"))
        end = stop
    found.append((one.text[end:], None, ""))
    return [piece for piece in found if piece[0]]
