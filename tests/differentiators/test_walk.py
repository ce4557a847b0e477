"""The textbook graphs, number for number, read off the running tape."""

import json

import numpy as np
import pytest

import diffkit
from diffkit.differentiators.walk import walk
from diffkit.expressions import parse
from diffkit.problems import CATALOGUE, instance


def adjoints(steps):
    return {step.symbol: step.adjoint for step in steps}


def test_the_classroom_graph_comes_out_number_for_number():
    """z = 2xy + y + 3 at (40, 4): every value and every adjoint, the constants' included."""
    z = walk(parse("2*x*y + y + 3"), 40.0, 4.0)

    assert {step.symbol: (step.text, step.value) for step in z.steps if step.kind == "operation"} == {
        "v1": ("2 * x", 80.0),
        "v2": ("v1 * y", 320.0),
        "v3": ("v2 + y", 324.0),
        "v4": ("v3 + 3", 327.0),
    }
    assert adjoints(z.steps) == {
        "x": 8.0, "y": 81.0, "2": 160.0, "v1": 4.0, "v2": 1.0, "v3": 1.0, "3": 1.0, "v4": 1.0,
    }  # fmt: skip
    edges = {(step.symbol, edge.source): edge.slope for step in z.steps for edge in step.edges}
    assert edges[("v1", "2")] == 40.0 and edges[("v1", "x")] == 2.0 and edges[("v2", "y")] == 80.0


def test_the_neuron_comes_out_as_in_the_lecture():
    """CS231n, backpropagation notes: 0.73, and -0.20, -0.39, 0.20, 0.39, -0.59 to two digits."""
    f = parse("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", ["w0", "x0", "w1", "x1", "w2"])
    z = walk(f, 2.0, -1.0, -3.0, -2.0, -3.0)
    found = adjoints(z.steps)

    assert round(z.value, 2) == 0.73
    assert {name: round(found[name], 2) for name in ("w0", "w1", "w2", "x0", "x1")} == {
        "w0": -0.20, "w1": -0.39, "w2": 0.20, "x0": 0.39, "x1": -0.59,
    }  # fmt: skip


GATES = {  # value, derivatives at (3, -2): add passes the gradient on, multiply swaps its inputs
    "a + b": (1.0, [1.0, 1.0]),
    "a * b": (-6.0, [-2.0, 3.0]),
    "square(a) + 0*b": (9.0, [6.0, 0.0]),
    "relu(a) + relu(b)": (3.0, [1.0, 0.0]),
    "exp(b) + 0*a": (np.exp(-2.0), [0.0, np.exp(-2.0)]),
}


@pytest.mark.parametrize("gate", GATES)
def test_gates(gate):
    value, slopes = GATES[gate]
    z = walk(parse(gate, ["a", "b"]), 3.0, -2.0)
    assert z.value == value
    assert [adjoints(z.steps)[name] for name in "ab"] == slopes


SCALAR = [
    name for name, problem in CATALOGUE.items() if problem.operator != "jacobian" and name != "where_log"
]


@pytest.mark.parametrize("name", SCALAR)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_walk_agrees_with_the_backend_and_with_itself(name):
    """Inputs end with the gradient of `reverse`; every adjoint is the sum of what flows into its node."""
    each = instance(name, size=CATALOGUE[name].smallest)
    z = walk(each.f, *each.args)
    every = tuple(range(len(each.args)))
    expected = diffkit.gradient(each.f, *each.args, wrt=every)
    leaves = [leaf for part in expected for leaf in (part if isinstance(part, list) else [part])]
    for leaf, step in zip(leaves, [step for step in z.steps if step.kind == "input"], strict=True):
        np.testing.assert_array_equal(step.adjoint, leaf)
    check_sums(z)
    json.dumps(z.as_dict(), allow_nan=False)


def check_sums(z):
    """Each adjoint, result excepted, is the sum of the flows into it, up to the order of adding them."""
    flows = {}
    for step in z.steps:
        for edge in step.edges:
            flows.setdefault(edge.source, []).append(np.asarray(edge.flow))
    for step in z.steps:
        if step.symbol in flows and step.symbol != z.result:
            parts = np.stack(flows[step.symbol])
            slack = 8 * np.finfo(float).eps * np.abs(parts).sum(axis=0)  # a few roundings of what is added
            total = parts.sum(axis=0)
            assert ((step.adjoint == total) | (np.abs(step.adjoint - total) <= slack)).all()  # or inf


def test_the_sum_check_notices_a_wrong_adjoint():
    z = walk(parse("x*x + x"), 3.0)
    wrong = [step if step.symbol != "x" else type(step)(**{**vars(step), "adjoint": 7.1}) for step in z.steps]
    with pytest.raises(AssertionError):
        check_sums(type(z)(z.title, z.value, z.result, tuple(wrong)))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_where_did_not_choose_stays_out_of_the_adjoints():
    """where(x > 0, log(x), 0) at (0, 2): log's slope at 0 is infinite, and it was not chosen."""
    each = instance("where_log")
    z = walk(each.f, *each.args)
    np.testing.assert_array_equal(adjoints(z.steps)["x"], [0.0, 0.5])


def test_a_function_with_many_outputs_is_refused():
    with pytest.raises(diffkit.NotScalar, match="jacobian"):
        walk(lambda x: 2 * x, np.ones(3))


def test_a_constant_function_has_zero_slopes():
    z = walk(lambda x: 3.0, 1.0)
    assert (z.value, z.steps[0].adjoint) == (3.0, 0.0)


def test_parts_of_containers_are_named_as_they_are_reached():
    z = walk(lambda p: np.sum(p["W"]) * p["b"][0], {"b": (2.0, np.ones(1)), "W": np.ones(2)})
    assert [(step.symbol, step.shape) for step in z.steps if step.kind == "input"] == [
        ("p['W']", (2,)), ("p['b'][0]", ()), ("p['b'][1]", (1,)),
    ]  # fmt: skip
