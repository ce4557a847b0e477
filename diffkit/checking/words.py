"""What a check says: a sentence first, then the worst entries, then who says so and how to see it again."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..differentiators.peers.foreign import Foreign, is_tensor
from .evidence import Evidence
from .question import DIRECTED, Question
from .references import SLACK

SHOWN = 8
MOST_NUMBERS = 32  # of a point in the line that reproduces a check


def rows_of(e: Evidence, count: int = SHOWN) -> list[dict[str, Any]]:
    """The worst entries as dicts of plain numbers."""
    kept = e.digits
    return [
        {
            "component": e.label(i, j), "got": float(e.got[i, j]), "expected": float(e.expected[i, j]),
            "radius": float(e.tolerance[i, j]), "digits": round(float(kept[i, j]), 1),
        }
        for i, j in e.worst(count)
    ]  # fmt: skip


def table(rows: list[dict[str, Any]], left_out: int) -> list[str]:
    """Lines of the table of worst entries."""
    if not rows:
        return []
    cells = [("entry", "got", "expected", "tolerance", "digits")]
    cells += [
        (r["component"], f"{r['got']:.10g}", f"{r['expected']:.10g}", f"{r['radius']:.1e}", str(r["digits"]))
        for r in rows
    ]
    widths = [max(len(row[k]) for row in cells) for k in range(5)]
    lines = ["  " + row[0].ljust(widths[0]) + "".join("  " + row[k].rjust(widths[k]) for k in range(1, 5))
             for row in cells]  # fmt: skip
    return lines + ([f"  and {left_out:,} more"] if left_out > 0 else [])


def title(question: Question) -> str:
    """What is checked, as the subject of a sentence: "The gradient g of loss"."""
    f = name_of(question.given, name_of(question.foreign, "f"))
    return f"The {question.operator} {claim_name(question)} of {f}"


def claim_name(question: Question) -> str:
    if question.claimed is True:
        return "that f returns"
    if callable(question.claimed):
        return own_name(question)
    return f"by {question.claimed}" if not is_array(question.claimed) else "given"


def own_name(question: Question) -> str:
    """The name of the claim, g where it has that of f, as torch.func.grad(f) has."""
    name = name_of(question.claimed, "g")
    return "g" if name == name_of(question.given, "f") else name


def is_array(x: Any) -> bool:
    return isinstance(x, (np.ndarray, list, tuple, dict, float, int))


def name_of(f: Any, otherwise: str) -> str:
    """A function's name as one would write it; `otherwise` for those without one."""
    name, owner = getattr(f, "__name__", ""), getattr(f, "__self__", None)
    if isinstance(owner, type):  # the apply of an autograd.Function
        return f"{owner.__name__}.{name}"
    return name if name.isidentifier() else getattr(f, "text", otherwise)


def reproduce(question: Question, slack: float) -> str:
    """One line of Python with the exact point and the seed."""
    f = "f" if isinstance(question.given, Foreign) else name_of(question.given, "f")
    g = claimed_text(question)
    parts = zip(question.args, question.names, question.tensors, strict=True)
    points = ", ".join(literal(x, name, like) for x, name, like in parts)
    options = "" if question.operator == "gradient" else f', operator="{question.operator}"'
    options += "" if question.wrt == 0 else f", wrt={question.wrt}"
    if question.operator in DIRECTED:
        options += f", direction={literal(question.direction, DIRECTED[question.operator])}"
    options += "" if slack == SLACK else f", slack={slack!r}"
    return f"diffkit.check_gradient({f}, {g}, {points}{options}, seed={question.seed})"


def claimed_text(question: Question) -> str:
    if question.claimed is True:
        return "True"
    if callable(question.claimed):
        return own_name(question)
    return f'"{question.claimed}"' if not is_array(question.claimed) else "g"


def literal(x: Any, name: str, like: Any = None) -> str:
    """x as Python that gives exactly it, a tensor where `like` is one; its name where it is long."""
    if isinstance(x, dict):
        pairs = (f"{key!r}: {literal(each, str(key), part(like, x, key))}" for key, each in x.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(x, (list, tuple)):
        inside = ", ".join(literal(each, name, part(like, x, i)) for i, each in enumerate(x))
        return f"[{inside}]" if isinstance(x, list) else f"({inside},)"
    if isinstance(x, np.ndarray):
        if x.size > MOST_NUMBERS:
            return name
        if is_tensor(like):
            return f"torch.tensor({x.tolist()!r}, dtype={like.dtype})"
        kind = "" if x.dtype == float else f", dtype=np.{x.dtype}"
        return f"np.array({x.tolist()!r}{kind})"
    return repr(x.item()) if isinstance(x, np.generic) else repr(x)


def part(like: Any, x: Any, key: Any) -> Any:
    """What of the original belongs to a part of a container; nothing where that was no container."""
    return like[key] if isinstance(like, type(x)) else None
