"""The walk: every backend on every target becomes one record, whatever happens."""

import json
import sys
import threading
import types

import numpy as np
import psutil
import pytest

from diffkit.differentiators.registry import UnknownBackend, names
from diffkit.harness.compare import as_backend, measure
from diffkit.harness.cost import Effort
from diffkit.harness.record import Measurement
from diffkit.harness.targets import from_callable, from_formula, from_problem
from tests.harness import hostile

BRIEF = Effort(rounds=2, sample_seconds=1e-5, cell_seconds=0.01)


def statuses(records):
    return {(record.problem, record.backend): record.status for record in records}


@pytest.fixture(scope="module")
def isolated():
    """One run in subprocesses with a backend of every bad sort, and the order in which records appeared."""
    targets = [from_problem("helmholtz"), from_problem("two_products")]
    bad = [
        hostile.Crashing(),
        hostile.Hanging(),
        hostile.Swelling(),
        hostile.Raising(),
        hostile.Off("flipped"),
    ]
    seen, said = [], []
    records = measure(
        targets, ["reverse", *bad, "forward"], effort=BRIEF, timeout=0.5, isolate=True,
        memory_limit=600_000_000, on_record=seen.append, progress=lambda *args: said.append(args),
    )  # fmt: skip
    return records, seen, said


def test_everything_else_goes_on(isolated):
    records, _, _ = isolated
    each = {
        "reverse": "ok",
        "forward": "ok",
        "crashing": "error",
        "raising": "error",
        "off:how=flipped": "wrong",
    }

    for problem in ("helmholtz", "two_products"):
        found = {backend: status for (name, backend), status in statuses(records).items() if name == problem}
        # on a slow machine its time is up before its memory
        assert found.pop("hanging") == "timeout" and found.pop("swelling") in ("memory", "timeout")
        assert found == each


def test_records_appear_one_by_one_and_failures_first(isolated):
    """A failure is a record at once; what is timed becomes one when its rounds are over."""
    records, seen, said = isolated

    assert seen == records
    assert [record.status for record in seen[:4]].count("ok") == 0
    assert {record.problem for record in seen[:7]} == {"helmholtz"}
    assert [done for done, _, _ in said] == sorted(done for done, _, _ in said)
    assert {total for _, total, _ in said} == {14}


def test_a_failure_keeps_what_is_known(isolated):
    """A record of a crash has its problem, the truth, and its sentence, and is JSON."""
    records, _, _ = isolated
    crash = next(record for record in records if record.backend == "crashing")

    assert crash.message.startswith("the process ended by itself in its preparation with exit code 7")
    assert crash.truth is not None and crash.digits is None and crash.execute_samples == []
    assert Measurement.from_json_line(crash.to_json_line()) == crash


def test_a_whole_record_has_all_that_was_measured(isolated):
    records, _, _ = isolated
    row = next(record for record in records if record.backend == "reverse").as_row()
    needed = (
        "problem size backend operator status value digits attainable_digits ulps_worst prepare_seconds "
        "first_call_seconds execute_seconds primal_seconds ratio evaluations peak_bytes truth truth_width "
        "digits_worst primal_value point seed machine versions diagnosis"
    )

    assert [name for name in needed.split() if row[name] is None] == []
    assert row["threads"] == 1 and row["evaluations"] == 1 and len(row["execute_samples"]) == 2
    assert row["digits"] > 14 and row["peak_bytes"] > 0
    json.dumps(row, allow_nan=False)


def test_in_process_and_isolated_give_the_same_values(isolated):
    records, _, _ = isolated
    targets = [from_problem("helmholtz"), from_problem("two_products")]

    here = measure(targets, ["reverse", "forward"], effort=BRIEF)

    elsewhere = {(r.problem, r.backend): (r.value, r.digits, r.truth) for r in records}
    for r in here:
        assert elsewhere[r.problem, r.backend] == (r.value, r.digits, r.truth)
        assert r.threads is None and r.message is None


def test_what_cannot_travel_runs_here_and_says_so(tmp_path):
    """A function that holds a lock stays; so does one that holds a file open for writing."""
    lock = threading.Lock()
    with open(tmp_path / "log", "w", encoding="utf-8") as file:
        targets = [
            from_callable(lambda x: x * x if lock else x, 3.0, name="lock"),
            from_callable(lambda x: x * x if file else x, 3.0, name="file"),
            from_callable(lambda x: x * x, 3.0, name="free"),
        ]

        records = measure(targets, ["reverse"], effort=BRIEF, isolate=True)

    told = {record.problem: record.message for record in records}
    assert [(record.status, record.value) for record in records] == [("ok", 6.0)] * 3
    assert "ran in-process, for it cannot travel" in told["lock"] and "lock" in told["lock"]
    assert "ran in-process, for it cannot travel" in told["file"] and told["free"] is None


def test_a_function_of_a_module_that_only_this_process_has_runs_here(monkeypatch):
    """It leaves as a name, and the other process finds nothing of that name."""

    def cube(x):
        return x**3

    cube.__module__, cube.__qualname__ = "ghost", "cube"
    ghost = types.ModuleType("ghost")
    ghost.cube = cube
    monkeypatch.setitem(sys.modules, "ghost", ghost)

    [record] = measure([from_callable(cube, 2.0)], ["reverse"], effort=BRIEF, isolate=True)

    assert (record.status, record.value) == ("ok", 12.0)
    assert "ran in-process" in record.message and "No module named 'ghost'" in record.message


def test_a_truth_that_takes_too_long_leaves_results_unscored(monkeypatch):
    monkeypatch.setattr("diffkit.harness.compare.TRUTH_TIMEOUTS", 0.0)

    [record] = measure([from_problem("gmm")], ["reverse"], effort=BRIEF, isolate=True)

    assert record.status == "unscored" and record.value is not None and record.execute_samples
    assert record.message == "no truth: ended after 0 s, the limit, in truth."


def test_the_time_limit_bounds_the_truth_too():
    """A function that hangs on all but floats: the truth ends with six times the limit, differences go on."""
    target = from_callable(hostile.hangs_when_traced, 1.5)

    first, last = measure([target], ["reverse", "finite"], effort=BRIEF, isolate=True, timeout=0.5)

    assert first.status == "timeout"
    assert last.status == "unscored"
    assert last.message.startswith("no truth: ended after 3 s, the limit, in truth.")


def test_two_settings_of_one_backend_are_kept_apart():
    chosen = ["finite:scheme=central,order=2", "finite:order=4", "finite:scheme=central,order=2"]
    rows = measure([from_problem("exp")], chosen, effort=BRIEF, isolate=True)

    assert [row.backend for row in rows] == chosen
    assert rows[0].settings["order"] == 2 and rows[1].settings["order"] == 4
    assert rows[0].value == rows[2].value != rows[1].value


def test_all_backends_are_all_but_the_control():
    rows = measure([from_formula("x*y", {"x": 2.0, "y": 3.0})], effort=BRIEF)

    assert [row.backend for row in rows] == names() and "zero" not in names()
    assert all(row.operator == "gradient" and row.point == {"x": 2.0, "y": 3.0} for row in rows)


def test_the_control_is_always_wrong():
    for row in measure([from_problem(name) for name in ("exp", "broyden", "gmm")], ["zero"], effort=BRIEF):
        assert (row.status, row.digits) == ("wrong", 0.0)


def test_what_a_backend_cannot_do_is_unsupported_with_its_sentence():
    target = from_callable(lambda x: np.unwrap(x).sum(), np.array([1.0, 2.0]), name="unwrapped")

    [row] = measure([target], ["reverse"], effort=BRIEF)

    assert row.status == "unsupported" and "np.unwrap" in row.message


def test_without_a_truth_results_stand_unscored_beside_each_other():
    rows = measure([from_problem("abs_at_zero")], ["reverse", "forward", "finite"], effort=BRIEF)

    assert {row.status for row in rows} == {"unscored"}
    assert all("no certified truth" in row.message and row.value is not None for row in rows)


@pytest.mark.parametrize("isolate", [False, True])
def test_an_interrupt_leaves_what_was_measured(isolate):
    """Records are handed over one by one, so that only the rest is lost, and no process is left behind."""
    seen, before = [], psutil.Process().children()

    def interrupt(done, total, what):
        if "rosenbrock" in what:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure(
            [from_problem("exp"), from_problem("rosenbrock")], ["reverse", "forward"], effort=BRIEF,
            isolate=isolate, on_record=seen.append, progress=interrupt,
        )  # fmt: skip

    assert psutil.Process().children() == before
    assert [record.problem for record in seen] == ["exp", "exp"]


def test_an_unknown_name_is_refused_before_anything_runs():
    with pytest.raises(UnknownBackend, match="reverse"):
        measure([from_problem("exp")], ["revrese"])
    with pytest.raises(ValueError, match="there is no effort 'hasty': it is one of untimed, quick, normal"):
        measure([from_problem("exp")], ["reverse"], effort="hasty")


def test_a_backend_that_does_not_load_is_a_row_with_its_reason(monkeypatch):
    def broken(text):
        raise ImportError("libmagic is missing")

    monkeypatch.setattr("diffkit.harness.compare.backend_named", broken)

    [row] = measure([from_problem("exp")], ["magic:level=3"], effort=BRIEF)

    assert (row.backend, row.status) == ("magic:level=3", "unsupported")
    assert row.message == "the backend does not load: ImportError: libmagic is missing"
    assert str(as_backend("magic")) == "magic"
