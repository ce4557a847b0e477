"""NumPy's many names, lowered to core rows with normalised static parameters.

SPELLINGS maps a NumPy function to the function here that does the same on interpreted values; UFUNCS maps a
ufunc to its row. A spelling has NumPy's argument names; an argument it does not know is refused by name.
What is not in the two tables has no rule. The composites at the end are for users: they run on plain arrays
and on interpreted values alike.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np

from . import arrays, elementwise
from .rules import TABLE, Interpreted, NoRule, Pointwise, Row, bind, enter, kept_shape, shape_of

SPELLINGS: dict[Callable[..., Any], Callable[..., Any]] = {}
UFUNCS: dict[np.ufunc, Callable[..., Any]] = {
    row.evaluate: row for row in TABLE.values() if isinstance(row.evaluate, np.ufunc)
}
SPECIAL: dict[str, Callable[..., Any]] = {}  # SciPy's ufuncs by name, once special.py is imported
REAL = "fiub"  # kinds of dtype
Shape = tuple[int, ...]


def spells(*functions: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate the spelling of one or several NumPy functions."""

    def record(spelling: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            SPELLINGS[function] = spelling
        return spelling

    return record


# Helpers


def interpreted(x: Any) -> Any:
    """x as an array or an interpreted value: lists of interpreted values are stacked."""
    if isinstance(x, (Interpreted, float, int)):
        return x
    if isinstance(x, np.ndarray) and x.dtype.kind in REAL:
        return x
    entries = np.asarray(x, dtype=object)
    if any(isinstance(each, Interpreted) for each in entries.flat):
        pieces = stack([*entries.flat])
        return pieces if entries.ndim == 1 else np.reshape(pieces, entries.shape)
    answer = np.asarray(entries.tolist())
    if answer.dtype.kind in REAL or all(hasattr(each, "__float__") for each in entries.flat):
        return answer  # exact numbers of another package have a __float__ too
    raise NoRule(
        f"derivatives are of real numbers and arrays or lists of them, not of {x!r} ({type(x).__name__}): "
        "neither as what a function computes with nor as what it returns. "
        "Write complex values as two real arrays."
    )


def plain(x: Any) -> Any:
    """The plain NumPy value below all interpreters."""
    while isinstance(x, Interpreted):
        x = x.primal  # type: ignore[attr-defined]
    return x


def normal_axes(axis: Any, ndim: int) -> Shape:
    """`axis` as NumPy takes it -> a sorted tuple of non-negative ints; None means all."""
    if axis is None:
        return tuple(range(ndim))
    if type(axis) is int and -ndim <= axis < ndim:
        return (axis % ndim,)
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (axis,)
    return tuple(sorted(normal_axis(each, ndim) for each in axes))


def normal_axis(axis: Any, ndim: int) -> int:
    axis = operator.index(axis)
    if not -ndim <= axis < ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis % ndim


# Ufuncs beyond their row


POWERS = {2: elementwise.square, 1: elementwise.positive, 0.5: elementwise.sqrt, -1: elementwise.reciprocal}


def power(x: Any, e: Any) -> Any:
    """x**e, with NumPy's own shortcuts for the constant exponents 1, 2, 1/2 and -1."""
    row = None if isinstance(e, (Interpreted, np.ndarray)) else POWERS.get(e)
    return elementwise.power(x, e) if row is None else row(x)


def degrees_to_radians(x: Any) -> Any:
    return x * (np.pi / 180)


def radians_to_degrees(x: Any) -> Any:
    return x * (180 / np.pi)


def matmul(a: Any, b: Any) -> Any:
    """a @ b with NumPy's rules for vectors and for broadcast leading axes."""
    a, b = interpreted(a), interpreted(b)
    spec, shapes, want = product_plan(shape_of(a), shape_of(b))
    if shapes != (None, None):
        pairs = zip((a, b), shapes, strict=True)
        a, b = (x if shape is None else arrays.reshape(x, shape=shape) for x, shape in pairs)
    answer = bind(arrays.contract, (a, b), {"spec": spec})
    return answer if want is None else arrays.reshape(answer, shape=want)


@lru_cache(maxsize=1024)
def product_plan(sa: Shape, sb: Shape) -> tuple[str, tuple[Shape | None, Shape | None], Shape | None]:
    """(contraction, shapes for the two operands, shape for the answer), None where it is right already."""
    if not sa or not sb:
        raise ValueError("matmul takes arrays of at least one axis; multiply by a number with *")
    if sa[-1] != sb[-2 if len(sb) > 1 else 0]:
        raise ValueError(f"matmul: shapes {sa} and {sb} do not fit: columns of one are not rows of the other")
    left, right = "i" * (len(sa) > 1), "k" * (len(sb) > 1)
    kept_a, front_a = without_ones(sa, len(sa) - len(left) - 1)
    kept_b, front_b = without_ones(sb, len(sb) - len(right) - 1)
    front = "".join(sorted(set(front_a) | set(front_b), reverse=True))
    spec = f"{front_a}{left}j,{front_b}j{right}->{front}{left}{right}"
    sizes = dict(zip(f"{front_a}{left}j{front_b}j{right}", kept_a + kept_b, strict=True))
    broadcast = np.broadcast_shapes(sa[: len(sa) - 1 - len(left)], sb[: len(sb) - 1 - len(right)])
    want = broadcast + sa[-2:-1] * len(left) + sb[-1:] * len(right)
    made = tuple(sizes[letter] for letter in front + left + right)
    return (
        spec,
        (None if kept_a == sa else kept_a, None if kept_b == sb else kept_b),
        None if made == want else want,
    )


def without_ones(shape: Shape, n: int) -> tuple[Shape, str]:
    """A shape without the ones among its first n axes, and letters for those that stay: A is the last."""
    letters = "".join(chr(ord("A") + n - 1 - i) for i in range(n) if shape[i] != 1)
    return tuple(m for i, m in enumerate(shape) if i >= n or m != 1), letters


UFUNCS |= {
    np.power: power,
    np.deg2rad: degrees_to_radians,
    np.radians: degrees_to_radians,
    np.rad2deg: radians_to_degrees,
    np.degrees: radians_to_degrees,
    np.matmul: matmul,
    np.conjugate: elementwise.positive,
}


# Sums and other reductions


@spells(np.sum, np.add.reduce)
def sum(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    x = interpreted(x)
    return reduced(arrays.total, x, axis, keepdims)


def reduced(row: Row, x: Any, axis: Any, keepdims: bool) -> Any:
    shape = shape_of(x)
    axes = normal_axes(axis, len(shape))
    if not axes:
        return elementwise.positive(x)
    y = bind(row, (x,), {"axes": axes})
    return bind(arrays.reshape, (y,), {"shape": kept_shape(shape, axes)}) if keepdims else y


@spells(np.prod, np.multiply.reduce)
def prod(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reduced(arrays.product_over, interpreted(x), axis, keepdims)


@spells(np.max, np.amax, np.maximum.reduce, np.fmax.reduce)
def max(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reduced(arrays.largest, interpreted(x), axis, keepdims)


@spells(np.min, np.amin, np.minimum.reduce, np.fmin.reduce)
def min(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reduced(arrays.smallest, interpreted(x), axis, keepdims)


def ufunc_axis(reduce: Callable[..., Any]) -> Callable[..., Any]:
    """`ufunc.reduce` takes the first axis where the function takes all."""
    return lambda x, axis=0, **options: reduce(x, axis=axis, **options)


REDUCE = {
    np.add: ufunc_axis(sum),
    np.multiply: ufunc_axis(prod),
    np.maximum: ufunc_axis(max),
    np.fmax: ufunc_axis(max),
    np.minimum: ufunc_axis(min),
    np.fmin: ufunc_axis(min),
    np.logaddexp: ufunc_axis(lambda x, axis, **options: logsumexp(x, axis=axis, **options)),
}


@spells(np.mean)
def mean(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    x = interpreted(x)
    count = arrays.product(tuple(shape_of(x)[i] for i in normal_axes(axis, len(shape_of(x)))))
    return sum(x, axis, keepdims=keepdims) / count


@spells(np.average)
def average(x: Any, axis: Any = None, weights: Any = None, *, keepdims: bool = False) -> Any:
    if weights is None:
        return mean(x, axis, keepdims=keepdims)
    x, weights = interpreted(x), interpreted(weights)
    if shape_of(weights) != shape_of(x):  # one weight for each position along the axis
        axis = normal_axis(axis, len(shape_of(x)))
        weights = reshape(weights, kept_shape(shape_of(x), tuple({*range(len(shape_of(x)))} - {axis})))
    return sum(x * weights, axis, keepdims=keepdims) / sum(
        broadcast_to(weights, shape_of(x)), axis, keepdims=keepdims
    )


@spells(np.var)
def var(
    x: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False, correction: float | None = None
) -> Any:
    x = interpreted(x)
    count = arrays.product(tuple(shape_of(x)[i] for i in normal_axes(axis, len(shape_of(x)))))
    centred = x - mean(x, axis, keepdims=True)
    return sum(elementwise.square(centred), axis, keepdims=keepdims) / (
        count - (ddof if correction is None else correction)
    )


@spells(np.std)
def std(
    x: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False, correction: float | None = None
) -> Any:
    """The norm of the deviations: its slope at a constant sample is 0, by the convention of norm."""
    x = interpreted(x)
    axes = normal_axes(axis, len(shape_of(x)))
    count = arrays.product(tuple(shape_of(x)[i] for i in axes))
    length = reduced(arrays.norm, x - mean(x, axis, keepdims=True), axis, keepdims)
    return length / np.sqrt(count - (ddof if correction is None else correction))


@spells(np.ptp)
def ptp(x: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return max(x, axis, keepdims=keepdims) - min(x, axis, keepdims=keepdims)


@spells(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    x = interpreted(x)
    matrix = (len(shape_of(x)) == 2 and axis is None) or (isinstance(axis, tuple) and len(axis) == 2)
    if ord in (None, "fro") or (ord == 2 and not matrix):
        return reduced(arrays.norm, x, axis, keepdims)
    if matrix or ord in (0, "nuc"):
        raise NoRule(
            f"np.linalg.norm has no rule for {'a matrix' if matrix else 'vectors'} and ord={ord!r}; use "
            "ord=None, or spell it out."
        )
    if ord == 1:
        return sum(np.abs(x), axis, keepdims=keepdims)
    if ord == np.inf:
        return max(np.abs(x), axis, keepdims=keepdims)
    if ord == -np.inf:
        return min(np.abs(x), axis, keepdims=keepdims)
    total = sum(power(np.abs(x), ord), axis, keepdims=keepdims)
    at_origin = np.equal(total, 0)
    return where(at_origin, 0.0, power(where(at_origin, 1.0, total), 1 / ord))  # norm'(0) = 0


@spells(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    axes = normal_axes(axis, len(shape_of(x)))
    flat = np.reshape(np.transpose(x, [i for i in range(len(shape_of(x))) if i not in axes] + list(axes)),
                      (*(n for i, n in enumerate(shape_of(x)) if i not in axes), -1))  # fmt: skip
    answer = norm(flat, ord, -1)
    return np.reshape(answer, kept_shape(shape_of(x), axes)) if keepdims else answer


@spells(np.cumsum, np.cumulative_sum)
def cumsum(x: Any, axis: Any = None) -> Any:
    x = interpreted(x)
    if axis is None:
        return arrays.accumulate(ravel(x), axis=0)
    return arrays.accumulate(x, axis=normal_axis(axis, len(shape_of(x))))


@spells(np.diff)
def diff(x: Any, n: int = 1, axis: int = -1) -> Any:
    x = interpreted(x)
    axis = normal_axis(axis, len(shape_of(x)))
    if n < 0:
        raise ValueError(f"np.diff: the order n={n} is negative")
    for _ in range(n):
        later = (slice(None),) * axis + (slice(1, None),)
        sooner = (slice(None),) * axis + (slice(None, -1),)
        x = index(x, later) - index(x, sooner)
    return x


@spells(np.trace)
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return sum(diagonal(x, offset, axis1, axis2), -1)


@spells(np.diagonal)
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return positions(x, lambda where: np.diagonal(where, offset, axis1, axis2))


@spells(np.diag)
def diag(x: Any, k: int = 0) -> Any:
    x = interpreted(x)
    if len(shape_of(x)) == 2:
        return diagonal(x, k)
    n = shape_of(x)[0] + abs(k)
    where = np.diagonal(np.arange(n * n).reshape(n, n), k)
    return arrays.scatter(x, positions=arrays.Positions(where, (n, n)))


@spells(np.tril)
def tril(x: Any, k: int = 0) -> Any:
    return interpreted(x) * np.tri(*shape_of(x)[-2:], k=k)  # type: ignore[call-overload]


@spells(np.triu)
def triu(x: Any, k: int = 0) -> Any:
    return interpreted(x) * (1.0 - np.tri(*shape_of(x)[-2:], k=k - 1))  # type: ignore[call-overload]


# Shapes


@spells(np.reshape)
def reshape(x: Any, /, shape: Any = None, order: str = "C", *, newshape: Any = None) -> Any:
    x = interpreted(x)
    if order != "C":
        raise NoRule(f"reshape has no rule for order={order!r}; transpose first, then reshape.")
    shape = newshape if shape is None else shape
    shape = (
        tuple(map(operator.index, shape)) if isinstance(shape, (tuple, list)) else (operator.index(shape),)
    )
    have = shape_of(x)
    if -1 in shape:
        rest = -arrays.product(shape)
        size = arrays.product(have)
        shape = tuple((size // rest if rest else 0) if n == -1 else n for n in shape)
    if arrays.product(shape) != arrays.product(have):
        raise ValueError(f"cannot reshape an array of shape {have} into {shape}")
    return x if shape == have else arrays.reshape(x, shape=shape)


@spells(np.ravel)
def ravel(x: Any, order: str = "C") -> Any:
    return reshape(x, (-1,), order)


@spells(np.transpose, np.permute_dims)
def transpose(x: Any, axes: Any = None) -> Any:
    x = interpreted(x)
    n = len(shape_of(x))
    order = tuple(range(n))[::-1] if axes is None else tuple(normal_axis(axis, n) for axis in axes)
    return x if order == tuple(range(n)) else arrays.permute(x, axes=order)


@spells(np.matrix_transpose, np.linalg.matrix_transpose)
def matrix_transpose(x: Any, /) -> Any:
    return swapaxes(x, -1, -2)


@spells(np.swapaxes)
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    order = list(range(len(shape_of(x))))
    i, j = normal_axis(axis1, len(order)), normal_axis(axis2, len(order))
    order[i], order[j] = order[j], order[i]
    return transpose(x, order)


@spells(np.moveaxis)
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    return transpose(x, moved_axes(len(shape_of(x)), source, destination))


def moved_axes(n: int, source: Any, destination: Any) -> list[int]:
    """The order of axes that np.moveaxis makes: read off an array whose every axis has its own length."""
    shape = tuple(range(1, n + 1))
    return [size - 1 for size in np.moveaxis(np.broadcast_to(0, shape), source, destination).shape]


@spells(np.expand_dims)
def expand_dims(x: Any, axis: Any) -> Any:
    shape = np.expand_dims(np.broadcast_to(0, shape_of(x)), axis).shape
    return reshape(x, shape)


@spells(np.squeeze)
def squeeze(x: Any, axis: Any = None) -> Any:
    return reshape(x, np.broadcast_to(0, shape_of(x)).squeeze(axis).shape)


@spells(np.atleast_1d)
def atleast_1d(x: Any) -> Any:
    return reshape(x, shape_of(x) or (1,))


@spells(np.atleast_2d)
def atleast_2d(x: Any) -> Any:
    return reshape(x, (1,) * (2 - len(shape_of(x))) + shape_of(x))


@spells(np.broadcast_to)
def broadcast_to(x: Any, shape: Any) -> Any:
    x = interpreted(x)
    shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if np.broadcast_shapes(shape_of(x), shape) != shape:
        raise ValueError(f"cannot broadcast an array of shape {shape_of(x)} to {shape}")
    x = reshape(x, (1,) * (len(shape) - len(shape_of(x))) + shape_of(x))
    return x if shape_of(x) == shape else arrays.broadcast(x, shape=shape)


@spells(np.broadcast_arrays)
def broadcast_arrays(*xs: Any) -> tuple[Any, ...]:
    shape = np.broadcast_shapes(*(shape_of(interpreted(x)) for x in xs))
    return tuple(broadcast_to(x, shape) for x in xs)


@spells(np.concatenate, np.concat)
def concatenate(xs: Sequence[Any], axis: Any = 0) -> Any:
    xs = [interpreted(x) for x in xs]
    if axis is None:
        xs, axis = [reshape(x, (-1,)) for x in xs], 0
    ndim = len(shape_of(xs[0]))
    if ndim == 0:
        raise ValueError("zero-dimensional values cannot be concatenated; use np.stack or np.array([...])")
    axis = normal_axis(axis, ndim)
    if any(len(shape_of(x)) != ndim for x in xs):
        raise ValueError(
            f"np.concatenate: pieces of {sorted({len(shape_of(x)) for x in xs})} axes do not fit"
        )
    starts = tuple(accumulate((shape_of(x)[axis] for x in xs[:-1]), initial=0))
    return arrays.join(*xs, axis=axis, starts=starts)


@spells(np.stack)
def stack(xs: Sequence[Any], axis: int = 0) -> Any:
    xs = [interpreted(x) for x in xs]
    shapes = {shape_of(x) for x in xs}
    if len(shapes) != 1:
        raise ValueError(f"np.stack and np.array need pieces of one shape, these have {sorted(shapes)}")
    axis = normal_axis(axis, len(shape_of(xs[0])) + 1)
    shape = shape_of(xs[0])
    pieces = [reshape(x, shape[:axis] + (1,) + shape[axis:]) for x in xs]
    return arrays.join(*pieces, axis=axis, starts=tuple(range(len(pieces))))


@spells(np.hstack)
def hstack(xs: Sequence[Any]) -> Any:
    xs = [atleast_1d(interpreted(x)) for x in xs]
    return concatenate(xs, 0 if len(shape_of(xs[0])) == 1 else 1)


@spells(np.vstack)
def vstack(xs: Sequence[Any]) -> Any:
    return concatenate([atleast_2d(interpreted(x)) for x in xs], 0)


@spells(np.column_stack)
def column_stack(xs: Sequence[Any]) -> Any:
    xs = [interpreted(x) for x in xs]
    return concatenate([x if len(shape_of(x)) == 2 else reshape(x, (-1, 1)) for x in xs], 1)


@spells(np.array_split)
def array_split(x: Any, pieces: Any, axis: int = 0) -> list[Any]:
    return parts(np.array_split, x, pieces, axis)


@spells(np.split)
def split(x: Any, pieces: Any, axis: int = 0) -> list[Any]:
    return parts(np.split, x, pieces, axis)


def parts(cut: Callable[..., list[np.ndarray]], x: Any, pieces: Any, axis: int) -> list[Any]:
    """The slices of x that NumPy's `cut` makes of the positions along an axis."""
    x = interpreted(x)
    axis = normal_axis(axis, len(shape_of(x)))
    before = (slice(None),) * axis
    runs = cut(np.arange(shape_of(x)[axis]), pieces)
    slices = [slice(int(run[0]), int(run[-1]) + 1) if len(run) else slice(0) for run in runs]
    return [index(x, (*before, each)) for each in slices]


# Choosing entries: whatever only moves entries is NumPy's own function applied to their positions


def positions(x: Any, move: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Gather the entries that `move` chooses from an array of flat positions."""
    x = interpreted(x)
    shape = shape_of(x)
    flat = np.asarray(move(np.arange(arrays.product(shape)).reshape(shape)))
    return arrays.gather(x, positions=arrays.Positions(flat, shape))


def index(x: Any, key: Any) -> Any:
    """x[key] for integers, slices, None, Ellipsis, arrays of integers and masks."""
    shape = shape_of(x)
    if type(key) is int and len(shape) >= 1:
        n = shape[0]
        if not -n <= key < n:
            raise IndexError(f"index {key} is out of bounds for an axis of {n} entries")
        entry = (slice(key % n, key % n + 1),) + (slice(None),) * (len(shape) - 1)
        picked = bind(arrays.pick, (x,), {"index": entry})
        return bind(arrays.reshape, (picked,), {"shape": shape[1:]})
    if type(key) is slice and shape:
        return bind(arrays.pick, (x,), {"index": (key,) + (slice(None),) * (len(shape) - 1)})
    key = key if isinstance(key, tuple) else (key,)
    key = tuple(plain(each) if isinstance(each, Interpreted) else each for each in key)
    if not all(
        isinstance(each, (int, np.integer, slice)) or each is None or each is Ellipsis for each in key
    ) or any(isinstance(each, bool) for each in key):
        return positions(x, lambda where: where[key])
    want = np.broadcast_to(0, shape)[key].shape
    slices = basic_slices(key, shape)
    picked = arrays.pick(x, index=slices) if slices else x  # x[...] of a number is the number
    return picked if shape_of(picked) == want else arrays.reshape(picked, shape=want)


def basic_slices(key: tuple[Any, ...], shape: Shape) -> tuple[slice, ...]:
    """One slice an axis: integers become slices of one entry, Ellipsis is filled, None is dropped."""
    key = tuple(each for each in key if each is not None)
    if Ellipsis in key:
        at = key.index(Ellipsis)
        key = key[:at] + (slice(None),) * (len(shape) - len(key) + 1) + key[at + 1 :]
    key += (slice(None),) * (len(shape) - len(key))
    return tuple(
        each if isinstance(each, slice) else slice(int(each) % n, int(each) % n + 1)
        for each, n in zip(key, shape, strict=True)
    )


@spells(np.take)
def take(x: Any, indices: Any, axis: Any = None, *, mode: Any = "raise") -> Any:
    return positions(x, lambda where: np.take(where, plain(indices), axis, mode=mode))


@spells(np.take_along_axis)
def take_along_axis(x: Any, indices: Any, axis: Any = -1) -> Any:
    return positions(x, lambda where: np.take_along_axis(where, plain(indices), axis))


@spells(np.flip)
def flip(x: Any, axis: Any = None) -> Any:
    axes = normal_axes(axis, len(shape_of(x)))
    return index(
        x, tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(len(shape_of(x))))
    )


@spells(np.flipud)
def flipud(x: Any) -> Any:
    return flip(x, 0)


@spells(np.fliplr)
def fliplr(x: Any) -> Any:
    return flip(x, 1)


@spells(np.roll)
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    return positions(x, lambda where: np.roll(where, shift, axis))


@spells(np.tile)
def tile(x: Any, reps: Any) -> Any:
    return positions(x, lambda where: np.tile(where, reps))


@spells(np.repeat)
def repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    return positions(x, lambda where: np.repeat(where, repeats, axis))


@spells(np.sort)
def sort(x: Any, axis: Any = -1) -> Any:
    """The entries in order; entries that tie keep their own slopes, in the order in which they stand."""
    x = interpreted(x)
    if axis is None:
        x, axis = ravel(x), 0
    return take_along_axis(x, np.argsort(plain(x), axis=axis, kind="stable"), axis)


@spells(np.where)
def where(condition: Any, *branches: Any) -> Any:
    if len(branches) != 2:
        raise NoRule(
            "np.where(condition) alone gives positions, not values; write np.where(condition, a, b)."
        )
    a, b = map(interpreted, branches)
    return arrays.select(condition if isinstance(condition, Interpreted) else np.asarray(condition), a, b)


@spells(np.clip)
def clip(x: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    x = interpreted(x)
    if low is not None:
        x = elementwise.maximum(x, low)
    return x if high is None else elementwise.minimum(x, high)


# Products


@spells(np.dot)
def dot(a: Any, b: Any) -> Any:
    a, b = interpreted(a), interpreted(b)
    na, nb = len(shape_of(a)), len(shape_of(b))
    if na == 0 or nb == 0:
        return a * b
    return matmul(a, b) if nb <= 2 else tensordot(a, b, ((na - 1,), (nb - 2,)))


@spells(np.vdot)
def vdot(a: Any, b: Any) -> Any:
    return dot(ravel(a), ravel(b))


@spells(np.linalg.vecdot)
def vecdot(a: Any, b: Any, /, *, axis: int = -1) -> Any:
    return sum(interpreted(a) * interpreted(b), axis)


UFUNCS |= (
    {np.vecdot: vecdot, np.matvec: lambda a, b: matmul(a, expand_dims(b, -1))[..., 0]}
    if hasattr(np, "matvec")
    else {np.vecdot: vecdot}
)


@spells(np.inner)
def inner(a: Any, b: Any) -> Any:
    a, b = interpreted(a), interpreted(b)
    na, nb = len(shape_of(a)), len(shape_of(b))
    return a * b if na == 0 or nb == 0 else tensordot(a, b, ((na - 1,), (nb - 1,)))


@spells(np.outer)
def outer(a: Any, b: Any) -> Any:
    return reshape(a, (-1, 1)) * reshape(b, (1, -1))


@spells(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    a, b = interpreted(a), interpreted(b)
    na, nb = len(shape_of(a)), len(shape_of(b))
    if isinstance(axes, int):
        axes = (tuple(range(na - axes, na)), tuple(range(axes)))
    of_a, of_b = ([each] if isinstance(each, int) else list(each) for each in axes)
    letters = [chr(ord("a") + i) for i in range(na)]
    others = [chr(ord("a") + na + i) for i in range(nb)]
    for i, j in zip(of_a, of_b, strict=True):
        others[j] = letters[i]
    out = [c for c in letters + others if (c in letters) != (c in others)]
    return einsum(f"{''.join(letters)},{''.join(others)}->{''.join(out)}", a, b)


@spells(np.einsum)
def einsum(subscripts: Any, *operands: Any, optimize: Any = False) -> Any:
    if not isinstance(subscripts, str):
        raise NoRule("np.einsum has a rule for subscripts written as text, such as 'ij,jk->ik'.")
    xs = [interpreted(x) for x in operands]
    words, out = einsum_words(subscripts.replace(" ", ""), [len(shape_of(x)) for x in xs])
    if len(set(out)) < len(out) or not set(out) <= set("".join(words)):
        raise ValueError(f"einsum: in {subscripts!r} the answer repeats a letter, or no operand has it")
    sizes = letter_sizes(words, [shape_of(x) for x in xs])
    xs, words = map(list, zip(*(distinct(x, word, sizes) for x, word in zip(xs, words))))
    x, word = xs[0], words[0]
    for i in range(1, len(xs)):
        later = set(out).union(*words[i + 1 :])
        x, word = contract_pair(x, word, xs[i], words[i], later)
    return to_word(x, word, out)


def einsum_words(text: str, ndims: list[int]) -> tuple[list[str], str]:
    """The operands' letters and the answer's, with the ellipsis and the implicit answer filled in."""
    inputs, arrow, out = text.partition("->")
    words = inputs.split(",")
    if len(words) != len(ndims):
        raise ValueError(f"einsum: {text!r} names {len(words)} operands, {len(ndims)} were given")
    missing = [n - len(word.replace("...", "")) for word, n in zip(words, ndims, strict=True)]
    longest = np.max([m if "..." in word else 0 for word, m in zip(words, missing, strict=True)])
    dots = "".join(c for c in "ZYXWVUTSRQPON" if c not in text)[: int(longest)]
    words = [word.replace("...", dots[len(dots) - m :]) for word, m in zip(words, missing, strict=True)]
    if any(len(word) != n for word, n in zip(words, ndims, strict=True)):
        raise ValueError(f"einsum: {text!r} does not fit operands of {ndims} axes")
    if not arrow:
        joined = "".join(words)
        return words, dots + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots))
    return words, out.replace("...", dots)


def letter_sizes(words: list[str], shapes: list[Shape]) -> dict[str, int]:
    """How many entries each letter stands for; an axis of one goes with any number, as in broadcasting."""
    sizes: dict[str, int] = {}
    for word, shape in zip(words, shapes, strict=True):
        for c, n in zip(word, shape, strict=True):
            if sizes.get(c, 1) == 1:
                sizes[c] = n
            elif n not in (1, sizes[c]):
                raise ValueError(f"einsum: the letter {c!r} stands for {sizes[c]} entries and for {n}")
    return sizes


def distinct(x: Any, word: str, sizes: dict[str, int]) -> tuple[Any, str]:
    """x and its word without repeated letters (their diagonal) and without the axes that are broadcast."""
    unique = "".join(dict.fromkeys(word))
    if unique != word:
        x = positions(x, lambda where: np.einsum(f"{word}->{unique}", where))
    shape = shape_of(x)
    kept = [i for i, c in enumerate(unique) if shape[i] == sizes[c]]
    return reshape(x, [shape[i] for i in kept]), "".join(unique[i] for i in kept)


def contract_pair(a: Any, word_a: str, b: Any, word_b: str, later: set[str]) -> tuple[Any, str]:
    """Multiply two operands and sum over the letters that nobody needs later."""
    a, word_a = sum_letters(a, word_a, later | set(word_b))
    b, word_b = sum_letters(b, word_b, later | set(word_a))
    out = "".join(c for c in dict.fromkeys(word_a + word_b) if c in later)
    return arrays.contract(a, b, spec=f"{word_a},{word_b}->{out}"), out


def sum_letters(x: Any, word: str, keep: set[str]) -> tuple[Any, str]:
    """x summed over its letters that are not kept."""
    axes = tuple(i for i, c in enumerate(word) if c not in keep)
    return (sum(x, axes), "".join(c for c in word if c in keep)) if axes else (x, word)


def to_word(x: Any, word: str, out: str) -> Any:
    """x with axes `word` summed and transposed to `out`."""
    x, word = sum_letters(x, word, set(out))
    return transpose(x, [word.index(c) for c in out]) if word else x


# Linear algebra


@spells(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    a, b = interpreted(a), interpreted(b)
    if len(shape_of(a)) != 2 or len(shape_of(b)) not in (1, 2):
        raise NoRule("np.linalg.solve has a rule for one square matrix and one or two axes on the right.")
    if len(shape_of(b)) == 1:
        return reshape(arrays.solve(a, reshape(b, (-1, 1))), (-1,))
    return arrays.solve(a, b)


@spells(np.linalg.inv)
def inv(a: Any) -> Any:
    if len(shape_of(a)) != 2:
        raise NoRule("np.linalg.inv has a rule for one square matrix.")
    return solve(a, np.eye(shape_of(a)[0]))


@spells(np.linalg.det)
def det(a: Any) -> Any:
    if len(shape_of(a)) != 2:
        raise NoRule("np.linalg.det has a rule for one square matrix.")
    return arrays.determinant(a, axes=(0, 1))


# Questions: answered from the plain values, no derivative passes


def asks(function: Callable[..., Any]) -> None:
    """Answer a NumPy function that has no slope anywhere from the plain values below the interpreters."""
    SPELLINGS[function] = lambda *xs, **options: function(*(plain(x) for x in xs), **options)


for question in (
    np.argmax, np.argmin, np.argsort, np.searchsorted, np.count_nonzero, np.nonzero, np.flatnonzero,
    np.any, np.all, np.allclose, np.isclose, np.array_equal, np.zeros_like, np.ones_like, np.empty_like,
    np.ndim, np.size, np.iscomplexobj, np.isrealobj, np.result_type, np.digitize,
):  # fmt: skip
    asks(question)

SPELLINGS |= {
    np.shape: shape_of,
    np.full_like: lambda x, value, dtype=None: broadcast_to(interpreted(value), shape_of(x)),
    np.real: lambda x: x,
    np.imag: lambda x: np.zeros(shape_of(x)),
    np.round: lambda x, decimals=0: np.rint(x * 10.0**decimals) / 10.0**decimals,
    np.copy: lambda x, order="K", subok=False: elementwise.positive(x),
    np.fix: lambda x: np.trunc(x),
    np.nan_to_num: lambda x, **options: where(np.isfinite(x), x, np.nan_to_num(plain(x), **options)),
}


# Composites for users: they take plain arrays as well


def relu(x: Any) -> Any:
    """max(x, 0) elementwise, with slope 0 at 0.

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.where(np.greater(x, 0), x, 0.0)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) elementwise, without overflow.

    >>> round(float(softplus(0.0)), 6)
    0.693147
    """
    return np.logaddexp(x, 0.0)


def logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) over `axis`, without overflow.

    >>> round(float(logsumexp(np.array([1000.0, 1000.0]))), 6)
    1000.693147
    """
    top = elementwise.stop_gradient(np.max(x, axis=axis, keepdims=True))
    y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=keepdims))
    return y + (top if keepdims else np.squeeze(top, axis))


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along `axis`, without overflow.

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    e = np.exp(x - elementwise.stop_gradient(np.max(x, axis=axis, keepdims=True)))
    return e / np.sum(e, axis=axis, keepdims=True)


def stop_gradient(x: Any) -> Any:
    """x, or a container of them, as data: no derivative passes.

    >>> stop_gradient({"a": 1.0})
    {'a': 1.0}
    """
    if isinstance(x, dict):
        return {key: stop_gradient(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        values = map(stop_gradient, x)
        return type(x)(*values) if hasattr(x, "_fields") else type(x)(values)
    return elementwise.stop_gradient(interpreted(x) if isinstance(x, np.ndarray) else x)


class Own(Pointwise):
    """A user's row: called with whatever its function is called with, lists and arrays of objects too."""

    def __call__(self, *xs: Any, **params: Any) -> Any:
        if params:
            raise TypeError(
                f"{self.name} has a rule for arguments by position, not for {', '.join(params)}=."
            )
        return bind(self, list(map(interpreted, xs)), {})


def rule(function: Callable[..., Any], *partials: Any, name: str = "", exact: Any = None) -> Row:
    """A function of your own with its derivative rule: a row that is called like the function.

    function: elementwise, of as many arrays as there are partials. partials: for each argument a function
    (y, *xs) -> dy/dx written in NumPy, 1, -1, or None where it has no slope. If function is a NumPy-style
    ufunc, code that calls the ufunc itself is differentiated too. exact: the same function in the namespace
    of exact functions, such as `lambda m, x: m.exp(-x * x)`, for certified digits and the symbolic backend.
    Raises ValueError if a rule of that name exists or it has none, TypeError for what cannot be a partial.

    >>> bump = rule(lambda x: np.exp(-x * x), lambda y, x: -2 * x * y, name="bump")
    >>> float(bump(0.0))
    1.0
    """
    name = name or getattr(function, "__name__", "<lambda>")
    if name == "<lambda>":
        raise ValueError("diffkit.rule: say name=..., by which messages and tables call the rule.")
    takes(function, len(partials), f"the function of the rule {name}")
    for i, p in enumerate(partials):
        if callable(p):
            takes(p, len(partials) + 1, f"partial {i} of the rule {name}")
        elif p not in (1, -1, None):
            raise TypeError(
                f"partial {i} of the rule {name} is {p!r}; give a function (y, *xs), 1, -1 or None."
            )
    domain = (elementwise.REAL,) * len(partials)
    if isinstance(function, np.ufunc):
        row = UFUNCS[function] = enter(Own(name, function, exact or name, domain, partials=partials))
        return row
    return enter(Own(name, entrywise(function, name), exact or name, domain, partials=partials))


def takes(function: Any, count: int, what: str) -> None:
    """Raises TypeError unless `function` can be called with so many arguments."""
    if not callable(function) or not count:
        raise TypeError(f"{what} is {function!r} with {count} arguments: give a function of one or more.")
    try:
        inspect.signature(function).bind(*range(count))
    except ValueError:
        return  # some functions written in C do not tell
    except TypeError as error:
        raise TypeError(f"{what} is called with {count} arguments, one for each partial: {error}.") from None


def entrywise(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """The function, checked to be elementwise by the shape of its answer."""

    def evaluate(*xs: Any) -> Any:
        y = function(*xs)
        shape = np.broadcast_shapes(*map(shape_of, xs))
        if shape_of(y) != shape:
            raise NoRule(
                f"{name} gave shape {shape_of(y)} for arguments that broadcast to {shape}; a rule is for "
                "elementwise functions, sums and products around it have rules."
            )
        return y

    return evaluate
