"""All problems by name, and the suites that are made of them."""

from collections.abc import Iterable
from difflib import get_close_matches

from . import elementary, hard, jacobians, learning, loops, physics, special, vectors
from .problem import Instance, Problem

ROOMS = (elementary, physics, vectors, loops, jacobians, learning, hard, special)
CATALOGUE: dict[str, Problem] = {problem.name: problem for room in ROOMS for problem in room.PROBLEMS}
SUITES: tuple[str, ...] = ("default", "cost", "hard", "swell", "crossover")


class UnknownProblem(KeyError):
    """No problem, or no suite, has this name."""

    def __init__(self, kind: str, name: str, known: Iterable[str]):
        near = get_close_matches(name, list(known), n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(known))}."
        super().__init__(f"No {kind} is called {name!r}: {hint}")

    def __str__(self) -> str:
        return str(self.args[0])  # KeyError would show the sentence in quotes


def instance(name: str, size: int | None = None, seed: int = 0) -> Instance:
    """The problem of this name at a size (its own if None), at the point of this seed.

    Seed 0 is the point of the literature where there is one. Arguments are fresh and may be kept.
    Raises UnknownProblem for a name, ValueError for a size that the problem does not come in.

    >>> two = instance("two_products")
    >>> two.f(*two.args), two.hand(*two.args)
    (327.0, (327.0, (8.0, 81.0)))
    """
    if name not in CATALOGUE:
        raise UnknownProblem("problem", name, CATALOGUE)
    problem = CATALOGUE[name]
    size = problem.size if size is None else size
    if not problem.size_means and size != 1:
        raise ValueError(f"{name} comes in one size only, and {size} was asked for: leave the size out.")
    if size < problem.smallest:
        raise ValueError(f"{name} needs at least {problem.smallest} {problem.size_means}, not {size}.")
    hand = problem.hand and problem.hand(size)
    args = problem.point(size, seed)
    wrt = tuple(range(len(args))) if problem.wrt is None else problem.wrt
    return Instance(name, size, seed, problem.build(size), args, wrt, problem.operator, hand)


def suite(name: str) -> tuple[tuple[Problem, int], ...]:
    """The problems of a suite with their sizes there, in the catalogue's order.

    Raises UnknownProblem where there is no such suite.

    >>> [(problem.name, size) for problem, size in suite("swell")][:2]
    [('logistic_map', 1), ('logistic_map', 2)]
    """
    if name not in SUITES:
        raise UnknownProblem("suite", name, SUITES)
    return tuple((problem, size) for problem in CATALOGUE.values() for size in problem.suites.get(name, ()))
