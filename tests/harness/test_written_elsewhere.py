"""Functions written in PyTorch or JAX are compared with their package's own derivative."""

import numpy as np
import pytest

import diffkit
from diffkit.harness.compare import measure
from diffkit.harness.targets import TargetError, from_callable, from_file
from diffkit.results.recipe import python_line

MODEL = """
import {package}
net = {net}

def loss(x):
    return {sum}({sin}(x) ** 2 * x[0])

def kinked(x, y):
    return {relu}(x * y - 0.3)

def by_net(x):
    return {sum}(net(x))

def broken(x):
    return {sin}(x).no_such_method()
"""
WORDS = {
    "torch": {
        "package": "torch", "sum": "torch.sum", "sin": "torch.sin", "relu": "torch.relu",
        "net": "torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))",
    },
    "jax": {
        "package": "jax", "sum": "jax.numpy.sum", "sin": "jax.numpy.sin", "relu": "jax.nn.relu",
        "net": "lambda x, W=__import__('numpy').random.randn(2, 3): W @ jax.numpy.tanh(x)",
    },
}  # fmt: skip
X = np.array([0.3, 0.7, 1.1])
BACKENDS = ["finite", "complex-step", "reverse", "torch", "jax"]


@pytest.fixture(params=list(WORDS))
def model(request, tmp_path, monkeypatch):
    """(the package, the path of a file with functions in it)."""
    pytest.importorskip(request.param)
    if request.param == "jax":
        pytest.importorskip("jax.nn")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(MODEL.format(**WORDS[request.param]), encoding="utf-8")
    return request.param, "model.py"


def by_backend(target, **options):
    rows = measure([target], BACKENDS, effort="quick", **options)
    return {row.backend: row for row in rows}


def test_its_own_gradient_differences_and_the_complex_step_agree(model):
    package, path = model
    rows = by_backend(from_file(f"{path}:loss", X))
    wanted = diffkit.gradient(lambda x: np.sum(np.sin(x) ** 2 * x[0]), X)

    for name in (package, "finite", "complex-step"):
        assert rows[name].status == "unscored" and rows[name].execute_samples
        np.testing.assert_allclose(rows[name].value, wanted, rtol=1e-10)
    assert f"agrees with {package} to 1" in rows["finite"].loss and rows[package].loss is None
    other = ({"torch", "jax"} - {package}).pop()
    assert {rows[name].status for name in ("reverse", other)} == {"unsupported"}
    assert "cannot be traced" in rows["reverse"].message and "NumPy" in rows["reverse"].message


def test_what_is_not_smooth_or_takes_no_complex_numbers_says_so(model):
    package, path = model
    rows = by_backend(from_file(f"{path}:kinked", {"x": 0.9, "y": 1.2}))

    assert rows[package].value == [1.2, 0.9]
    assert rows["reverse"].status == "unsupported"
    refused = rows["complex-step"]
    assert refused.status == "unsupported" or np.allclose(refused.value, [1.2, 0.9])


def test_every_process_draws_the_same_weights(model):
    """The file is loaded in each; without a seed each would compare another function."""
    package, path = model
    rows = by_backend(from_file(f"{path}:by_net", X), isolate=True)

    assert rows["finite"].primal_value == rows[package].primal_value
    np.testing.assert_allclose(rows["finite"].value, rows[package].value, atol=1e-5)  # single precision


def test_a_module_is_a_function_of_its_inputs():
    torch = pytest.importorskip("torch")
    rows = by_backend(from_callable(torch.nn.Linear(3, 2), X))

    assert np.shape(rows["torch"].value) == (2, 3)
    np.testing.assert_allclose(rows["complex-step"].value, rows["torch"].value, rtol=1e-14)


def test_parameters_of_a_module_and_its_loss():
    torch = pytest.importorskip("torch")
    f = diffkit.from_torch(torch.nn.Linear(3, 2), torch.nn.functional.cross_entropy)
    rows = by_backend(from_callable(f, f.parameters, np.stack([X, -X]), np.array([0, 1])))

    assert rows["torch"].status == "unscored" and "agrees with torch to 1" in rows["finite"].loss
    assert rows["complex-step"].status == "unsupported" and "complex numbers" in rows["complex-step"].message


def test_what_fails_in_every_package_tells_of_its_own_error(model):
    with pytest.raises(TargetError, match="broken fails at this point"):
        from_file(f"{model[1]}:broken", X)


def test_the_line_to_paste_converts_the_function(model):
    package, path = model
    line = python_line(from_file(f"{path}:loss", X), package)

    assert f"diffkit.from_{package}(loss)" in line and f"backend='{package}'" in line


def test_functions_of_numpy_stay_what_they_are(model):
    """Also where the packages have been imported."""
    [row] = measure([from_callable(lambda x: np.sum(x**2), X)], ["reverse"], effort="quick")
    assert row.status == "ok"
