"""What every test may ask for."""

import os

import numpy as np
import pytest

os.environ.setdefault("MPLBACKEND", "Agg")  # figures are drawn without a screen


@pytest.fixture
def random() -> np.random.Generator:
    """A generator with the same seed in every test, so that no test depends on its neighbours."""
    return np.random.default_rng(20240229)
