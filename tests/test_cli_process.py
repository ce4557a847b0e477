"""The command as a process: start-up, streams of other encodings, pipes, signals, the pasted line."""

import json
import os
import re
import subprocess
import sys

import pytest

from diffkit.harness.record import read_records

DIFFKIT = [sys.executable, "-m", "diffkit"]
FAST = ["--no-isolate", "--quick", "--backends", "reverse"]


@pytest.fixture
def environment(tmp_path):
    """The variables of a run that keeps its records in the test's folder."""
    hidden = {"PYTHONIOENCODING", "NO_COLOR", "COLUMNS"}
    return {k: v for k, v in os.environ.items() if k not in hidden} | {"DIFFKIT_DATA": str(tmp_path / "data")}


def run(environment, folder, *args, **options):
    return subprocess.run(
        [*DIFFKIT, *args],
        env=environment,
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
        **options,
    )


def test_help_imports_nothing_heavy(environment, tmp_path):
    """Help, completion and usage errors answer at once: no NumPy, SymPy, matplotlib, rich."""
    code = (
        "import sys; from typer.testing import CliRunner; from diffkit.cli import app\n"
        "before = set(sys.modules)\n"
        "for words in (['--help'], ['compare', '--help'], ['list', '--help']):\n"
        "    assert CliRunner().invoke(app, words).exit_code == 0\n"
        "heavy = {'numpy', 'sympy', 'matplotlib', 'flint', 'psutil', 'cloudpickle'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["cp949", "cp1252", "ascii", "utf-8"])
def test_every_stream_can_be_written(encoding, environment, tmp_path):
    """Letters that the stream has not are replaced; nothing fails and the table is whole."""
    environment |= {"PYTHONIOENCODING": encoding}

    done = run(environment, tmp_path, "compare", "π*θ + é", "--at", "θ=1,é=2", *FAST)

    text = done.stdout.decode(encoding)
    assert done.returncode == 0, done.stderr
    assert "reverse" in text and "16 digits is all a double has" in text and b"Traceback" not in done.stderr
    assert ("θ" in text) == (encoding in ("utf-8", "cp949"))


def test_a_reader_that_leaves_early_is_no_error(environment, tmp_path):
    """`diffkit list functions | head -1`: no traceback and no complaint at the end."""
    with subprocess.Popen(
        [*DIFFKIT, "list", "functions", "--json"],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        process.stdout.close()
        complaint = process.stderr.read()
        process.wait(timeout=60)

    assert (process.returncode, complaint) == (0, b"")


INTERRUPTED = """
import signal

def f(x):
    if not isinstance(x, float):  # a traced value: the measuring has begun
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
        signal.raise_signal(signal.SIGINT)
    return x
"""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("com", "compare"),
        ("compare helm", "helmholtz"),
        ("compare --suite sw", "swell"),
        ("list su", "suites"),
    ],
)
def test_the_shell_completes_commands_and_names(typed, offered, environment, tmp_path):
    """What typer installs for bash asks the command itself, through variables of the environment."""
    words = ["diffkit", *typed.split()]
    asked = {
        "_DIFFKIT_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }

    done = run(environment | asked, tmp_path)

    assert done.stdout.decode().split() == [offered], done.stderr


MODEL = "import numpy as np\n\ndef loss(x, y):\n    return (1 - x) ** 2 + np.sin(x * y)\n"


@pytest.mark.parametrize(
    ("words", "truth"),
    [
        (["sin(x)*exp(-x^2)", "--at", "x=0.7"], [-0.08396815100693275]),
        (["x^2*y", "--at", "x=3,y=2"], [12.0, 9.0]),
        (["model.py:loss", "--at", "x=1,y=0"], [0.0, 1.0]),
        (["folder/model.py:loss", "--at", "x=1,y=0", "--wrt", "y"], [1.0]),
        (["two_products"], [8.0, 81.0]),
    ],
    ids=["formula", "two variables", "file", "file elsewhere", "problem"],
)
def test_the_line_to_paste_runs_and_gives_the_derivative(words, truth, environment, tmp_path):
    """The last line of the answer, run by Python in the same folder, prints the certified derivative."""
    (tmp_path / "folder").mkdir()
    for place in (tmp_path, tmp_path / "folder"):
        (place / "model.py").write_text(MODEL, encoding="utf-8")
    done = run(environment, tmp_path, "compare", *words, *FAST)
    line = done.stdout.decode().splitlines()[-1]

    pasted = subprocess.run(
        [sys.executable, "-c", line], env=environment, cwd=tmp_path, capture_output=True, timeout=60
    )

    assert pasted.returncode == 0, pasted.stderr
    numbers = [float(number) for number in re.findall(r"[-\d.e]+", pasted.stdout.decode())]
    assert numbers == pytest.approx(truth, rel=1e-14)  # a few roundings


def test_isolated_backends_and_colours(environment, tmp_path):
    """By default each backend has a process; without a terminal there is neither colour nor a bar."""
    done = run(
        environment, tmp_path, "compare", "x^2", "--at", "x=3", "--quick", "--backends", "reverse", "--json"
    )

    (row,) = json.loads(done.stdout)["rows"]
    assert row["value"] == 6.0 and row["threads"] == 1
    assert b"\x1b" not in done.stdout + done.stderr


def test_ctrl_c_leaves_what_was_measured(environment, tmp_path):
    """An interrupt in the second of two functions: exit code 130, the first one's record, no traceback."""
    (tmp_path / "model.py").write_text(INTERRUPTED, encoding="utf-8")

    done = run(environment, tmp_path, "compare", "x^2", "model.py:f", "--at", "3", *FAST, "-o", "r.jsonl")

    assert done.returncode == 130 and b"Traceback" not in done.stderr
    assert b"x^2" in done.stdout and b"r.jsonl" in done.stderr
    assert [row.problem for row in read_records(tmp_path / "r.jsonl")] == ["x^2"]
