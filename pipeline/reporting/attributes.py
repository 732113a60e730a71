"""Pictures for pages whose policy allows no style attributes: the same looks as attributes of SVG's own."""

from __future__ import annotations

import re

_STYLE = re.compile(r' style="([^"]*)"')


def as_attributes(svg: str) -> str:
    """A drawing of ``plots`` with every style attribute written as presentation attributes; variables of CSS stay.

    >>> as_attributes('<path d="M 0 0" style="fill: none; stroke: var(--t0)"/>')
    '<path d="M 0 0" fill="none" stroke="var(--t0)"/>'
    """
    return _STYLE.sub(lambda match: "".join(map(_attribute, match[1].split(";"))), svg)


def _attribute(declaration: str) -> str:
    name, _, value = declaration.partition(":")
    return f' {name.strip()}="{value.strip()}"' if value.strip() else ""
