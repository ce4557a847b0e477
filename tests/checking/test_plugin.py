"""The plugin as a user meets it: in a project of its own, run by a pytest of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from diffkit.checking import Check
from diffkit.harness.record import read_records

SUITE = """
import numpy as np
import pytest

def loss(x):
    return np.sum(x**3)

def right(x):
    return 3 * x**2

def wrong(x):
    return np.where(x > 0, 3, -3) * x**2

def test_right(gradcheck):
    gradcheck(loss, right, at=np.array([1.0, 2.0]))

@pytest.mark.gradcheck(points=20)
def test_wrong_on_one_side(gradcheck):
    gradcheck(loss, wrong, at=np.array([0.21357, 0.31416]))

@pytest.mark.parametrize("backend", ["forward", "reverse"])
def test_backends(gradcheck, backend):
    assert gradcheck(loss, backend, np.array([1.0, 2.0]), points=3).verdict == "agree"
"""


def test_an_assertion_fails_in_the_line_of_the_test(tmp_path):
    """Nothing of ours stands between the test and the message."""
    test = "import diffkit\n\ndef test_g():\n    diffkit.assert_gradient(lambda x: x**2, lambda x: x, 3.0)\n"
    (tmp_path / "test_one.py").write_text(test, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "test_one.py"]
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    out = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8").stdout

    assert "diffkit.assert_gradient" in out and "a factor 2 is missing" in out
    assert "check = check_gradient" not in out


def run(folder, *options):
    """The output of pytest on the suite in a folder of its own."""
    (folder / "test_suite.py").write_text(SUITE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_a_wrong_gradient_fails_with_the_simplest_point_and_its_cause(tmp_path):
    """Positive where it started; the drawn points reach the wrong side, and zeros and ones remain."""
    output = run(tmp_path)

    assert "3 passed" in output and "1 failed" in output
    assert "The gradient wrong of loss disagrees with the certified enclosure of f" in output
    line = next(line for line in output.splitlines() if "See it again" in line)
    assert "np.array([-1.0, " in line or ", -1.0])" in line


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_records_are_kept_whatever_process_they_come_from(tmp_path, processes):
    run(tmp_path, "--gradcheck-report", "records.jsonl", *processes)
    records = read_records(tmp_path / "records.jsonl", Check)

    assert len(records) >= 8
    assert {record.verdict for record in records} == {"agree", "disagree"}
    assert {record.claimed for record in records} == {"right", "wrong", "by forward", "by reverse"}


def test_the_seed_draws_the_points(tmp_path):
    def points(seed):
        run(tmp_path, "--gradcheck-seed", seed, "--gradcheck-report", f"{seed}.jsonl", "-k", "backends")
        return [record.point for record in read_records(tmp_path / f"{seed}.jsonl", Check)]

    assert points("1") == points("1")[:6] and points("1")[:6] != points("2")


def test_the_plugin_imports_nothing_heavy():
    heavy = "{'numpy', 'sympy', 'flint', 'hypothesis'}"
    code = f"import sys, diffkit.checking.pytest_plugin; print(sorted({heavy} & set(sys.modules)))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert output.strip() == "[]"
