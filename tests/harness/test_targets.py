"""What is compared: points in order, operators deduced, and one clear sentence where that cannot be."""

import cloudpickle
import numpy as np
import pytest

from diffkit.harness.targets import (
    TargetError,
    from_callable,
    from_file,
    from_formula,
    from_problem,
    pickled,
)
from diffkit.problems import CATALOGUE

MODEL = """
import numpy as np
from helper import weight

SCALE = 2.0

def loss(x, y, z=1.0):
    return weight * np.sin(x) * y * z

def rows(W):
    return W @ W

def leaves(x):
    raise SystemExit(4)

def forgets(x):
    x * x

def turns(x):
    return 1j * x

def shifts(x, p):
    p["b"] += x
    return np.sum(p["b"])

def _hidden(x):
    return x
"""


@pytest.fixture
def model(tmp_path):
    (tmp_path / "helper.py").write_text("weight = 3.0\n")
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return path


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - {"network_784_128_10"}))
def test_the_operator_of_every_problem_would_be_deduced(name):
    """The catalogue states its operators; the deduction from value and arguments agrees with all of them."""
    target = from_problem(name)

    deduced = from_callable(target.function.load(), *target.args, wrt=target.wrt)

    assert deduced.operator == target.operator


def test_a_formula_takes_its_point_by_name_or_in_order():
    named = from_formula("x^2*y", {"y": 2.0, "x": 3.0})

    for target in (named, from_formula("x^2*y", (3.0, 2.0)), from_formula("x^2*y", np.array([3.0, 2.0]))):
        assert target.args == (3.0, 2.0) and target.wrt == (0, 1) and target.operator == "gradient"
        assert target.point == {"x": 3.0, "y": 2.0} and target.name == "x^2*y"
        assert target.function.load()(*target.args) == 18.0


def test_wrt_names_or_counts_the_differentiated_arguments():
    point = {"x": 3.0, "y": 2.0}

    for wrt, positions, operator in (
        ("y", 1, "derivative"),
        (1, 1, "derivative"),
        (["y", "x"], (1, 0), "gradient"),
    ):
        target = from_formula("x^2*y", point, wrt=wrt)
        assert (target.wrt, target.operator) == (positions, operator)


def test_a_function_in_a_file_sees_its_neighbours_and_travels_by_its_place(model, monkeypatch, tmp_path):
    """The folder is on the path while the file is imported; a relative path still holds elsewhere."""
    monkeypatch.chdir(tmp_path)
    target = from_file("model.py:loss", {"x": 0.5, "y": 2.0})
    monkeypatch.chdir("/")

    assert target.point == {"x": 0.5, "y": 2.0} and target.name == "loss" and target.operator == "gradient"
    assert cloudpickle.loads(pickled(target)).function.load()(*target.args) == 6.0 * np.sin(0.5)


TRAVELLERS = [
    np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(8.0)[::2],
    np.ones((2, 0), np.float32), np.arange(4), np.array([True, False]), np.array(2.5), np.arange(3.0) + 1j,
    np.arange(3.0).astype(">f8"), np.array(["a", "bc"]),
]  # fmt: skip


@pytest.mark.parametrize("x", TRAVELLERS, ids=lambda x: f"{x.dtype.str}{x.shape}")
def test_arrays_arrive_as_if_they_were_made_there(x):
    """Equal, writable, in their order, and of the dtype object that all arrays share."""
    (there,) = cloudpickle.loads(pickled([x]))

    np.testing.assert_array_equal(there, x)
    assert there.dtype == x.dtype and there.flags.writeable and there.flags.fnc == x.flags.fnc
    assert x.dtype.isbuiltin != 1 or there.dtype is np.dtype(x.dtype.type)


def test_one_array_is_the_only_argument(model):
    target = from_file(f"{model}:rows", np.eye(2))

    assert target.operator == "jacobian" and target.wrt == 0 and list(target.point) == ["W"]


MISTAKES = [
    ("nowhere.py:loss", {"x": 1.0}, r"There is no file .*nowhere.py"),
    ("model.py", {"x": 1.0}, r"model.py names no function: write model.py:loss"),
    ("model.py:los", {"x": 1.0}, r"model.py has no function los: did you mean loss\?"),
    ("model.py:banana", {"x": 1.0}, r"model.py has no function banana: it has loss, rows, leaves"),
    ("model.py:SCALE", {"x": 1.0}, r"SCALE = 2.0, which is no function: it has loss, rows, leaves"),
    ("model.py:loss", {"x": 1.0}, r"loss takes \(x, y, z\), and the point has no value for y"),
    ("model.py:loss", {"x": 1.0, "y": 2.0, "w": 3.0}, r"loss takes \(x, y, z\), .* has no argument w"),
    ("model.py:loss", (1.0,), r"loss fails at this point: TypeError"),
    ("model.py:loss", (1.0, np.inf), r"loss is not finite at this point"),
    ("late.py:f", {"x": 1.0}, r"late.py, line 3, fails when imported: NameError: name 'nump' is not defined"),
    ("torn.py:f", {"x": 1.0}, r"torn.py, line 2, fails when imported: SyntaxError: '\(' was never closed$"),
    ("exits.py:f", {"x": 1.0}, r"exits.py, line 1, fails when imported: SystemExit: 3"),
    ("model.py:leaves", {"x": 1.0}, r"leaves fails at this point: SystemExit: 4$"),
    ("model.py:forgets", {"x": 1.0}, r"forgets returns nothing: end it with return"),
    ("model.py:turns", {"x": 1.0}, r"turns is complex at this point, 1j: make it return real numbers"),
    ("pairs.py:f", {"x": 1.0}, r"f returns a value and its gradient. Hand it over as the gradient, --grad"),
    ("pairs.py:g", (np.ones(2),), r"g returns a value and its gradient.*check_gradient\(g, True, x\)"),
    ("model.txt:f", {"x": 1.0}, r"model.txt is no Python file"),
]


@pytest.mark.parametrize(
    ("place", "point", "sentence"), MISTAKES, ids=[sentence for *_, sentence in MISTAKES]
)
def test_a_mistake_gets_one_sentence(place, point, sentence, model, tmp_path, monkeypatch):
    (tmp_path / "late.py").write_text("def f(x):\n    return x\nnump.sin(1)\n")
    (tmp_path / "torn.py").write_text("x = 1\ndef f(x:\n")
    (tmp_path / "exits.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "pairs.py").write_text(
        "def f(x):\n    return x, (x, x)\ndef g(x):\n    return x @ x, 2 * x\n"
    )
    (tmp_path / "model.txt").write_text("not a module\n")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(TargetError, match=sentence) as caught:
        from_file(place, point)

    assert "\n" not in str(caught.value)


def test_a_function_that_changes_its_arguments_is_refused_and_the_change_undone(model):
    """Otherwise each call would be at another point than the one that was asked for."""
    b = np.array([1.0, 2.0])

    with pytest.raises(TargetError, match=r"shifts changes its argument p in place: write p = p \+ 1"):
        from_file(f"{model}:shifts", {"x": 1.0, "p": {"b": b}})

    assert b.tolist() == [1.0, 2.0]


def test_a_formula_with_a_bad_point_gets_one_sentence():
    for point, sentence in (
        ({"x": 1.0}, r"no value for y"),
        ({"x": 1.0, "y": 2.0, "z": 3.0}, r"no argument z"),
        ({"x": 1.0, "y": 0.0}, r"fails at this point: ZeroDivisionError"),
    ):
        with pytest.raises(TargetError, match=sentence):
            from_formula("x/y", point)
    with pytest.raises(TargetError, match=r"x/y takes \(x, y\), and the point has 1 of these values"):
        from_formula("x/y", 1.0)
    with pytest.raises(TargetError, match=r"sum is given no argument"):
        from_callable(np.sum)
    with pytest.raises(TargetError, match=r"no argument 'z' to differentiate; it was given x, y"):
        from_formula("x/y", {"x": 1.0, "y": 1.0}, wrt="z")


def test_a_function_without_a_signature_has_numbered_arguments():
    assert from_callable(max, 3.0, 4.0).point == {"x0": 3.0, "x1": 4.0}
