"""Counts over a corpus, agreement of its annotators, and behaviour of a model, as sections of tables."""

from __future__ import annotations

from pipeline.annotation.agreement import Agreement
from pipeline.annotation.census import Census, Target
from pipeline.learning.behaviour import Behaviour
from pipeline.reporting.sections import Grid, Section, interval


def census_sections(census: Census) -> tuple[Section, ...]:
    """All that was counted, targets first."""
    sections = [Section("Corpus", _in_words(census), (_targets(census.targets),) if census.targets else ())]
    header = ("topic", "positives", "without its obvious word")
    topics = tuple((key, str(n), str(census.obvious_free.get(key, "-"))) for key, n in census.positives.items())
    pairs = tuple((name, str(n)) for name, n in census.combinations.items())
    sections.append(Section("Topics", (), (Grid(header, topics), Grid(("combination", "paragraphs"), pairs))))
    axes = [
        Grid((axis, "articles", "paragraphs"), tuple((value, str(a), str(p)) for value, (a, p) in values.items()))
        for axis, values in census.axes.items()
    ]
    if axes:
        sections.append(Section("Breadth", ("The axes were drawn, not lived.",), tuple(axes)))
    growth = tuple((f"{tokens}", f"{types}", f"{types / tokens:.3f}") for tokens, types in census.growth)
    sections.append(Section("Vocabulary growth", (), (Grid(("tokens", "types", "types / tokens"), growth),)))
    sections.append(
        Section(
            "Repetition",
            (),
            (
                Grid(("6-gram", "articles"), tuple((gram, str(n)) for gram, n in census.six_grams)),
                Grid(("sentence opening", "times"), tuple((words, str(n)) for words, n in census.openings)),
                Grid(("nearest paragraphs", "and", "share"), tuple((a, b, f"{s:.2f}") for s, a, b in census.nearest)),
            ),
        )
    )
    return tuple(sections)


def _in_words(census: Census) -> tuple[str, ...]:
    c = census.counts
    size = (
        f"{c['paragraphs']} paragraphs of {c['articles']} articles: {c['none']} without a topic, {c['hard']} of them "
        f"near misses, {c['multi']} with two topics or more."
    )
    if not census.targets:
        return (size,)
    missed = [target.name for target in census.targets if not target.is_met]
    return size, f"Not met: {', '.join(missed)}." if missed else "All targets are met."


def _targets(targets: tuple[Target, ...]) -> Grid:
    def shown(number: float) -> str:
        return f"{number:.2f}" if isinstance(number, float) and number <= 1 else f"{number:g}"

    rows = tuple(
        (
            t.name,
            shown(t.found),
            f"{'at least' if t.is_least else 'at most'} {shown(t.wanted)}",
            "yes" if t.is_met else "NO",
        )
        for t in targets
    )
    return Grid(("target", "found", "wanted", "met"), rows)


def agreement_sections(rows: list[Agreement]) -> tuple[Section, ...]:
    """A table for each pair of annotators."""
    sections = []
    for pair in dict.fromkeys((row.first, row.second) for row in rows):
        own = [row for row in rows if (row.first, row.second) == pair]
        text = f"{own[0].articles} articles; 95 % intervals are bootstrapped over articles."
        header = (
            "topic",
            "both",
            f"only {pair[0]}",
            f"only {pair[1]}",
            "neither",
            "Cohen's kappa",
            "Krippendorff's alpha",
        )
        lines = tuple(
            (
                r.topic,
                str(r.both),
                str(r.only_first),
                str(r.only_second),
                str(r.neither),
                interval(r.kappa),
                interval(r.alpha),
            )
            for r in own
        )
        sections.append(Section(f"Agreement of {pair[0]} and {pair[1]}", (text,), (Grid(header, lines),)))
    return tuple(sections)


def behaviour_sections(found: list[Behaviour], *, failures: bool) -> tuple[Section, ...]:
    """Pass rates by capability, the frozen half apart; the texts that failed only for the open half."""
    sections = []
    for frozen in (False, True):
        half = [b for b in found if b.frozen is frozen]
        if half:
            total = sum(b.cases for b in half)
            passed = total - sum(len(b.failures) for b in half)
            grid = Grid(
                ("capability", "cases", "passed"), tuple((b.capability, str(b.cases), interval(b.passed)) for b in half)
            )
            text = f"{passed} of {total} cases passed."
            items = [
                f"{b.capability}, {'missed ' + ', '.join(missed) if missed else ''}{' ' if missed and wrong else ''}"
                f"{'wrongly ' + ', '.join(wrong) if wrong else ''}: {case.text}"
                for b in half
                for case, missed, wrong in b.failures
                if failures and not frozen
            ]
            sections.append(
                Section(f"Behaviour, {'frozen' if frozen else 'open'} half", (text,), (grid,), tuple(items))
            )
    return tuple(sections)
