"""Half precision: NumPy's float16, and bfloat16, which only PyTorch, JAX and the package ml_dtypes have."""

import numpy as np
import pytest

import diffkit
from diffkit.checking import check_gradient as check

X = np.array([0.25, 0.75, -1.5])  # exact in bfloat16
LARGE = np.resize(X, 5000)


def f(x):
    return np.sum(np.sin(x) * x)


def gradient(x):
    return np.cos(x) * x + np.sin(x)


def in_torch(x):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    return torch.tensor(x, dtype=torch.bfloat16)


def in_jax(x):
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    return jax.numpy.asarray(x, dtype=jax.numpy.bfloat16)


def in_ml_dtypes(x):
    return x.astype(pytest.importorskip("ml_dtypes", reason="ml_dtypes is not installed").bfloat16)


HALVES = [in_torch, in_jax, in_ml_dtypes, lambda x: x.astype(np.float16)]


@pytest.mark.parametrize("x", [X, LARGE], ids=["three", "many"])
@pytest.mark.parametrize("half", HALVES, ids=["torch", "jax", "ml_dtypes", "float16"])
def test_a_claim_in_half_precision_is_wrong_or_cannot_be_told(half, x):
    right = check(f, lambda x: half(gradient(x)), x)

    assert (right.verdict, right.cause) == ("cannot tell", "half precision")
    assert "return float32 or float64" in right.message
    assert check(f, lambda x: half(-gradient(x)), x).cause == "sign"


@pytest.mark.parametrize("half", HALVES[:3], ids=["torch", "jax", "ml_dtypes"])
def test_a_point_in_bfloat16_is_where_it_says(half):
    """f and the claim are computed there in single precision at least."""
    library = {"in_torch": "torch", "in_jax": "jax.numpy"}.get(half.__name__, "numpy")
    xp = pytest.importorskip(library)

    def f(x):
        return xp.sum(xp.sin(x) * x)

    def g(x):
        return xp.cos(x) * x + xp.sin(x)

    assert check(f, g, half(X))
    assert check(f, lambda x: 1.01 * g(x), half(X)).verdict == "disagree"
    if library != "numpy":
        assert check(f, library.partition(".")[0], half(X))


def test_a_module_in_bfloat16_is_checked_in_double_precision():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    module = torch.nn.Linear(3, 1).to(torch.bfloat16)
    F = diffkit.from_torch(module, torch.nn.functional.mse_loss)

    assert check(F, "torch", F.parameters, in_torch(np.ones((2, 3))), in_torch(np.zeros((2, 1))))


@pytest.mark.parametrize("half", HALVES[:3], ids=["torch", "jax", "ml_dtypes"])
def test_a_function_that_returns_bfloat16_is_refused(half):
    with pytest.raises(TypeError, match=r"returns bfloat16.*compute it in float32 or float64"):
        check(lambda x: half(f(np.asarray(x))), gradient, X)
