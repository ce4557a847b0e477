"""Exponents of growth: exact power laws, intervals that cover, and what is left out."""

import numpy as np
import pytest

from diffkit.harness.growth import Power, growth, power_law
from diffkit.harness.record import Measurement
from diffkit.report.growth import growth_lines
from diffkit.report.tables import text_table

SIZES = (10, 30, 100, 1000)


def measured(backend="reverse", exponent=1.0, sizes=SIZES, **known):
    return [
        Measurement(
            problem="p", size=n, backend=backend, operator="gradient", status="ok", primal_samples=[1e-8 * n],
            execute_samples=[1e-7 * float(n) ** exponent], peak_bytes=8 * n, **known,
        )
        for n in sizes
    ]  # fmt: skip


@pytest.mark.parametrize("exponent", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_a_power_law_is_found_exactly(exponent):
    found = power_law(SIZES, [3e-6 * float(n) ** exponent for n in SIZES])
    assert (found.exponent, found.high - found.low) == (pytest.approx(exponent), pytest.approx(0, abs=1e-9))


@pytest.mark.parametrize("points", [3, 5, 8, 20])
def test_the_interval_covers_the_true_exponent_as_often_as_it_says(points):
    """95 % of 2,000 seeded draws, to three standard deviations of that count; half of it covers less."""
    random = np.random.default_rng(points)
    ns = np.geomspace(10, 1000, points)
    fits = [power_law(ns, ns**1.5 * np.exp(0.1 * random.standard_normal(points))) for _ in range(2000)]
    covered = np.mean([fit.low <= 1.5 <= fit.high for fit in fits])
    narrower = np.mean([abs(fit.exponent - 1.5) <= (fit.high - fit.low) / 4 for fit in fits])
    assert abs(covered - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 2000) + 0.005
    assert narrower < 0.9


def test_every_quantity_that_was_measured_has_its_exponent():
    [reverse, forward] = growth(measured(operations=None) + measured("forward", 2.0))
    assert {name: round(power.exponent, 9) for name, power in reverse.powers.items()} == {
        "time": 1.0, "cost": 0.0, "memory": 1.0}  # fmt: skip
    assert round(forward.powers["cost"].exponent, 9) == 1.0 and forward.sizes == SIZES


def test_two_sizes_are_no_fit_and_failures_are_left_out():
    assert growth(measured(sizes=(10, 100))) == []
    failed = Measurement(problem="p", size=10_000, backend="reverse", operator="gradient", status="timeout")
    [found] = growth([*measured(), failed])
    assert isinstance(found.powers["time"], Power) and round(found.powers["time"].exponent, 9) == 1.0


def test_exponents_stand_below_the_table_and_fit_the_terminal():
    rows = measured(operations=3) + measured("symbolic:cse=False", 2.0, operations=3)
    lines = text_table(rows).splitlines()
    told = growth_lines(rows)
    assert told[0].startswith("p: gradient grows") and set(told) <= set(lines) and max(map(len, lines)) <= 80
    assert "2.00 +- 0.00" in told[-1] and "operations" in told[1]
    assert growth_lines(measured(sizes=(10, 100))) == []
