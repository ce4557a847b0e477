"""What runs in a subprocess may hang, swell and crash; the parent says what happened and goes on."""

import os
import sys
import threading

import numpy as np
import pytest

from diffkit.differentiators.reverse import Reverse
from diffkit.harness.cost import Trial
from diffkit.harness.targets import from_callable, from_problem
from diffkit.harness.workers import Failure, InProcess, Limits, Subprocess, Untravelled
from tests.harness import hostile

PLENTY = 60.0  # seconds that nothing here comes near, however busy the machine


@pytest.fixture
def elsewhere():
    worker = Subprocess(Limits(memory_bytes=400_000_000, threads=1))
    yield worker
    worker.close()


def environment():
    return os.environ


def holding(worker, backend=None, target=None):
    worker.make(Trial, backend or Reverse(), target or from_problem("two_products"))
    worker.ask("its start", PLENTY, "warm_up")
    return worker


def test_a_subprocess_gives_the_values_of_this_process(elsewhere):
    """The same code path for both: bit for bit the same gradient."""
    values = []
    for worker in (InProcess(), elsewhere):
        holding(worker, target=from_problem("helmholtz"))
        worker.ask("its preparation", PLENTY, "prepare")
        values.append(worker.ask("its first call", PLENTY, "first_call")[1])

    assert np.array_equal(*values)


def test_one_process_serves_many_targets(elsewhere):
    """It is persistent: the same process before and after."""
    holding(elsewhere)
    before = elsewhere.process.pid
    holding(elsewhere, target=from_problem("rosenbrock"))

    assert elsewhere.process.pid == before


def test_a_crash_is_told_with_its_exit_code_and_its_last_words(elsewhere):
    holding(elsewhere, hostile.Crashing())

    with pytest.raises(Failure, match="its preparation with exit code 7: the roof is on fire") as caught:
        elsewhere.ask("its preparation", PLENTY, "prepare")

    assert caught.value.status == "error"


def test_a_killed_process_is_told_by_its_signal(elsewhere):
    holding(elsewhere)
    elsewhere.process.kill()

    with pytest.raises(Failure, match="signal SIGKILL" if sys.platform != "win32" else "exit code"):
        elsewhere.ask("its preparation", PLENTY, "prepare")


def test_what_hangs_is_ended_by_the_limit(elsewhere):
    holding(elsewhere, hostile.Hanging())

    with pytest.raises(Failure, match=r"ended after 0.3 s, the limit, in its preparation") as caught:
        elsewhere.ask("its preparation", 0.3, "prepare")

    assert caught.value.status == "timeout" and elsewhere.process is None


def test_what_swells_is_ended_by_the_limit(elsewhere):
    """The backend would take 1 GB; the limit is 0.4."""
    holding(elsewhere, hostile.Swelling())

    with pytest.raises(Failure, match=r"ended in its preparation with .* the limit is 0.4 GB") as caught:
        elsewhere.ask("its preparation", PLENTY, "prepare")

    assert caught.value.status == "memory"


def test_a_new_process_takes_the_place_of_an_ended_one(elsewhere):
    holding(elsewhere, hostile.Crashing())
    with pytest.raises(Failure):
        elsewhere.ask("its preparation", PLENTY, "prepare")

    holding(elsewhere)

    assert elsewhere.ask("its preparation", PLENTY, "prepare") > 0


def test_an_exception_is_a_failure_and_the_process_lives_on(elsewhere):
    holding(elsewhere, hostile.Raising())
    before = elsewhere.process.pid

    with pytest.raises(Failure, match="LookupError: no such rule in the book"):
        elsewhere.ask("its preparation", PLENTY, "prepare")

    assert elsewhere.process.pid == before


def test_what_is_printed_does_not_disturb_the_replies(elsewhere):
    """User code finds stdin empty and its stdout leads to stderr."""
    holding(elsewhere, hostile.Chatty())

    assert elsewhere.ask("its preparation", PLENTY, "prepare") > 0


def test_a_lambda_travels_with_what_it_captures(elsewhere):
    weights = np.arange(3.0)
    holding(elsewhere, target=from_callable(lambda x: weights @ x, np.ones(3)))
    elsewhere.ask("its preparation", PLENTY, "prepare")

    assert elsewhere.ask("its first call", PLENTY, "first_call")[1].tolist() == [0.0, 1.0, 2.0]


def test_what_cannot_travel_is_told_with_the_cause(elsewhere):
    lock = threading.Lock()
    with pytest.raises(Untravelled, match="lock"):
        holding(elsewhere, target=from_callable(lambda x: x if lock else -x, 1.0))


def test_a_subprocess_works_with_the_threads_it_was_given(elsewhere):
    """The variables are set before NumPy is imported there."""
    elsewhere.make(environment)

    assert elsewhere.ask("a look", PLENTY, "get", "OPENBLAS_NUM_THREADS") == "1"
