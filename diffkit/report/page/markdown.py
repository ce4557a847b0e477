"""A page as Markdown for a pull request: the answer and the tables, long ones folded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch
from html import escape

from ..tables import escape_markdown
from .blocks import (
    Block,
    Chooser,
    Drawing,
    Figure,
    Fold,
    Heading,
    Page,
    Paragraph,
    Points,
    Table,
    Terms,
    Verbatim,
)  # fmt: skip


def markdown(page: Page) -> str:
    """The page as Markdown; pictures are left out, texts are escaped."""
    blocks = [f"# {escape_markdown(page.title)}", escape_markdown(page.subtitle), *texts(page.blocks)]
    return "\n\n".join(blocks) + "\n"


def texts(blocks: Iterable[Block]) -> list[str]:
    """What is written for the blocks; sections of which nothing is left go."""
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Heading) and found and found[-1].startswith("## "):
            found.pop()
        found += filter(None, [written(block)])
    return found[:-1] if found and found[-1].startswith("## ") else found


@singledispatch
def written(block: Block) -> str:
    raise TypeError(f"{type(block).__name__} is no block of a page.")


@written.register
def _(block: Heading) -> str:
    return f"## {escape_markdown(block.text)}"


@written.register
def _(block: Paragraph) -> str:
    return escape_markdown(block.text)


@written.register
def _(block: Points) -> str:
    return "\n".join(f"- {escape_markdown(item.text)}" for item in block.items)


@written.register
def _(block: Table) -> str:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(map(escape_markdown, cells))} |"

    sides = "|".join(" ---: " if right else " --- " for right in block.right)
    rows = [line(each.text for each in row) for row in block.rows]
    return "\n".join([f"**{escape_markdown(block.caption)}**", "", line(block.titles), f"|{sides}|", *rows])


@written.register
def _(block: Figure) -> str:
    return f"{escape_markdown(block.caption)}."


@written.register
def _(block: Drawing) -> str:
    return ""


@written.register
def _(block: Chooser) -> str:
    return ""


@written.register
def _(block: Verbatim) -> str:
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`*", block.text)))
    return f"{fence}\n{block.text}\n{fence}"


@written.register
def _(block: Terms) -> str:
    return "\n".join(f"- **{escape_markdown(name)}**: {escape_markdown(text)}" for name, text in block.pairs)


@written.register
def _(block: Fold) -> str:
    inner = "\n\n".join(texts(block.blocks))
    summary = f"<summary>{escape(block.summary)}</summary>"
    return f"<details>{summary}\n\n{inner}\n\n</details>" if inner else ""
