"""The advice names a winner only where there is one, and its condition always."""

import pytest

from diffkit.harness.record import STATUSES, Measurement
from diffkit.report.tables import advice, recommended


def row(
    backend: str, digits: float | None = 16.0, samples=(2e-6,), problem: str = "sin", **known
) -> Measurement:
    """A scored derivative with 16 attainable digits and 1 ms of set-up."""
    usual = {"operator": "derivative", "status": "ok", "attainable_digits": 16.0, "prepare_seconds": 1e-3}
    return Measurement(
        problem=problem, backend=backend, digits=digits, execute_samples=samples, **usual | known
    )


def test_the_cheapest_of_the_accurate_is_advised():
    """The fastest of all is of no use with 9 digits."""
    rows = [row("finite", 9.0, [1e-6]), row("forward", 15.2, [2e-6]), row("reverse", 15.9, [4e-6])]

    assert advice(rows) == (
        "Take forward: of the 2 backends within one digit of the attainable, "
        "it needs the least time for set-up and 1,000 calls, 3 ms."
    )


def test_fewer_digits_admit_more_backends():
    """The stated bar replaces the attainable one."""
    rows = [row("finite", 9.0, [1e-6]), row("reverse", 15.9, [4e-6])]

    assert advice(rows, min_digits=8).startswith("Take finite: of the 2 backends with 8 digits, it")
    assert advice(rows, min_digits=12.5).startswith("Take reverse: it is the only backend with 12.5 digits;")


def test_the_number_of_calls_decides_between_set_up_and_speed():
    """A costly preparation pays when it is used often."""
    rows = [row("symbolic", samples=[1e-6], prepare_seconds=1.0), row("reverse", samples=[1e-3])]

    assert advice(rows, calls=10).startswith("Take reverse")
    assert "set-up and 1 call," in advice(rows, calls=1)
    assert advice(rows, calls=1_000_000).startswith("Take symbolic")


def test_overlapping_times_have_no_winner():
    """Two medians in each other's spread are a tie; a third far away is not in it."""
    rows = [
        row("forward", samples=[1e-6, 2e-6, 3e-6]),
        row("reverse", samples=[2e-6, 2.5e-6, 4e-6]),
        row("slow", samples=[9e-6, 9e-6, 9e-6]),
    ]

    sentence = advice(rows)
    assert sentence.startswith("Take forward or reverse: of the 3 backends")
    assert "no winner between them" in sentence


def test_a_backend_has_to_do_all_problems():
    """Fast on one and failing or missing on another is not advised."""
    rows = [
        row("partial", samples=[1e-9]), row("failing", samples=[1e-9]), row("reverse"),
        row("failing", None, [], problem="cos", status="timeout"), row("reverse", problem="cos"),
    ]  # fmt: skip

    assert advice(rows) == (
        "Take reverse: it is the only backend within one digit of the attainable on all 2 problems; "
        "set-up and 1,000 calls take 6 ms."
    )


def test_what_a_program_cannot_keep_is_asked_of_nobody():
    """The bar follows the attainable digits of each problem."""
    assert advice([row("reverse", 3.5, attainable_digits=4.3)]).startswith("Take reverse")
    assert advice([row("reverse", 3.2, attainable_digits=4.3)]).startswith("No timed backend")


def test_nobody_good_enough_is_said_with_the_nearest():
    """The sentence says how far the best one is from the bar."""
    rows = [row("finite", 9.0), row("zero", 0.0), row("crashed", None, [], status="error")]

    assert advice(rows, min_digits=12) == (
        "No timed backend came out with 12 digits; finite comes nearest, with 9.0 digits at worst."
    )


def test_problems_without_truth_do_not_count():
    """Where nothing was scored there is no advice; elsewhere such a problem is passed over."""
    unscored = row("reverse", None, problem="abs", status="unscored", attainable_digits=None)

    assert advice([]) is None
    assert advice([unscored]) is None
    assert advice([unscored, row("reverse")]).startswith(
        "Take reverse: it is the only backend within one digit of the attainable;"
    )


def test_a_repeated_run_counts_once():
    """Records of two runs in one file: the newest speaks."""
    assert advice([row("reverse", samples=[1.0]), row("reverse")]).endswith("take 3 ms.")


@pytest.mark.parametrize("status", sorted({*STATUSES} - {"ok", "wrong"}))
def test_every_failure_is_left_out(status):
    """A failed or unscored row has no digits and no samples, and breaks nothing."""
    assert advice([row("failed", None, [], status=status), row("reverse")]).startswith("Take reverse")


def test_a_wrong_result_is_never_advised():
    """However few digits are asked, a result that is judged wrong does not meet the condition."""
    rows = [row("zero", 3.0, [1e-9], status="wrong"), row("reverse", 15.9)]

    assert recommended(rows, min_digits=2) == "reverse"
    assert recommended(rows[:1], min_digits=2) is None


def test_a_program_without_digits_is_to_be_rewritten():
    """Where f itself keeps none, no backend is to be taken; among other problems it decides nothing."""
    lost = [row("reverse", 0.0, problem="log(1+x)/x", status="wrong", attainable_digits=0.0)]

    assert advice(lost).startswith("Rewrite the function") and recommended(lost) is None
    assert advice([*lost, row("reverse")]).startswith("Take reverse: it is the only backend within")
