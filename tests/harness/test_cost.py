"""What is counted, and how the clock is used; nothing here depends on how fast the machine is."""

import gc
import tracemalloc

import numpy as np
import pytest

from diffkit.differentiators.registry import backend
from diffkit.harness import cost
from diffkit.harness.cost import EFFORTS, Trial, enough_repeats, peak_bytes, total_seconds
from diffkit.harness.targets import from_callable, from_problem


class Ticking:
    """A clock that moves by a tick with every call of the function that it hands out."""

    def __init__(self, tick_seconds):
        self.nanoseconds, self.tick, self.calls = 0, round(tick_seconds * 1e9), 0

    def work(self):
        self.calls += 1
        self.nanoseconds += self.tick

    def __call__(self):
        return self.nanoseconds


@pytest.mark.parametrize("tick_seconds", [1e-7, 1e-5, 1e-3, 1.0])
def test_a_sample_lasts_long_enough_and_not_much_longer(tick_seconds, monkeypatch):
    """One call if that is enough, else at most 16 times the calls of the last try."""
    clock = Ticking(tick_seconds)
    monkeypatch.setattr(cost, "perf_counter_ns", clock)

    repeats = enough_repeats(clock.work, (), 5e-4)

    assert repeats * tick_seconds >= 5e-4 and (repeats == 1 or repeats * tick_seconds < 16 * 5e-4)


def test_a_sample_is_seconds_per_call(monkeypatch):
    clock = Ticking(1e-3)
    monkeypatch.setattr(cost, "perf_counter_ns", clock)

    assert total_seconds(clock.work, (), 20) == pytest.approx(0.02, rel=1e-12)
    assert clock.calls == 20


def test_the_collector_rests_while_the_clock_runs_and_works_again():
    states = []

    total_seconds(lambda: states.append(gc.isenabled()), (), 3)

    assert states == [False] * 3 and gc.isenabled()


def test_the_collector_works_again_after_a_failure():
    with pytest.raises(ZeroDivisionError):
        total_seconds(lambda: 1 / 0, (), 1)

    assert gc.isenabled()


def test_peak_memory_is_what_a_call_holds_at_once():
    """Two megabytes one after the other are one at a time."""
    megabyte = 1_000_000

    def call():
        for _ in range(2):
            np.ones(megabyte, dtype=np.int8)

    assert megabyte <= peak_bytes(call, ()) < 1.5 * megabyte
    assert not tracemalloc.is_tracing()


@pytest.mark.parametrize(
    ("name", "evaluations"), [("finite:order=1,scheme=forward", 11), ("reverse", 1), ("forward", 1)]
)
def test_evaluations_are_counted_in_a_call_and_not_in_the_preparation(name, evaluations):
    """A forward difference of 10 numbers needs f at the point and beside it in each direction."""
    trial = Trial(backend(name), from_problem("rosenbrock"))
    trial.prepare()

    assert trial.evaluations() == evaluations


def test_a_round_times_the_operator_and_f():
    calls = []

    def f(x):
        calls.append(type(x))
        return x * x

    trial = Trial(backend("reverse"), from_callable(f, 3.0))
    trial.prepare()
    calls.clear()

    sample = trial.round(1e-6)

    assert float in calls and len(set(calls)) == 2
    assert sample.execute_seconds > 0 and sample.primal_seconds > 0
    assert sample.spent_seconds >= sample.execute_seconds + sample.primal_seconds


def test_a_trial_wants_its_preparation_first():
    with pytest.raises(RuntimeError, match="prepare comes before"):
        Trial(backend("reverse"), from_problem("exp")).first_call()


def test_more_effort_is_more_of_everything():
    quick, normal, careful = (EFFORTS[name] for name in ("quick", "normal", "careful"))

    for less, more in ((quick, normal), (normal, careful)):
        assert less.rounds < more.rounds and less.sample_seconds < more.sample_seconds
        assert less.cell_seconds < more.cell_seconds
