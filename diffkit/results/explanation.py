"""The forward and backward pass of one function, shown in whatever form is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..differentiators.walk import Walk
from ..report.explanation import explanation_html, explanation_text
from .comparison import chosen, pandas


@dataclass(frozen=True, repr=False)
class Explanation:
    """Every node of the running tape with its value and its adjoint; `walk` holds them.

    It prints as text, in notebooks as HTML.
    """

    walk: Walk

    def text(self, width: int = 80) -> str:
        """The two passes as text of at most `width` columns."""
        return explanation_text(self.walk.as_dict(), width)

    def __str__(self) -> str:
        return self.text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return explanation_html(self.walk.as_dict())

    def to_pandas(self) -> Any:
        """A pandas DataFrame, one row a node; raises ImportError where pandas is missing."""
        return pandas().DataFrame(self.walk.as_dict()["steps"])

    def save(self, path: str | Path) -> Path:
        """Write it in the format that the suffix names (.txt, .md, .json, .html); returns the path.

        Raises ValueError for another suffix, OSError as `open` does.
        """
        path = Path(path)
        path.write_text(chosen(path, FORMATS)(self), encoding="utf-8")
        return path


def page(explanation: Explanation) -> str:
    """An HTML document that needs nothing else."""
    title = explanation.walk.title or "diffkit"
    from html import escape

    head = f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title>'
    return f'{head}<body style="font-family:sans-serif">{explanation._repr_html_()}</body>\n'


FORMATS: dict[str, Callable[[Explanation], str]] = {
    "txt": lambda e: f"{e}\n",
    "md": lambda e: f"```\n{e}\n```\n",
    "json": lambda e: json.dumps(e.walk.as_dict(), indent=2, allow_nan=False) + "\n",
    "html": page,
}
