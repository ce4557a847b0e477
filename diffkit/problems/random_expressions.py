"""Random formulas of one variable, at scales from 1e-6 to 1e6: problems that nobody has chosen by hand.

Trees of depth 2 to 4 over + - * /, sin, cos, tanh, exp, sqrt(1 + u^2), log(2 + u^2) and, if it is given, erf;
their argument is x itself, or x over its own size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .problem import Problem, always, exactly

Node = tuple[str, Callable[[Any], Any]]  # as text, and as a function of x

SOURCE = "random expressions, seeded; made for this catalogue"

UNARY: dict[str, Callable[[Any], Any]] = {
    "sin({})": lambda u: np.sin(u),
    "cos({})": lambda u: np.cos(u),
    "tanh({})": lambda u: np.tanh(u),
    "exp({})": lambda u: np.exp(u),
    "sqrt(1 + ({})**2)": lambda u: np.sqrt(1 + u**2),
    "log(2 + ({})**2)": lambda u: np.log(2 + u**2),
}
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "({} + {})": lambda u, v: u + v,
    "({} - {})": lambda u, v: u - v,
    "({} * {})": lambda u, v: u * v,
    "({} / {})": lambda u, v: u / v,
}
LEAST_CHANGE, LARGEST = 1e-6, 1e100  # relative change of f across its own size; size of f


def random_expressions(count: int, seed: int, erf: Callable[[Any], Any] | None = None) -> list[Problem]:
    """`count` problems, each a formula at a point; the same seed gives the same problems.

    erf: a function for it, such as SciPy's; without one no formula has it.
    What divides by zero, is not finite or above 1e100 near its point, or does not change is drawn again.

    >>> random_expressions(2, seed=1)[1].summary
    '(sin(tanh((x/0.0096))) - sqrt(1 + (exp((x/0.0096)))**2)) at 0.01361749235126361'
    """
    return [_problem(seed, i, erf) for i in range(count)]


def _problem(seed: int, i: int, erf: Callable[[Any], Any] | None) -> Problem:
    random = np.random.default_rng([seed, i])
    unary = UNARY if erf is None else UNARY | {"erf({})": erf}
    scale = 10 ** random.uniform(-6, 6)
    x = float(scale * random.uniform(0.5, 2) * random.choice([-1, 1]))
    text, f = next(node for node in _draws(random, unary, float(f"{scale:.3g}")) if _is_alive(node[1], x))
    return Problem(
        name=f"random_{seed}_{i}", summary=f"{text} at {x!r}", source=SOURCE, operator="derivative",
        build=always(f), arguments=exactly(x), formula=text, tags=("scalar", "random"),
    )  # fmt: skip


def _draws(random: np.random.Generator, unary: dict[str, Callable], scale: float) -> Iterator[Node]:
    while True:
        scaled: Node = (f"(x/{scale!r})", lambda x: x / scale)
        argument: Node = scaled if random.random() < 0.5 else ("x", lambda x: x)
        yield _tree(random, unary, argument, int(random.integers(2, 5)))


def _tree(random: np.random.Generator, unary: dict[str, Callable], argument: Node, depth: int) -> Node:
    """A random tree of exactly this depth along one path at least."""
    if depth == 0:
        return argument
    if random.random() < 0.5:
        form = str(random.choice(list(unary)))
        text, f = _tree(random, unary, argument, depth - 1)
        return form.format(text), _applied(unary[form], f)
    form = str(random.choice(list(BINARY)))
    sides = [_tree(random, unary, argument, depth - 1), _side(random, unary, argument, depth - 1)]
    (a, f), (b, g) = sides if random.random() < 0.5 else sides[::-1]
    return form.format(a, b), _joined(BINARY[form], f, g)


def _side(random: np.random.Generator, unary: dict[str, Callable], argument: Node, depth: int) -> Node:
    """The other operand: a shallower tree, or a constant."""
    if random.random() < 0.3:
        c = round(float(random.uniform(0.2, 3)), 3)
        return repr(c), lambda x: c
    return _tree(random, unary, argument, int(random.integers(0, depth + 1)))


def _applied(outer: Callable, f: Callable) -> Callable[[Any], Any]:
    return lambda x: outer(f(x))


def _joined(combine: Callable, f: Callable, g: Callable) -> Callable[[Any], Any]:
    return lambda x: combine(f(x), g(x))


def _is_alive(f: Callable[[Any], Any], x: float) -> bool:
    """Whether f is finite, of sane size, never divides by zero, and changes within half the size of x."""
    try:
        with np.errstate(all="ignore", divide="raise", invalid="raise"):
            values = np.array([f(np.float64(x * r)) for r in (0.5, 0.999, 1.0, 1.001, 1.5)])
    except ArithmeticError:
        return False  # tanh(1/(x - x)) is 1 to NumPy, and no formula
    size = np.max(np.abs(values))
    return bool(np.isfinite(size) and size < LARGEST and np.ptp(values[1:4]) > LEAST_CHANGE * size)
