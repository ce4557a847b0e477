"""What every test may ask for."""

import importlib.util
import os

import numpy as np
import pytest

os.environ.pop("DIFFKIT_LANG", None)  # the tests expect English unless they ask for another language
os.environ.setdefault("MPLBACKEND", "Agg")  # figures are drawn without a screen

if importlib.util.find_spec("scipy"):
    from diffkit.calculus import special  # noqa: F401 - the rows of SciPy's ufuncs are tested like all others


@pytest.fixture
def random() -> np.random.Generator:
    """A generator with the same seed in every test, so that no test depends on its neighbours."""
    return np.random.default_rng(20240229)
