"""What a network has learnt, where it can be drawn: its scores on a grid of one or two features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .network import Network

POINTS = 31  # of the grid along each feature
SAMPLES = 200  # that are kept to be drawn
MARGIN = 0.08  # of the features' extent, beyond the samples


def learnt(
    network: Network, parameters: Sequence[Any], X: np.ndarray, Y: np.ndarray, classes: bool
) -> dict[str, Any] | None:
    """A grid and the scores on it in JSON's types; None where there is nothing to draw in a plane.

    x, y: places along the features, y only of two. scores: a row for each y, for one feature each alone. Of
    two classes they are positive where the second is predicted; of more they are the predicted class, of a
    regression the prediction. samples: [x, y, class], of one feature [x, target, ""]. Four digits, which a
    picture needs.
    """
    features = X.shape[1]
    if features != (2 if classes else 1) or (not classes and Y.shape[1] != 1):
        return None
    axes = [grid(column) for column in X.T]
    if not classes:
        scores = network.scores(parameters, axes[0][:, None])[:, 0]
        samples = [[*rounded(pair), ""] for pair in np.hstack([X, Y])[:SAMPLES]]
        return {"x": rounded(axes[0]), "scores": rounded(scores), "samples": samples}
    plane = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    scores = sides(network, network.scores(parameters, plane)).reshape(POINTS, POINTS)
    labels = Y[:, 0] if Y.shape[1] == 1 else np.argmax(Y, axis=1)
    samples = [[*rounded(x), int(label)] for x, label in zip(X[:SAMPLES], labels[:SAMPLES], strict=True)]
    x, y = map(rounded, axes)
    return {"x": x, "y": y, "scores": [*map(rounded, scores)], "samples": samples}


def sides(network: Network, scores: np.ndarray) -> np.ndarray:
    """One number for each row of scores: of two classes the lead of the second, of more the predicted one."""
    outputs = scores.shape[1]
    if outputs == 1:
        return scores[:, 0] - (0.5 if network.loss_name == "mse" else 0.0)
    return scores[:, 1] - scores[:, 0] if outputs == 2 else np.argmax(scores, axis=1).astype(float)


def grid(column: np.ndarray) -> np.ndarray:
    """Places from below the least to above the greatest."""
    beyond = MARGIN * np.ptp(column)
    return np.linspace(column.min() - beyond, column.max() + beyond, POINTS)


def rounded(values: Any) -> list[float]:
    """
    >>> rounded(np.array([1 / 3, 2.0]))
    [0.3333, 2.0]
    """
    return [float(f"{value:.4g}") for value in values]
