"""Derivatives by PyTorch and JAX: handed over as callables, or asked of the packages themselves."""

import numpy as np
import pytest

import diffkit
from diffkit.checking import check_gradient as check

X = np.array([0.3, -0.7, 1.1])


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def jax():
    return pytest.importorskip("jax")


def scaled_backward(torch, factor):
    """An autograd.Function for exp, whose backward is wrong by a factor."""

    class Exp(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.exp(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, w):
            return factor * w * ctx.saved_tensors[0]

    return Exp


# PyTorch


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_the_backward_of_an_autograd_function(torch, kind):
    """Its Jacobian, its vjp, and the gradient of what it is part of; the reference is taken in double."""
    x = torch.tensor(X, dtype=getattr(torch, kind))
    right, wrong = (scaled_backward(torch, factor).apply for factor in (1.0, 1.01))

    for operator in ("jacobian", "vjp"):
        assert check(right, "torch", x, operator=operator)
        assert check(wrong, "torch", x, operator=operator).verdict == "disagree"
    found = check(lambda x: wrong(x).sum(), "torch", x)
    assert (found.verdict, found.cause) == ("disagree", "constant ratio")
    assert "look at every autograd.Function that f uses" in found.message


def test_the_line_that_reproduces_it_makes_tensors(torch):
    Exp = scaled_backward(torch, -1.0)
    found = check(Exp.apply, "torch", torch.tensor(X))

    assert found.message.startswith("The jacobian by torch of Exp.apply disagrees with")
    assert eval(found.reproduce, {"diffkit": diffkit, "np": np, "torch": torch, "Exp": Exp}) == found


def test_callables_on_tensors_in_containers_beside_data(torch):
    def loss(p, c):
        return torch.sum(torch.tanh(p["w"]) * c) + p["b"]

    def gradient(p, c):
        p = {key: each.clone().requires_grad_() for key, each in p.items()}
        loss(p, c).backward()
        return {key: each.grad for key, each in p.items()}

    p = {"w": torch.tensor(X, dtype=torch.float32), "b": torch.tensor(0.5)}
    c = torch.tensor([2.0, 1.0, 3.0])
    assert check(loss, gradient, p, c).verdict == "agree"
    assert check(loss, torch.func.grad(loss), p, c).verdict == "agree"
    flipped = check(loss, lambda p, c: {key: -g for key, g in gradient(p, c).items()}, p, c)
    assert (flipped.cause, flipped.worst[0]["component"][:2]) == ("sign", "p[")


def test_a_single_precision_gradient_that_is_wrong_in_the_fourth_digit_is_seen(torch):
    """Differences in single precision would not resolve it: f is run in double."""

    def f(x):
        return torch.sum(torch.sin(x) * x)

    x = torch.tensor(X, dtype=torch.float32)
    assert check(f, torch.func.grad(f), x)
    assert check(f, lambda x: 1.0003 * torch.func.grad(f)(x), x).verdict == "disagree"


@pytest.mark.parametrize("operator", ["jvp", "hvp", "hessian"])
def test_directions_are_tensors_too_and_second_derivatives_are_torch_s(torch, operator):
    def f(x):
        return torch.sum(torch.sin(x) * x[0])

    x = torch.tensor(X)
    assert check(f, "torch", x, operator=operator)
    by_callable = {
        "jvp": lambda x, v: torch.func.jvp(f, (x,), (v,))[1],
        "hvp": lambda x, v: torch.autograd.functional.hvp(f, x, v)[1],
        "hessian": torch.func.hessian(f),
    }
    assert check(f, by_callable[operator], x, operator=operator)


def layer_with_a_mean(torch):
    """A linear layer with a product of its own, whose backward takes a mean where a sum is right."""

    class Product(torch.autograd.Function):
        @staticmethod
        def forward(ctx, X, W):
            ctx.save_for_backward(X, W)
            return X @ W

        @staticmethod
        def backward(ctx, w):
            X, W = ctx.saved_tensors
            return w @ W.T, X.T @ w / len(X)

    class Layer(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.W = torch.nn.Parameter(torch.tensor([[0.2, -0.5], [0.7, 0.1], [-0.3, 0.9]]))
            self.b = torch.nn.Parameter(torch.tensor([0.1, -0.2]))

        def forward(self, X):
            return Product.apply(X, self.W) + self.b

    return Layer()


def test_the_parameters_of_a_module(torch):
    """A right module agrees; in a wrong one the parameter is named, with the length that was divided by."""
    data = np.random.default_rng(0).standard_normal((7, 3))
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
    right = diffkit.from_torch(network, torch.nn.functional.mse_loss)
    wrong = diffkit.from_torch(layer_with_a_mean(torch), lambda y: (y**2).sum())

    assert check(right, "torch", right.parameters, data, data[:, :1])
    found = check(wrong, None, wrong.parameters, data)
    assert (found.verdict, found.cause, found.wrong) == ("disagree", "ratio in part", 6)
    assert "parameters['W']: 6 of 8 entries are 1/7 times what they should be" in found.message


def test_a_module_as_a_function_of_its_inputs(torch):
    """In double precision, whatever its own is."""
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh())
    found = check(module, "torch", torch.tensor(X, dtype=torch.float32))

    assert found.verdict == "agree" and found.claimed == "by torch"
    assert module[0].weight.dtype == torch.float32


def test_value_and_gradient_of_tensors_in_one_function(torch):
    def both(x):
        x = x.clone().requires_grad_()
        y = torch.sum(x**3)
        y.backward()
        return y, x.grad

    assert check(both, True, torch.tensor(X))


def test_dropout_is_told_on(torch):
    found = check(torch.nn.Dropout(), "torch", torch.ones(50))

    assert (found.verdict, found.cause) == ("cannot tell", "not deterministic")


# JAX


def custom(jax, factor):
    """sin with a custom_vjp that is wrong by a factor."""
    sin = jax.custom_vjp(jax.numpy.sin)
    sin.defvjp(lambda x: (jax.numpy.sin(x), x), lambda x, w: (factor * w * jax.numpy.cos(x),))
    return sin


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("claim", ["jax", None, "jax.grad"])
def test_a_custom_vjp(jax, claim, kind):
    """Asked of JAX, and as a callable of JAX's own: at NumPy's arrays and at JAX's."""

    def checked(factor, x):
        sin = custom(jax, factor)
        f = jax.jit(lambda x: jax.numpy.sum(sin(x)))
        return check(f, jax.grad(f) if claim == "jax.grad" else claim, x)

    x = X.astype(kind)
    for at in (x, jax.numpy.asarray(x)):
        assert checked(1.0, at)
        found = checked(-1.0, at)
        assert (found.verdict, found.cause) == ("disagree", "sign")
        assert ("custom_vjp" in found.message) == (claim != "jax.grad")


def test_a_custom_jvp_is_asked_forward(jax):
    sin = jax.custom_jvp(jax.numpy.sin)
    sin.defjvp(lambda xs, vs: (sin(*xs), 2 * jax.numpy.cos(xs[0]) * vs[0]))

    assert check(jax.numpy.sin, "jax", X, operator="jvp")
    assert check(sin, "jax", X, operator="jvp").cause == "constant ratio"


def test_value_and_grad_of_trees(jax):
    def f(p, c):
        return c * jax.numpy.sum(jax.numpy.sin(p["a"]) * p["b"])

    p = {"a": X, "b": np.arange(3.0)}
    assert check(f, jax.value_and_grad(f), p, 2.0)
    assert check(jax.value_and_grad(f), True, p, 2.0)
    assert check(f, "jax", p, 2.0, operator="hessian")


def test_it_is_said_that_there_is_no_claim():
    with pytest.raises(TypeError, match="no claim to check"):
        check(lambda x: np.sum(x**2), None, X)
