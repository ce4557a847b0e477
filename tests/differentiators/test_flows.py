"""What flows along the edges of a program."""

import numpy as np

import diffkit
from diffkit.differentiators.flows import MOST_NODES, flows

X = np.array([0.7, -1.3, 2.1])


def f(x, c):
    return np.sum(np.sin(x) * x) - c * x[1]


def test_the_flows_into_the_inputs_add_up_to_the_gradient():
    """Each path ends with one edge into an input, so these share the gradient among themselves."""
    parts = [flow.through for flow in flows(f, [X, 2.0], ["x", "c"]) if flow.part in ("x", "c")]

    wanted = np.concatenate([np.ravel(g) for g in diffkit.gradient(f, X, 2.0, wrt=(0, 1))])
    assert np.allclose(sum(parts), wanted, rtol=1e-15)


def test_operations_are_told_as_they_are_written():
    texts = {(flow.whole, flow.part) for flow in flows(f, [X, 2.0], ["x", "c"])}

    assert {("sum(sin(x) * x) - (c * x[1])", "c * x[1]"), ("c * x[1]", "x[1]"), ("sin(x)", "x")} <= texts


def test_a_slope_that_is_left_out_flows_with_1():
    [sine] = [flow for flow in flows(f, [X, 2.0], ["x", "c"]) if flow.name == "sin"]

    assert np.allclose(sine.through[0, :3], np.cos(X) * X) and np.allclose(sine.bare[0, :3], X)


def test_every_output_has_a_row():
    def g(x):
        return np.stack([x[0] * x[1], np.exp(x[2])])

    for flow in flows(g, [X], ["x"]):
        assert flow.through.shape == (2, 3)


def test_a_long_program_is_left_alone_and_texts_stay_short():
    """A loop's expression doubles with each step."""

    def iterated(n):
        def f(x):
            for _ in range(n):
                x = 4 * x * (1 - x)
            return x

        return f

    assert max(len(flow.whole) for flow in flows(iterated(40), [0.3], ["x"])) < 60
    assert not list(flows(iterated(MOST_NODES), [0.3], ["x"]))
