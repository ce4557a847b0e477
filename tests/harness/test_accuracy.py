"""Right results are ok, wrong ones of every sort are wrong, on every problem of the catalogue."""

import numpy as np
import pytest

from diffkit.differentiators.registry import backend
from diffkit.harness.accuracy import FEWEST_DIGITS, Witness, as_leaves, verdict
from diffkit.harness.targets import from_callable, from_problem
from diffkit.problems import CATALOGUE
from tests.harness.hostile import SPOILS

LARGE = {"network_784_128_10"}  # its truth takes seconds, and the smaller networks have the same code
PROBLEMS = sorted(set(CATALOGUE) - LARGE)


def result(target, name="reverse"):
    with np.errstate(all="ignore"):
        prepared = backend(name).prepare(target.function.load(), target.args, target.wrt)
        return getattr(prepared, target.operator)(*target.args)


def spoiled(value, how):
    """The value with every leaf spoiled; a container becomes the tuple of its leaves."""
    leaves = [SPOILS[how](leaf) for leaf in as_leaves(value)]
    return leaves[0] if len(leaves) == 1 else tuple(leaves)


def same(a, b):
    pairs = list(zip(as_leaves(a), as_leaves(b), strict=True))
    return all(np.array_equal(x, y) for x, y in pairs)


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_wrong_derivative_is_caught_and_a_right_one_is_not(name):
    """Zero, sign-flipped, 1 % off, single precision and transposed, wherever that makes a difference."""
    target = from_problem(name)
    witness = Witness(target, seed=0)
    testimony = witness.testimony()
    honest = result(target)

    score = witness.score(honest)

    if not testimony.message:
        keeps_some = testimony.attainable_digits >= FEWEST_DIGITS
        assert score.status == ("ok" if keeps_some else "wrong"), score.message
        assert keeps_some or "f keeps no more" in score.message
        for how in ("zero", "flipped", "percent", "transposed", "not finite"):
            wrong = spoiled(honest, how)
            caught = witness.score(wrong)
            assert caught.status == "wrong" or same(wrong, honest), (how, caught)
            assert caught.message or caught.status == "ok"
    else:
        assert score.status == "unscored" and "no certified truth" in score.message


def test_every_spoil_makes_a_difference_somewhere():
    """The loop above is not empty for any of its spoils."""
    value = {"J": result(from_problem("broyden"))}

    assert not any(same(spoiled(value, how), value) for how in SPOILS if how != "single")


@pytest.mark.parametrize("name", ["rosenbrock", "helmholtz", "chebyquad", "network_2_8_2"])
def test_single_precision_from_an_exact_method_is_wrong(name):
    """7 of 16 digits are what anybody keeps; an exact method owes more than half."""
    target = from_problem(name)
    witness = Witness(target, seed=0)
    witness.testimony()

    score = witness.score(spoiled(result(target), "single"))

    assert score.status == "wrong" and 6 < score.digits < 8


def test_the_same_digits_with_an_honest_bound_are_ok():
    """A difference quotient that says how wrong it is has kept its word."""
    target = from_problem("rosenbrock")
    witness = Witness(target, seed=0)
    witness.testimony()
    rough = result(target) * (1 + 3e-8)

    assert witness.score(rough).status == "wrong"
    assert witness.score(rough, bound=1e-7 * np.abs(rough)).status == "ok"
    assert witness.score(rough, bound=1e-16 * np.abs(rough)).status == "wrong"


def test_a_bound_does_not_excuse_a_sign_error():
    """Nothing with fewer digits than 2.5 is ok, whatever it says of itself."""
    target = from_problem("helmholtz")
    witness = Witness(target, seed=0)
    witness.testimony()
    wrong = -result(target)

    assert witness.score(wrong, bound=10 * np.abs(wrong)).status == "wrong"


def test_another_shape_is_wrong_and_both_shapes_are_named():
    """The transpose of a wide Jacobian has all the numbers, in the wrong places."""
    target = from_callable(lambda x: np.array([x[0] * x[1], x[1] * x[2]]), np.array([1.0, 2.0, 3.0]))
    witness = Witness(target, seed=0)
    witness.testimony()

    score = witness.score(result(target).T)

    assert score.status == "wrong" and "(3, 2)" in score.message and "(2, 3)" in score.message


def test_the_program_is_blamed_where_it_has_no_digits():
    """log(1 + x)/x at 1e-8: the method is innocent."""
    target = from_problem("log_one_plus")
    witness = Witness(target, seed=0)
    witness.testimony()

    score = witness.score(result(target))

    assert score.status == "wrong" and "f keeps no more" in score.message and score.digits == 0.0


@pytest.mark.parametrize(
    ("kept", "attainable", "claimed", "status"),
    [
        (16.0, 16.0, None, "ok"), (9.0, 16.0, None, "ok"), (8.0, 16.0, None, "wrong"),
        (7.2, 16.0, 7.5, "ok"), (3.0, 16.0, 7.5, "wrong"), (2.0, 4.0, None, "wrong"),
        (3.0, 4.0, None, "ok"), (0.0, 0.0, None, "wrong"), (5.0, 0.0, None, "ok"), (2.0, 16.0, 0.0, "wrong"),
        (9.5, None, None, "ok"), (9.4, None, None, "wrong"),
    ],
)  # fmt: skip
def test_half_is_owed_and_never_less_than_two_and_a_half(kept, attainable, claimed, status):
    assert verdict(kept, attainable, claimed)[0] == status


def test_a_method_is_blamed_unless_it_does_what_can_be_done():
    """Zero is not excused by a program that keeps 3 digits; the program's own 2 digits are."""
    assert "where the program allows 3.0" in verdict(0.0, 3.0)[1]
    assert verdict(1.9, 2.0) == ("wrong", "f keeps no more")
    assert "its error bound promises 9.0" in verdict(1.0, 15.0, claimed=9.0)[1]


def test_a_jacobian_that_is_certified_along_directions_says_so():
    """400 by 400 entries are too many to enclose each; right and wrong results tell how they were held."""
    target = from_callable(lambda x: np.tanh(x) * np.roll(x, 1), np.linspace(0, 1, 400))
    witness = Witness(target, seed=0)
    witness.testimony()

    right, wrong = witness.score(result(target)), witness.score(np.zeros((400, 400)))

    said = "certified along 8 seeded directions, not in its 160,000 entries"
    assert (right.status, right.message) == ("ok", said)
    assert wrong.status == "wrong" and wrong.message.endswith(f"; {said}")


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_scored_result_names_the_width_of_its_enclosure(name):
    """Narrower than a double resolves, by ten bits at least."""
    known = Witness(from_problem(name), seed=0).testimony()

    if known.attainable_digits is not None:
        assert 0 <= known.truth_width <= 2.0**-63
    else:
        assert known.truth_width is None and known.message.startswith("no certified truth")
