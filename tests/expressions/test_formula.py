"""Formulas give what the same lambda of bare NumPy gives, bit for bit, or one sentence."""

import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
import scipy.special
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from diffkit.expressions import CONSTANTS, FUNCTIONS, Formula, FormulaError, constant, parse

POINTS = [0.3, 1.7, 2.5, -0.6]

# A formula, and the lambda that somebody would have written by hand.
SAME = [
    ("x^2+1", lambda x: x**2 + 1),
    ("2^-x", lambda x: 2**-x),
    ("-x^2", lambda x: -(x**2)),
    ("(-x)^2", lambda x: (-x) ** 2),
    ("x^2^3", lambda x: x ** (2**3)),
    ("sin(x)*exp(-x^2)", lambda x: np.sin(x) * np.exp(-(x**2))),
    ("0.1*x + 1/3 - 1e-8", lambda x: 0.1 * x + 1 / 3 - 1e-8),
    ("2*pi*x", lambda x: 2 * np.pi * x),
    ("x*2*pi", lambda x: x * 2 * np.pi),
    ("π*tau + x", lambda x: np.pi * (2 * np.pi) + x),
    ("e^x", lambda x: np.e**x),
    ("x/3/7*5", lambda x: x / 3 / 7 * 5),
    ("x/(3/7)", lambda x: x / (3 / 7)),
    ("x - (3 - x) - 1 + 0.1 + 0.2 + 0.3", lambda x: x - (3 - x) - 1 + 0.1 + 0.2 + 0.3),
    ("+-+x", lambda x: -x),
    ("−x² × 3·x ÷ 7", lambda x: -(x**2) * 3 * x / 7),
    ("(x+3)⁻¹", lambda x: (x + 3) ** -1),
    ("２＊ｘ", lambda x: 2 * x),
    ("f(x) = x^3", lambda x: x**3),
    ("y = x\n + 1", lambda x: x + 1),
    ("np.sin(np.pi*x) + math.exp(x)", lambda x: np.sin(np.pi * x) + np.exp(x)),
    ("2*x*y + y + 3", lambda x, y: 2 * x * y + y + 3),
    ("x - y", lambda x, y: x - y),
    ("x**y", lambda x, y: np.float64(x) ** y),
    ("hypot(x, y)/arctan2(y, x)", lambda x, y: np.hypot(x, y) / np.arctan2(y, x)),
    ("max(x, y, 0.5)", lambda x, y: np.maximum(np.maximum(x, y), 0.5)),
    ("min(x, y, z, 1)", lambda x, y, z: np.minimum(np.minimum(np.minimum(x, y), z), 1)),
    ("where(x > y, x, 0)", lambda x, y: np.where(x > y, x, 0)),
    ("where(1 <= 2, x, 0)", lambda x: np.where(1 <= 2, x, 0)),
    ("where(x ≠ 0.3, x, 7)", lambda x: np.where(x != 0.3, x, 7)),
    ("clip(x, -1, 2)", lambda x: np.clip(x, -1, 2)),
    ("relu(x - 1)", lambda x: np.where(x - 1 > 0, x - 1, 0.0)),
    ("softplus(x)", lambda x: np.logaddexp(0.0, x)),
    ("logistic(x)", lambda x: np.exp(-np.logaddexp(0.0, -x))),
    ("reciprocal(x) + sec(x)", lambda x: 1 / x + 1 / np.cos(x)),
    ("csc(x) + cot(x)", lambda x: 1 / np.sin(x) + 1 / np.tan(x)),
    ("pow(x + 3, -2)", lambda x: (x + 3) ** -2),
    ("2^100*x", lambda x: 2**100 * x),
    ("square(-10^10)*x", lambda x: 1e20 * x),
]  # fmt: skip


REDUCTIONS = ("max", "min")  # in NumPy they reduce an array; in a formula they compare arguments


def bits(y):
    """The value as bytes: NaN equals itself, -0.0 is not 0.0."""
    return np.asarray(y, dtype=float).tobytes()


def pasted(formula):
    """What `formula.python` means to somebody who pastes it."""
    return eval(formula.python, {"np": np, "scipy": scipy})


@pytest.mark.parametrize(("text", "by_hand"), SAME, ids=[text for text, _ in SAME])
@pytest.mark.parametrize("kind", [np.float64, lambda x: np.array([x, 1.5 * x])], ids=["float64", "array"])
def test_a_formula_is_its_lambda_bit_for_bit(text, by_hand, kind):
    f = parse(text)
    for x in POINTS:
        values = [kind(abs(x) + 0.1 * i if "**y" in text else x + 0.1 * i) for i in range(len(f.variables))]

        with np.errstate(invalid="ignore"):
            assert bits(f(*values)) == bits(by_hand(*values)) == bits(pasted(f)(*values))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_what_its_python_says(name):
    arity = FUNCTIONS[name].arity
    names = ["x", "y", "z"][:arity]
    arguments = ", ".join(["x > 0.5", "y", "z"] if name == "where" else names)
    f = parse(f"{name}({arguments})", names)
    for x in (0.25, 0.75):
        values = [np.float64(1 + x if name in ("acosh", "arcosh", "arccosh") else x), 0.5, 0.875][:arity]

        assert np.isfinite(f(*values))
        assert bits(f(*values)) == bits(pasted(f)(*values))


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if hasattr(np, n) and n not in REDUCTIONS])
def test_a_name_that_numpy_has_is_numpys(name):
    """Also the aliases: np.asin is np.arcsin in NumPy 2, and fabs, rint, absolute agree at doubles."""
    x = 1.0 if "cosh" in name else 0.75
    values = {1: [x], 2: [x, 3.0], 3: [x > 0.5, 3.0, 4.0]}[FUNCTIONS[name].arity]

    assert bits(FUNCTIONS[name].call(*values)) == bits(getattr(np, name)(*values))


def test_composites_keep_their_digits_far_out():
    logistic, softplus, relu = parse("logistic(x)"), parse("softplus(x)"), parse("relu(x)")
    with np.errstate(over="raise", invalid="raise"):
        assert logistic(-1000.0) == 0 and logistic(1000.0) == 1 and logistic(0.0) == 0.5
        assert softplus(1000.0) == 1000 and softplus(-1000.0) == 0
        assert relu(-np.inf) == 0 and relu(3.0) == 3
    # exp(-t) passes the half ulp of t = 700 on: 700 * 2**-53 relative
    assert abs(logistic(-700.0) / math.exp(-700) - 1) <= 701 * 2**-53


def test_python_floats_stay_python_floats():
    assert type(parse("x^2 + 1/3")(0.5)) is float


def test_variables_come_in_order_of_appearance_or_as_given():
    assert parse("b*sin(a) + b + pi").variables == ("b", "a")
    assert parse("f(a, b, c) = b*a").variables == ("a", "b", "c")
    assert parse("x - y", ["y", "x"])(1.0, 10.0) == 9
    assert parse("e + pi", ["e"])(1.0) == 1 + math.pi
    assert parse("e*np.e", ["e"])(2.0) == 2 * math.e
    assert parse("θ + x₁").variables == ("θ", "x1")
    assert parse("2 + 3").variables == () and parse("2 + 3")() == 5


def test_the_python_spelling_has_only_the_brackets_it_needs():
    for python in [
        "lambda x: np.sin(x)*np.exp(-x**2)",
        "lambda x, y: 2*x*y + y + 3",
        "lambda a, b, c: a - (b - c)/(a*b)",
        "lambda a, b: (a**b)**a**-b*(-a)**2",
        "lambda x: -(x + 1)*x/(2*np.pi)",
        "lambda x: (lambda u: np.where(u > 0, u, 0.0))(x + 1)",
        "lambda x: np.where(x > 0, x, 0.0)",
    ]:
        names, _, body = python.removeprefix("lambda ").partition(": ")
        for u, relu in [
            ("(lambda u: np.where(u > 0, u, 0.0))", "relu"),
            ("np.where(x > 0, x, 0.0)", "relu(x)"),
            ("(2*np.pi)", "tau"),
        ]:
            body = body.replace(u, relu)

        assert parse(body, names.split(", ")).python == python


def test_nested_relus_are_written_once_each():
    assert len(parse("relu(1+" * 60 + "x" + ")" * 60).python) < 60 * 60


def test_a_formula_travels():
    f = parse("x^2*y", ["y", "x"])
    g = pickle.loads(pickle.dumps(f))

    assert g == f and g(3.0, 2.0) == 12 and hash(g) == hash(f)
    assert repr(g) == "Formula('x^2*y', variables=('y', 'x'))"
    with pytest.raises(TypeError, match=r"x\^2\*y takes 2 values \(y, x\), got 1"):
        g(1.0)


def test_an_error_travels_with_its_caret():
    with pytest.raises(FormulaError) as caught:
        parse("1 + siin(x)")

    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert str(caught.value).splitlines()[1:] == ["    1 + siin(x)", "        ^^^^"]


def test_long_sums_and_deep_brackets_are_read():
    assert parse("+".join(["x"] * 1000))(1.0) == 1000
    assert parse("1/".join(["(2+"] * 100)[:-3] + "x" + ")" * 99)(1.0) > 2
    assert parse("max(" + ",".join(["x"] * 2000) + ")")(1.0) == 1
    assert parse("(1+x*" * 99 + "x" + ")" * 99)(0.5) == 2


# A formula that is refused, a part of the sentence, and what the carets stand under.
REFUSED = [
    ("siin(x)", "did you mean sin?", "siin"),
    ("Sin(x)", "did you mean sin?", "Sin"),
    ("airy(x)", "diffkit list functions", "airy"),
    ("2x", "write 2*x", "2x"),
    ("2exp(x)", "write 2*exp(...)", "2exp"),
    ("3(x+1)", "write 3*(...)", "3("),
    ("(x)(y)", "behind the bracket", ")("),
    ("x y", "write x*y", "x y"),
    ("x(y+1)", "write x*(...)", "x"),
    ("sin x", "write sin(x)", "sin x"),
    ("sin", "write sin(...)", "sin"),
    ("exp^x", "write exp(x)^", "exp^"),
    ("sin²(x)", "write sin(x)²", "sin²"),
    ("1 000", "side by side", "1 000"),
    ("1.5.2", "side by side", "1.5.2"),
    ("0,5", "write 0.5", ","),
    ("(0,5)", "write 0.5", "(0,5)"),
    ("sin(0,5)", "a decimal has a point", "sin(0,5)"),
    ("sin(x, y)", "takes 1 argument, got 2", "sin(x, y)"),
    ("log(x, 2)", "write log(x)/log(2)", "log(x, 2)"),
    ("max(x)", "at least 2 arguments, got 1", "max(x)"),
    ("sin()", "empty", "()"),
    ("x.__class__", "no attributes", "."),
    ("np.__class__", "not offered", "np.__class__"),
    ("np.linalg.norm(x)", "not offered", "np.linalg"),
    ("np", "module", "np"),
    ("__import__('os')", "begin with a letter", "__import__"),
    ("x[0]", "no indexing", "["),
    ("{x}", "no braces", "{"),
    ("'x'", "no texts", "'"),
    ("f’(x)", "no primes", "’"),
    ('"x"', "no texts", '"'),
    ("lambda x: x", "lam or λ", "lambda"),
    ("x if x > 0 else 1", "where(x > 0, a, b)", "if"),
    ("x and y", "nest where", "and"),
    ("sin(x=1)", "equation", "="),
    ("(y:=3)", "assigns nothing", ":="),
    ("x = y = z", "equation", "="),
    ("y = y + 1", "given by itself", "y"),
    ("x == 1", "where(x > 0, a, b)", "x == 1"),
    ("(x > 0)*x", "where(x > 0, a, b)", "x > 0"),
    ("where(0 < x < 1, x, 1)", "nested", "0 < x < 1"),
    ("where(x, 1, 2)", "begins with a comparison", "x"),
    ("[x for x in y]", "no lists", "["),
    ("x // 2", "floor(x/y)", "//"),
    ("x % 2", "floor(x/y)", "%"),
    ("|x|", "abs(x)", "|"),
    ("x!", "factorial", "!"),
    ("√x", "sqrt(x)", "√"),
    ("x @ y", "matrix product", "@"),
    ("x & y", "nest where", "&"),
    ("x; y", "';'", ";"),
    ("x\0", "'\\x00'", "\0"),
    ("*x", "before *", "*"),
    ("x + * y", "before *", "*"),
    ("x +", "follows +", "+"),
    ("max(x,)", "before )", ")"),
    ("(x", "never closed", "("),
    ("x)", "never opened", ")"),
    ("f(x) = a*x", "not among the variables (x)", "a"),
    ("1/0", "divides by zero", "1/0"),
    ("0^-1 + x", "divides by zero", "0^-1"),
    ("x + (-8)^(1/3)", "cbrt", "(-8)^(1/3)"),
    ("9**9**9**9", "not finite", "9**9**9"),
    ("10^400", "not finite", "10^400"),
    ("2^1024*x", "not finite", "2^1024"),
    ("9.0^999", "not finite", "9.0^999"),
    ("1e999", "not finite", "1e999"),
    ("9" * 5000, "not finite", "9" * 72),
    ("log(-1)", "not finite", "log(-1)"),
    ("x + arcsin(2)", "not finite", "arcsin(2)"),
]


@pytest.mark.parametrize(("text", "sentence", "place"), REFUSED, ids=[text[:30] for text, _, _ in REFUSED])
def test_a_mistake_gets_a_sentence_and_a_caret(text, sentence, place):
    with pytest.raises(FormulaError) as caught:
        parse(text)
    error = caught.value
    first, *_, carets = str(error).splitlines()

    assert sentence in first and first[-1] in ".?"
    assert text[error.start : error.end][:72] == place
    assert carets.count("^") == len(place)


HOSTILE = {
    "nothing": "",
    "blanks": " \t\n",
    "too long": "x" * 10_001,
    "a million digits": "9" * 10**6,
    "brackets": "(" * 101 + "x" + ")" * 101,
    "open brackets": "(" * 9_999,
    "calls": "sin(" * 150 + "x" + ")" * 150,
    "minus signs": "-" * 9_000 + "x",
    "fewer minus signs": "-" * 300 + "x",
    "powers": "^".join(["x"] * 4_000),
    "terms": "+".join(["x"] * 5_000),
    "integer powers": "9^9^9^9^9",
    "products of large integers": "*".join(["9" * 18] * 100),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_formulas_are_refused_in_one_sentence(text):
    with pytest.raises(FormulaError) as caught:
        parse(text)

    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("names", [["x", "x"], ["sin"], ["1x"], ["lambda"], ["_x"], ["np"]], ids=" ".join)
def test_names_that_cannot_be_variables_are_refused(names):
    with pytest.raises(FormulaError):
        parse("x", names)


CONSTANT = {
    "pi/4": math.pi / 4,
    "1e-8": 1e-8,
    "-2**-3": -0.125,
    "sqrt(2)": math.sqrt(2),
    "−3": -3.0,
    "1_000": 1000.0,
    "007": 7.0,
    ".5": 0.5,
    "where(1 < 2, 3, 4)": 3.0,
    "9007199254740993": 9007199254740992.0,
}


@pytest.mark.parametrize("text", CONSTANT)
def test_a_constant_is_a_float(text):
    assert constant(text) == CONSTANT[text] and type(constant(text)) is float


@pytest.mark.parametrize("text", ["x", "2*exp(x)", "inf", "nan", "1/0", "x=3", "1e400", "", "1,5", "sin"])
def test_what_is_no_finite_number_is_no_constant(text):
    with pytest.raises(FormulaError):
        constant(text)


UNARY = ["sin", "tanh", "exp", "sqrt", "log1p", "abs", "logistic", "relu", "softplus", "reciprocal", "cot"]
BINARY = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide,
}  # fmt: skip
VALUES = (np.array([0.3, -1.7, 2.5, 0.0]), np.array([1.1, 0.7, -0.2, -0.0]))


def trees():
    """Random formulas as (text with every bracket, function of the values), each with a variable in it."""
    leaves = st.sampled_from([("x", lambda v: v[0]), ("y", lambda v: v[1])])
    numbers = st.sampled_from([(repr(c), lambda v, c=c: c) for c in (0.1, 3, 1e-8, 2.5)])

    def extended(tree):
        def binary(a, b, op):
            return f"({a[0]}{op}{b[0]})", lambda v: BINARY[op](a[1](v), b[1](v))

        operators = st.sampled_from(list(BINARY))
        return st.one_of(
            st.builds(binary, tree, tree, operators),
            st.builds(binary, numbers, tree, operators),
            st.builds(binary, tree, numbers, operators),
            st.builds(lambda a: (f"(-{a[0]})", lambda v: -a[1](v)), tree),
            st.builds(
                lambda a, n: (f"({a[0]}^{n})", lambda v: a[1](v) ** n), tree, st.sampled_from([2, 3, -1, 0.5])
            ),
            st.builds(
                lambda a, n: (f"{n}({a[0]})", lambda v: FUNCTIONS[n].call(a[1](v))),
                tree,
                st.sampled_from(UNARY),
            ),
        )

    return st.recursive(leaves, extended, max_leaves=12)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(trees())
def test_random_trees_are_read_as_they_were_printed(tree):
    text, by_tree = tree
    f = parse(text, ["x", "y"])
    again = parse(f.python.removeprefix("lambda x, y: "), ["x", "y"]) if "lambda u" not in f.python else f
    with np.errstate(all="ignore"):
        expected = bits(by_tree(VALUES))

        assert bits(f(*VALUES)) == expected
        assert bits(again(*VALUES)) == expected
        assert bits(pasted(f)(*VALUES)) == expected


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=40))
def test_any_text_is_a_formula_or_a_sentence(text):
    try:
        formula = parse(text)
    except FormulaError:
        assume(False)
    assert isinstance(formula, Formula)


def test_mutated_formulas_are_formulas_or_sentences(random):
    """Nothing but FormulaError comes out of 3,000 formulas with pieces cut, doubled and exchanged."""
    alphabet = [
        *"x+-*/^().,=<>!@%&|[]{}'\"\\:;#$?` \t\n\0²π√0189eE_jλ",
        "**",
        "np.",
        "sin(",
        "1e5",
        "lambda ",
        "if ",
    ]
    texts = [text for text, _ in SAME] + [text for text, *_ in REFUSED]
    outcomes = []
    for _ in range(3000):
        text = texts[random.integers(len(texts))]
        for _ in range(random.integers(1, 5)):
            i, j = sorted(random.integers(0, len(text) + 1, 2))
            piece = str(alphabet[random.integers(len(alphabet))])
            text = [text[:i] + piece + text[i:], text[:i] + text[j:], text[:j] + text[i:]][random.integers(3)]
        try:
            outcomes.append(isinstance(parse(text), Formula))
        except FormulaError:
            outcomes.append(False)

    assert {True, False} == set(outcomes)


def test_constants_are_the_doubles_of_numpy():
    for value, python in CONSTANTS.values():
        assert eval(python, {"np": np}) == value


def test_the_room_opens_without_sympy_and_matplotlib():
    code = "import sys, diffkit.expressions; print({'sympy', 'matplotlib', 'flint'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "set()"
