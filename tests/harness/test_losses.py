"""Who lost the digits: the program, a rule or formula, the step, or the differences."""

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import registry
from diffkit.harness.accuracy import Witness
from diffkit.harness.compare import measure
from diffkit.harness.losses import titles_of
from diffkit.harness.targets import from_callable, from_formula, from_problem
from diffkit.report import tables


def told(target, backend, value=None):
    """The sentence about a backend's own result, or about another."""
    with np.errstate(all="ignore"):
        witness = Witness(target, 0)
        witness.testimony()
        backend = registry.backend(backend)
        if value is None:
            value = getattr(backend.prepare(witness.f, target.args, target.wrt), target.operator)(
                *target.args
            )
        return witness.loss(backend, value, witness.score(value).digits)


def at(text, x):
    return from_formula(text, {"x": x})


WHO = {
    "the program": (
        "log(1 + x)/x",
        1e-8,
        "reverse",
        "rounding 1 + x alone leaves 0.0; write log(1 + x) as log1p(x)",
    ),
    "the program, for all": (
        "log(1 + x)/x",
        1e-8,
        "symbolic",
        "f as it is written leaves 0.0 of 16 digits to any method in doubles",
    ),
    "a formula": (
        "tanh(x)",
        19.0,
        "symbolic",
        "SymPy's formula did it: rounding tanh(x) alone leaves 0.0; write 1 -",
    ),
    "a long step": ("sin(1e4*x)", 1.0, "finite:scheme=central", "is too long, which is truncation"),
    "a short step": ("exp(x)", 1.0, "finite:scheme=forward,step=1e-12", "is too short, which is rounding"),
    "a balance": ("exp(x)", 1.0, "finite:scheme=central", "truncation and rounding balance"),
    "differences": ("tanh(x)", 19.0, "finite", "differences of f's rounded values resolve no more"),
}


@pytest.mark.parametrize("who", WHO)
def test_the_loser_is_named(who):
    text, x, backend, words = WHO[who]
    assert words in told(at(text, x), backend)


@pytest.mark.parametrize("backend", ["reverse", "forward", "symbolic", "finite", "complex-step"])
def test_nobody_is_blamed_where_nothing_is_lost(backend):
    assert told(at("sin(x)*exp(-x^2)", 0.7), backend) is None


def test_the_better_form_keeps_the_digits_that_the_sentence_promises():
    """The advice is followed, and nothing is lost."""
    written, better = "sqrt(x^2 + 1) - x", "1/(sqrt(x^2 + 1) + x)"
    assert told(at(written, 1e7), "reverse").endswith("as 1/(sqrt(x**2 + 1) + x).")
    assert told(at(better, 1e7), "reverse") is None


def test_a_wrong_rule_is_blamed_as_wrong():
    row = diffkit.rule(
        lambda x: np.sin(x), lambda y, x: 1.01 * np.cos(x), name="skewed", exact=lambda m, x: m.sin(x)
    )
    sentence = told(from_callable(lambda x: row(x), 0.3), "reverse")
    assert sentence.startswith("reverse keeps 2.0 of") and sentence.endswith("its rules are wrong.")


def test_a_rule_that_cancels_is_blamed_with_its_operation():
    """1 - y*y, the textbook's slope of tanh, has no digit left at 19."""
    row = diffkit.rule(
        lambda x: np.tanh(x), lambda y, x: 1 - y * y, name="textbook tanh", exact=lambda m, x: m.tanh(x)
    )
    sentence = told(from_callable(lambda x: row(x), 19.0), "reverse")
    assert "its rules did it: rounding" in sentence and "write 1 - " in sentence


def test_the_control_is_not_explained():
    assert told(at("sin(x)", 0.7), "zero") is None


def test_numbers_have_the_names_that_the_user_gave():
    args = (np.ones(2), {"a": np.ones((1, 2)), "b": 0.5}, 3.0)
    assert titles_of(args, (0, 1), ["x", "p", "c"]) == ["x[0]", "x[1]", "p.0[0, 0]", "p.0[0, 1]", "p.1"]
    assert titles_of(args, 2, ["x", "p", "c"]) == ["c"]


def test_the_comparison_records_the_sentence_and_the_table_shows_it_once():
    rows = measure([from_problem("log_one_plus")], ["forward", "reverse"], effort="quick")
    assert len({row.loss for row in rows}) == 1 and "log1p(x)" in rows[0].loss
    text = tables.text_table(rows)
    assert " ".join(text.split()).count("write log(1 + x) as log1p(x)") == 1
    assert max(map(len, text.splitlines())) <= 80
    assert tables.html_table(rows).count("log1p(x)") == tables.markdown_table(rows).count("log1p") == 1


def test_a_sentence_travels_from_a_process_of_its_own():
    [row] = measure([from_problem("tanh_far_out")], ["symbolic"], effort="quick", isolate=True)
    assert "1/cosh(x)**2" in row.loss
