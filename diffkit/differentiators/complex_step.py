"""Backend `complex-step`: the imaginary part of f(x + i h v), over h."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..calculus.rules import Interpreted, shape_of
from ..calculus.spellings import interpreted
from ..interpreters.complex import NoStep, complex_step, lifted
from .arguments import flatten
from .finite import Finite, PreparedFinite
from .finite.fixed import worst
from .finite.prepared import Recorded, Replayed
from .forward import split_like
from .interface import Counted, Differentiator, Estimate, Prepared, Unsupported, refuse_many_outputs

# Steps, relative to the numbers that move, powers of 2 so that no digit depends on them. TINY leaves
# truncation and benign underflows (h**4) out of sight. Where an operation underflows even so, or the point is
# tinier than the step, others are tried in pairs: truncation would make the wide one of a pair differ,
# underflow the narrow one.
TINY = 2.0**-200
PAIRS = ((2.0**-27, 2.0**-30), (2.0**-40, 2.0**-43), (2.0**-57, 2.0**-60), (2.0**-100, 2.0**-107))
AGREE, ACCEPT = 1e-14, 1e-10  # relative difference within a pair: taken at once, taken as the best there is
SMALLEST = 1e-300  # of slopes: below it doubles run out of digits
SHORTEST = 2.0**-960  # of steps that are taken without looking for better ones
SCALES = (1e-308, 1e200)  # of numbers that move
DIFFERENCE, DISAGREE = 1e-5, 1e-4  # relative step and error of the difference that checks opaque code

Runner = Callable[[Callable[..., Any], Sequence[Any], Sequence[Any], float], tuple[Any, Any, bool]]


def scale(leaves: Sequence[Any], vs: Sequence[Any]) -> float:
    """The power of 2 next to the t for which x + t v changes some entry by its size (by 1 where it is 0)."""
    moved = [
        np.abs(v) / np.clip(np.where(np.equal(x, 0), 1.0, np.abs(x)), *SCALES)
        for x, v in zip(leaves, vs, strict=True)
    ]
    most = max((float(np.max(each, initial=0.0)) for each in moved), default=0.0)
    return 2.0 ** -math.frexp(most)[1] if most > 0 else 1.0


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is lost is NaN in the answer
def slope(runner: Runner, f: Callable[..., Any], leaves: Sequence[Any], vs: Sequence[Any]) -> tuple[Any, Any]:
    """(y, Jv) by the tiny step, or by the first pair of wider ones that agree where that underflows."""
    size = scale(leaves, vs)
    y, t, underflowed = runner(f, leaves, vs, max(TINY * size, SHORTEST))
    lost = np.isnan(t) & np.isfinite(y)
    if not underflowed and not np.any(lost):
        return y, t
    best, least = t, math.inf
    for wide, narrow in PAIRS:
        first, second = (runner(f, leaves, vs, h * size)[1] for h in (wide, narrow))
        difference = apart(first, second, np.isnan(t))
        if difference < least:
            best, least = first, difference
        if least <= AGREE:
            break
    if least <= ACCEPT:
        return y, best
    if not underflowed:
        return y, t
    raise Unsupported(
        f"complex-step finds no step: slopes underflow at {TINY * size:.1e}, and wider steps differ by "
        f"{least:.1e} at best; scale the function, or use forward or reverse."
    )


def apart(a: Any, b: Any, lost: Any) -> float:
    """The largest relative difference; a NaN is infinitely far, unless `lost` says that it always is one."""
    difference = np.abs(a - b) / np.maximum(np.abs(b), SMALLEST)
    difference = np.where(np.isnan(difference), np.inf, difference)
    return float(np.max(np.where(lost & np.isnan(a) & np.isnan(b), 0.0, difference), initial=0.0))


def direct_step(
    f: Callable[..., Any], xs: Sequence[Any], vs: Sequence[Any], h: float
) -> tuple[Any, Any, bool]:
    """(y, Jv, underflowed) by giving f complex numbers; an imaginary part that is cast away is an error."""
    flags: list[str] = []
    with warnings.catch_warnings(), np.errstate(under="call", call=lambda kind, _: flags.append(kind)):
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        y = f(*(lifted(x, h * v) for x, v in zip(xs, vs, strict=True)))
    y = np.asarray(y) if np.iscomplexobj(y) else interpreted(y)
    return np.real(y), np.imag(y) / h, bool(flags)


def check_direct(f: Callable[..., Any], leaves: Sequence[Any], vs: Sequence[Any], y: Any, t: Any) -> None:
    """Refuse a slope that a central difference of f along the same direction contradicts."""
    h = DIFFERENCE * scale(leaves, vs)
    ends = [
        np.asarray(f(*(x + s * h * v for x, v in zip(leaves, vs, strict=True))), dtype=np.float64)
        for s in (1, -1)
    ]
    difference = (ends[0] - ends[1]) / (2 * h)
    noise = np.finfo(float).eps ** 0.5 * np.abs(y) / (h / DIFFERENCE)
    if not np.all(np.abs(t - difference) <= DISAGREE * np.abs(difference) + noise):
        raise Unsupported(
            "complex-step cannot follow this function: on complex numbers its slope is "
            f"{np.ravel(t)[:3]}, a difference is {np.ravel(difference)[:3]}. "
            "Spell it in NumPy, which is traced, or use finite."
        )


class PreparedComplexStep(Prepared):
    """One run a direction; f is traced, and given bare complex numbers only if it cannot be.

    Such opaque code is held against a central difference at preparation and again at every call: along the
    first direction, or for a whole Jacobian along a combination of all.
    """

    def __init__(
        self,
        backend: Differentiator,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: int | tuple[int, ...],
    ):
        super().__init__(backend, f, args, wrt)
        self.opaque: TypeError | None = None
        f, leaves = self.opened(args)
        try:
            slope(complex_step, f, leaves, mixture(leaves))
        except NoStep as error:
            raise Unsupported(str(error)) from error
        except TypeError as error:
            self.opaque = error
            self.push_direct(f, leaves, mixture(leaves))

    def opened(self, args):  # type: ignore[no-untyped-def]
        f, leaves = super().opened(args)
        if any(isinstance(x, Interpreted) for x in leaves):
            raise Unsupported(
                "complex-step needs numbers and got a traced value: put complex-step outside, "
                "and forward or reverse inside."
            )
        return f, leaves

    def push(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        if not lead:
            return self.push_direct(f, leaves, vs) if self.opaque else slope(complex_step, f, leaves, vs)
        directions = list(zip(*vs, strict=True))
        if self.opaque and directions:
            self.push_direct(f, leaves, mixture(leaves))
        runner = direct_step if self.opaque else complex_step
        answers = [slope(runner, f, leaves, v) for v in directions]
        y = answers[0][0] if answers else interpreted(f(*leaves))
        return y, np.reshape([t for _, t in answers], (len(answers), *shape_of(y)))

    def push_direct(self, f, leaves, vs):  # type: ignore[no-untyped-def]
        """(y, Jv) of opaque code, checked; refused with the reason for which it cannot be traced."""
        try:
            y, t = slope(direct_step, f, leaves, vs)
        except (TypeError, np.exceptions.ComplexWarning) as error:
            raise Unsupported(
                f"complex-step can neither trace this function ({self.opaque}) nor give it complex numbers "
                f"({error})."
            ) from error
        check_direct(f, leaves, vs, y, t)
        return y, t

    def second(self, f, leaves, vs, lead):  # type: ignore[no-untyped-def]
        def gradient(*xs: Any) -> Any:
            y, rows = self.rows(f, xs)
            refuse_many_outputs(y)
            return np.concatenate([np.reshape(g, (-1,)) for g in rows])

        differenced = self.differenced(gradient, leaves)
        return split_like(differenced.push(gradient, leaves, vs, lead)[1], leaves, lead)

    def differenced(self, gradient: Callable[..., Any], leaves: Sequence[Any]) -> PreparedFinite:
        """What differences the gradient."""
        return PreparedFinite(Finite(), gradient, tuple(leaves), tuple(range(len(leaves))))

    def estimate(self, operator: str, *args: Any) -> Estimate:
        """The operator's value and the runs of f; with a bound of second derivatives.

        First derivatives have none, as they are exact or NaN or refused.
        """
        counted = Counted(self.f)
        run = Watched(self, counted)
        value = getattr(run, operator)(*args)
        if run.runs:
            bound = getattr(Bounds(run), operator)(*args)
            diagnosis = worst(each.diagnosis for one in run.runs for found in one.found for each in found)
        else:
            lost = any(np.any(np.isnan(x)) for x in flatten(value, "the value")[0])
            bound, diagnosis = None, "unresolved" if lost else "exact"
        return Estimate(value, bound, diagnosis, evaluations=counted.calls, calls=counted.calls)


class Watched(PreparedComplexStep):
    """A run that keeps what its differences found."""

    def __init__(self, source: PreparedComplexStep, f: Callable[..., Any]):
        self.__dict__.update(source.__dict__)
        self.f = f
        self.runs: list[Recorded] = []

    def differenced(self, gradient: Callable[..., Any], leaves: Sequence[Any]) -> PreparedFinite:
        self.runs.append(Recorded(super().differenced(gradient, leaves)))
        return self.runs[-1]


class Bounds(PreparedComplexStep):
    """The bounds of such a run, put together as its values were, without f."""

    def __init__(self, run: Watched):
        self.__dict__.update(run.__dict__)
        self.coming = iter(run.runs)

    def differenced(self, gradient: Callable[..., Any], leaves: Sequence[Any]) -> PreparedFinite:
        return Replayed(next(self.coming), "bound")


def mixture(leaves: Sequence[Any]) -> list[Any]:
    """A fixed direction in which no entry is missing and no two conspire, in proportion to the point."""
    random = np.random.default_rng(0)
    return [random.uniform(0.5, 1.5, shape_of(x)) * np.where(np.equal(x, 0), 1.0, x) for x in leaves]


@dataclass(frozen=True)
class ComplexStep(Differentiator):
    """Im f(x + i h v) / h with a tiny h: exact up to rounding, because nothing is subtracted.

    f is run on complex arrays that compare, round and choose by real parts, so programs with abs, max, sort
    and branches are differentiated where they have a slope; at a branch point the answer is NaN. Code that
    cannot be traced is given bare complex numbers if a finite difference confirms what comes out. Second
    derivatives are adaptive differences (as of backend `finite`) of complex-step gradients, some 30 of them
    for each direction: they keep 12 digits or so, `estimate` bounds their error, and no rule of the table is
    in them. Slopes below 1e-300 are not resolved.
    Raises Unsupported for what is neither, and inside another differentiation.

    >>> from diffkit.differentiators.operators import derivative
    >>> derivative(lambda x: 1e-300 * abs(x) ** 3, -2.0, backend=ComplexStep())
    -1.2e-299

    Martins, Sturdza, Alonso, The complex-step derivative approximation, ACM TOMS 29 (2003).
    """

    name: ClassVar[str] = "complex-step"
    summary: ClassVar[str] = "the imaginary part of f(x + ih): one run a direction, nothing subtracted"

    def prepare(self, f, args, wrt=0):  # type: ignore[no-untyped-def]
        return PreparedComplexStep(self, f, args, wrt)
