"""Losses of statistics and machine learning."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .problem import Problem, always


def network_loss(parameters, X, Y):
    """Mean softmax cross-entropy of a network with one tanh layer; X (batch, inputs), Y one-hot."""
    W1, b1, W2, b2 = parameters
    scores = np.tanh(X @ W1 + b1) @ W2 + b2
    shift = np.floor(np.max(np.real(scores), axis=1, keepdims=True))  # changes nothing: floor has no slope
    scores = scores - shift
    return (np.sum(np.log(np.sum(np.exp(scores), axis=1))) - np.sum(Y * scores)) / X.shape[0]


def network_loss_by_hand(parameters, X, Y):
    W1, b1, W2, b2 = parameters
    hidden = X @ W1
    hidden += b1
    np.tanh(hidden, out=hidden)
    scores = hidden @ W2
    scores += b2
    scores -= np.maximum.reduce(scores, axis=1, keepdims=True)
    weights = np.exp(scores)
    totals = np.add.reduce(weights, axis=1, keepdims=True)
    loss = (np.add.reduce(np.log(totals), axis=None) - np.vdot(Y, scores)) / len(X)
    weights /= totals
    weights -= Y
    weights /= len(X)
    by_hidden = weights @ W2.T
    gW2 = hidden.T @ weights
    hidden *= hidden
    np.subtract(1, hidden, out=hidden)
    by_hidden *= hidden
    return loss, [X.T @ by_hidden, np.add.reduce(by_hidden), gW2, np.add.reduce(weights)]


def network(inputs: int, hidden: int, outputs: int, batch: int, **more: Any) -> Problem:
    """The loss of an inputs-hidden-outputs network; weights drawn by LeCun's rule, labels by chance."""

    def arguments(batch, random):
        parameters = [
            random.normal(size=(inputs, hidden)) / math.sqrt(inputs),
            0.1 * random.normal(size=hidden),
            random.normal(size=(hidden, outputs)) / math.sqrt(hidden),
            0.1 * random.normal(size=outputs),
        ]
        labels = random.integers(outputs, size=batch)
        return parameters, random.normal(size=(batch, inputs)), np.eye(outputs)[labels]

    return Problem(
        name=f"network_{inputs}_{hidden}_{outputs}",
        operator="gradient",
        build=always(network_loss),
        summary=f"cross-entropy of a {inputs}-{hidden}-{outputs} tanh network with softmax",
        source="Rumelhart, Hinton, Williams 1986; Goodfellow, Bengio, Courville, Deep Learning, section 6.5",
        hand=always(network_loss_by_hand),
        arguments=arguments,
        size=batch,
        size_means="examples in the batch",
        tags=("network", "data"),
        **more,
    )


CLUSTERS, DIMENSIONS = 5, 2


def lower_triangle(d):
    """Where the entries below the diagonal, stored column by column, stand; 0 is the place of a zero."""
    columns, rows = np.triu_indices(d, 1)
    places = np.zeros((d, d), int)
    places[rows, columns] = 1 + np.arange(rows.size)
    return places


def log_wishart_constant(d):
    """Log of the prior's normalisation for one cluster at gamma = 1, m = 0."""
    n = d + 1
    log_gamma = d * (d - 1) / 4 * math.log(math.pi) + sum(math.lgamma((n - j) / 2) for j in range(d))
    return -n * d / 2 * math.log(2) - log_gamma


def gmm(alphas, means, icf, x):
    """Log-likelihood of points x (N, d) under K Gaussians, with a Wishart prior of gamma = 1, m = 0.

    alphas (K,) weigh, means (K, d) place them; icf (K, d(d+1)/2) holds the inverse Cholesky factors: the
    logarithms of the diagonal, then the columns below it.
    """
    K, d = means.shape
    padded = np.concatenate([np.zeros((K, 1)), icf[:, d:]], axis=1)
    diagonal = np.exp(icf[:, :d])
    factors = padded[:, lower_triangle(d)] + diagonal[:, :, None] * np.eye(d)
    z = (x - means[:, None]) @ np.swapaxes(factors, 1, 2)
    exponents = (alphas + np.sum(icf[:, :d], axis=1))[:, None] - np.sum(z * z, axis=2) / 2
    prior = (np.sum(diagonal**2) + np.sum(icf[:, d:] ** 2)) / 2 - K * log_wishart_constant(d)
    N = x.shape[0]
    constant = -N * d / 2 * np.log(2 * np.pi)
    return constant + np.sum(log_sum_exp(exponents)) - N * np.sum(log_sum_exp(alphas[:, None])) + prior


def log_sum_exp(columns):
    largest = np.max(columns, axis=0)
    return largest + np.log(np.sum(np.exp(columns - largest), axis=0))


def gmm_by_hand(size: int) -> Callable[..., tuple]:
    """The exponents are quadratics in x: one product with its monomials, and one back for the moments."""
    K, d = CLUSTERS, DIMENSIONS
    places, identity = lower_triangle(d), np.eye(d)
    columns, rows = np.triu_indices(d, 1)
    constant = -size * d / 2 * math.log(2 * math.pi) - K * log_wishart_constant(d)

    def value_and_gradient(alphas, means, icf, x):
        diagonal = np.exp(icf[:, :d])
        padded = np.concatenate([np.zeros((K, 1)), icf[:, d:]], axis=1)
        Q = padded[:, places] + diagonal[:, :, None] * identity
        A = Q.swapaxes(1, 2) @ Q
        Am = (A @ means[:, :, None])[:, :, 0]
        level = alphas + icf[:, :d].sum(axis=1) - (Am * means).sum(axis=1) / 2
        monomials = np.empty((d * d + d + 1, size))
        np.multiply(x.T[:, None], x.T, out=monomials[: d * d].reshape(d, d, size))
        monomials[d * d : -1] = x.T
        monomials[-1] = 1
        weights = np.concatenate([A.reshape(K, -1) / -2, Am, level[:, None]], axis=1) @ monomials
        largest = weights.max(axis=0)
        weights -= largest
        np.exp(weights, out=weights)
        totals = weights.sum(axis=0)
        weights /= totals
        moments = weights @ monomials.T
        mass, first, second = moments[:, -1], moments[:, d * d : -1], moments[:, : d * d].reshape(K, d, d)
        shares = np.exp(alphas - alphas.max())
        log_shares = alphas.max() + math.log(shares.sum())
        pull = first - mass[:, None] * means
        cross = first[:, :, None] * means[:, None]
        centre = mass[:, None, None] * means[:, :, None] * means[:, None]
        spread = second - cross - cross.swapaxes(1, 2) + centre
        by_Q = Q - Q @ spread
        by_diagonal = by_Q.diagonal(axis1=1, axis2=2) * diagonal + mass[:, None]
        value = largest.sum() + np.log(totals).sum() - size * log_shares + (Q * Q).sum() / 2 + constant
        return value, (
            mass - size / shares.sum() * shares,
            (A @ pull[:, :, None])[:, :, 0],
            np.concatenate([by_diagonal, by_Q[:, rows, columns]], axis=1),
        )

    return value_and_gradient


def mixture(size, random):
    K, d = CLUSTERS, DIMENSIONS
    alphas, means = random.normal(size=K), random.uniform(-1, 1, (K, d))
    return alphas, means, random.normal(size=(K, d * (d + 1) // 2)) / 2, random.normal(size=(size, d))


PROBLEMS = (
    network(2, 8, 2, 16, suites={"default": (2,), "cost": (16,)}),
    network(64, 32, 10, 32, suites={"cost": (32,)}),
    network(784, 128, 10, 128, suites={"cost": (128,)}),
    Problem(
        name="gmm",
        summary="log-likelihood of a Gaussian mixture, d = 2, K = 5, with a Wishart prior",
        source="Srajer, Kukelova, Fitzgibbon 2018, A benchmark of selected algorithmic differentiation tools "
        "(ADBench), gamma = 1, m = 0",
        operator="gradient",
        build=always(gmm),
        hand=gmm_by_hand,
        arguments=mixture,
        wrt=(0, 1, 2),
        size=20,
        size_means="points",
        suites={"cost": (1_000,)},
        tags=("vector", "data"),
    ),
)
