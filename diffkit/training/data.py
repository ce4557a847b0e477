"""Data to learn from: small ones drawn from a seed, two real ones that come with the package, any CSV."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .tables import BadData, read_table

SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class Data:
    """X (samples, features) and targets: classes as numbers 0, 1, ... with their names, or Y to regress.

    name: what it is called. classes: names of the classes, empty for a regression. targets: whole numbers of
    shape (samples,) where there are classes, else (samples, outputs).
    """

    name: str
    X: np.ndarray
    targets: np.ndarray
    classes: tuple[str, ...] = ()

    def labels(self, outputs: int) -> np.ndarray:
        """What `outputs` units of a last layer learn: (samples, outputs).

        One unit for two classes has the labels 0 and 1, one unit for each class a one-hot row. Raises BadData
        where the number of units fits neither.
        """
        if not self.classes:
            wanted = [self.targets.shape[1]]
        else:
            wanted = [len(self.classes)] + [1] * (len(self.classes) == 2)
        if outputs not in wanted:
            units = " or ".join(map(str, sorted(wanted)))
            what = f"{len(self.classes)} classes" if self.classes else f"{wanted[0]} numbers to predict"
            raise BadData(f"{self.name} has {what}: the last layer must have {units} units, not {outputs}.")
        if not self.classes:
            return self.targets
        return np.eye(len(self.classes))[self.targets][:, -outputs:]


# Drawn from a seed


def xor(random: np.random.Generator, n: int) -> Data:
    """Four clouds around the corners of a square, opposite corners of one class. Minsky and Papert 1969."""
    corners = random.integers(0, 2, size=(n, 2))
    X = corners + random.normal(scale=0.15, size=(n, 2))
    return Data("xor", X, corners[:, 0] ^ corners[:, 1], ("equal", "different"))


def moons(random: np.random.Generator, n: int) -> Data:
    """Two half circles, each reaching into the other."""
    label = np.arange(n) % 2
    angle = np.pi * random.uniform(size=n)
    across = np.where(label == 0, np.cos(angle), 1 - np.cos(angle))
    up = np.where(label == 0, np.sin(angle), 0.5 - np.sin(angle))
    noise = random.normal(scale=0.12, size=(n, 2))
    return Data("moons", np.stack([across, up], axis=1) + noise, label, ("upper", "lower"))


def circles(random: np.random.Generator, n: int) -> Data:
    """A circle within a circle."""
    label = np.arange(n) % 2
    angle = 2 * np.pi * random.uniform(size=n)
    radius = np.where(label == 0, 1.0, 0.5) + random.normal(scale=0.08, size=n)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Data("circles", X, label, ("outer", "inner"))


def spirals(random: np.random.Generator, n: int) -> Data:
    """Two spirals of one turn and a half, wound into each other. Lang and Witbrock 1988."""
    label = np.arange(n) % 2
    turn = 3 * np.pi * np.sqrt(random.uniform(0.02, 1, size=n))
    angle = turn + np.pi * label
    X = turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1) / (3 * np.pi)
    return Data("spirals", X + random.normal(scale=0.02, size=(n, 2)), label, ("first", "second"))


def sine(random: np.random.Generator, n: int) -> Data:
    """One and a half periods of a sine with noise, to regress."""
    x = random.uniform(-1.5, 1.5, size=(n, 1)) * np.pi
    return Data("sine", x, np.sin(x) + random.normal(scale=0.05, size=(n, 1)))


# Shipped: source and licence stand in shipped/LICENSE.txt


def iris() -> Data:
    """Fisher's 150 flowers of three species."""
    head, *lines = (SHIPPED / "iris.csv").read_text(encoding="ascii").split()
    table = np.array([line.split(",") for line in lines], dtype=float)
    return Data("iris", table[:, :-1], table[:, -1].astype(int), tuple(head.split(",")[2:]))


def digits() -> Data:
    """1,797 handwritten digits of 8 x 8 pixels."""
    with gzip.open(SHIPPED / "digits.csv.gz", "rt", encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",")
    return Data("digits", table[:, :-1], table[:, -1].astype(int), tuple("0123456789"))


DRAWN: dict[str, Callable[[np.random.Generator, int], Data]] = {
    "xor": xor, "moons": moons, "circles": circles, "spirals": spirals, "sine": sine,
}  # fmt: skip
REAL: dict[str, Callable[[], Data]] = {"iris": iris, "digits": digits}
SAMPLES = 400


def load_data(source: Any, seed: int = 0, target: str | None = None, kind: str = "") -> Data:
    """The data that a name, the path of a CSV file or a pair (X, y) stands for.

    seed: of what is drawn, 400 samples. target: the column of the CSV to predict, by default the last. kind:
    "classes" or "numbers", by default what the target looks like. Raises BadData, OSError.

    >>> load_data("moons").X.shape, load_data("digits").X.shape
    ((400, 2), (1797, 64))
    """
    if not isinstance(source, str | Path):
        X, y = source
        return from_arrays(X, y, kind)
    name = str(source)
    if name in DRAWN:
        return DRAWN[name](np.random.default_rng([seed, 1]), SAMPLES)
    if name in REAL:
        return REAL[name]()
    if not Path(name).is_file():
        there = ", ".join([*DRAWN, *REAL])
        raise BadData(f"there are no data {name!r}: give a CSV file that exists, or one of {there}.")
    table = read_table(Path(name), target, kind)
    return Data(Path(name).name, table.X, table.targets, table.classes)


def from_arrays(X: Any, y: Any, kind: str = "") -> Data:
    """Data from arrays: whole numbers or texts in y are classes, floats are regressed, unless `kind` says."""
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    if X.ndim != 2 or len(X) != len(y):
        raise BadData(f"X has shape {X.shape} and y {y.shape}: give X (samples, features) and a y for each.")
    for row, column in np.argwhere(~np.isfinite(X))[:1]:
        raise BadData(f"X[{row}, {column}] is {X[row, column]}: remove the sample or fill it in.")
    if kind == "numbers" or (not kind and y.dtype.kind == "f"):
        Y = y.astype(float).reshape(len(y), -1)
        for row, column in np.argwhere(~np.isfinite(Y))[:1]:
            raise BadData(f"y[{row}, {column}] is {Y[row, column]}: remove the sample or fill it in.")
        return Data("arrays", X, Y)
    names, targets = np.unique(y, return_inverse=True)
    if len(names) < 2:
        raise BadData(f"y has the one class {names[0]} in all {len(y)} rows: there is nothing to tell apart.")
    return Data("arrays", X, targets.reshape(-1), tuple(map(str, names)))


# Splits


@dataclass(frozen=True)
class Split:
    """Standardised samples: to learn from, to stop early by (perhaps none), and to judge by."""

    train: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


def split(data: Data, outputs: int, seed: int, test: float = 0.25, validation: float = 0.0) -> Split:
    """The samples in an order drawn from the seed, cut in three by the shares `test` and `validation`.

    Features, and targets of a regression, get mean 0 and deviation 1 over the training samples; what does not
    vary there is only shifted. Raises BadData where too few samples are left to learn from.
    """
    n = len(data.X)
    tests, validations = round(n * test), round(n * validation)
    trains = n - tests - validations
    if trains < 1 or tests < 1 or (validation and not validations):
        what = f"{test:.0%} aside for testing" + (f" and {validation:.0%} for stopping" if validation else "")
        raise BadData(f"{data.name} has {n} samples: too few to set {what}.")
    order = np.random.default_rng([seed, 2]).permutation(n)
    X, Y = data.X[order], data.labels(outputs)[order]
    X = standardised(X, X[:trains])
    if not data.classes:
        Y = standardised(Y, Y[:trains])
    cuts = [slice(0, trains), slice(trains, trains + validations), slice(trains + validations, n)]
    return Split(*((X[cut], Y[cut]) for cut in cuts))


def standardised(X: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """X shifted and scaled so that `sample` has mean 0 and deviation 1 in each column that varies."""
    deviation = sample.std(axis=0)
    return (X - sample.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)


def batches(n: int, batch: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Indices of the samples of each step of an epoch, in an order drawn from the seed and the epoch.

    batch: samples a step; 0 is all of them at once, in their own order.

    >>> [len(each) for each in batches(10, 4, seed=0, epoch=0)]
    [4, 4, 2]
    """
    if not 0 < batch < n:
        return [np.arange(n)]
    order = np.random.default_rng([seed, 3, epoch]).permutation(n)
    return [order[start : start + batch] for start in range(0, n, batch)]
