"""Points and ranges as they are written on a command line: x=0.3,y=pi/4; W=@w.npy; x=1:3."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from zipfile import BadZipFile

import numpy as np

from diffkit.expressions.errors import FormulaError, PointError
from diffkit.expressions.formula import constant

Value = float | np.ndarray | dict[str, np.ndarray]
DEEPEST_LIST = 32  # NumPy's arrays have at most 64 axes


def parse_point(text: str) -> dict[str, Value] | Value:
    """The point that a text describes: a dict for named values, else one float or one vector.

    A value is a number such as 0.3 or pi/4, a list [1, 2] or [[1, 2], [3, 4]] for a float64 array, or @file
    for an array from .npy, .csv or .txt, or for a dict of arrays from .npz. Raises PointError.

    >>> parse_point("x=0.3, y=pi/4")
    {'x': 0.3, 'y': 0.7853981633974483}
    >>> parse_point("0.3,1.7")
    array([0.3, 1.7])
    >>> parse_point("2")
    2.0
    """
    pieces = [_named(text, start, end) for start, end in _pieces(text, 0, len(text), ",;")]
    names = [name for name, _, _ in pieces]
    if not any(names):
        values = [_value(text, start, end) for _, start, end in pieces]
        return values[0] if len(values) == 1 else _array(values, text, 0, len(text))
    if not all(names):
        _, start, end = pieces[names.index("")]
        raise PointError("Name every value or none: write x=0.3,y=1.7 or 0.3,1.7.", text, start, end)
    point: dict[str, Value] = {}
    for name, start, end in pieces:
        _check_new(name, point, text, start, end)
        point[name] = _value(text, start, end)
    return point


def parse_ranges(text: str) -> dict[str, tuple[float, float]]:
    """The ranges that a text such as "x=1:3;y=0.5:2" describes, as name -> (lower, upper); raises PointError.

    >>> parse_ranges("x=1:3; t=0:2*pi")
    {'x': (1.0, 3.0), 't': (0.0, 6.283185307179586)}
    """
    ranges: dict[str, tuple[float, float]] = {}
    for name, start, end in [_named(text, *place) for place in _pieces(text, 0, len(text), ",;")]:
        _check_new(name, ranges, text, start, end)
        bounds = list(_pieces(text, start, end, ":"))
        if not name or len(bounds) != 2:
            raise PointError("A range is a name, a lower and an upper bound: write x=1:3.", text, start, end)
        lower, upper = (_number(text, *place) for place in bounds)
        if lower >= upper:
            sentence = f"The range of {name} is empty: {lower!r} is not below {upper!r}, exchange them."
            raise PointError(sentence, text, start, end)
        ranges[name] = (lower, upper)
    return ranges


def _pieces(text: str, start: int, end: int, separators: str) -> Iterator[tuple[int, int]]:
    """The places between separators that stand outside all brackets."""
    depth = 0
    for at in range(start, end):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        if depth == 0 and text[at] in separators:
            yield _trimmed(text, start, at)
            start = at + 1
    yield _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())


def _named(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The name before "=", empty where there is none, and the place of the value."""
    equals = text.find("=", start, end)
    if equals < 0 or text.startswith("@", start):
        return "", start, end
    name = text[start:equals].strip()
    if not name.isidentifier():
        raise PointError(f"{name!r} names no variable: write x=0.3.", text, start, max(equals, start + 1))
    return name, *_trimmed(text, equals + 1, end)


def _check_new(name: str, known: dict[str, Any], text: str, start: int, end: int) -> None:
    if name in known:
        raise PointError(f"{name} is given twice: give each variable one value.", text, start, end)


def _value(text: str, start: int, end: int, depth: int = 0) -> Value:
    if text.startswith("@", start):
        return _file(text, start, end)
    if text.startswith("{", start):
        sentence = "A dict has no place here: save its arrays with np.savez and write p=@file.npz."
        raise PointError(sentence, text, start, end)
    if not text.startswith("[", start):
        return _number(text, start, end)
    if text[end - 1] != "]":
        raise PointError("This list is not closed: end it with ].", text, start, end)
    if depth >= DEEPEST_LIST:
        sentence = f"More than {DEEPEST_LIST} lists are nested here: give the array as @file.npy."
        raise PointError(sentence, text, start, end)
    inside = _pieces(text, start + 1, end - 1, ",")
    return _array([_value(text, *place, depth + 1) for place in inside], text, start, end)


def _number(text: str, start: int, end: int) -> float:
    if start == end:
        raise PointError("A value is missing here: write x=0.3.", text, start, end + 1)
    try:
        return constant(text[start:end])
    except FormulaError as error:
        first = start + (error.start or 0)
        last = end if error.end is None else start + error.end
        raise PointError(error.sentence, text, first, last) from None


def _array(values: list[Value], text: str, start: int, end: int) -> np.ndarray:
    entries = [value for value in values if not isinstance(value, dict)]
    if len(entries) < len(values):
        sentence = "A .npz file is a value of its own, in no list: write p=@file.npz."
        raise PointError(sentence, text, start, end)
    shapes = {np.shape(value) for value in entries}
    if len(shapes) > 1:
        raise PointError("The rows of this list differ in length: make them equal.", text, start, end)
    return np.array(values, dtype=float)


def _file(text: str, start: int, end: int) -> Value:
    """The float64 array in the file named at the place, a float if it is one number, or a dict of these."""
    path = Path(text[start + 1 : end]).expanduser()
    try:
        content = _LOADERS[path.suffix.lower()](path)
        if isinstance(content, dict):
            return {key: _numbers(array) for key, array in content.items()}
        return _numbers(content)
    except KeyError:
        _refuse_file(path, "arrays are read from .npy, .npz, .csv or .txt", text, start, end)
    except FileNotFoundError:
        _refuse_file(path, "there is no such file", text, start, end)
    except (OSError, ValueError, TypeError, EOFError, MemoryError, BadZipFile) as error:
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        _refuse_file(path, reason, text, start, end)


def _refuse_file(path: Path, reason: str, text: str, start: int, end: int) -> NoReturn:
    raise PointError(f"{path} cannot be read: {reason}.", text, start, end)


def _numbers(array: np.ndarray) -> Any:
    """What a file holds as real float64 numbers, all of them finite; raises ValueError."""
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == bool) or np.iscomplexobj(array):
        raise ValueError(f"its numbers are {array.dtype}, and real ones are needed")
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError("it holds no numbers" if array.size == 0 else "it holds NaN or infinity")
    return array.astype(float) if array.ndim else float(array)


def _load_npy(path: Path) -> np.ndarray:
    array = np.load(path, allow_pickle=False)
    if not isinstance(array, np.ndarray):
        raise ValueError("it is an archive of several arrays; call it .npz")
    return array


def _load_npz(path: Path) -> dict[str, np.ndarray]:
    archive = np.load(path, allow_pickle=False)
    if isinstance(archive, np.ndarray):
        raise ValueError("it is a single array; call it .npy")
    with archive:
        return {name: archive[name] for name in archive.files}


def _load_text(path: Path) -> np.ndarray:
    content = path.read_text(encoding="utf-8-sig")  # spreadsheets begin a file with a byte-order mark
    if not content.strip():
        return np.empty(0)
    return np.loadtxt(content.splitlines(), delimiter="," if "," in content else None)


_LOADERS: dict[str, Callable[[Path], np.ndarray | dict[str, np.ndarray]]] = {
    ".npy": _load_npy,
    ".npz": _load_npz,
    ".csv": _load_text,
    ".txt": _load_text,
}
