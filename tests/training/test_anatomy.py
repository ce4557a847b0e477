"""The lecture's passes: every derivative is that of the loss, and the text holds what was computed."""

import numpy as np
import pytest

import diffkit
from diffkit.report.anatomy import anatomy_text
from diffkit.training.activations import ACTIVATIONS, LOSSES
from diffkit.training.anatomy import anatomy
from diffkit.training.plan import planned


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_chain_rule_holds_layer_by_layer(activation):
    """dW = a dz, db = dz, da = W dz of the next layer: to rounding, for every activation and three layers."""
    job = planned("moons", layers=(2, 4, 3, 1), activation=activation)
    found = anatomy(job)
    layers = [{key: np.array(value) for key, value in layer.items()} for layer in found["layers"]]
    X, Y = (each[:1] for each in job.split.train)
    g = diffkit.gradient(job.network.loss, job.network.initial(0), X, Y)
    for k, layer in enumerate(layers):
        assert layer["z"] == pytest.approx(layer["input"] @ layer["W"] + layer["b"])
        assert layer["dW"] == pytest.approx(np.outer(layer["input"], layer["dz"]), rel=1e-13)
        assert layer["db"] == pytest.approx(layer["dz"], rel=1e-13)
        assert np.array_equal(layer["dW"], g[2 * k]) and np.array_equal(layer["db"], g[2 * k + 1])
        if k + 1 < len(layers):
            assert layer["da"] == pytest.approx(layers[k + 1]["W"] @ layers[k + 1]["dz"], rel=1e-13)
            assert np.array_equal(layer["a"], layers[k + 1]["input"])
    assert found["loss"] == pytest.approx(float(job.network.loss(job.network.initial(0), X, Y)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "lbfgs"])
def test_the_update_is_the_optimiser_s(loss, optimizer):
    """Old, derivative and new value of every parameter by name; one small step lowers this sample's loss."""
    options = {"layers": (4, 2, 3), "loss": loss, "optimizer": optimizer, "decay": 0.1}
    found = anatomy(planned("iris", **options, learning_rate=0.01))
    assert [each["name"] for each in found["update"]][7:11] == ["W1[3,1]", "b1[0]", "b1[1]", "W2[0,0]"]
    assert len(found["update"]) == 19
    if optimizer == "sgd":
        for each in found["update"]:
            moved = each["value"] - 0.01 * each["derivative"]
            assert each["new"] == pytest.approx(moved, rel=1e-14, abs=1e-17)
    if optimizer != "lbfgs":
        assert found["loss_after"] < found["loss"]


@pytest.mark.parametrize("options", [{"data": "moons", "layers": (2, 3, 1)}, {"data": "digits"}])
def test_the_text_is_at_most_so_wide_and_complete(options):
    """80 columns; both passes of every layer, the update, and of a small network every parameter."""
    found = anatomy(planned(**options))
    for width in (80, 100):
        assert max(map(len, anatomy_text(found, width).split("\n"))) <= width
    text = anatomy_text(found)
    order = [
        "Forward pass", "z1 = x W1 + b1", "z2 = a1 W2 + b2", "Loss L", "Backward pass", "dL/dz2", "dL/da1",
        "dL/dz1 = dL/da1 * tanh'(z1)", "dL/dW1 = x (outer) dL/dz1", "Update", "The loss of this",
    ]  # fmt: skip
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    names = [each["name"] for each in found["update"]]
    assert all(name in text for name in names) == (len(names) < 120)
    assert ("2290 more" in text) == (len(names) > 120)
