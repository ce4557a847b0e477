"""Verdicts and causes: right gradients pass whatever their scale, wrong ones are named for what they are."""

import zlib

import numpy as np
import pytest

import diffkit
from diffkit.checking import Check, check_adjoint, check_backends, watch
from diffkit.checking import check_gradient as check


def loss(x):
    return np.sum(np.sin(x) * x**2)


def gradient(x):
    return np.cos(x) * x**2 + 2 * x * np.sin(x)


def hessian(x):
    return np.diag(4 * x * np.cos(x) + (2 - x**2) * np.sin(x))


WEIGHTS = np.array([[0.5, -1.2, 0.3], [0.7, 0.1, -0.4], [1.5, 0.2, 0.9]])


def layer(x):
    return np.tanh(WEIGHTS @ x)


def jacobian(x):
    return (1 - np.tanh(WEIGHTS @ x) ** 2)[:, None] * WEIGHTS


def mse(parameters, X, y):
    return np.mean((X @ parameters["W"] + parameters["b"] - y) ** 2)


def mse_gradient(parameters, X, y):
    residual = X @ parameters["W"] + parameters["b"] - y
    return {"b": np.mean(2 * residual), "W": 2 * X.T @ residual / len(y)}


def opaque(f):
    """f as a compiled library would be: it takes numbers and nothing else."""

    def plain(x):
        return np.array([float(each) for each in x.reshape(-1)]).reshape(x.shape) if np.ndim(x) else float(x)

    return lambda *args: f(*map(plain, args))


X = np.array([0.3, -0.7, 1.1, 2.4])
DATA = np.random.default_rng(3).standard_normal((7, 3))
FIT = ({"W": np.array([0.2, -0.3, 0.7]), "b": 0.4}, DATA, DATA @ [1.0, 2.0, 3.0])

RIGHT = {
    "gradient": (loss, gradient, X, {}),
    "hessian": (loss, hessian, X, {"operator": "hessian"}),
    "hvp": (loss, lambda x, v: hessian(x) @ v, X, {"operator": "hvp"}),
    "jacobian": (layer, jacobian, X[:3], {}),
    "jvp": (layer, lambda x, v: jacobian(x) @ v, X[:3], {"operator": "jvp"}),
    "vjp": (layer, lambda x, w: w @ jacobian(x), X[:3], {"operator": "vjp"}),
    "derivative": (np.tanh, lambda x: 1 - np.tanh(x) ** 2, 0.4, {"operator": "derivative"}),
}


@pytest.mark.parametrize("seen_as", [lambda f: f, opaque], ids=["traced", "opaque"])
@pytest.mark.parametrize("operator", RIGHT)
def test_every_operator_is_checked_whether_f_can_be_traced_or_not(operator, seen_as):
    """Right ones agree; -1, 1 % off and zero are seen, by name."""
    f, g, x, options = RIGHT[operator]
    f = seen_as(f)

    right = check(f, g, x, **options)
    assert (right.verdict, right.cause) == ("agree", "")
    assert right.reference == ("differences" if seen_as is opaque else "enclosure")
    for factor, cause in ((-1.0, {"sign"}), (1.01, {"constant ratio", "other"}), (0.0, {"detached"})):
        wrong = check(f, lambda *a, c=factor: c * g(*a), x, **options)
        assert wrong.verdict == "disagree" and wrong.cause in cause


def test_containers_and_data_are_named_in_the_message():
    assert check(mse, mse_gradient, *FIT)
    detached = check(mse, lambda *a: mse_gradient(*a) | {"b": 0.0}, *FIT)
    summed = check(mse, lambda *a: {key: 7 * g for key, g in mse_gradient(*a).items()}, *FIT)

    assert (detached.cause, detached.wrong, detached.worst[0]["component"]) == (
        "zero",
        1,
        "p['b']".replace("p", "parameters"),
    )
    assert "parameters['b'] gets no gradient" in detached.message
    assert summed.cause == "constant ratio" and "X.shape[0] = 7" in summed.message


def test_several_arguments():
    def f(a, b):
        return np.sum(a * b**2)

    assert check(f, lambda a, b: (b**2, 2 * a * b), X, X[::-1].copy(), wrt=(0, 1))
    swapped = check(f, lambda a, b: (2 * a * b, b**2), X, X[::-1].copy(), wrt=(0, 1))
    assert swapped.verdict == "disagree"
    assert check(f, lambda a, b: 2 * a * b, X, X[::-1].copy(), wrt=1)


def test_value_and_gradient_in_one_function():
    """As SciPy's jac=True, as a pair beside f, and with a value that is not f's."""
    assert check(lambda x: (loss(x), gradient(x)), True, X)
    assert check(loss, lambda x: (loss(x), gradient(x)), X)
    off = check(loss, lambda x: (loss(x) + 1, gradient(x)), X)
    assert (off.verdict, off.cause) == ("disagree", "value")


def test_a_gradient_that_is_already_there():
    assert check(loss, gradient(X), X)
    assert check(loss, 2 * gradient(X), X).cause == "constant ratio"


# Single precision


def test_single_precision_is_granted_to_what_is_returned_so_and_to_nothing_else():
    single = check(loss, lambda x: gradient(x).astype(np.float32), X)
    disguised = check(loss, lambda x: gradient(x).astype(np.float32).astype(float), X)
    wrong = check(loss, lambda x: 1.001 * gradient(x).astype(np.float32), X)

    assert single.verdict == "agree" and 6 < single.digits < 9
    assert (disguised.verdict, disguised.cause) == ("disagree", "single precision")
    assert (wrong.verdict, wrong.cause) == ("disagree", "constant ratio")


def test_a_float32_point_is_handed_to_the_gradient_as_it_is():
    seen = []

    def g(x):
        seen.append(x.dtype)
        return gradient(x)

    assert check(loss, g, X.astype(np.float32))
    assert set(seen) == {np.dtype(np.float32)}


# Kinks, noise, domains


def relu(x):
    return np.sum(np.maximum(x, 0))


SLOPES_AT_KINK = {
    0.0: "agree",
    0.5: "agree",
    1.0: "agree",
    0.3: "cannot tell",
    1.2: "disagree",
    -0.1: "disagree",
}


@pytest.mark.parametrize(("slope", "verdict"), SLOPES_AT_KINK.items())
def test_at_a_kink_a_slope_of_either_side_is_not_wrong(slope, verdict):
    at_kink = check(relu, lambda x: np.where(x == 0, slope, x > 0), np.array([0.0, 1.0, -2.0]))

    assert (at_kink.verdict, at_kink.cause) == (verdict, "kink")


def test_next_to_a_kink_the_enclosure_decides():
    x = np.array([1e-14, 1.0, -2.0])

    assert check(relu, lambda x: 1.0 * (x > 0), x)
    assert check(relu, lambda x: 2.0 * (x > 0), x).verdict == "disagree"


def test_noise_and_rounded_functions_do_not_accuse():
    """f rounded to nine places: as a program its derivative is 0, and that is not what is meant."""

    def rounded(x):
        return np.round(loss(x), 9)

    assert check(rounded, gradient, X)
    assert check(opaque(rounded), gradient, X)
    assert check(rounded, lambda x: -gradient(x), X).cause == "sign"


def test_noise_that_hides_the_derivative_cannot_tell():
    random = np.random.default_rng(0)
    table = random.standard_normal(10_000)

    def simulation(x):
        return loss(x) + 0.1 * table[zlib.crc32(np.asarray(x).tobytes()) % 10_000]

    found = check(simulation, gradient, X)
    assert found.verdict == "cannot tell" and found.exit_code == 3


def test_what_no_program_keeps_cannot_be_told():
    found = check(lambda x: np.log(1 + x) / x, lambda x: -0.5, 1e-8)

    assert (found.verdict, found.cause) == ("cannot tell", "noise level")
    assert "rewrite f" in found.message


def test_a_form_that_cancels_is_right_to_the_digits_it_has():
    found = check(np.tanh, lambda x: 1 - np.tanh(x) ** 2, 9.0)

    assert found.verdict == "agree" and 7 < found.digits < 10


def test_outside_the_domain():
    found = check(lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([-1.0, 2.0]))

    assert (found.verdict, found.cause) == ("cannot tell", "domain")


def test_a_claim_that_is_not_finite_is_wrong():
    found = check(lambda x: np.sum(x**2), lambda x: np.where(x > 2, np.nan, 2 * x), X)

    assert (found.verdict, found.cause) == ("disagree", "not finite")


def test_a_function_that_is_not_deterministic_is_told_on():
    random = np.random.default_rng(1)
    found = check(lambda x: loss(x) + 1e-9 * random.standard_normal(), gradient, X)

    assert (found.verdict, found.cause) == ("cannot tell", "not deterministic")


def test_what_changes_its_argument_is_told_on():
    def spoils(x):
        y = loss(x)
        x *= 2
        return y

    def spoiling_gradient(x):
        g = gradient(x)
        x += 1
        return g

    x = X.copy()
    for found in (check(spoils, gradient, x), check(loss, spoiling_gradient, x)):
        assert (found.verdict, found.cause) == ("cannot tell", "argument changed")
    assert np.array_equal(x, X)


# Tiny, huge, zero


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e-12, 1e12, 1e30, 1e200])
def test_no_scale_hides_a_flipped_sign(scale):
    def f(x):
        return scale * loss(x)

    assert check(f, lambda x: scale * gradient(x), X)
    assert check(f, lambda x: -scale * gradient(x), X).cause == "sign"
    assert check(f, lambda x: 0 * x, X).cause == "detached"


def test_a_gradient_that_vanishes_is_no_evidence_where_only_differences_reach():
    found = check(
        opaque(lambda x: np.sum((x - 1) ** 4) + 3), lambda x: -4 * (x - 1) ** 3, np.full(3, 1 + 1e-7)
    )

    assert found.verdict == "cannot tell"


# Shapes


def test_shapes_are_compared():
    tall = WEIGHTS[:2]
    found = check(lambda x: tall @ x, lambda x: tall.T, X[:3])
    assert (found.verdict, found.cause) == ("disagree", "transposed")
    assert check(loss, lambda x: gradient(x)[:-1], X).cause == "shape"
    assert check(mse, lambda *a: {"W": mse_gradient(*a)["W"]}, *FIT).cause == "shape"


def test_a_transposed_jacobian_is_named():
    found = check(layer, lambda x: jacobian(x).T, X[:3])

    assert (found.verdict, found.cause, found.wrong) == ("disagree", "transposed", 6)
    assert found.worst[0]["component"].startswith("y[")


# The record and the message


def test_the_message_can_be_read_and_repeated():
    found = check(loss, lambda x: gradient(x) + 0.25 * x, X)
    lines = found.message.splitlines()

    assert lines[0].startswith(
        "The gradient g of loss disagrees with the certified enclosure of f: a term is too much"
    )
    assert "0.25 times the point x" in lines[0] and lines[0].endswith(".")
    assert any("Differences: agree with the reference" in line for line in lines)
    assert found.taylor == pytest.approx(1, abs=0.1)
    repeated = eval(
        found.reproduce, {"diffkit": diffkit, "np": np, "loss": loss, "g": lambda x: gradient(x) + 0.25 * x}
    )
    assert repeated == found


def test_a_long_table_shows_the_worst_eight():
    x = np.linspace(0.5, 2, 30)
    found = check(loss, lambda x: gradient(x) * np.linspace(1.5, 2.5, 30), x)

    assert len(found.worst) == 8 and "and 22 more" in found.message and found.wrong == found.entries == 30


def test_rows_and_records():
    found = check(loss, lambda x: -gradient(x), X)

    assert Check.from_json_line(found.to_json_line()) == found
    assert {"point", "component", "got", "expected", "radius", "digits", "verdict", "cause"} <= set(
        found.as_rows()[0]
    )
    assert (found.exit_code, check(loss, gradient, X).exit_code) == (1, 0)
    assert check(loss, gradient, X).as_rows()[0]["verdict"] == "agree"


def test_the_operator_must_fit():
    with pytest.raises(ValueError, match="jacobian"):
        check(layer, jacobian, X[:3], operator="gradient")
    with pytest.raises(ValueError, match="no operator"):
        check(loss, gradient, X, operator="slope")


# The other doors


def test_assert_gradient_raises_with_the_message():
    assert diffkit.assert_gradient(loss, gradient, X)
    with pytest.raises(AssertionError, match="the sign is flipped"):
        diffkit.assert_gradient(loss, lambda x: -gradient(x), X)
    with pytest.raises(AssertionError, match="cannot be judged"):
        diffkit.assert_gradient(lambda x: np.log(x), lambda x: 1 / x, -1.0)


def test_check_grad_is_the_norm_that_scipy_returns():
    assert diffkit.check_grad(loss, gradient, X) < 1e-14
    assert diffkit.check_grad(loss, lambda x: gradient(x) + 3, X) == pytest.approx(6)
    along = diffkit.check_grad(loss, lambda x: gradient(x) + 3, X, direction="random", seed=2)
    assert along == pytest.approx(abs(3 * np.random.default_rng(2).standard_normal(4).sum()))
    assert diffkit.check_grad(lambda x, c: c * loss(x), lambda x, c: c * gradient(x), X, 2.0) < 1e-13
    with pytest.raises(ValueError, match="direction"):
        diffkit.check_grad(loss, gradient, X, direction="some")


def test_watch_checks_the_first_calls_and_steps_aside():
    calls = []

    def g(x):
        calls.append(x)
        return gradient(x)

    watched = watch(loss, g, calls=1)
    watched(X)
    spent = len(calls)
    watched(X)
    assert spent > 1 and len(calls) == spent + 1
    with pytest.raises(AssertionError, match="sign"):
        watch(loss, lambda x: -gradient(x))(X)
    with pytest.warns(UserWarning, match="cannot be judged"):
        watch(lambda x: np.log(1 + x) / x, lambda x: -0.5)(1e-8)


def test_every_backend_is_checked():
    """Each agrees, or says that it cannot; the control is caught."""
    found = check_backends(loss, X)

    assert {c.claimed: c.verdict for c in found}["by reverse"] == "agree"
    assert all(c.verdict == "agree" or c.cause == "unsupported" for c in found), [str(c) for c in found]
    [zero] = check_backends(loss, X, backends=["zero"])
    assert zero.cause == "detached"


def test_the_adjoint_identity():
    assert check_adjoint(lambda x, v: jacobian(x) @ v, lambda x, w: w @ jacobian(x), X[:3])
    assert not check_adjoint(lambda x, v: jacobian(x) @ v, lambda x, w: jacobian(x) @ w, X[:3])


def test_points_in_extended_precision():
    assert check(lambda x: np.sum(x**3), lambda x: 3 * x**2, np.array([0.3, 0.7], dtype=np.longdouble))


@pytest.mark.parametrize("slack", [-1.0, np.nan])
def test_a_slack_that_is_none_is_refused(slack):
    with pytest.raises(ValueError, match="0 or more"):
        check(lambda x: x**2, lambda x: 2 * x, 3.0, slack=slack)


def test_the_short_summary_of_a_test_run_says_what_is_wrong():
    """pytest shows the first line of a message there."""
    with pytest.raises(AssertionError, match=r"\AThe gradient g of f disagrees"):
        diffkit.assert_gradient(lambda x: x**2, lambda x: -2 * x, 3.0)


@pytest.mark.parametrize("n", [100, 3100])
def test_check_grad_takes_as_many_inputs_as_scipy(n):
    """Opaque code of 100 inputs, and traced code of more than are enclosed."""

    def f(x):
        return float(sum(x.tolist())) ** 2 / n if n == 100 else np.sum(x * x)

    def g(x):
        return 2 * np.sum(x) / n * np.ones(n) if n == 100 else 2 * x

    x = np.linspace(-1.0, 2.0, n)
    assert diffkit.check_grad(f, g, x) < 1e-8
    assert abs(diffkit.check_grad(f, lambda x: g(x) + (np.arange(n) == 5), x) - 1.0) < 1e-8
