"""compare and explain: function in, result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from inspect import signature
from typing import Any

from ..differentiators import registry
from ..differentiators.interface import Differentiator
from ..differentiators.witnesses import explained
from ..harness.compare import as_backend, measure
from ..harness.record import Measurement
from ..harness.standing import groups
from ..harness.swell import COUNTING
from ..harness.targets import InCatalogue, argument_names, as_positions, value_at
from .comparison import Comparison, Sweep
from .explanation import Explanation
from .studies import sweep_backends
from .subjects import BadInput, Place, Subjects, Wrt, of_formula, of_function, of_suite, read

Backends = str | Differentiator | Sequence[str | Differentiator]
DEFAULT_TIMEOUT = 10.0  # seconds for one backend on one problem


def compare(
    f: Callable[..., Any] | str | Sequence[str] | None = None,
    *args: Any,
    wrt: Wrt | None = None,
    backends: Backends | None = None,
    sizes: Sequence[int] = (),
    suite: str = "default",
    ranges: dict[str, tuple[float, float]] | None = None,
    points: int = 1,
    seed: int = 0,
    name: str | None = None,
    effort: str = "normal",
    timeout: float = DEFAULT_TIMEOUT,
    isolate: bool | None = None,
    **values: Any,
) -> Comparison:
    """Every backend on one function: value, certified digits, cost and outcome of each.

    f: a NumPy function, a formula, the name of a problem, a list of such texts, or nothing for `suite`.
    args: the point. Of a formula its variables' values in order, or one dict; without it, `points` points are
    drawn by `seed` from `ranges`. Problems bring their own for each seed, and come in `sizes`.
    wrt: positions (of a formula also names) of the differentiated arguments; without it the first argument
    of a function, all variables of a formula. backends: names such as "reverse" or "finite:order=4", or
    Differentiators; without it all that load. effort: "untimed", "quick", "normal" or "careful". timeout:
    seconds for one backend on one problem, kept where isolate is true: then each backend runs in a process
    of its own. Without isolate that is so for problems of the catalogue, of which some explode symbolically.
    Raises FormulaError, UnknownBackend, UnknownProblem, TargetError, BadInput.

    >>> result = compare("x^2 + 1", 3.0, backends="reverse", effort="quick")
    >>> [(row.backend, row.value) for row in result.rows]
    [('reverse', 6.0)]
    """
    refuse_names(compare, values)
    place = Place([as_point(args)] if args else (), ranges, points, seed, wrt)
    subjects = subjects_of(f, args, place, sizes, suite, name)
    chosen = backends_named(backends, suite if f is None else None)
    if isolate is None:
        isolate = any(isinstance(target.function, InCatalogue) for target in subjects.targets)
    rows = measure(subjects.targets, chosen, seed=seed, effort=effort, timeout=timeout, isolate=isolate)
    return Comparison(in_order(rows, chosen))


def sweep_steps(f: Callable[..., Any] | str, *args: Any, wrt: Wrt | None = None, seed: int = 0) -> Sweep:
    """Errors of finite differences at steps of 15 decades: forward, and central of orders 2, 4 and 6.

    Below them what needs no step: adaptive differences, and the complex step. f, args, wrt, seed: as for
    `compare`, one function at one point. It prints as a table, and plots as "steps".

    >>> rows = sweep_steps("exp(x)", 1.0).rows
    >>> len(rows), rows[0].backend
    (92, 'finite:scheme=forward,step=0.1')
    """
    place = Place([as_point(args)] if args else (), seed=seed, wrt=wrt)
    targets = subjects_of(f, args, place).targets
    if len(targets) != 1 or f is None:
        raise BadInput("Steps are swept for one function at one point: name one.")
    (target,) = targets
    return Sweep(measure([target], sweep_backends(target), seed=seed, effort="untimed"))


def refuse_names(called: Callable[..., Any], values: dict[str, Any]) -> None:
    """Raise TypeError for keywords that are no options: an option misspelt, or the point.

    >>> refuse_names(compare, {"backend": "reverse"})
    Traceback (most recent call last):
        ...
    TypeError: compare() has no option backend: did you mean backends?
    """
    for name in values:
        verb = called.__name__
        if near := get_close_matches(name, signature(called).parameters, 1, 0.75):
            raise TypeError(f"{verb}() has no option {name}: did you mean {near[0]}?")
        ordered = ", ".join(map(repr, values.values()))
        raise TypeError(
            f"{verb}() has no option {name}. A point is given in order, {verb}(f, {ordered}), or, of a "
            f"formula, as one dict, {verb}(f, {values})."
        )


def subjects_of(
    f: Any,
    args: tuple[Any, ...],
    place: Place,
    sizes: Sequence[int] = (),
    suite: str = "",
    name: str | None = None,
) -> Subjects:
    """What a function, a text, a list of texts or nothing names; raises BadInput for what is none of them."""
    if callable(f):
        return of_function(f, args, place.wrt, name)
    if not isinstance(f, str | Sequence | None):
        raise BadInput(f"{f!r} cannot be compared: give a function, a formula, a problem or a list of them.")
    return of_texts(f, place, sizes, suite, name)


def in_order(rows: Sequence[Measurement], backends: Sequence[Differentiator]) -> list[Measurement]:
    """The rows of each problem with their backends as they were named; failures are measured first."""
    place = {str(backend): i for i, backend in enumerate(backends)}
    return [row for group in groups(rows) for row in sorted(group, key=lambda row: place[row.backend])]


def as_point(args: tuple[Any, ...]) -> Any:
    """Positional arguments as a point: one dict names its values."""
    return args[0] if len(args) == 1 and isinstance(args[0], dict) else list(args)


def of_texts(
    texts: str | Sequence[str] | None, place: Place, sizes: Sequence[int], suite: str, name: str | None = None
) -> Subjects:
    """What one text, several or none name."""
    if texts is None or not texts:
        return of_suite(suite, place)
    if isinstance(texts, str) and name:
        return of_formula(texts, place, name)
    found = [read(text, place, sizes) for text in ([texts] if isinstance(texts, str) else texts)]
    return sum(found[1:], found[0])


def backends_named(backends: Backends | None = None, suite: str | None = None) -> list[Differentiator]:
    """The backends that a text, a list or nothing names; raises UnknownBackend.

    Nothing is all that load, for the suite "swell" those that count their operations. The suite "cost" is
    held against `hand`, whatever is named. One that is named but does not load stands in the table with its
    reason. Raises BadInput for no name.

    >>> [str(backend) for backend in backends_named("finite:order=4,reverse")]
    ['finite:order=4', 'reverse']
    """
    if backends is None:
        backends = COUNTING if suite == "swell" else loadable()
    elif isinstance(backends, str):
        backends = split_backends(backends)
    elif isinstance(backends, Differentiator):
        backends = [backends]
    if not backends:
        raise BadInput("No backend is named: leave the choice out to take all, or name one such as reverse.")
    chosen = [as_backend(each) for each in registry.grouped(backends)]
    if suite == "cost" and "hand" not in map(str, chosen):
        chosen.insert(0, registry.backend("hand"))
    return chosen


def loadable() -> list[str]:
    """The backends that all comparisons take: without the control, and what does not load."""
    missing = {name for name, _, reason in registry.available() if reason}
    return [name for name in registry.names() if name not in missing]


def split_backends(text: str) -> list[str]:
    """Backends in a text, parted by commas; a piece with = but no colon is a setting of the one before it.

    >>> split_backends("symbolic, finite:order=4,scheme=forward, reverse")
    ['symbolic', 'finite:order=4,scheme=forward', 'reverse']
    """
    found: list[str] = []
    for piece in filter(None, map(str.strip, text.split(","))):
        if found and "=" in piece and ":" not in piece:
            found[-1] += ("," if ":" in found[-1] else ":") + piece
        else:
            found.append(piece)
    return found


def explain(
    f: Callable[..., Any] | str,
    *args: Any,
    names: Sequence[str] | None = None,
    title: str = "",
    wrt: Wrt | None = None,
    **values: Any,
) -> Explanation:
    """The forward and the backward pass of f at args, node by node, from the tape that `reverse` runs.

    f: a NumPy function, a formula with its variables' values in order or in one dict, or a problem, which
    brings its point. names: of the arguments, by default those of f. wrt: positions or names of those that
    are differentiated, by default all (of a problem its own); the others are data. Raises FormulaError,
    BadInput, TargetError where f fails, NotScalar unless f returns one number.

    >>> print(explain("2*x*y + y + 3", 40.0, 4.0).walk.value)
    327.0
    """
    refuse_names(explain, values)
    if isinstance(f, str):
        (target,) = read(f, Place([as_point(args)] if args else (), wrt=wrt)).targets
        title, names = title or f, names or list(target.point)
        f, args = target.function.load(), target.args
        positions = target.wrt
    elif callable(f):
        label = title or getattr(f, "__name__", "f")
        value_at(label, f, args)
        positions = as_positions(label, wrt, tuple(names or argument_names(f, len(args))))
    else:
        raise BadInput(f"{f!r} cannot be explained: give a function, a formula or a problem.")
    active = (positions,) if isinstance(positions, int) else positions
    return Explanation(explained(f, *args, names=names, title=title, wrt=active))
