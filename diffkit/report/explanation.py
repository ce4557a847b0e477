"""The two passes of backpropagation, then the other witnesses, as text and as HTML; from a walk as a dict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from ..languages import Subject
from ..languages.retelling import retold
from ..languages.widths import widest
from .lines import Row, folded, table, wrapped
from .numbers import entries, exact, matrix, shown, six, times
from .units import number

words = Subject("explain")

Walk = dict[str, Any]
CONSTANTS = 8  # whose derivatives are listed
JACOBIAN = 40  # cells that a local Jacobian may take
NAME, OPERATION, SHAPE, VALUE, BESIDE, TANGENT = 13, 18, 7, 20, 16, 16  # cells in a terminal of 80


def explanation_text(walk: Walk, width: int = 80) -> str:
    """Both passes, the gradient and the other witnesses as text of at most `width` columns (80 or more)."""
    lines = [*folded(walk["title"], width), ""] if walk["title"] else []
    for title, head, rows, most in passes(walk):
        lines += [*folded(title, width), "", *table(head, rows, width, most, words.pattern("more")), ""]
    lines += [piece for line in gradient_lines(walk) for piece in wrapped(line, width)]
    for title, body in witnesses(walk, width):
        lines += ["", *folded(title, width), "", *body]
    return "\n".join(lines)


def passes(walk: Walk) -> Iterator[tuple[str, Row, list[Row], Sequence[int]]]:
    """Title, head, rows and most cells of the forward and of the backward table."""
    arrays = has_arrays(walk)
    head = ["node", "operation", *(["shape"] if arrays else []), "value", "slopes"]
    most = (NAME, OPERATION, *([SHAPE, BESIDE] if arrays else [VALUE]))
    yield words("forward"), tuple(words(each) for each in head), forward_rows(walk), most
    title = words("backward", result=walk["result"] or words("result"))
    yield (
        title, (words("node"), words("adjoint"), words("flows")), backward_rows(walk), (NAME, VALUE),
    )  # fmt: skip


def has_arrays(walk: Walk) -> bool:
    return any(step["shape"] for step in walk["steps"])


def labels(walk: Walk) -> dict[str, str]:
    """What each node is called, by its symbol."""
    return {step["symbol"]: step["label"] for step in walk["steps"]}


def forward_rows(walk: Walk) -> list[Row]:
    """Name, how it is made, shape if there are arrays, value, local slopes; in the order of evaluation."""
    called, arrays = labels(walk), has_arrays(walk)
    return [
        (
            step["label"], step["text"] or words(step["kind"]), *([times(step["shape"])] if arrays else []),
            shown(step["value"], BESIDE if arrays else VALUE), slopes(step, called),
        )
        for step in walk["steps"]
    ]  # fmt: skip


def slopes(step: dict[str, Any], called: dict[str, str]) -> str:
    """The local slopes; of v1 * v1 both together."""
    found: dict[str, list[str]] = {}
    for edge in step["edges"]:
        if (text := slope_text(step, edge)) is not None:
            found.setdefault(called[edge["source"]], []).append(text)
    return ", ".join(f"{slope_in(name)} = {' + '.join(texts)}" for name, texts in found.items())


def slope_text(step: dict[str, Any], edge: dict[str, Any]) -> str | None:
    """A local slope, or a small local Jacobian; None where it is large."""
    if edge["jacobian"] is not None:
        text = matrix(edge["jacobian"])
        return text if len(text) <= JACOBIAN else None
    return six(edge["slope"]) if between_numbers(step, edge) else None


def between_numbers(step: dict[str, Any], edge: dict[str, Any]) -> bool:
    """Whether an edge is between numbers: then it has a slope, if only one that is not finite."""
    return not step["shape"] and not isinstance(edge["flow"], list)


def slope_in(symbol: str) -> str:
    """d/dx, or d/d(...) for a name of several words."""
    return f"d/d({symbol})" if " " in symbol else f"d/d{symbol}"


def backward_rows(walk: Walk) -> list[Row]:
    """Name, adjoint, and the flows that add up to it; from the result back."""
    flows: dict[str, list[str]] = {}
    for step in walk["steps"]:
        for edge in step["edges"]:
            product = shown(edge["flow"])
            if between_numbers(step, edge):
                product = f"{six(step['adjoint'])} * {six(edge['slope'])}"
            flows.setdefault(edge["source"], []).append(words("from", flow=product, node=step["label"]))
    return [
        (step["label"], shown(step["adjoint"]), " + ".join(flows.get(step["symbol"], [words("seed")])))
        for step in reversed(walk["steps"])
        if step["symbol"] in flows or step["symbol"] == walk["result"]
    ]


def gradient_lines(walk: Walk) -> list[str]:
    """The value and the derivative in every input and in every constant."""
    lines = [f"{words('value')} = {number(walk['value'])}"]
    inputs = [step for step in walk["steps"] if step["kind"] == "input"]
    lines += [f"{slope_in(step['label'])} = {exact(step['adjoint'])}" for step in inputs]
    flowing = {edge["source"] for step in walk["steps"] for edge in step["edges"]}
    constants = [
        f"d/d({step['label'].strip('()')}) = {shown(step['adjoint'])}"
        for step in walk["steps"]
        if step["kind"] == "constant" and step["symbol"] in flowing
    ]
    if len(constants) > CONSTANTS:
        constants[CONSTANTS:] = [words("more constants", count=len(constants) - CONSTANTS)]
    return lines + ([words("constants", list=", ".join(constants))] if constants else [])


def witnesses(walk: Walk, width: int) -> Iterator[tuple[str, list[str]]]:
    """Title and lines of what the other backends say; nothing where they were not asked."""
    writers = {"symbolic": symbolic_lines, "forward": trace_lines, "finite": finite_lines}
    found = {each["backend"]: each for each in walk["witnesses"]}
    for backend in (each for each in writers if each in found):
        witness = found[backend]
        key = {"forward": "trace along" if along(walk) else "trace"}.get(backend, backend)
        title = words(key, evaluations=f"{witness['evaluations'] or 0:,}")
        refused = folded(words("none", message=retold(witness["message"])), width - 4)
        lines = writers[backend](walk, witness, width)
        yield title, [f"  {line}" for line in refused] if witness["message"] else lines


def along(walk: Walk) -> bool:
    """Whether the one direction of the trace is that of all inputs at once, not one number's."""
    numbers = [x for step in walk["steps"] if step["kind"] == "input" for x in entries(step["value"])]
    return len(walk["trace"]) < len(numbers)


def symbolic_lines(walk: Walk, witness: dict[str, Any], width: int) -> list[str]:
    """Each formula, with its value."""
    values = [x for value in witness["derivatives"].values() for x in entries(value)]
    lines = []
    for (name, formula), value in zip(witness["formulas"].items(), values, strict=True):
        text = f"{slope_in(name)} = {formula}"
        text += "" if formula == number(value) else f" = {number(value)}"
        lines += folded(text, width, initial_indent="  ", subsequent_indent=" " * 6)
    return lines


def trace_lines(walk: Walk, witness: dict[str, Any], width: int) -> list[str]:
    """The tangents of every node; one direction stands for many where there are many inputs."""
    steps = [step for step in walk["steps"] if step["kind"] in ("input", "operation")]
    rows = [(s["label"], shown(s["value"]), *(shown(t, TANGENT) for t in s["tangents"])) for s in steps]
    heads = [words("tangent")] if along(walk) else list(map(slope_in, walk["trace"]))
    table_rows = [(words("node"), words("value"), *heads), *rows]
    widths = [widest(row[i] for row in table_rows) + 2 for i in range(len(heads) + 2)]
    fitting = max(n for n in range(1, len(heads) + 1) if n == 1 or sum(widths[: n + 2]) <= width)
    head, *rows = [row[: fitting + 2] for row in table_rows]
    lines = table(head, rows, width, (NAME, VALUE, *[TANGENT] * (fitting - 1)), words.pattern("more"))
    left_out = len(heads) - fitting
    count = f"{sum(len([*entries(s['value'])]) for s in steps if s['kind'] == 'input'):,}"
    notes = [words("trace cost", count=count)] if along(walk) else []
    notes += [words("trace more", count=left_out)] if left_out else []
    told = [folded(note, width, initial_indent="  ", subsequent_indent="  ") for note in notes]
    return lines + [line for note in told for line in ["", *note]]


def finite_lines(walk: Walk, witness: dict[str, Any], width: int) -> list[str]:
    """Each difference with its bound, the slopes of the two sides where they differ, and what is wrong."""
    lines, known = [], labels(walk)
    for name, value in witness["derivatives"].items():
        bound = max((abs(x) for x in entries(witness["bounds"].get(name)) if x is not None), default=None)
        title = slope_in(name) if name in known else words("along")
        lines.append(f"{title} = {exact(value)}" + ("" if bound is None else f" +- {bound:.1e}"))
        sides = [witness[side].get(name) for side in ("left", "right")]
        if differ(*sides):
            lines.append("  " + words("sides", left=exact(sides[0]), right=exact(sides[1])))
    diagnosis = witness["diagnosis"]
    lines += [] if diagnosis in ("ok", "exact") else [words(diagnosis)]
    return [f"  {piece}" for line in lines for piece in wrapped(line, width - 2)]


def differ(left: Any, right: Any) -> bool:
    """Whether slopes from the two sides are other numbers, not the same up to the noise of differences."""
    pairs = zip(entries(left), entries(right))
    return any(a is None or b is None or abs(a - b) > 1e-6 * max(abs(a), abs(b)) for a, b in pairs if a != b)


def explanation_html(walk: Walk) -> str:
    """The same as HTML; every text of the user is escaped."""
    parts = [f"<h4>{escape(walk['title'])}</h4>"] if walk["title"] else []
    for title, head, rows, _ in passes(walk):
        lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        names = "".join(f"<th>{escape(name)}</th>" for name in head)
        parts.append(f"<p>{escape(title)}</p><table><tr>{names}</tr>{lines}</table>")
    parts.append(f"<p>{escape('; '.join(gradient_lines(walk)))}</p>")
    for title, body in witnesses(walk, 100):
        parts.append(f"<p>{escape(title)}</p><pre>{escape(chr(10).join(body))}</pre>")
    return "".join(parts)
