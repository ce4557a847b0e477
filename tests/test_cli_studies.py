"""`diffkit compare --random-problems` and `--sweep-step`, run in this process."""

import json

import pytest
from typer.testing import CliRunner

from diffkit.cli import app
from diffkit.harness.record import Measurement, read_records
from diffkit.report.accuracy import honesty, honesty_table, relative_error, valley_of, valleys


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    """Every test has a folder of its own, and keeps its records there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))


def compare(*args):
    return CliRunner().invoke(app, ["compare", "-q", *args])


def record(value, bound, diagnosis="ok", **more):
    known = {"problem": "p", "backend": "b", "operator": "derivative", "status": "ok", "truth": 2.0}
    return Measurement(**known | {"value": value, "error_estimate": bound, "diagnosis": diagnosis} | more)


@pytest.mark.parametrize(
    ("row", "within", "bounded", "silent"),
    [
        (record(2.0, 1e-15), 1, 1, 0),
        (record(2.0 + 1e-6, 1e-5), 0, 1, 0),
        (record(2.0 + 1e-6, 5e-7), 0, 0, 0),  # twice the estimate: not bounded, and not yet silent
        (record(2.0 + 1e-6, 1e-9), 0, 0, 1),
        (record(2.0 + 1e-9, 1e-15), 0, 0, 0),  # 5e-10 of the truth: too little to be called wrong
        (record(-2.0, 0.0), 0, 0, 1),
        (record(-2.0, None), 0, 1, 0),  # an infinite estimate says that nothing is known
        (record(-2.0, None, "exact"), 0, None, 1),
        (record(None, None, "kink", status="wrong"), 0, None, 0),
        (record(None, None, status="unsupported"), 0, None, 0),
    ],
)
def test_an_error_is_bounded_or_silent_by_the_backends_own_estimate(row, within, bounded, silent):
    """Each rule, on either side of its threshold."""
    [found] = honesty([row])

    assert (found["within"], found["bounded"], found["silent"]) == (within, bounded, silent)


@pytest.mark.parametrize(("cases", "shares"), [(1, "0 1 1 0"), (100, "0.0% 100.0% 100.0% 0.0%")])
def test_a_hundred_cases_are_told_in_percent(cases, shares):
    """Right to 1e-8 and not to 1e-12, within its estimate; 80 columns for the longest name of a backend."""
    rows = [record(2.0 + 1e-9, 1e-8, backend="scipy-differentiate", evaluations=1000)] * cases
    line = honesty_table(rows).splitlines()[1]

    assert line.split() == ["scipy-differentiate", str(cases), *shares.split(), "1000.0", "1000", "0"]
    assert len(line) <= 80


def test_many_problems_get_a_summary_below_their_table(tmp_path):
    """Forty formulas from a file, each certified; thirty-nine get none."""
    lines = [f"f{i},sin(x)+{i}*x,x=1:2" for i in range(40)]
    for count, summed in ((40, True), (39, False)):
        (tmp_path / "many.csv").write_text("\n".join(["name,formula,ranges", *lines[:count]]))
        result = compare("--file", "many.csv", "--quick", "--no-isolate", "--backends", "finite")

        assert result.exit_code == 0, result.stderr
        assert ("cases: problems with a certified derivative" in result.stdout) is summed
        starts = [line.split()[:4] for line in result.stdout.splitlines()]
        assert (["finite", "40", "40", "40"] in starts) is summed


def test_what_has_no_certified_truth_does_not_count():
    """Shares are of the problems with a truth."""
    rows = [record(2.0, 1e-15), record(1.0, 1e-15, truth=None, status="unscored")]

    assert honesty(rows)[0]["problems"] == 1 and honesty(rows)[0]["within"] == 1.0


def test_random_problems_are_summed_up_in_a_line_a_backend():
    """Ours bounds its errors, the control is silently wrong; the same seed gives the same table."""
    args = "--random-problems", "12", "--seed", "9", "--backends", "finite,zero"
    result = compare(*args, "-o", "rows.jsonl")

    title, _, finite, zero, *_ = result.stdout.splitlines()
    assert result.exit_code == 0, result.stderr
    assert title == "12 random problems, seed 9"
    assert finite.split()[:2] == ["finite", "12"] and finite.split()[4:6] == ["12", "0"]
    assert zero.split()[:5] == ["zero", "12", "0", "0", "12"]  # silent in all
    assert result.stdout == compare(*args).stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    rows = read_records("rows.jsonl")
    assert len(rows) == 24 and not any(row.execute_samples for row in rows)
    assert all(row.truth_width is not None and row.seed == 9 for row in rows)
    assert all(row.threads == 1 for row in rows)  # in processes of their own, which the time limit ends


def test_a_sweep_shows_the_valley_and_what_needs_no_step():
    """exp at 1: forward is best near 1e-8, central near 1e-5, as the errors' theory says."""
    result = compare("exp(x)", "--at", "x=1", "--sweep-step", "--json")

    rows = [Measurement.from_json_line(json.dumps(raw_of(row))) for row in json.loads(result.stdout)["rows"]]
    best = {}
    for row in rows:
        if row.settings.get("step"):
            key, found = (row.settings["scheme"], row.settings["order"]), relative_error(row)
            best[key] = min(best.get(key, (9.0, 0.0)), (found, row.settings["step"]))
    central = {("central", order) for order in (2, 4, 6)}
    assert set(best) == central | {("forward", 0), ("backward", 0), ("richardson", 6)}
    assert 1e-10 < best["forward", 0][1] < 1e-6 and 1e-8 < best["central", 2][1] < 1e-3
    assert best["forward", 0][0] > best["central", 2][0] > best["central", 4][0]
    assert all(relative_error(row) < 1e-12 for row in rows if not row.settings.get("step"))


def test_the_valley_has_the_slopes_of_its_scheme():
    """Truncation goes with h to the order, rounding with 1/h: within a half, for the floor is not all one."""
    compare("exp(x)", "--at", "x=1", "--sweep-step", "-o", "sweep.jsonl")
    found = valleys(read_records("sweep.jsonl"))

    orders = {"forward": 1, "backward": 1, "central 2": 2, "central 4": 4, "central 6": 6, "richardson 6": 6}
    assert list(found) == list(orders)
    for name, order in orders.items():
        assert found[name].longer == pytest.approx(order, abs=0.5)
        assert found[name].shorter == pytest.approx(-1, abs=0.5)
    assert found["forward"].floor > 1e-10 > found["central 2"].floor > 1e-12 > found["central 6"].floor
    assert 1e-9 <= found["forward"].step <= 1e-7 and 1e-3 <= found["central 6"].step <= 0.1


@pytest.mark.parametrize(
    ("errors", "longer", "shorter"),
    [
        ({}, None, None), ({0.1: None}, None, None), ({0.1: 0.0, 0.01: 0.0}, None, None),
        ({1.0: 2.0, 0.1: 1.0}, None, None), ({1e-1: 1e-2, 1e-2: 1e-3}, 1.0, None),
    ],
)  # fmt: skip
def test_where_nothing_is_known_there_is_no_slope(errors, longer, shorter):
    """No value, errors of 0, and errors too large to say anything."""
    assert (valley_of(errors).longer, valley_of(errors).shorter) == (longer, shorter)


def raw_of(row):
    """A row of --json without what is derived from the record."""
    return {key: value for key, value in row.items() if key in Measurement.__dataclass_fields__}


def test_a_sweep_is_a_small_table_scaled_to_the_point():
    """Fifteen steps below the size of the point; each scheme a column."""
    lines = compare("sin(x)", "--at", "x=4e6", "--sweep-step").stdout.splitlines()

    assert lines[1].split() == "h forward backward central 2 central 4 central 6 richardson 6".split()
    assert [float(line.split()[0]) for line in lines[2:17]] == [10.0 ** (5 - k) for k in range(15)]
    assert [line.split()[0] for line in lines[17:21]] == ["floor", "at", "longer", "shorter"]
    assert any(line.startswith("complex-step needs no choice") for line in lines)
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["sin(x)", "--random-problems", "3"], "leave out WHAT"),
        (["--random-problems", "3", "--at", "x=1"], "leave out --at"),
        (["--random-problems", "3", "--backends", "finit"], "finite"),
        (["--sweep-step"], "one function at one point"),
        (["sin(x)", "--at", "x=1", "--at", "x=2", "--sweep-step"], "one function at one point"),
        (["sin(x)", "--sweep-step", "--backends", "finite"], "--backends"),
        (["sin(x)", "--sweep-step", "--random-problems", "3"], "leave out WHAT"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(args, words):
    """It names what is wrong; nothing on stdout."""
    result = compare(*args)

    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr
