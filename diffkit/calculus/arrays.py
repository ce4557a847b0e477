"""Core rows over whole arrays: linear maps with their transposes, one contraction, reductions, solve.

Static parameters are normalised by the spellings: axes are tuples of non-negative ints, shapes explicit,
basic indices tuples of slices, advanced indices flat positions. Linear rows come in pairs, each the other's
transpose: sum and broadcast, pick and place, gather and scatter; reshape, permute and cumsum with themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from .rules import (
    Bilinear,
    Composite,
    Differential,
    Linear,
    Reduction,
    Select,
    enter,
    kept_shape,
    shape_of,
    subscripts,
)

Shape = tuple[int, ...]


def shift(axes: Any, by: int) -> Shape:
    """Axes behind `by` more leading axes."""
    return tuple(axis + by for axis in axes)


# Linear rows


def total_transpose(i: int, w: Any, given: Shape, axes: Shape) -> Any:
    """Repeat w along the axes that were summed; a plain number needs no axes for that."""
    if type(w) is not float:
        w = reshape(w, shape=kept_shape(given, axes))
    return broadcast(w, shape=given)


def total_plain(i: int, w: Any, given: Shape, axes: Shape) -> Any:
    """The same as a view; a float stays one."""
    if type(w) is float:
        return w
    w = np.ascontiguousarray(w, float)
    return np.ndarray(given, float, w, 0, repeating(given, axes))


@lru_cache(maxsize=1024)
def repeating(shape: Shape, axes: Shape) -> Shape:
    """Strides that repeat along `axes` what lies in memory without them."""
    strides, size = [], 8
    for i in reversed(range(len(shape))):
        strides.append(0 if i in axes else size)
        size *= 1 if i in axes else shape[i]
    return tuple(reversed(strides))


def reducing(ufunc: np.ufunc) -> Callable[..., Any]:
    """The reduction by a ufunc, without what np.sum and its kin do before they reduce."""
    return lambda x, axes: ufunc.reduce(x, None if len(axes) == np.ndim(x) else axes)


added = reducing(np.add)
SHORT = 4096  # entries whose sum needs no pairwise summation to keep its digits


@lru_cache(maxsize=256)
def ones(n: int) -> np.ndarray:
    """n ones, not to be written to."""
    answer = np.ones(n)
    answer.flags.writeable = False
    return answer


def by_product(shape: Shape, axes: Shape) -> bool:
    """Whether a sum is quicker as a product with ones: a reduction takes 1 us to begin, BLAS a third."""
    return 0 < len(shape) <= 2 and len(axes) == 1 and 0 < shape[axes[0]] <= SHORT


def total_evaluate(x: Any, axes: Shape) -> Any:
    if type(x) is np.ndarray and x.dtype.char == "d" and by_product(x.shape, axes):
        n = x.shape[axes[0]]
        return x.dot(ones(n)) if axes[0] == x.ndim - 1 else ones(n).dot(x)
    return added(x, axes)


total: Linear = enter(
    Linear(
        "sum",
        total_evaluate,
        samples=((((3, 4),), {"axes": (0,)}), (((2, 3, 2),), {"axes": (0, 2)}), (((3,),), {"axes": (0,)})),
        transpose=total_transpose,
        batch=lambda p, front: {"axes": shift(p["axes"], len(front))},
        plain=total_plain,
    )
)


def broadcast_transpose(i: int, w: Any, given: Shape, shape: Shape) -> Any:
    """Sum over the axes that were repeated."""
    axes = tuple(j for j, n in enumerate(given) if n == 1 and shape[j] != 1)
    return reshape(total(w, axes=axes), shape=given)


def broadcast_plain(i: int, w: Any, given: Shape, shape: Shape) -> Any:
    if type(w) is float:
        return w * (product(shape) // (product(given) or 1))
    return broadcast_transpose(i, w, given, shape)


def broadcast_evaluate(x: Any, shape: Shape) -> Any:
    if type(x) is float:  # a view that repeats a number, made in a fifth of the time
        return np.ndarray(shape, float, np.float64(x), 0, (0,) * len(shape))  # type: ignore[arg-type]
    return np.broadcast_to(x, shape)


broadcast: Linear = enter(
    Linear(
        "broadcast",
        broadcast_evaluate,
        samples=(
            (((1, 3),), {"shape": (2, 3)}),
            (((1, 2, 1),), {"shape": (4, 2, 3)}),
            (((1,),), {"shape": (2,)}),
        ),
        transpose=broadcast_transpose,
        batch=lambda p, front: {"shape": front + p["shape"]},
        plain=broadcast_plain,
    )
)


def reshape_evaluate(x: Any, shape: Shape) -> Any:
    """Without axes a float: it is computed with by Python."""
    if type(x) is not np.ndarray:
        return np.reshape(x, shape)
    return float(x.item()) if shape == () and x.dtype == np.float64 else x.reshape(shape)


reshape: Linear = enter(
    Linear(
        "reshape",
        reshape_evaluate,
        samples=((((2, 3),), {"shape": (3, 2)}), (((4,),), {"shape": (2, 1, 2)}), (((),), {"shape": (1,)})),
        transpose=lambda i, w, given, shape: reshape(w, shape=given),
        batch=lambda p, front: {"shape": front + p["shape"]},
        plain=lambda i, w, given, shape: w if type(w) is float else reshape_evaluate(w, given),
    )
)


@lru_cache(maxsize=1024)
def inverse(axes: Shape) -> Shape:
    """The permutation that undoes this one."""
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


permute: Linear = enter(
    Linear(
        "permute",
        lambda x, axes: np.transpose(x, axes),
        samples=((((2, 3),), {"axes": (1, 0)}), (((2, 3, 4),), {"axes": (2, 0, 1)})),
        transpose=lambda i, w, given, axes: permute(w, axes=inverse(axes)),
        batch=lambda p, front: {"axes": tuple(range(len(front))) + shift(p["axes"], len(front))},
        plain=lambda i, w, given, axes: w if type(w) is float else w.transpose(inverse(axes)),
    )
)


def place_evaluate(x: Any, shape: Shape, index: tuple[slice, ...]) -> Any:
    if type(x) is np.ndarray and len(shape) == 1 and index[0].step in (None, 1):
        first, stop, _ = index[0].indices(shape[0])
        answer = np.empty(shape, dtype=x.dtype)  # zeros would be written twice where x goes
        answer[:first], answer[first:stop], answer[stop:] = 0, x, 0
        return answer
    answer = np.zeros(shape, dtype=np.result_type(x))
    answer[index] = x
    return answer


def behind(index: tuple[slice, ...], front: Shape) -> tuple[slice, ...]:
    return (slice(None),) * len(front) + index


def pick_into(array: np.ndarray, w: Any, index: tuple[slice, ...]) -> None:
    entries = array[index]
    entries += w  # not array[index] += w, which copies the entries onto themselves as well


pick: Linear = enter(
    Linear(
        "pick",
        lambda x, index: x[index],
        samples=(
            (((5,),), {"index": (slice(1, 4),)}),
            (((5,),), {"index": (slice(None, None, -1),)}),
            (((3, 4),), {"index": (slice(None), slice(3, None, -2))}),
        ),
        transpose=lambda i, w, given, index: place(w, shape=given, index=index),
        batch=lambda p, front: {"index": behind(p["index"], front)},
        into=pick_into,
    )
)
place: Linear = enter(
    Linear(
        "place",
        place_evaluate,
        samples=(
            (((2,),), {"shape": (5,), "index": (slice(1, 3),)}),
            (((3, 2),), {"shape": (3, 4), "index": (slice(None), slice(3, None, -2))}),
        ),
        transpose=lambda i, w, given, shape, index: pick(w, index=index),
        batch=lambda p, front: {"shape": front + p["shape"], "index": behind(p["index"], front)},
    )
)


class Positions:
    """Flat positions into an array of a given shape: a static parameter that is cheap to pass."""

    __slots__ = ("flat", "shape")

    def __init__(self, flat: np.ndarray, shape: Shape):
        self.flat, self.shape = flat, shape


def gather_evaluate(x: Any, positions: Positions, front: int = 0) -> Any:
    return np.reshape(x, shape_of(x)[:front] + (product(positions.shape),))[..., positions.flat]


def scatter_evaluate(x: Any, positions: Positions, front: int = 0) -> Any:
    """Add the entries of x up at their positions: the same position twice gets both."""
    lead = shape_of(x)[:front]
    answer = np.zeros(lead + (product(positions.shape),), dtype=np.result_type(x))
    np.add.at(answer, (..., positions.flat), x)  # type: ignore[arg-type]
    return answer.reshape(lead + positions.shape)


def gather_into(array: np.ndarray, w: Any, positions: Positions, front: int = 0) -> None:
    np.add.at(array.reshape(array.shape[:front] + (-1,)), (..., positions.flat), w)  # type: ignore[arg-type]


def more_front(p: dict[str, Any], front: Shape) -> dict[str, Any]:
    return {"positions": p["positions"], "front": p.get("front", 0) + len(front)}


TWICE = Positions(np.array([[0, 2], [2, 5]]), (2, 3))
gather: Linear = enter(
    Linear(
        "gather",
        gather_evaluate,
        samples=((((2, 3),), {"positions": TWICE}),),
        transpose=lambda i, w, given, positions, front=0: scatter(w, positions=positions, front=front),
        batch=more_front,
        into=gather_into,
    )
)
scatter: Linear = enter(
    Linear(
        "scatter",
        scatter_evaluate,
        samples=((((2, 2),), {"positions": TWICE}),),
        transpose=lambda i, w, given, positions, front=0: gather(w, positions=positions, front=front),
        batch=more_front,
    )
)


def join_transpose(i: int, w: Any, given: Shape, axis: int, starts: Shape) -> Any:
    """The piece that came from argument i."""
    mine = slice(starts[i], starts[i] + given[axis])
    return pick(w, index=(slice(None),) * axis + (mine,) + (slice(None),) * (len(given) - axis - 1))


join: Linear = enter(
    Linear(
        "concatenate",
        lambda *xs, axis, starts: np.concatenate(xs, axis=axis),
        samples=(
            (((2,), (3,)), {"axis": 0, "starts": (0, 2)}),
            (((2, 1), (2, 3), (2, 2)), {"axis": 1, "starts": (0, 1, 4)}),
        ),
        transpose=join_transpose,
        batch=lambda p, front: {"axis": p["axis"] + len(front), "starts": p["starts"]},
    )
)
accumulate: Linear = enter(
    Linear(
        "cumsum",
        lambda x, axis: np.cumsum(x, axis=axis),
        samples=((((4,),), {"axis": 0}), (((2, 3),), {"axis": 1})),
        transpose=lambda i, w, given, axis: flip(accumulate(flip(w, axis), axis=axis), axis),
        batch=lambda p, front: {"axis": p["axis"] + len(front)},
    )
)


def flip(x: Any, axis: int) -> Any:
    """x reversed along one axis."""
    n = len(shape_of(x))
    return pick(x, index=tuple(slice(None, None, -1) if j == axis else slice(None) for j in range(n)))


select: Select = enter(
    Select(
        "where",
        lambda condition, a, b: np.where(condition, a, b),
        samples=((((3,), (3,), (3,)), {}), (((2, 1), (3,), ()), {}), (((2, 3), (2, 3), (1, 3)), {})),
        kink="whatever the branch taken has; jumps where the condition does",
    )
)


# The contraction


@lru_cache(maxsize=1024)
def plan(spec: str) -> Any:
    """A function of two arrays that computes the contraction by one (batched) matrix product."""
    a, b, out = subscripts(spec)
    shared = [c for c in a if c in b and c in out]
    inner = [c for c in a if c in b and c not in out]
    left = [c for c in a if c not in b]
    right = [c for c in b if c not in a]
    to_a = tuple(a.index(c) for c in shared + left + inner)
    to_b = tuple(b.index(c) for c in shared + inner + right)
    made = shared + left + right
    to_out = tuple(made.index(c) for c in out)
    if not a or not b:  # a number times an array, which may be a plain float
        return lambda x, y: np.multiply(x, y).transpose(to_out)
    ns, nl, ni, nr = len(shared), len(left), len(inner), len(right)
    if (ns, nl, ni, nr) == (0, 1, 0, 1):
        return (lambda x, y: x[:, None] * y) if to_out == (0, 1) else (lambda x, y: y[:, None] * x)
    if ni == 1 and nl <= 1 and nr <= 1 and not ns:
        return simple_plan(to_a, to_b, to_out)

    def contraction(x: Any, y: Any) -> Any:
        x, y = x.transpose(to_a), y.transpose(to_b)
        sizes = x.shape[: ns + nl] + y.shape[ns + ni :]
        x = x.reshape(x.shape[:ns] + (product(x.shape[ns : ns + nl]), product(x.shape[ns + nl :])))
        y = y.reshape(y.shape[:ns] + (x.shape[-1], product(y.shape[ns + ni :])))
        return np.matmul(x, y).reshape(sizes).transpose(to_out)

    return contraction


def product(sizes: Shape) -> int:
    answer = 1
    for n in sizes:
        answer *= n
    return answer


def simple_plan(to_a: Shape, to_b: Shape, to_out: Shape) -> Any:
    """Vectors and matrices with one shared index: NumPy's product of transposed views, nothing copied."""
    swap_a, swap_b, swap_out = (axes == (1, 0) for axes in (to_a, to_b, to_out))
    if not (swap_a or swap_b or swap_out):
        return lambda x, y: x.dot(y)  # half a microsecond less than x @ y takes to begin
    if swap_out:  # (x y)^T = y^T x^T
        return lambda x, y: (y if swap_b else y.T).dot(x if swap_a else x.T)
    return lambda x, y: (x.T if swap_a else x).dot(y.T if swap_b else y)


contract: Bilinear = enter(
    Bilinear(
        "contract",
        lambda a, b, spec: plan(spec)(a, b),
        samples=(
            (((2, 3), (3, 4)), {"spec": "ij,jk->ik"}),
            (((3,), (3,)), {"spec": "i,i->"}),
            (((2, 3), (3,)), {"spec": "ij,j->i"}),
            (((2,), (3,)), {"spec": "i,j->ji"}),
            (((4, 2, 3), (4, 3, 2)), {"spec": "bij,bjk->bik"}),
            (((2, 3, 4), (4, 3, 2)), {"spec": "ijk,kjl->li"}),
            (((), (3,)), {"spec": ",i->i"}),
            (((2, 3), (2, 3)), {"spec": "ij,ij->"}),
            (((2, 3), (2, 3)), {"spec": "ij,ij->ji"}),
        ),
    )
)


# Reductions


def extreme_weight(y: Any, x: Any, axes: Shape) -> Any:
    """1 at the extreme entry, shared equally among ties."""
    ties = np.equal(x, y)
    if type(y) is float:
        return ties / np.count_nonzero(ties)
    if type(ties) is np.ndarray:  # without what np.sum does before it adds
        return ties / np.add.reduce(ties, axes, keepdims=True)
    return ties / np.sum(ties, axis=axes, keepdims=True)


def norm_weight(y: Any, x: Any, axes: Shape) -> Any:
    """The unit vector; 0 at the origin."""
    return x / np.where(np.equal(y, 0), 1.0, y)


def norm_evaluate(x: Any, axes: Shape) -> Any:
    return np.sqrt(np.sum(x * x, axis=axes))


def others_evaluate(y: Any, x: Any, axes: Shape) -> Any:
    """For each entry the product of all others over `axes`: y / x where that is safe, right through zeros."""
    if type(y) is float:
        safe = 1e-290 < abs(y) < np.inf
    else:
        size = np.abs(y)
        safe = x.dtype != object and bool(np.all((size > 1e-290) & (size < np.inf)))
    if safe:
        return y / x
    return exclusive_products(x, axes)


def exclusive_products(x: Any, axes: Shape) -> Any:
    """Products of all other entries by halving: pair products go up, products of the rest come down."""
    order = tuple(i for i in range(x.ndim) if i not in axes) + axes
    kept = tuple(x.shape[i] for i in order[: x.ndim - len(axes)])
    flat = np.reshape(np.transpose(x, order), (*kept, -1))
    rest = rest_of(flat)
    back = tuple(sorted(range(x.ndim), key=order.__getitem__))
    return np.transpose(np.reshape(rest, tuple(x.shape[i] for i in order)), back)


def rest_of(x: Any) -> Any:
    """Products of the other entries along the last axis, in O(n) multiplications and no division."""
    n = x.shape[-1]
    if n <= 1:
        return np.ones(x.shape)
    if n % 2:
        tail, head = x[..., n - 1 :], x[..., : n - 1]
        rest = rest_of(head)
        return np.concatenate([rest * tail, rest[..., :1] * head[..., :1]], axis=-1)
    left, right = x[..., : n // 2], x[..., n // 2 :]
    outside = rest_of(left * right)
    return np.concatenate([outside * right, outside * left], axis=-1)


ROWS_AND_ALL = ((((2, 3),), {"axes": (1,)}), (((2, 3),), {"axes": (0, 1)}), (((5,),), {"axes": (0,)}))

others = enter(Composite("others", others_evaluate, expand=lambda y, x, axes: exclusive_products(x, axes)))
reductions = {
    "max": (np.maximum, extreme_weight, "a tie is shared in equal parts"),
    "min": (np.minimum, extreme_weight, "a tie is shared in equal parts"),
    "prod": (np.multiply, lambda y, x, axes: others(y, x, axes=axes), ""),
}
largest, smallest, product_over = (
    enter(
        Reduction(
            name,
            reducing(ufunc),
            samples=ROWS_AND_ALL,
            weight=weight,
            kink=kink,
        )
    )
    for name, (ufunc, weight, kink) in reductions.items()
)
norm: Reduction = enter(
    Reduction("norm", norm_evaluate, samples=ROWS_AND_ALL, weight=norm_weight, kink="norm'(0) = 0")
)
SQUARE = (((3, 3),), {"axes": (0, 1)})


def cofactors_of(y: Any, x: Any) -> Any:
    """The derivative of the determinant: det(x) times the transposed inverse (Jacobi), or else minors."""
    try:
        return y * np.transpose(np.linalg.inv(x))
    except (np.linalg.LinAlgError, ZeroDivisionError):  # what NumPy and what exact numbers raise
        return minors(x)


def minors(x: Any) -> Any:
    """Signed determinants of x without row i and column j: what the cofactors of a singular matrix are."""
    n = len(x)
    rest = [np.delete(np.arange(n), i) for i in range(n)]
    entries = [(-1.0) ** (i + j) * np.linalg.det(x[np.ix_(rest[i], rest[j])]) for i, j in np.ndindex(n, n)]
    return np.reshape(np.stack(entries), (n, n))


# A row of its own, so that a recorded program asks at each call whether the matrix is singular.
cofactors = enter(Composite("cofactors", cofactors_of, expand=cofactors_of))
determinant: Reduction = enter(
    Reduction(
        "det",
        lambda x, axes: np.linalg.det(x),
        samples=(SQUARE,),
        weight=lambda y, x, axes: cofactors(y, x),
    )
)


# Linear systems: a is one square matrix, b one or many right-hand sides (..., n, m)


def solve_forward(i: int, v: Any, y: Any, xs: Any, params: Any, lead: int) -> Any:
    """a dy = db - da y."""
    if i == 1:
        return solve(xs[0], v)
    shape = shape_of(v)
    many = (1,) * (len(shape_of(y)) - 2)
    return -solve(xs[0], np.matmul(np.reshape(v, shape[:lead] + many + shape[lead:]), y))


def solve_backward(i: int, w: Any, y: Any, xs: Any, params: Any, lead: int) -> Any:
    """The same system transposed."""
    back = solve(np.transpose(xs[0]), w)
    if i == 1:
        return back
    many = "abcdefgh"[: len(shape_of(y)) - 2]
    front = "Z" * lead
    return -np.einsum(f"{front}{many}im,{many}jm->{front}ij", back, y)


solve: Differential = enter(
    Differential(
        "solve",
        lambda a, b: np.linalg.solve(a, b),
        samples=((((3, 3), (3, 2)), {}), (((2, 2), (4, 2, 1)), {})),
        forward=solve_forward,
        backward=solve_backward,
    )
)
