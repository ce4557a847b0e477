"""What the other backends say of the same derivative, beside a walk."""

import json

import numpy as np
import pytest

from diffkit.differentiators.finite import Finite
from diffkit.differentiators.walk import walk
from diffkit.differentiators.witnesses import DIFFERENCED, EVERY, FORMULAS, WRITTEN_OUT, explained
from diffkit.expressions import parse
from diffkit.problems import instance

FORMULAE = {
    "2*x*y + y + 3": (40.0, 4.0),
    "sin(x)*exp(-x^2)": (0.7,),
    "log(exp(x) + exp(y) + exp(z))": (0.1, 1.2, -0.3),
    "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))": (2.0, -1.0, -3.0, -2.0, -3.0),
}


def told(found):
    return {witness.backend: witness for witness in found.witnesses}


def inputs(found):
    return {step.symbol: step.adjoint for step in found.steps if step.kind == "input"}


@pytest.mark.parametrize("formula", FORMULAE)
def test_all_witnesses_tell_the_derivative_of_the_backward_pass(formula):
    """Exact ones up to a few roundings, differences within the bound that they state."""
    found = explained(parse(formula), *FORMULAE[formula])
    witnesses, g = told(found), inputs(found)

    assert list(witnesses) == ["forward", "symbolic", "finite"] and found.trace == tuple(g)
    for name, slope in g.items():
        for backend in ("forward", "symbolic"):
            assert witnesses[backend].derivatives[name] == pytest.approx(slope, rel=1e-13)  # 20 ulps
        error = abs(witnesses["finite"].derivatives[name] - slope)
        assert error <= witnesses["finite"].bounds[name]
    assert set(witnesses["symbolic"].formulas) == set(g)
    json.dumps(found.as_dict(), allow_nan=False)


def test_the_formula_is_that_of_the_classroom():
    formulas = told(explained(parse("2*x*y + y + 3"), 40.0, 4.0))["symbolic"].formulas
    assert formulas == {"x": "2*y", "y": "2*x + 1"}


def test_the_trace_is_the_derivative_of_every_node():
    """Node by node against a walk that ends there: v4 = v3 + 3 and what is before it."""
    steps = {step.symbol: step.tangents for step in explained(parse("2*x*y + y + 3"), 40.0, 4.0).steps}
    assert {name: steps[name] for name in ("x", "y", "v1", "v2", "v3", "v4")} == {
        "x": (1.0, 0.0), "y": (0.0, 1.0), "v1": (2.0, 0.0), "v2": (8.0, 80.0), "v3": (8.0, 81.0),
        "v4": (8.0, 81.0),
    }  # fmt: skip


def test_many_inputs_are_taken_in_one_direction():
    """The tangent along ones is the sum of the gradient, by forward mode and by differences alike."""
    x = np.linspace(0.5, 1.5, DIFFERENCED + 1)
    found = explained(lambda x: np.sum(np.sin(x) * x), x)
    witnesses, (g,) = told(found), inputs(found).values()
    slack = 1e-13 * np.sum(np.abs(g))  # a rounding for each of the terms

    assert found.trace == (EVERY,)
    assert witnesses["forward"].derivatives[EVERY] == pytest.approx(np.sum(g), abs=slack)
    finite = witnesses["finite"]
    assert abs(finite.derivatives[EVERY] - np.sum(g)) <= finite.bounds[EVERY] + slack


def test_more_formulas_than_one_reads_are_counted_instead():
    message = told(explained(lambda x: np.sum(x), np.ones(FORMULAS + 1)))["symbolic"].message
    assert "9 formulas" in message


def test_a_formula_that_nobody_could_read_is_not_written():
    """The logistic map's formula doubles at every step: its size is told instead."""

    def iterated(x):
        for _ in range(20):
            x = 4 * x * (1 - x)
        return x

    message = told(explained(iterated, 0.3))["symbolic"].message
    operations = int(message.split("about ")[1].split(" ")[0].replace(",", ""))
    assert operations == 3 * (2**20 - 1) > WRITTEN_OUT  # s = 3 + 2 s


def test_what_a_backend_fails_with_is_its_answer(monkeypatch):
    def broken(self, *args):
        raise ValueError("no\nluck")

    monkeypatch.setattr(Finite, "prepare", broken)
    assert told(explained(parse("x*x"), 3.0))["finite"].message == "ValueError: no luck"


def test_what_a_function_prints_is_shown_once(capsys):
    def talkative(x):
        print("here")
        return x * x

    explained(talkative, 3.0)
    assert capsys.readouterr().out == "here\n"


def test_arguments_that_are_data_are_nodes_with_a_name():
    """Used twice, one node with the sum of its adjoints; nothing is differentiated in it."""
    weights, inputs = np.array([1.0, 2.0]), np.array([[3.0, 4.0], [5.0, 6.0]])

    def loss(weights, inputs, scale):
        return np.sum(inputs @ weights) * scale + np.sum(inputs)

    found = explained(loss, weights, inputs, 0.5, wrt=(0,))
    kinds = {step.symbol: step.kind for step in found.steps if step.kind in ("input", "data")}
    everything = {step.symbol: step.adjoint for step in walk(loss, weights, inputs, 0.5).steps}

    assert kinds == {"weights": "input", "inputs": "data", "scale": "data"}
    assert found.trace == ("weights[0]", "weights[1]")
    for step in found.steps:
        if step.symbol in ("weights", "scale"):
            np.testing.assert_array_equal(step.adjoint, everything[step.symbol])
    for witness in found.witnesses:
        slopes = np.ravel(list(witness.derivatives.values()))
        np.testing.assert_allclose(slopes, [4.0, 5.0], rtol=1e-12)


def test_data_may_be_what_cannot_be_differentiated():
    def repeated(n, x):
        return x**n if n else x

    assert [step.adjoint for step in walk(repeated, 3, 2.0, wrt=(1,)).steps if step.kind == "input"] == [12.0]


@pytest.mark.parametrize(
    ("formula", "point"),
    [("sqrt(x) + y", (0.0, 1.0)), ("x^y", (-2.0, 2.0)), ("where(x > 0, log(x), y)", (0.0, 2.0))],
)
def test_slopes_that_are_not_finite_are_walked_through(formula, point):
    """What forward mode gives is what the backward pass gives, infinite or not; nothing warns."""
    found = explained(parse(formula), *point)
    np.testing.assert_array_equal(
        list(told(found)["forward"].derivatives.values()), list(inputs(found).values())
    )
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_kink_has_two_slopes():
    finite = told(explained(parse("abs(x)"), 0.0))["finite"]
    assert finite.diagnosis == "kink"
    assert (finite.left["x"], finite.right["x"]) == pytest.approx((-1.0, 1.0), abs=1e-12)  # differences


def test_a_constant_function_needs_no_witness():
    assert explained(lambda x: 3.0, 1.0).witnesses == ()


def local_jacobians(found):
    return {(step.text, edge.source): edge.jacobian for step in found.steps for edge in step.edges}


def test_small_local_jacobians_are_those_of_the_rules():
    """A product with a matrix, a square, a slice, a sum: as a lecture writes them."""
    W, x = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])
    found = local_jacobians(walk(lambda W, x: np.sum(np.square(W @ x)[1:]), W, x))

    for key, expected in {
        ("W @ x", "x"): W,
        ("W @ x", "W"): [[5, 6, 0, 0], [0, 0, 5, 6]],
        ("v1**2", "v1"): [[2 * 17, 0], [0, 2 * 39]],
        ("v2[1:]", "v2"): [[0, 1]],
        ("sum(v3)", "v3"): [[1]],
    }.items():
        np.testing.assert_array_equal(found[key], expected)


def test_an_entry_reaches_through_to_its_array():
    found = walk(lambda x: x[1] * x[0], np.array([2.0, 3.0]))
    np.testing.assert_array_equal(local_jacobians(found)["x[1]", "x"], [[0, 1]])


def test_large_local_jacobians_are_left_out():
    found = walk(lambda x: np.sum(np.sin(x)), np.ones(5))
    assert local_jacobians(found)["sin(x)", "x"] is None


def test_constants_are_called_by_what_they_are_and_kept_apart():
    """Two numbers 2 have one label and two symbols; an input called v1 stays the only one."""
    found = walk(lambda v1: 2 * v1 * 2, 3.0)
    constants = [step for step in found.steps if step.kind == "constant"]

    assert [step.label for step in constants] == ["2", "2"] and len({step.symbol for step in constants}) == 2
    assert [step.text for step in found.steps if step.kind == "operation"] == ["2 * v1", "v2 * 2"]
    assert [step.symbol for step in found.steps if step.kind == "operation"] == ["v2", "v3"]


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (lambda x: np.sum(x), "sum(x)"),
        (lambda x: np.sum(np.sum(x, axis=0)), "sum(x, axis=0)"),
        (lambda x: np.sum(x.T), "x.T"),
        (lambda x: np.sum(x @ x), "x @ x"),
        (lambda x: np.sum(np.einsum("ij,kj->ik", x, x)), "einsum('ij,kj->ik', x, x)"),
        (lambda x: np.sum(x.reshape(4)), "reshape(x, 4)"),
        (lambda x: x[0, 0] ** -1.5, "v1 ** (-1.5)"),
        (lambda x: np.where(x[0, 0] > 0, x[0, 0], 0.0), "where(True, v2, 0)"),
    ],
)
def test_operations_are_written_as_in_numpy(f, text):
    assert text in [step.text for step in walk(f, np.eye(2)).steps]


def test_captured_arrays_have_names():
    data = np.array([1.0, 2.0])
    found = walk(lambda x: np.sum(np.where(data > 1.5, x, 0.0) * data - data), np.ones(2))
    assert [(step.symbol, step.label) for step in found.steps if step.kind == "constant"] == [
        ("c1", "c1"), ("0", "0"), ("c2", "c2"), ("c3", "c3"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["network_2_8_2", "gmm", "two_body"])
def test_problems_of_the_catalogue_are_explained(name):
    each = instance(name)
    witnesses = told(explained(each.f, *each.args))
    assert not witnesses["finite"].message and "too many" in witnesses["symbolic"].message
