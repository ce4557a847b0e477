"""`diffkit check`, run in this process: verdicts, exit codes, rows and records."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from diffkit.checking import Check
from diffkit.cli import app
from diffkit.harness.record import read_records
from diffkit.results import judging

MODEL = """
import math, os
import numpy as np

def loss(x, y):
    print("chatter")
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2

def right(x, y):
    return -2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)

def flipped(x, y):
    return tuple(-g for g in right(x, y))

def failing(x, y):
    return [1][int(x) + 4]

def hangs(x, y):
    while True:
        pass

def dies(x, y):
    os._exit(7)

def ramp(x):
    return abs(x)

def opaque(x):
    return math.sin(float(x))

def noisy(x):
    return math.floor(1e3 * x) / 1e3
"""
AT = ["--at", "x=1,y=2"]
LOSS = "model.py:loss"


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    """Every test has a folder of its own with a model.py in it, and keeps its records there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    return tmp_path


def check(*args):
    return CliRunner().invoke(app, ["check", *args])


def test_silence_but_a_sentence_is_agreement(in_a_folder):
    """Exit 0; what the user's function prints is no part of the answer; the Check is kept."""
    result = check(LOSS, "--grad", "model.py:right", *AT)

    assert result.exit_code == 0, result.stderr
    assert result.stdout == "The gradient right of loss agrees with the certified enclosure of f.\n"
    [kept] = (in_a_folder / "data").glob("*-check.jsonl")
    [record] = read_records(kept, Check)
    assert (record.verdict, record.point) == ("agree", {"x": 1.0, "y": 2.0})


def test_a_wrong_gradient_is_exit_1_with_its_cause():
    """The rows of --json hold what was got, what was expected, and why it differs."""
    result = check(LOSS, "--grad", "model.py:flipped", *AT, "--json")

    rows = json.loads(result.stdout)["rows"]
    assert result.exit_code == 1
    assert {row["component"] for row in rows} == {"x", "y"}
    assert all(row["verdict"] == "disagree" and row["cause"] == "sign" for row in rows)
    assert all(row["got"] == -row["expected"] and row["digits"] == 0 for row in rows)
    assert all(row["radius"] < 1e-10 and row["point"] == {"x": 1.0, "y": 2.0} for row in rows)


def test_what_cannot_be_told_is_exit_3():
    """At a kink of a function that jumps everywhere nothing is accused."""
    result = check("model.py:noisy", "--grad", "x", "--at", "x=0.5")

    assert result.exit_code == 3 and "cannot be judged" in result.stdout


def test_many_points_are_a_table_and_one_message_for_each_kind_of_failure():
    """Points beside --at are drawn around it; the same seed draws the same."""
    args = LOSS, "--grad", "model.py:flipped", *AT, "--points", "4"
    result, again = check(*args), check(*args)

    assert result.exit_code == 1 and result.stdout == again.stdout
    assert result.stdout.splitlines()[1].split() == ["flipped", "0", "4", "0", "0.0"]
    assert result.stdout.count("disagrees with") == 1


def test_without_a_gradient_every_backend_is_checked():
    """A row a backend, 5 points each; drawn from the range, which is said."""
    result = check(LOSS, "--points", "5", "--range", "x=0:1;y=0:1", "--backends", "reverse,forward,finite")

    lines = [line.split() for line in result.stdout.splitlines()]
    assert result.exit_code == 0, result.stdout
    assert [line[:4] for line in lines[1:]] == [
        [name, "5", "0", "0"] for name in ("reverse", "forward", "finite")
    ]
    assert "drawn from 0 to 1" in result.stderr


def test_a_backend_that_is_always_wrong_is_noticed():
    """The control fails, and its message says so."""
    result = check(LOSS, "--backends", "zero,reverse", *AT)

    assert result.exit_code == 1 and "by zero of loss disagrees" in result.stdout


def test_a_backend_that_does_not_take_the_function_does_not_decide():
    """Reverse cannot follow float(x), differences can: it is told, and fails only where nobody can."""
    both = check("model.py:opaque", "--backends", "reverse,finite", "--at", "x=2")
    alone = check("model.py:opaque", "--backends", "reverse", "--at", "x=2")

    assert (both.exit_code, alone.exit_code) == (0, 3)
    assert "reverse cannot differentiate opaque" in " ".join(both.stdout.split())


@pytest.mark.parametrize(
    ("formula", "grad", "code"),
    [
        ("x^2*y", "2*x*y; x^2", 0),
        ("x^2*y", "2*x*y; 2*x", 1),
        ("sin(x)", "cos(x)", 0),
        ("sin(x)", "-cos(x)", 1),
    ],
)
def test_formulas_are_checked_too(formula, grad, code):
    """A formula for each variable, parted by semicolons; one may begin with a minus."""
    at = "x=3,y=2" if "y" in formula else "x=3"

    assert check(formula, "--grad", grad, "--at", at).exit_code == code


def test_records_and_documents_go_where_they_are_named(in_a_folder):
    """.jsonl has Check lines, .json the document."""
    check(LOSS, "--grad", "model.py:right", *AT, "-o", "checks.jsonl")
    check(LOSS, "--grad", "model.py:right", *AT, "-o", "checks.json")

    assert [each.verdict for each in read_records("checks.jsonl", Check)] == ["agree"]
    assert json.loads((in_a_folder / "checks.json").read_text())["rows"][0]["verdict"] == "agree"


def test_an_interrupt_shows_what_was_checked(monkeypatch):
    """Exit 130 with the first points."""
    calls = []

    def interrupted(*args, **options):
        calls.append(args)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return original(*args, **options)

    original = judging.check_gradient
    monkeypatch.setattr(judging, "check_gradient", interrupted)

    result = check(LOSS, "--grad", "model.py:right", *AT, "--points", "5")

    assert result.exit_code == 130 and "Interrupted" in result.stderr
    assert result.stdout.splitlines()[1].split()[:2] == ["right", "2"]


def test_a_check_that_does_not_end_is_ended():
    """After the stated seconds, with a clear sentence and a record."""
    args = "model.py:loss", "--grad", "model.py:hangs", *AT, "--timeout", "2"
    result = check(*args, "--json")

    [row] = json.loads(result.stdout)["rows"]
    assert (result.exit_code, row["verdict"], row["cause"]) == (3, "cannot tell", "timeout")
    sentence = " ".join(check(*args).stdout.split())
    assert sentence == (
        "The gradient hangs of loss cannot be judged here: ended after 2 s, the limit, in the check; "
        "allow more by --timeout."
    )


def test_a_process_that_is_lost_is_told():
    """As a compiled library may end it."""
    result = check("model.py:loss", "--grad", "model.py:dies", *AT, "--timeout", "60", "--points", "2")

    assert result.exit_code == 3 and "the process ended by itself in the check with exit code 7" in " ".join(
        result.stdout.split()
    )


def test_within_its_limit_a_check_is_as_without():
    """Verdict, exit code and the sentences of bad input."""
    args = "model.py:loss", "--grad", "model.py:flipped", *AT
    bad = check("model.py:loss", "--grad", "model.py:failing", *AT, "--timeout", "60")

    assert check(*args, "--timeout", "60").stdout == check(*args).stdout
    assert bad.exit_code == 2 and "model.py, line 16" in bad.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([LOSS, "--grad", "model.py:rigth", *AT], "did you mean right"),
        ([LOSS, "--grad", "model.py", *AT], "name its function"),
        ([LOSS, "--grad", "nothing.py:g", *AT], "nothing.py"),
        ([LOSS, "--grad", "model.py:ramp", *AT], "ramp() takes 1"),
        ([LOSS, "--grad", "model.py:failing", *AT], "model.py, line 16"),
        ([LOSS, "--grad", "2*x", *AT], "1 formulas, and 2 variables"),
        ([LOSS, "--grad", "z; y", *AT], "z"),
        ([LOSS, "--grad", "model.py:right", "--operator", "slope", *AT], "slope"),
        ([LOSS, "--grad", "model.py:right", "--backends", "reverse", *AT], "--backends"),
        ([LOSS, "-o", "checks.txt", *AT], "checks.txt"),
        ([LOSS, "--at", "x=1"], "y"),
        (["log(x)", "--grad", "1/x", "--at", "x=-1"], "not finite"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(args, words):
    """It names what is wrong; no traceback, nothing on stdout."""
    result = check(*args)

    assert (result.exit_code, result.stdout) == (2, ""), result.stdout
    assert words in result.stderr and "Traceback" not in result.stderr


def test_the_document_is_json_where_the_reference_is_infinite():
    """No NaN, no infinity: null."""
    result = check("model.py:noisy", "--grad", "x", "--at", "x=0.5", "--json")

    rows = json.loads(result.stdout, parse_constant=pytest.fail)["rows"]
    assert all(row["radius"] is None or np.isfinite(row["radius"]) for row in rows)


def test_verdicts_are_korean_where_it_is_asked_for():
    """The sentence, the table, the summary; JSON stays as it is."""
    words = ["x^2*y", "--grad", "2*x*y; -x^2", "--at", "x=3,y=2"]
    wrong = check(*words, "--lang", "ko")
    sentence = " ".join(wrong.stdout.split())
    assert wrong.exit_code == 1 and "일치하지 않는다 (기준: f의 검증된 포함 구간)" in sentence
    assert "성분" in wrong.stdout and "다시 보기: diffkit.check_gradient(" in wrong.stdout
    summary = check("x^2*y", "--at", "x=3,y=2", "--backends", "reverse,zero", "--lang", "ko").stdout
    assert summary.splitlines()[0].split() == ["주장", "일치", "불일치", "판단", "불가", "최소", "자릿수"]
    documents = [check(*words, "--json", *more).stdout for more in ([], ["--lang", "ko"])]
    rows = [json.loads(text)["rows"] for text in documents]
    assert rows[0] == rows[1]
