"""Containers, positions and layouts: what belongs together is found by its key, never by its place."""

import pickle
from importlib.metadata import EntryPoint

import numpy as np
import pytest

import diffkit
from diffkit.differentiators import registry
from diffkit.differentiators.arguments import Arguments

BACKENDS = ["forward", "reverse", "symbolic", "finite", "compiled-numpy"]
POINT, SWAPPED = {"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}


def f(d):
    return d["a"] ** 2 * d["b"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_order_of_a_dict_does_not_matter(backend):
    """df = 4 da + db, at a = 1, b = 2: central differences of this polynomial keep 6 digits at least."""
    p = diffkit.prepare(f, POINT, backend=backend)
    g = p.gradient(SWAPPED)
    assert list(g) == ["b", "a"]
    np.testing.assert_allclose([g["a"], g["b"]], [4.0, 1.0], rtol=1e-6)
    np.testing.assert_allclose(p.jvp(POINT, {"b": 1.0, "a": 0.5})[1], 3.0, rtol=1e-6)


@pytest.mark.parametrize("wrt", [-1, 2, (), (0, 0), "x", 1.0, None, True, (0, "x")])
def test_a_position_that_is_none_is_refused(wrt):
    with pytest.raises(TypeError, match="names no argument"):
        diffkit.gradient(lambda x, y: x * y, 2.0, 3.0, wrt=wrt)


@pytest.mark.parametrize(
    "wrt, expected", [(np.int64(1), 2.0), ([1, 0], (2.0, 3.0)), ((np.int64(0),), (3.0,))]
)
def test_a_position_may_be_any_integer(wrt, expected):
    assert diffkit.gradient(lambda x, y: x * y, 2.0, 3.0, wrt=wrt) == expected


MISFITS = {
    "another key": (lambda p: p.gradient({"a": 1.0, "c": 2.0}), "'c': array"),
    "a missing key": (lambda p: p.gradient({"a": 1.0}), "came as {'a': array}"),
    "an array for a dict": (lambda p: p.gradient([1.0, 2.0]), "came as array"),
    "a direction of another key": (lambda p: p.jvp(POINT, {"a": 1.0, "c": 1.0}), "the direction came as"),
    "a direction that is a number": (lambda p: p.hvp(POINT, 1.0), "the direction came as array"),
}


@pytest.mark.parametrize("case", MISFITS)
def test_other_containers_are_refused(case):
    call, words = MISFITS[case]
    with pytest.raises(diffkit.ShapeMismatch, match=words):
        call(diffkit.prepare(f, POINT))


class Key:
    """A key whose text is a program."""

    def __repr__(self):
        return "0]; raise SystemExit; x = [0"


KEY = Key()
A, B = np.arange(3.0), np.eye(2)
LAYOUTS = {  # what was prepared for, and what comes: the same, in another form, or something else
    "a number": (1.5, [2.5, np.float64(2.5), 3, np.array(2.5), [2.5], "x", None]),
    "an array": (A, [A[::-1], A.astype(np.float32), A.astype(">f8"), [1, 2, 3], B, 1.0, A[:, None]]),
    "a list": ([A, 1.0, B], [[A, 2.0, B.T], (A, 1.0, B), [A, 1, B], [A, 1.0], [A, 1.0, B, B], A]),
    "an array for a list": ([A, A], [np.array([A, A]), [A, A.tolist()], {0: A, 1: A}]),
    "a dict": ({"W": B, KEY: A}, [{KEY: A, "W": B}, {"W": B, Key(): A}, {"W": B}, [B, A], {"W": A, KEY: B}]),
    "a tree": ({"p": [(A, B), {"b": 1.0}]}, [{"p": ((A, B), {"b": 1.0})}, {"p": [(A,), {"b": 1.0}]}]),
}


def outcome_of(call, *args):
    """The leaves as text, or the sentence of the refusal."""
    try:
        leaves = call(*args)
    except (TypeError, ValueError) as error:
        return str(error)
    return [(type(x), np.asarray(x).dtype.str, np.shape(x), np.asarray(x).tolist()) for x in leaves]


def test_arrays_that_were_pickled_go_the_quick_way_too():
    """Their dtype is not the object that all others share."""
    travelled = pickle.loads(pickle.dumps(A))

    assert travelled.dtype is not A.dtype
    assert Arguments.of((A,), 0).entrance((travelled,)) is not None


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_quick_way_in_answers_as_the_careful_one(name):
    """What is as prepared is taken as it is; all else is left to the way that converts and refuses."""
    example, others = LAYOUTS[name]
    known = Arguments.of((example, A), 0)
    assert known.entrance((example, A)) is not None
    for other in [example, *others]:
        assert outcome_of(known.open, (other, A)) == outcome_of(known.open_carefully, (other, A))
    assert known.entrance((example, B)) is None and known.entrance((example,)) is None


def test_an_argument_that_was_prepared_for_is_not_left_out():
    p = diffkit.prepare(lambda x, c=7.0: c * x, 2.0, 3.0)
    with pytest.raises(diffkit.ShapeMismatch, match="prepared for 2 arguments, got 1"):
        p.gradient(2.0)


def test_one_number_is_no_direction_for_two_arguments():
    with pytest.raises(diffkit.ShapeMismatch, match="array, array, but the direction came as array"):
        diffkit.jvp(lambda x, y: x * y, (2.0, 3.0), 1.0, wrt=(0, 1))


@pytest.mark.parametrize("x", [np.ma.array([1.0, 2.0], mask=[0, 1]), np.eye(2).view(np.matrix)])
def test_arrays_with_another_arithmetic_are_refused(x):
    with pytest.raises(TypeError, match=r"mean something else"):
        diffkit.gradient(np.sum, x)


@pytest.mark.parametrize("backend", [None, 3, int])
def test_what_is_no_backend_is_refused(backend):
    with pytest.raises(diffkit.UnknownBackend, match="is no backend; give a name"):
        diffkit.gradient(np.sum, 1.0, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_estimate_holds_what_its_operator_gives(backend):
    x, v = np.array([0.3, 0.4]), np.array([1.0, -1.0])
    p = diffkit.prepare(lambda x: np.sum(x**2), x, backend=backend)
    pairs = {"jvp": (x, v), "vjp": (x, 2.0), "hvp": (x, v)}
    for operator in ("gradient", "jacobian", "hessian", *pairs):
        given = pairs.get(operator, (x,))
        value, expected = p.estimate(operator, *given).value, getattr(p, operator)(*given)
        if not isinstance(value, tuple):
            value, expected = (value,), (expected,)
        for mine, theirs in zip(value, expected, strict=True):
            np.testing.assert_array_equal(mine, theirs)


FOREIGN = {
    "missing": ("no_such_package:Backend", "No module named 'no_such_package'"),
    "broken": ("diffkit.notation:Nothing", "has no attribute 'Nothing'"),
    "odd": ("math:sin", "is no subclass of diffkit.Differentiator"),
}


def test_foreign_backends_that_fail_are_listed_and_refused_with_their_reason(monkeypatch):
    made = {name: EntryPoint(name, place, "diffkit.backends") for name, (place, _) in FOREIGN.items()}
    made["good"] = EntryPoint("good", "diffkit.differentiators.reverse:Reverse", "diffkit.backends")
    monkeypatch.setattr(registry, "entry_points", lambda: made)
    registry.load.cache_clear()
    listed = {name: reason for name, _, reason in registry.available()}
    for name, (_, reason) in FOREIGN.items():
        assert reason in listed[name]
        with pytest.raises(ImportError, match=reason):
            diffkit.backend(name)
    assert listed["good"] == "" and diffkit.gradient(lambda x: x * x, 2.0, backend="good") == 4.0
    registry.load.cache_clear()
