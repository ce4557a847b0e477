"""The index of several reports as Markdown: the answer of each, its figures, its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...languages import Subject
from ..tables import escape_markdown
from .blocks import Page, Points

words = Subject("report")


@dataclass(frozen=True)
class Entry:
    """A report in the folder of its name, with the files of figures beside it."""

    name: str
    page: Page
    figures: Sequence[str]


def index(entries: Sequence[Entry]) -> str:
    """The Markdown of the folder that holds the reports."""
    parts = [
        f"# {words('index')}",
        words("index intro"),
        *(part for each in entries for part in about(each)),
    ]
    return "\n\n".join(parts) + "\n"


def about(entry: Entry) -> list[str]:
    """Title, answer, links and figures of one report."""
    answer = next(block for block in entry.page.blocks if isinstance(block, Points))
    links = ", ".join(
        f"[{words(f'index {what}')}]({entry.name}/{name})"
        for what, name in (("report", "report.html"), ("records", "records.jsonl.gz"))
    )
    return [
        f"## {words(f'index {entry.name}')}",
        escape_markdown(entry.page.subtitle),
        "\n".join(f"- {escape_markdown(item.text)}" for item in answer.items),
        links,
        *(f"![{name.partition('.')[0]}]({entry.name}/{name})" for name in entry.figures),
    ]
