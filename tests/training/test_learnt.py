"""What was learnt stands in the last step, where one or two features can be drawn."""

import numpy as np
import pytest

from diffkit.results.training import train
from diffkit.training.network import Network


def last_step(data, **options):
    result = train(data, epochs=2, backends="reverse", **options)
    assert [step.learnt for step in result.steps[:-1]] == [None] * (len(result.steps) - 1)
    return result.steps[-1].learnt, result


@pytest.mark.parametrize("loss", ["logistic", "mse"])
def test_the_score_is_positive_where_the_second_class_is_predicted(loss):
    """The signs of the grid, by the parameters of the checkpoint."""
    learnt, result = last_step("moons", layers=(2, 4, 1), loss=loss)
    network = Network((2, 4, 1), "tanh", loss)
    parameters = network.split(np.array(result.checkpoints[0].parameters))
    points = np.array([[x, y] for y in learnt["y"] for x in learnt["x"]])
    predicted = network.scores(parameters, points)[:, 0] > (0.5 if loss == "mse" else 0.0)

    kept = np.abs(np.ravel(learnt["scores"])) > 1e-2  # a coordinate has four digits
    assert (np.ravel(learnt["scores"]) > 0)[kept].tolist() == predicted[kept].tolist()
    assert {label for *_, label in learnt["samples"]} == {0, 1}


def test_a_regression_of_one_feature_keeps_its_curve():
    learnt, _ = last_step("sine", layers=(1, 4, 1))

    assert len(learnt["x"]) == len(learnt["scores"]) and "y" not in learnt


def test_a_training_draws_itself():
    """In a notebook, with a panel for what was learnt."""
    _, result = last_step("moons", layers=(2, 4, 1))

    assert "Decision boundary" in [axes.get_title("left") for axes in result.plot().axes]


def test_more_features_have_no_picture():
    learnt, _ = last_step("iris")

    assert learnt is None
