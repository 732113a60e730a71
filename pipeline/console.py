"""What a person sees on a terminal: tagged articles, reports and findings, in colour. Loaded for terminals only."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.learning.evidence import Contribution
from pipeline.reporting.sections import Grid, Section, chance
from pipeline.tagging.tagger import TaggedArticle, TaggedParagraph

EVIDENCE_SHOWN = 8
LEAST_SHOWN = 0.05  # smaller shares of a score are noise to a reader; JSON has them all
WORDS_MARKED = 5
# A stranger's text must not steer the terminal; one sign for one keeps offsets true.
_STEERING = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n"}


def print_report(sections: tuple[Section, ...]) -> None:
    """Print a report's sections."""
    console = Console(highlight=False)
    for section in sections:
        console.print(f"\n[bold]{escape(section.heading)}[/bold]")
        for sentence in section.text:
            console.print(escape(_plain(sentence)))
        for grid in section.grids:
            console.print(_table(grid))
        for item in (*section.items, *(quote.line for quote in section.quotes)):
            console.print(f"- {escape(_plain(item))}")


def _plain(text: str) -> str:
    """Text without control characters, of the same length."""
    return text.translate(_STEERING)


def _table(grid: Grid) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(grid.header):
        table.add_column(escape(name), justify="left" if grid.is_text(place) else "right")
    for row in grid.rows:
        table.add_row(*(escape(_plain(cell)) for cell in row))
    return table


def picture(articles: Iterable[TaggedArticle], *, why: bool, width: int = 112) -> str:
    """What the terminal shows, as an SVG that loads nothing from the network."""
    console = Console(
        record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor", highlight=False
    )
    for tagged in articles:
        print_tagged(tagged, why=why, console=console)
    # rich's template names fonts on a server; the viewer's own monospace font does as well.
    template = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return console.export_svg(title="threat-topics tag", code_format=template, unique_id="tagged")


def print_tagged(tagged: TaggedArticle, *, why: bool, console: Console | None = None) -> None:
    """Print an article: its topics, then each paragraph with its tags and the words that earned them.

    Args:
        tagged: the article.
        why: whether to list evidence, and for topics that missed what spoke for and against them.
        console: where to, the terminal if ``None``.
    """
    console = console or Console(highlight=False)
    article = tagged.article
    facts = [part for part in (article.id, article.date, article.place, article.agency) if part]
    console.print()
    console.print(Text(_plain(article.title or article.id), style="bold"))
    console.print(Text(_plain(" · ".join(facts)), style="dim"))
    console.print(_verdict(tagged))
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 1, 0))
    table.add_column(min_width=18, no_wrap=True)
    table.add_column(ratio=1)
    for paragraph in tagged.paragraphs:
        table.add_row(_tags(paragraph), _body(tagged, paragraph, why=why))
    console.print(table)


def _colours(tagged: TaggedArticle) -> dict[str, str]:
    return {topic.key: topic.colour for topic in tagged.model.codebook.topics}


def _verdict(tagged: TaggedArticle) -> Text:
    if tagged.unsupported:
        return Text(f"not judged: {tagged.unsupported}", style="yellow")
    colours = _colours(tagged)
    line = Text()
    for topic, probability in tagged.topics.items():
        line.append(f" {topic} {chance(probability)} ", style=f"bold white on {colours[topic]}").append(" ")
    for topic, probability in tagged.review.items():
        line.append(f" {topic}? {chance(probability)} ", style=f"bold {colours[topic]}").append(" ")
    return line or Text("no topics", style="dim")


def _tags(paragraph: TaggedParagraph) -> Text:
    if paragraph.unsupported:
        return Text("not judged", style="yellow")
    colours = {topic.key: topic.colour for topic in paragraph.model.codebook.topics}
    cell = Text()
    for topic, probability in paragraph.topics.items():
        cell.append(f" {topic} {chance(probability)} ", style=f"bold white on {colours[topic]}").append("\n")
    for topic, probability in paragraph.review.items():
        cell.append(f" {topic}? {chance(probability)} ", style=f"bold {colours[topic]}").append("\n")
    return cell or Text("-", style="dim")


def _body(tagged: TaggedArticle, paragraph: TaggedParagraph, *, why: bool) -> RenderableType:
    colours = _colours(tagged)
    text = Text(_plain(paragraph.paragraph.text), style="" if paragraph.topics or paragraph.review else "dim")
    # The words of a tag stand on its colour, those of a topic left for review in it; a tag is drawn over the latter.
    marked = [(topic, f"bold {colours[topic]}") for topic in reversed(paragraph.review)]
    marked += [(topic, f"bold white on {colours[topic]}") for topic in reversed(paragraph.topics)]
    for topic, style in marked:
        strongest = [c for c in paragraph.why(topic) if c.weight > 0][:WORDS_MARKED]
        for c in strongest:
            text.stylize(style, c.start, c.end)
    if not why or not paragraph.verdicts:
        return text
    lines: list[RenderableType] = [text]
    for verdict in sorted(paragraph.verdicts, key=lambda v: -v.probability):
        has = verdict.topic in paragraph.topics
        band = f", review from {verdict.review:.2f}" if verdict.review < verdict.threshold else ""
        head = f"{verdict.topic} {chance(verdict.probability)}, {verdict.threshold:.2f} needed{band}"
        line = Text(head, style=f"bold white on {colours[verdict.topic]}" if has else "dim").append("  ")
        _append_terms(line, paragraph.why(verdict.topic))
        lines.append(Padding(line, (0, 0, 0, 2)))
    return Group(*lines)


def _append_terms(line: Text, contributions: tuple[Contribution, ...]) -> None:
    for side, style in ((1, "green"), (-1, "red")):
        terms = [c for c in contributions if c.weight * side >= LEAST_SHOWN][:EVIDENCE_SHOWN]
        if terms:
            line.append("for " if side > 0 else "against ", style="dim")
            line.append(", ".join(f"{c.term} {c.weight:+.2f}" for c in terms) + "  ", style=style)
