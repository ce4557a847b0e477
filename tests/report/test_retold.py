"""What records say, told in Korean: nothing of ours stays English, and English is left as it was."""

import re

import numpy as np
import pytest
from rich.cells import cell_len

from diffkit.checking import check_gradient
from diffkit.harness.record import Measurement
from diffkit.languages import speaking
from diffkit.languages.retelling import retold
from diffkit.report.tables import text_table
from diffkit.results import compare
from diffkit.training.diagnosis import dead_units, flow_of_gradients, no_slope
from diffkit.training.network import Network
from diffkit.training.parting import why
from diffkit.training.record import Step
from tests.checking.bench import CASES, mutants

ENGLISH = re.compile(r"(?:[a-z]{2,} ){2}[a-z]{2,}")  # three words in a row
CHOSEN = ("rosenbrock", "relu at its kink, opaque", "noise of 1e-5", "layer's jacobian")
RIGHT = [case for case in CASES if case.name in CHOSEN]


def messages():
    """Right and wrong gradients of some cases of the bench, each with its message."""
    for case in RIGHT:
        for name, g, _ in [("right", case.g, ()), *mutants(case)]:
            yield f"{case.name}, {name}", check_gradient(case.f, g, case.x)


def test_every_verdict_of_the_bench_is_told_in_korean():
    checks = dict(messages())
    with speaking("ko"):
        korean = {name: str(check) for name, check in checks.items()}
    english = {name: found[0] for name, text in korean.items()
               if (found := ENGLISH.search(text.partition("다시 보기")[0]))}  # fmt: skip

    assert len(checks) > 20 and english == {}
    assert all(str(check) == check.message for check in checks.values())


MANY = np.random.default_rng(0).standard_normal(5000)
WRONG_IN = [[7, 9], [4999], range(100, 200), range(0, 5000, 50), [], None]  # None: everywhere a little


@pytest.mark.parametrize("places", WRONG_IN)
@pytest.mark.parametrize(
    "change", [lambda g: -g, lambda g: g + 0.1, lambda g: g * (1 + 1e-6), lambda g: np.nan]
)
def test_verdicts_on_many_inputs_are_told_in_korean(places, change):
    def g(x):
        g = 2 * x
        where = slice(None) if places is None else list(places)
        g[where] = change(g[where])
        return g

    check = check_gradient(lambda x: np.sum(x * x), g, MANY)
    with speaking("ko"):
        assert not ENGLISH.search(str(check).partition("다시 보기")[0]), check.message


def test_the_table_of_a_check_is_as_wide_as_its_words():
    """Each column ends at one place, though Korean letters take two cells."""
    check = check_gradient(lambda x: np.sum(x**3), lambda x: -3 * x**2, np.array([1.0, 2.0]))
    with speaking("ko"):
        _, head, *rows = str(check).split("\n")
    assert head.split() == ["성분", "주장한", "값", "옳은", "값", "허용", "오차", "자릿수"]
    assert cell_len(head) == cell_len(rows[0]) == cell_len(rows[1])
    assert str(check).split("\n")[-1].endswith("seed=0)")


def test_lost_digits_are_told_in_korean_and_recorded_in_english():
    with speaking("ko"):
        result = compare("log(1 + x)/x", 1e-8, backends="reverse", effort="untimed")
        text = text_table(result.rows)
    assert "log(1 + x) 대신 log1p(x)라고" in " ".join(text.split()) and not ENGLISH.search(text)
    assert result.rows[0].loss.startswith("f as it is written leaves 0.0 of 16 digits")


STEPS = [Step(backend=name, epoch=0, step=0, loss=1.0, digits=digits, gradient_norms=[norm, 1.0])
         for name, digits, norm in (("a", 9.0, 1e-9), ("b", 16.0, 1e9))]  # fmt: skip
NETWORK = Network((1, 2, 1), "relu", "mse")
PARAMETERS = [-np.ones((1, 2)), -np.ones(2), np.ones((2, 1)), np.zeros(1)]


@pytest.mark.parametrize(
    "sentence",
    [
        no_slope("step"), *flow_of_gradients(STEPS[:1]), *flow_of_gradients(STEPS[1:]),
        why(STEPS[:1], STEPS[1:], 0), why(STEPS[1:], STEPS[1:], 3),
        *dead_units(NETWORK, PARAMETERS, np.ones((4, 1))),
    ],
)  # fmt: skip
def test_what_went_wrong_in_training_is_told_in_korean(sentence):
    with speaking("ko"):
        assert not ENGLISH.search(retold(sentence)), sentence
    assert retold(sentence) == sentence


def test_a_message_from_elsewhere_stays_as_it_is():
    """Rather than a Korean sentence with English in its midst."""
    texts = ["LinAlgError: the matrix is singular and was not solved", "f", "", "The answer of all questions"]
    with speaking("ko"):
        assert [retold(text) for text in texts] == texts
        row = Measurement(problem="p", backend="b", operator="gradient", status="error", message="No: 1")
        assert "오류: No: 1" in text_table([row])
