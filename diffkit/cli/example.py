"""`diffkit example`: a model.py to start from."""

from __future__ import annotations

from pathlib import Path

from ..languages import Subject
from ..results.subjects import BadInput
from .console import RAN, note, say

messages = Subject("messages")

MODEL = '''"""Functions to differentiate: plain NumPy, nothing else is needed.

    diffkit compare model.py:loss --at x=0.3,y=1.7
    diffkit compare model.py:energy --at 0.1,0.2,0.3,0.4
    diffkit compare model.py:fit --at "weights=[0.5,-0.2],inputs=[[1,2],[3,4],[5,6]]" --wrt weights
    diffkit explain model.py:loss --at x=0.3,y=1.7
"""

import numpy as np


def loss(x, y):
    """A loss of two named numbers: Rosenbrock's valley, tilted by a sine."""
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2 + np.sin(x * y)


def energy(x):
    """A loss of one vector: springs between neighbours, and a well for each."""
    return np.sum((x[1:] - x[:-1]) ** 2) + np.sum(x**4 - x**2)


def fit(weights, inputs):
    """A loss of weights on data: --wrt weights differentiates the weights alone."""
    return np.mean((np.tanh(inputs @ weights) - 0.5) ** 2)
'''


def example_command(path: Path, force: bool) -> int:
    """Write the starter and say what to type next."""
    if path.exists() and not force:
        raise BadInput(messages("there already", path=path))
    try:
        path.write_text(MODEL, encoding="utf-8")
    except OSError as error:
        raise BadInput(messages("cannot write", path=path, why=error.strerror)) from error
    note(messages("wrote", path=path))
    say(f"diffkit compare {path}:loss --at x=0.3,y=1.7")
    return RAN
