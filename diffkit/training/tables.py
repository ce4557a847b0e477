"""A CSV file as numbers; what is wrong with it is said in one sentence that names row and column."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MOST_CLASSES = 20  # whole numbers of at most so many values are taken for classes
KINDS = ("", "classes", "numbers")


class BadData(ValueError):
    """Data that cannot be learned from, with the place and the way out."""


@dataclass(frozen=True)
class Table:
    """X (rows, features), targets as in Data, names of the features and of the classes."""

    X: np.ndarray
    targets: np.ndarray
    features: tuple[str, ...]
    classes: tuple[str, ...]


def read_table(path: Path, target: str | None = None, kind: str = "") -> Table:
    """The numbers of a CSV file: the column `target` to predict, by default the last, all others to use.

    Separators are commas, semicolons or tabs; the first row has names if any of its cells is no number, else
    columns are called 1, 2, ... kind: "classes", "numbers", or nothing: texts, and whole numbers of at most
    20 values, are classes. Raises BadData, naming row (counted as lines of the file) and column.
    """
    if kind not in KINDS:
        raise BadData(f"there is no kind of target {kind!r}: it is classes or numbers.")
    names, rows = cells(path)
    target = names[-1] if target is None else target
    if target not in names:
        raise BadData(f"{path.name}, row 1: there is no column {target!r}; there are {', '.join(names)}.")
    place = names.index(target)
    if len(names) < 2:
        raise BadData(f"{path.name}, row 1: column {target!r} is the only one; nothing to learn from.")
    columns = [i for i in range(len(names)) if i != place]
    X = np.array([[number(path, row, names[i], line[i]) for i in columns] for row, line in rows])
    texts = [(row, line[place].strip()) for row, line in rows]
    for row, text in texts:
        if not text or text.lower() == "nan":
            raise BadData(
                f"{path.name}, row {row}, column {target!r}: the target is {text or 'empty'}; remove the row."
            )
    features = tuple(names[i] for i in columns)
    if (kind or likely_kind([text for _, text in texts])) == "numbers":
        values = np.array([[number(path, row, target, text)] for row, text in texts])
        return Table(X, values, features, ())
    classes = sorted({text for _, text in texts}, key=class_order)
    if len(classes) < 2:
        raise BadData(
            f"{path.name}, rows {rows[0][0]} to {rows[-1][0]}, column {target!r}: every row is of the one "
            f"class {classes[0]!r}; name another target, or add rows of another class."
        )
    return Table(X, np.array([classes.index(text) for _, text in texts]), features, tuple(classes))


def cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(names of the columns, rows with their line numbers); raises BadData for rows of another length."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadData(f"{path.name}: byte {error.start} is no UTF-8; save the file as UTF-8.") from error
    first = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count))
    lines = [(reader.line_num, line) for line in reader if any(cell.strip() for cell in line)]
    if not lines:
        raise BadData(f"{path.name}: row 1 is missing, the file is empty.")
    head = [cell.strip() for cell in lines[0][1]]
    named = not all(is_number(cell) for cell in head)
    names = head if named else [str(i + 1) for i in range(len(head))]
    rows = lines[1:] if named else lines
    if not rows:
        raise BadData(f"{path.name}: row 2 is missing, there are only names of columns.")
    for row, line in rows:
        if len(line) != len(names):
            raise BadData(
                f"{path.name}, row {row}: it has {len(line)} cells where row 1 has {len(names)}, so column "
                f"{names[min(len(line), len(names) - 1)]!r} cannot be read."
            )
    return names, rows


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def number(path: Path, row: int, column: str, text: str) -> float:
    """A cell as a finite number, or BadData."""
    text = text.strip()
    value = float(text) if is_number(text) else None
    if value is None or not np.isfinite(value):
        what = f"{text!r}, which is no {'finite ' if value is not None else ''}number" if text else "empty"
        raise BadData(f"{path.name}, row {row}, column {column!r}: the cell is {what}; mend the row.")
    return value


def likely_kind(texts: list[str]) -> str:
    """Whether a target is made of classes or of numbers."""
    if not all(map(is_number, texts)):
        return "classes"
    whole = all(float(text).is_integer() for text in texts)
    return "classes" if whole and len(set(texts)) <= MOST_CLASSES else "numbers"


def class_order(text: str) -> tuple[float, str]:
    """Classes that are numbers in their order, before texts."""
    return (float(text), text) if is_number(text) else (np.inf, text)
