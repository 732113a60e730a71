"""What stands about one paragraph, read from the label files without decoding what is about others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.annotation.annotations import GOLD, Judgement, label_file, label_files, note_of
from pipeline.project import Project
from pipeline.tagging.pool import file_voices, span_of
from pipeline.text.paragraphs import Paragraph
from pipeline.web.label.schemas import JudgementTold, Said, Voice


def judgement_of(
    project: Project, keys: tuple[str, ...], paragraph: Paragraph, annotator: str | None, *, settling: bool
) -> JudgementTold:
    """What is said of a paragraph in its present words.

    Args:
        project: whose label files.
        keys: the topics there are, in the order of answers.
        paragraph: the paragraph.
        annotator: whose judgement is "mine".
        settling: whether to tell everybody's.

    Raises:
        LabelError: a label file is broken, or the name is no name.
    """
    own = label_file(project, annotator) if annotator is not None else None
    said = {} if own is None else _voices(project, own, paragraph)
    mine = said.get(annotator or "")
    voices: dict[str, dict[str, Judgement]] = {}
    if settling:
        for path in label_files(project):
            voices |= _voices(project, path, paragraph)
    return JudgementTold(
        mine=Said(**_said(mine, keys)) if mine else None,
        voices=[Voice(annotator=name, **_said(voices[name], keys)) for name in sorted(voices, key=_gold_last)],
    )


def _gold_last(name: str) -> tuple[bool, str]:
    return name == GOLD, name


def _voices(project: Project, path: Path, paragraph: Paragraph) -> dict[str, dict[str, Judgement]]:
    """Annotator -> topic -> judgement, of those who said anything in a file."""
    voices = file_voices(project, path, None, article=paragraph.article_id)
    cells = {who: voice.standing.get(span_of(paragraph), {}) for who, voice in voices.items()}
    present = {
        who: {key: judgement for key, judgement in said.items() if judgement.annotation.sha == paragraph.sha}
        for who, said in cells.items()
    }
    return {who: said for who, said in present.items() if said}


def _said(cells: dict[str, Judgement], keys: tuple[str, ...]) -> dict[str, Any]:
    known = [key for key in keys if key in cells]
    return {"topics": [key for key in known if cells[key].value], "known": known, "note": note_of(cells)}
