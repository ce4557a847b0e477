"""Every row of the catalogue runs, repeats itself byte for byte, and can be traced."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

import diffkit.problems
from diffkit.problems import CATALOGUE, SUITES, UnknownProblem, instance, special, suite

ROWS = [
    pytest.param(name, size, id=f"{name}-{size}")
    for name, problem in CATALOGUE.items()
    for size in sorted({problem.smallest, problem.size, *([problem.size + 1] if problem.size_means else [])})
]
SEEDS = range(4)


def leaves(tree):
    """The floats and arrays in nested lists and tuples."""
    return [leaf for branch in tree for leaf in leaves(branch)] if isinstance(tree, (list, tuple)) else [tree]


def image(tree):
    return b"".join(np.asarray(leaf).tobytes() for leaf in leaves(tree))


def mapped(function, tree):
    if isinstance(tree, (list, tuple)):
        return type(tree)(mapped(function, branch) for branch in tree)
    return function(tree)


class Guarded(np.lib.mixins.NDArrayOperatorsMixin):
    """A value that NumPy may only touch through its two hooks, as an interpreter's values are."""

    def __init__(self, value):
        self.value = value
        self.shape = np.shape(value)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        assert method == "__call__" and "out" not in kwargs
        return mapped(type(self), ufunc(*mapped(bare, list(inputs)), **kwargs))

    def __array_function__(self, function, types, args, kwargs):
        return mapped(type(self), function(*mapped(bare, list(args)), **kwargs))

    def __getitem__(self, index):
        return type(self)(self.value[index])

    def refuse(self, *args, **kwargs):
        raise TypeError("A traced value has been read, branched on, or changed.")

    __array__ = __float__ = __int__ = __setitem__ = __iadd__ = __isub__ = __imul__ = __itruediv__ = refuse

    def __bool__(self):
        return bool(self.value) if self.may_branch else self.refuse()

    may_branch = False


class Branching(Guarded):
    may_branch = True


def bare(value):
    return value.value if isinstance(value, Guarded) else value


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name, size", ROWS)
def test_a_problem_is_finite_repeats_itself_and_leaves_its_arguments_alone(name, size, seed):
    one, other = instance(name, size, seed), instance(name, size, seed)
    before = image(one.args)
    assert before == image(other.args)

    values = [one.f(*one.args), one.f(*one.args), other.f(*other.args)]

    assert np.all(np.isfinite(values))
    assert len(set(map(image, values))) == 1
    assert image(one.args) == before
    assert np.ndim(values[0]) == (1 if one.operator == "jacobian" else 0)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_problem_touches_its_active_arguments_through_numpy_s_hooks_alone(name):
    problem, here = CATALOGUE[name], instance(name)
    guard = Branching if "branch" in problem.tags else Guarded
    active = here.wrt if isinstance(here.wrt, tuple) else (here.wrt,)

    traced = here.f(*(mapped(guard, arg) if k in active else arg for k, arg in enumerate(here.args)))

    plain = np.asarray(here.f(*here.args))
    assert isinstance(traced, Guarded)
    last_bits = np.finfo(np.float32).eps if plain.dtype == np.float32 else 0
    np.testing.assert_allclose(traced.value, plain, rtol=last_bits)


@pytest.mark.parametrize("touch", [
    float, bool, np.asarray, lambda x: x.__setitem__(0, 1), lambda x: np.add(x, 1, out=x)])
def test_the_guard_catches_what_it_guards_against(touch):
    with pytest.raises((TypeError, AssertionError)):
        touch(Guarded(np.ones(2)))


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_row_says_what_it_is(name):
    problem = CATALOGUE[name]

    assert problem.name == name and problem.summary and problem.source and problem.tags
    assert problem.operator in ("derivative", "gradient", "jacobian")
    assert set(problem.suites) <= set(SUITES)
    assert bool(problem.size_means) or problem.size == problem.smallest == 1
    assert "\n" not in problem.summary and len(problem.summary) <= 100
    assert isinstance(hash(problem), int)


@pytest.mark.parametrize("name", [name for name, problem in CATALOGUE.items() if problem.formula])
def test_a_formula_is_the_function(name):
    """To four ulps of the value: x**2 and x*x, sqrt and a power of one half may round differently."""
    here, formula = instance(name), CATALOGUE[name].formula
    names = [node.id for node in ast.walk(ast.parse(formula)) if isinstance(node, ast.Name)]
    variables = list(dict.fromkeys(n for n in names if not hasattr(np, n) and n != "abs"))
    order = list(dict.fromkeys(here.f.__code__.co_varnames[: len(here.args)]))
    assert set(variables) == set(order)

    value = eval(formula, vars(np) | dict(zip(order, here.args, strict=True)))

    np.testing.assert_array_max_ulp(np.float64(value), np.float64(here.f(*here.args)), 4)


def test_different_seeds_give_different_points_where_the_point_is_not_the_problem():
    for name, problem in CATALOGUE.items():
        same = image(instance(name, seed=1).args) == image(instance(name, seed=2).args)
        assert same == ("hard" in problem.suites and name != "exp"), name


def test_the_cost_suite_is_the_table_of_workloads():
    assert {(problem.name, size) for problem, size in suite("cost")} == {
        ("sin_exp_log", 1), ("logistic_map", 8), ("two_body", 6), ("two_body", 100), ("rosenbrock", 10),
        ("rosenbrock", 1_000), ("rosenbrock", 100_000), ("speelpenning", 1_000), ("log_sum_exp", 1_000),
        ("helmholtz", 100), ("network_2_8_2", 16), ("network_64_32_10", 32), ("network_784_128_10", 128),
        ("gmm", 1_000)}
    assert all(problem.hand for problem, _ in suite("cost"))


def test_every_suite_has_rows_and_the_catalogue_is_large_enough():
    assert len(CATALOGUE) >= 25
    assert 15 <= len(suite("default")) <= 25
    assert all(suite(name) for name in SUITES)


FOOLING = "abs_at_zero sine_on_grid fast_sine log_far_out tiny_sine single_sine log_one_plus".split()


def test_what_fools_every_tool_is_in_the_hard_suite():
    names = {problem.name for problem, _ in suite("hard")}

    assert names.issuperset(FOOLING)
    assert not special.PROBLEMS or "erf_at_four" in names
    assert instance("single_sine").f(1.0).dtype == np.float32


def test_the_hard_suite_has_forty_scalar_and_fifteen_vector_cases_without_scipy():
    hard = [problem for problem, _ in suite("hard") if problem not in special.PROBLEMS]

    assert sum("scalar" in problem.tags for problem in hard) >= 40
    assert sum("vector" in problem.tags for problem in hard) >= 15


def test_without_scipy_its_functions_are_no_problems(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    source = Path(special.__file__).read_text(encoding="utf-8")
    scope = {"__name__": special.__name__, "__package__": special.__package__}

    exec(compile(source, special.__file__, "exec"), scope)

    assert scope["PROBLEMS"] == () and len(special.PROBLEMS) >= 6


@pytest.mark.parametrize("ask, answer", [
    (lambda: instance("rosenbrok"), "No problem is called 'rosenbrok': did you mean rosenbrock?"),
    (lambda: suite("defalt"), "No suite is called 'defalt': did you mean default?"),
    (lambda: suite("zzz"), "No suite is called 'zzz': there are cost, crossover, default, hard, swell."),
])
def test_an_unknown_name_gets_the_nearest_ones(ask, answer):
    with pytest.raises(UnknownProblem) as refusal:
        ask()
    assert str(refusal.value) == answer and isinstance(refusal.value, KeyError)


@pytest.mark.parametrize("name, size, words", [
    ("two_products", 2, "one size only, and 2 was asked for"),
    ("rosenbrock", 1, "at least 2 variables, not 1"),
])
def test_a_size_that_does_not_exist_is_refused(name, size, words):
    with pytest.raises(ValueError, match=words):
        instance(name, size)


def test_the_room_imports_numpy_the_standard_library_and_itself_alone():
    for path in Path(diffkit.problems.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
                assert roots <= {"numpy", *sys.stdlib_module_names}, path
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] in {"numpy", *sys.stdlib_module_names}, path
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 1, path
