"""Activations, losses and initialisation, differentiated by every backend."""

import numpy as np
import pytest

import diffkit
from diffkit.harness.truth import correct_digits, truth
from diffkit.training.activations import ACTIVATIONS, LOSSES
from diffkit.training.by_hand import LOSSES_BY_HAND, SLOPES, ByHand
from diffkit.training.network import Network, joined

# Digits that a backend owes on these losses: exact up to some roundings, differences about two thirds.
# Symbolic has a test of its own below; peers and the native compiler, which takes its time, elsewhere.
OWED = dict.fromkeys(("forward", "reverse", "compiled-numpy", "complex-step"), 13.5)
OWED |= {"finite": 10.0, "finite:scheme=central": 8.0}


def example(activation, loss, random, batch=3, hidden=3):
    """A 2-3-2 network (2-3-1 for the logistic loss) off its start with zero biases, and a batch."""
    network = Network((2, hidden, 1 if loss == "logistic" else 2), activation, loss, decay=0.01)
    parameters = [x + 0.1 * random.normal(size=x.shape) for x in network.initial(0)]
    X, labels = random.normal(size=(batch, 2)), random.integers(2, size=batch)
    return network, parameters, X, np.eye(2)[labels][:, : network.layers[-1]]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_backend_differentiates_every_activation_and_loss(activation, loss, random):
    """Each gradient keeps the digits that its method owes, against the certified one."""
    network, parameters, X, Y = example(activation, loss, random)
    expected = truth(network.loss, (parameters, X, Y))
    assert expected.enclosed
    for name, digits in OWED.items():
        g = diffkit.gradient(network.loss, parameters, X, Y, backend=name)
        assert correct_digits(g, expected) > digits, name


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_symbolic_derives_one_sample_and_evaluates_the_batch(activation, loss, random):
    """The mean of per-sample gradients is the gradient of the mean."""
    network, parameters, X, Y = example(activation, loss, random, hidden=1)
    prepared = diffkit.prepare(network.loss, parameters, X[:1], Y[:1], backend="symbolic")
    ys, gs = prepared.values_and_gradients(parameters, X[:, None], Y[:, None])
    y, g = diffkit.prepare(network.loss, parameters, X, Y).value_and_gradient(parameters, X, Y)
    assert ys.mean() == pytest.approx(y, rel=1e-14)
    assert joined([each.mean(axis=0) for each in gs]) == pytest.approx(joined(g), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_by_hand_is_the_same_gradient(activation, loss, random):
    """A step written by hand, as the baseline of every step's cost, agrees to rounding; two hidden layers."""
    network, _, X, Y = example(activation, loss, random)
    network = Network((2, 4, 3, network.layers[-1]), activation, loss, decay=0.1)
    parameters = [x + 0.1 * random.normal(size=x.shape) for x in network.initial(0)]
    y, g = ByHand().prepare(network.loss, (parameters, X, Y)).value_and_gradient(parameters, X, Y)
    expected = diffkit.prepare(network.loss, parameters, X, Y).value_and_gradient(parameters, X, Y)
    assert y == pytest.approx(expected[0], rel=1e-14)
    assert joined(g) == pytest.approx(joined(expected[1]), rel=1e-11, abs=1e-15)
    assert SLOPES.keys() == ACTIVATIONS.keys() and LOSSES_BY_HAND.keys() == LOSSES.keys()


def test_by_hand_differentiates_nothing_else(random):
    """Another function, another argument, another operator: refused with the way out."""
    network, parameters, X, Y = example("tanh", "mse", random)
    for refused in (
        lambda: ByHand().prepare(np.sum, (X,)),
        lambda: ByHand().prepare(network.loss, (parameters, X, Y), 1),
        lambda: ByHand().prepare(network.loss, (parameters, X, Y)).jacobian(parameters, X, Y),
    ):
        with pytest.raises(diffkit.Unsupported, match="use reverse"):
            refused()


def test_gradients_of_many_samples_by_any_backend(random):
    """The default of the interface loops over samples, symbolic evaluates columns: the same numbers."""
    network, parameters, X, Y = example("tanh", "cross-entropy", random)
    answers = [
        diffkit.prepare(network.loss, parameters, X[:1], Y[:1], backend=name).values_and_gradients(
            parameters, X[:, None], Y[:, None]
        )
        for name in ("reverse", "symbolic")
    ]
    assert [g.shape for g in answers[0][1]] == [(3, 2, 3), (3, 3), (3, 3, 2), (3, 2)]
    assert answers[0][0] == pytest.approx(answers[1][0], rel=1e-14)
    for a, b in zip(answers[0][1], answers[1][1], strict=True):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-15)


def test_the_step_activation_has_no_slope(random):
    """Below a threshold unit the gradient is exactly zero; without one it is not."""
    for activation, below in (("step", 0.0), ("logistic", None)):
        network, parameters, X, Y = example(activation, "mse", random)
        network = Network(network.layers, activation, "mse")
        g = diffkit.gradient(network.loss, parameters, X, Y)
        assert (np.abs(g[0]).max() == 0.0) == (below == 0.0)
        assert np.abs(g[2]).max() > 0


@pytest.mark.parametrize("loss", LOSSES)
def test_losses_do_not_overflow(loss):
    """At scores of a thousand the loss and its gradient are finite."""
    network = Network((1, 1 if loss == "logistic" else 2), loss_name=loss)
    X, Y = np.array([[1000.0]]), np.array([[0.0, 1.0]])[:, : network.layers[-1]]
    parameters = [np.ones(shape) for shape in network.shapes]
    y, g = diffkit.prepare(network.loss, parameters, X, Y).value_and_gradient(parameters, X, Y)
    assert np.isfinite(y) and all(np.all(np.isfinite(each)) for each in g)


@pytest.mark.parametrize(("scheme", "variance"), [("he", 2 / 400), ("glorot", 2 / 500)])
def test_initialisation(scheme, variance):
    """Weights have the variance of their scheme to 3 %, 40,000 of them; the same seed draws the same."""
    network = Network((400, 100), "tanh")
    W, b = network.initial(3, scheme)
    assert W.var() == pytest.approx(variance, rel=0.03) and not b.any()
    assert np.array_equal(W, network.initial(3, scheme)[0])
    assert not np.array_equal(W, network.initial(4, scheme)[0])


def test_decay_pulls_on_weights_alone(random):
    """The gradient of the penalty is decay times W, and 0 for the biases."""
    network, parameters, X, Y = example("tanh", "mse", random)
    with_decay, without = (
        diffkit.gradient(Network(network.layers, decay=decay).loss, parameters, X, Y) for decay in (0.5, 0.0)
    )
    for k, parameter in enumerate(parameters):
        expected = 0.5 * parameter if k % 2 == 0 else 0 * parameter
        assert with_decay[k] - without[k] == pytest.approx(expected, abs=1e-14)


def test_layer_values_are_what_scores_are_made_of(random):
    """The anatomy's pass and the prediction's are one."""
    network, parameters, X, _ = example("gelu", "mse", random)
    values = network.layer_values(parameters, X)
    assert len(values) == 2
    assert np.array_equal(values[-1][1], network.scores(parameters, X))
    assert all(map(np.array_equal, network.split(joined(parameters)), parameters))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"layers": (2,)}, "layers 2 are no network"),
        ({"layers": (2, 0, 1)}, "layers 2,0,1"),
        (
            {"layers": (2, 1), "activation": "sigmoid"},
            "there is no activation 'sigmoid': it is one of step, log",
        ),
        ({"layers": (2, 1), "loss_name": "hinge"}, "there is no loss 'hinge'"),
        ({"layers": (2, 1), "decay": -1.0}, "decay is -1.0"),
    ],
)
def test_what_is_no_network(wrong, told):
    """One sentence that names the value."""
    with pytest.raises(ValueError, match=told):
        Network(**wrong)
    with pytest.raises(ValueError, match="there is no init 'zeros'"):
        Network((2, 1)).initial(0, "zeros")


def test_accuracy_counts_right_classes():
    """One-hot by the largest score; one unit by its sign, or by 1/2 where it was to be 0 or 1 itself."""
    scores, Y = np.array([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0]]), np.eye(2)[[0, 1, 1]]
    assert Network((2, 2), loss_name="cross-entropy").accuracy(scores, Y) == pytest.approx(2 / 3)
    scores, Y = np.array([[0.3], [-0.2], [0.7], [0.4]]), np.array([[1.0], [0.0], [1.0], [0.0]])
    assert Network((2, 1), loss_name="logistic").accuracy(scores, Y) == 0.75
    assert Network((2, 1), loss_name="mse").accuracy(scores, Y) == 0.75
    assert Network((2, 1), loss_name="mse").accuracy(scores - 0.4, Y) == 0.5
