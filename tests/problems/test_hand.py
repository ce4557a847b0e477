"""Gradients written by hand are right, and the comparison that says so rejects wrong ones."""

import numpy as np
import pytest

from diffkit.problems import CATALOGUE, instance

ROWS = [
    pytest.param(name, size, id=f"{name}-{size}")
    for name, problem in CATALOGUE.items() if problem.hand
    for size in sorted({problem.smallest, problem.size, *([problem.size + 1] if problem.size_means else [])})
]
NOT_ANALYTIC = {"kink", "branch"}
DIRECTIONS = 4
# How far f is smooth, where that is less than |x| itself: differences take a step that much shorter.
REACH = {"tan_near_pole": 1e-3, "bell_tail": 1e-2, "sine_on_grid": 1e-1, "fast_sine": 1e-3,
         "small_ripple": 1e-2, "narrow_spike": 1e-3, "maximum_near_tie": 1e-5, "relu_network_near_kink": 1e-5,
         "powell": 1e-2}
# The slope, times |x|, drowns in the rounding of f or of x: nothing is left to a difference.
NO_DIFFERENCE = {"tanh_far_out", "arcsin_at_edge", "near_pole", "sine_far_out", "brown"}
# NumPy's cbrt takes no complex number, and 1e-300 and 1e-150**2 leave no room for a step of 1e-30.
NO_COMPLEX_STEP = {"cbrt_near_zero", "tiny_sine", "square_over_x"}


def active(problem, args):
    return [args[k] for k in problem.wrt] if isinstance(problem.wrt, tuple) else [args[problem.wrt]]


def leaves(tree):
    return [leaf for branch in tree for leaf in leaves(branch)] if isinstance(tree, (list, tuple)) else [tree]


def moved(problem, args, directions, h):
    """The arguments with every active leaf moved by h along its direction."""
    rest = iter(directions)

    def move(tree):
        return [move(branch) for branch in tree] if isinstance(tree, list) else tree + h * next(rest)

    wrt = problem.wrt if isinstance(problem.wrt, tuple) else (problem.wrt,)
    return [move(arg) if k in wrt else arg for k, arg in enumerate(args)]


def directions_of(problem, args, seed):
    """Directions as large as the argument they move, so that every unit of measure counts alike."""
    random = np.random.default_rng(seed)
    return [np.where(np.equal(x, 0), 1, x) * random.choice([-1, 1], shape) * random.uniform(0.5, 1, shape)
            for x in leaves(active(problem, args)) for shape in [np.shape(x)]]


def product(derivative, vs, magnitude=lambda a: a):
    """J v, summed over the leaves; with `magnitude=abs` the size of what is summed."""
    return sum(np.tensordot(magnitude(np.asarray(p)), magnitude(v), axes=np.ndim(v))
               for p, v in zip(leaves(derivative), vs, strict=True))


def central(f, problem, args, vs):
    h = np.cbrt(np.finfo(float).eps) * REACH.get(problem.name, 1)
    return (f(*moved(problem, args, vs, h)) - f(*moved(problem, args, vs, -h))) / (2 * h)


def complex_step(f, problem, args, vs):
    return np.imag(f(*moved(problem, args, vs, 1e-30j))) / 1e-30


def agrees(derivative, problem, here, method, tolerance):
    """Whether J v is what `method` says along every direction.

    The error is measured against the sum of |J| |v| and, for differences, which subtract values of f, |f|
    over the reach: rounding is relative to both.
    """
    for seed in range(DIRECTIONS):
        vs = directions_of(problem, here.args, seed)
        size = product(derivative, vs, abs)
        if method is central:
            size = size + np.abs(here.f(*here.args)) / REACH.get(problem.name, 1)
        error = np.abs(product(derivative, vs) - method(here.f, problem, here.args, vs))
        if not np.all(error <= tolerance * size):
            return False
    return True


def witnesses(name):
    """The methods that can judge this problem, with their tolerances; there is always one.

    Central differences at h = eps^(1/3) of the reach err by h^2 = 4e-11 times the third derivative and by
    eps/h = 4e-11 times f, both in units of the reach; 2e-8 leaves a third derivative of 500. The complex step
    rounds as f does: 1e-12 leaves 4,000 rounding errors, as many as the longest program here makes.
    """
    tags = set(CATALOGUE[name].tags)
    return ([(central, 2e-8)] if name not in NO_DIFFERENCE else []) + (
        [(complex_step, 1e-12)] if not tags & NOT_ANALYTIC and name not in NO_COMPLEX_STEP else [])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name, size", ROWS)
def test_a_hand_written_value_is_the_function_s(name, size, seed):
    """To 1e-12 of the value's size: the two may sum in another order."""
    here = instance(name, size, seed)

    np.testing.assert_allclose(here.hand(*here.args)[0], here.f(*here.args), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name, size", ROWS)
def test_a_hand_written_derivative_has_the_shape_of_what_it_differentiates(name, size):
    problem, here = CATALOGUE[name], instance(name, size)
    y, derivative = here.hand(*here.args)
    xs = leaves(active(problem, here.args))

    assert [np.shape(p) for p in leaves(derivative)] == [np.shape(y) + np.shape(x) for x in xs]
    assert isinstance(derivative, tuple) == isinstance(problem.wrt, tuple)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name, size", ROWS)
def test_a_hand_written_derivative_agrees_with_every_witness(name, size, seed):
    problem, here = CATALOGUE[name], instance(name, size, seed)
    derivative = here.hand(*here.args)[1]

    for method, tolerance in witnesses(name):
        assert agrees(derivative, problem, here, method, tolerance), method.__name__


@pytest.mark.parametrize("name", [name for name, problem in CATALOGUE.items() if problem.hand])
@pytest.mark.parametrize("factor", [0, -1, 1.01])
def test_the_comparison_rejects_a_wrong_derivative(name, factor):
    problem, here = CATALOGUE[name], instance(name)
    derivative = leaves(here.hand(*here.args)[1])
    assert any(np.any(p) for p in derivative)
    wrong = [factor * np.asarray(p) for p in derivative]

    for method, tolerance in witnesses(name):
        assert not agrees(wrong, problem, here, method, tolerance), method.__name__


@pytest.mark.parametrize("name", ["osborne", "chebyquad", "broyden", "bratu"])
def test_the_comparison_rejects_a_jacobian_whose_rows_are_swapped(name):
    problem, here = CATALOGUE[name], instance(name)
    wrong = np.roll(here.hand(*here.args)[1], 1, axis=0)

    assert not agrees(wrong, problem, here, central, 2e-8)
    assert not agrees(wrong, problem, here, complex_step, 1e-12)


def test_every_derivative_by_hand_has_a_witness():
    assert all(witnesses(name) for name, problem in CATALOGUE.items() if problem.hand)
