"""The bench of gradient checkers: right gradients, each with its mutations, under the rules of five checkers.

    python -m tests.checking.bench

prints the table, every check that could not tell, and every cause that was named otherwise. The other
checkers are in checkers.py.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from diffkit.checking import check_gradient

from .checkers import OTHERS


@dataclass(frozen=True)
class Case:
    """A right gradient (or Jacobian) at a point. coarse: f or g is known to few digits, so that rounding the
    claim to single precision changes nothing that could be seen."""

    name: str
    f: Callable[[np.ndarray], Any]
    g: Callable[[np.ndarray], np.ndarray]
    x: np.ndarray
    coarse: bool = False


def opaque(f: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray], Any]:
    """f as a compiled library: numbers in, numbers out."""
    return lambda x: f(np.array([float(each) for each in x]))


def noisy(f: Callable[[np.ndarray], Any], level: float) -> Callable[[np.ndarray], Any]:
    """f with reproducible noise, as a simulation with a fixed seed has it."""
    table = np.random.default_rng(1).uniform(-level, level, 4096)
    return lambda x: f(x) + table[zlib.crc32(np.array([float(each) for each in x]).tobytes()) % 4096]


def wave(x):
    return np.sum(np.sin(x) * x**2) + x[0] * x[1]


def wave_gradient(x):
    g = np.cos(x) * x**2 + 2 * x * np.sin(x)
    return g + np.concatenate([x[1::-1], np.zeros(len(x) - 2)])


def single_wave_gradient(x):
    return wave_gradient(x.astype(np.float32)).astype(np.float32)


def scaled_inputs(size):
    """wave with inputs of this size, opaque, and its gradient."""
    return opaque(lambda x: wave(x / size)), lambda x: wave_gradient(x / size) / size


def rosenbrock(x):
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_gradient(x):
    g = np.zeros_like(x)
    g[:-1] = -400 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    g[1:] += 200 * (x[1:] - x[:-1] ** 2)
    return g


WEIGHTS = np.random.default_rng(7).standard_normal((5, 4))
AT_KINK = np.array([0.4, -0.9, 1.3, 0.0])
AT_KINK[3] = -WEIGHTS[0, :3] @ AT_KINK[:3] / WEIGHTS[0, 3] + 1e-10  # the first unit is 1e-10 from its kink


def relu(x):
    return np.sum(np.maximum(WEIGHTS @ x, 0)) + np.sum(x**2)


def relu_gradient(x):
    return WEIGHTS.T @ (WEIGHTS @ x > 0) + 2 * x


HILBERT = 1 / (np.arange(6)[:, None] + np.arange(6) + 1.0)  # condition 1.5e7
INVERSE = np.linalg.inv(HILBERT)


def hilbert(x):
    return np.sum(x * np.linalg.solve(HILBERT, x)) / 2


def hilbert_gradient(x):
    return np.linalg.solve(HILBERT, x)


SCALES = np.array([1e8, 1e3, 1.0, 1e-3, 1e-8])


def badly_scaled(x):
    z = x / SCALES
    return np.sum(np.exp(z / 2)) + z[0] * z[4] - z[1] * z[3]


def badly_scaled_gradient(x):
    z = x / SCALES
    return (np.exp(z / 2) / 2 + np.array([z[4], -z[3], 0, -z[1], z[0]])) / SCALES


DATA = np.random.default_rng(3).standard_normal((30, 4))
LABELS = (DATA @ [1.0, -1.0, 0.5, 2.0] > 0).astype(float)


def logistic(w):
    z = DATA @ w
    return np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - LABELS * z)


def logistic_gradient(w):
    return DATA.T @ (1 / (1 + np.exp(-(DATA @ w))) - LABELS) / len(LABELS)


def pendulum(x):
    """Energy-like functional of a pendulum integrated for forty steps, with four parameters."""
    angle, speed = x[0], x[1]
    for _ in range(40):
        speed = speed - 0.05 * x[2] * np.sin(angle)
        angle = angle + 0.05 * x[3] * speed
    return angle**2 + speed


def pendulum_gradient(x):
    """By complex step through the same loop, as somebody would write it: exact to rounding."""
    return np.array([np.imag(pendulum(x + 1e-30j * e)) / 1e-30 for e in np.eye(4)])


SQUARE = WEIGHTS[:4]


def layer(x):
    return np.tanh(SQUARE @ x)


def layer_jacobian(x):
    return (1 - np.tanh(SQUARE @ x) ** 2)[:, None] * SQUARE


X = np.array([0.7, -1.3, 2.1, 0.4, -0.6])
CASES = [
    Case("smooth", wave, wave_gradient, X),
    Case("smooth, opaque", opaque(wave), wave_gradient, X),
    Case("rosenbrock", rosenbrock, rosenbrock_gradient, np.array([-1.2, 1.0, 0.5, 2.0, 1.5])),
    Case("tiny values", lambda x: 1e-20 * wave(x), lambda x: 1e-20 * wave_gradient(x), X),
    Case("huge values", lambda x: 1e20 * wave(x), lambda x: 1e20 * wave_gradient(x), X),
    Case("tiny inputs, opaque", *scaled_inputs(1e-8), 1e-8 * X),
    Case("huge inputs, opaque", *scaled_inputs(1e8), 1e8 * X),
    Case("rounded to 8 places", lambda x: np.round(wave(x), 8), wave_gradient, X, coarse=True),
    Case("noise of 1e-9", noisy(wave, 1e-9), wave_gradient, X, coarse=True),
    Case("noise of 1e-5", noisy(wave, 1e-5), wave_gradient, X, coarse=True),
    Case("relu 1e-10 from its kink", relu, relu_gradient, AT_KINK),
    Case("relu at its kink, opaque", opaque(relu), relu_gradient, AT_KINK, coarse=True),
    Case("ill-conditioned solve", hilbert, hilbert_gradient, X[[0, 1, 2, 3, 4, 0]] + np.arange(6)),
    Case("badly scaled inputs", badly_scaled, badly_scaled_gradient, SCALES * X),
    Case("badly scaled, opaque", opaque(badly_scaled), badly_scaled_gradient, SCALES * X),
    Case("single precision", wave, single_wave_gradient, X, coarse=True),
    Case("logistic regression", logistic, logistic_gradient, X[:4]),
    Case("pendulum", pendulum, pendulum_gradient, np.array([1.0, 0.2, 3.0, 1.1])),
    Case("layer's jacobian", layer, layer_jacobian, X[:4]),
]  # fmt: skip


# Mutations: name, what it does to a right gradient g at x, the causes that name it


def entry(g: np.ndarray, factor: float) -> np.ndarray:
    """One entry in the middle, multiplied."""
    changed = g.copy()
    changed.reshape(-1)[g.size // 2] *= factor
    return changed


def swapped(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    changed = g.copy()
    changed.reshape(-1)[[0, 1]] = changed.reshape(-1)[[1, 0]]
    return changed


def rms(g: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.abs(g / np.max(np.abs(g))) ** 2)) * np.max(np.abs(g)))


def first_half_zero(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    changed = g.copy()
    changed[..., : g.shape[-1] // 2] = 0
    return changed


RATIO = {"constant ratio"}
MUTATIONS: dict[str, tuple[Callable[[np.ndarray, np.ndarray], np.ndarray], set[str]]] = {
    "sign flipped": (lambda g, x: -g, {"sign"}),
    "factor 2": (lambda g, x: 2 * g, RATIO),
    "factor 1/2": (lambda g, x: g / 2, RATIO),
    "factor n": (lambda g, x: g * len(x), RATIO),
    "factor 1/n": (lambda g, x: g / len(x), RATIO),
    "degrees": (lambda g, x: g * (np.pi / 180), RATIO),
    "ln 10": (lambda g, x: g * np.log(10), RATIO),
    "1 % off": (lambda g, x: 1.01 * g, RATIO),
    "all zero": (lambda g, x: 0 * g, {"detached"}),
    "half zero": (first_half_zero, {"zero"}),
    "an entry zero": (lambda g, x: entry(g, 0.0), {"zero"}),
    "an entry's sign": (lambda g, x: entry(g, -1.0), {"wrong sign in part", "sign lost"}),
    "an entry 1 % off": (lambda g, x: entry(g, 1.01), {"single entry"}),
    "an entry doubled": (lambda g, x: entry(g, 2.0), {"ratio in part"}),
    "reversed": (lambda g, x: g[..., ::-1].copy(), {"permuted"}),
    "transposed": (lambda g, x: g.T.copy(), {"transposed"}),
    "shifted": (lambda g, x: np.roll(g, 1, axis=-1), {"shifted", "permuted"}),
    "two exchanged": (swapped, {"exchanged"}),
    "absolute value": (lambda g, x: np.abs(g), {"sign lost", "sign", "wrong sign in part"}),
    "penalty too much": (lambda g, x: g + 0.1 * rms(g) / rms(x) * x, {"missing term"}),
    "a constant too much": (lambda g, x: g + 0.1 * rms(g), {"missing term"}),
    "inner derivative": (lambda g, x: g * x, {"inner derivative"}),
    "single precision": (
        lambda g, x: (g / rms(g)).astype(np.float32) * rms(g), {"single precision", "low precision"}),
}  # fmt: skip


def mutants(case: Case) -> Iterator[tuple[str, Callable[[np.ndarray], np.ndarray], set[str]]]:
    """The mutations that change something at the point of this case."""
    right = case.g(case.x).astype(float)
    for name, (change, causes) in MUTATIONS.items():
        if name == "single precision" and case.coarse:
            continue

        def wrong(x: np.ndarray, change: Callable[..., np.ndarray] = change) -> np.ndarray:
            g = case.g(x)
            return change(g, x.astype(g.dtype)).astype(g.dtype)

        if not np.array_equal(wrong(case.x), right.astype(case.g(case.x).dtype)):
            yield name, wrong, causes


# The run


@dataclass(frozen=True)
class Row:
    """One claim under all checkers: passed by the name of the checker, our verdict and cause."""

    case: str
    mutation: str
    verdict: str
    cause: str
    named: bool
    passed: dict[str, bool]


def run(cases: list[Case] = CASES, others: dict[str, Any] = OTHERS) -> list[Row]:
    """A row for each right gradient (mutation "") and each mutation."""
    rows = []
    for case in cases:
        for name, g, causes in [("", case.g, {"", "kink"}), *mutants(case)]:
            with np.errstate(all="ignore"):  # steps of the other checkers leave the domain
                found = check_gradient(case.f, g, case.x)
                passed = {other: check(case.f, g, case.x) for other, check in others.items()}
            rows.append(Row(case.name, name, found.verdict, found.cause, found.cause in causes, passed))
    return rows


def table(rows: list[Row]) -> str:
    """The outcome as Markdown."""
    right = [row for row in rows if not row.mutation]
    wrong = [row for row in rows if row.mutation]
    lines = [
        f"{len(right)} right gradients, {len(wrong)} wrong ones:", "",
        "| checker | false alarms | wrong ones missed | cannot tell | cause named |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for other in OTHERS:
        alarms = sum(not row.passed[other] for row in right)
        lines.append(f"| {other} | {alarms} | {sum(row.passed[other] for row in wrong)} | - | - |")
    alarms = sum(row.verdict == "disagree" for row in right)
    missed = sum(row.verdict == "agree" for row in wrong)
    unsure = sum(row.verdict == "cannot tell" for row in rows)
    named = sum(row.verdict == "disagree" and row.named for row in wrong)
    share = f"{named} of {len(wrong)} ({100 * named / len(wrong):.1f} %)"
    lines.append(f"| diffkit check_gradient | {alarms} | {missed} | {unsure} | {share} |")
    for row in rows:
        if row.verdict == "cannot tell":
            lines.append(f"cannot tell: {row.case}, {row.mutation or 'right'} ({row.cause})")
        elif (row.verdict == "agree") != (not row.mutation):
            lines.append(
                f"{'missed' if row.mutation else 'false alarm'}: {row.case}, {row.mutation} ({row.cause})"
            )
        elif not row.named:
            lines.append(f"other cause: {row.case}, {row.mutation} (named {row.cause})")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(run()))
