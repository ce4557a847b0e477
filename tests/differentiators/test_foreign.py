"""Functions written in PyTorch and JAX: their own derivative against differences in double precision."""

import numpy as np
import pytest

import diffkit
from diffkit import Unsupported
from diffkit.calculus.rules import NoRule

X = np.array([0.3, -0.7, 1.1])


def in_torch():
    torch = pytest.importorskip("torch")
    return diffkit.from_torch(lambda x, c: torch.sum(torch.tanh(x) ** 2 * x[0]) * c), "torch"


def in_jax():
    jnp = pytest.importorskip("jax.numpy")
    return diffkit.from_jax(lambda x, c: jnp.sum(jnp.tanh(x) ** 2 * x[0]) * c), "jax"


def in_numpy(x, c):
    return np.sum(np.tanh(x) ** 2 * x[0]) * c


@pytest.fixture(params=[in_torch, in_jax], ids=["torch", "jax"])
def foreign(request):
    return request.param()


@pytest.mark.parametrize("operator", ["gradient", "hessian", "jacobian"])
def test_its_own_derivative_is_that_of_the_same_function_in_numpy(foreign, operator):
    """Up to rounding of a dozen operations, in double precision."""
    f, backend = foreign
    wanted = getattr(diffkit, operator)(in_numpy, X, 2.0)

    assert f(X, 2.0) == pytest.approx(in_numpy(X, 2.0), rel=1e-15)
    assert np.allclose(getattr(diffkit, operator)(f, X, 2.0, backend=backend), wanted, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("operator", ["jvp", "vjp", "hvp"])
def test_products_with_directions(foreign, operator):
    f, backend = foreign
    direction = 3.0 if operator == "vjp" else X[::-1].copy()
    own, reference = (
        getattr(diffkit.prepare(g, X, 2.0, backend=name), operator)((X, 2.0), direction)
        for g, name in ((f, backend), (in_numpy, "reverse"))
    )

    assert np.allclose(*(each if operator == "hvp" else each[1] for each in (own, reference)), rtol=1e-13)


def test_differences_and_complex_steps_reach_it(foreign):
    f, _ = foreign
    wanted = diffkit.gradient(in_numpy, X, 2.0)

    assert np.allclose(diffkit.gradient(f, X, 2.0, backend="finite"), wanted, rtol=1e-10)
    assert np.allclose(diffkit.gradient(f, X, 2.0, backend="complex-step"), wanted, rtol=1e-14)


def test_it_computes_in_the_precision_that_it_is_given(foreign):
    f, _ = foreign

    assert f(X.astype(np.float32), np.float32(2)).dtype == np.float32
    assert np.asarray(f(X, 2.0)).dtype == np.float64


def test_what_cannot_be_done_with_it_is_said(foreign):
    f, backend = foreign
    other = "jax" if backend == "torch" else "torch"
    pytest.importorskip(other)

    with pytest.raises(NoRule, match="cannot be traced"):
        diffkit.gradient(f, X, 2.0)
    with pytest.raises(Unsupported, match="is written in"):
        diffkit.gradient(f, X, 2.0, backend=other)


@pytest.mark.parametrize("backend", ["forward", "reverse", "symbolic", "compiled-numpy"])
def test_numbers_are_refused_by_what_traces(foreign, backend):
    """Several numbers are several arguments, and no array."""
    f, _ = foreign

    with pytest.raises(NoRule, match="cannot be traced"):
        diffkit.gradient(f, 0.5, 2.0, backend=backend, wrt=(0, 1))


# Modules


def network(torch):
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))


def test_a_module_is_a_function_of_its_parameters():
    """In double precision although it is single itself, and with labels that stay integers."""
    torch = pytest.importorskip("torch")
    module = network(torch)
    F = diffkit.from_torch(module, torch.nn.functional.cross_entropy)
    data, labels = np.random.default_rng(0).standard_normal((5, 3)), np.array([0, 2, 1, 0, 1])
    own, differences = (
        diffkit.gradient(F, F.parameters, data, labels, backend=name) for name in ("torch", "finite")
    )

    assert sorted(F.parameters) == ["0.bias", "0.weight", "2.bias", "2.weight"]
    assert all(np.allclose(own[key], differences[key], rtol=1e-9, atol=1e-12) for key in own)
    assert next(module.parameters()).dtype == torch.float32 and next(module.parameters()).grad is None


def test_frozen_parameters_are_not_differentiated():
    torch = pytest.importorskip("torch")
    module = network(torch)
    module[0].requires_grad_(False)

    assert sorted(diffkit.from_torch(module).parameters) == ["2.bias", "2.weight"]


def test_a_loss_belongs_to_a_module():
    torch = pytest.importorskip("torch")

    with pytest.raises(TypeError, match="beside a module"):
        diffkit.from_torch(torch.sin, torch.nn.functional.mse_loss)


def test_what_a_function_of_torch_captures_may_be_single():
    torch = pytest.importorskip("torch")
    weights = torch.tensor(np.eye(3), dtype=torch.float32)
    f = diffkit.from_torch(lambda x: torch.sum(weights @ x))

    with pytest.raises(RuntimeError):
        f(X)
    f.settle((X,))
    assert f(X).dtype == np.float32


def test_numbers_that_stand_beside_each_other_are_arguments_each_of_its_own():
    torch = pytest.importorskip("torch")
    f = diffkit.from_torch(lambda x, n: x**2 if n.dtype.is_floating_point else x**n)

    assert f(3.0, np.int64(3)) == 27.0
    assert diffkit.gradient(f, 3.0, np.int64(3), backend="torch") == 27.0
    with pytest.raises(NoRule, match="cannot be traced"):
        diffkit.gradient(diffkit.from_torch(torch.mul), 3.0, 2.0, wrt=(0, 1))
