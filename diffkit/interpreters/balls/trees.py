"""What an operation on the tape computes, as a tree and as text; and rewritings that keep digits.

A tree is the name of an input, a number, or a tuple of an operation and its operands. Patterns are written as
formulas, in which a, b, c stand for anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .tape import Entry, ball, is_live

Tree = Any
MORE = "..."
DEEPEST, LONGEST = 7, 48

REWRITINGS = tuple((ast.parse(old, mode="eval").body, ast.parse(new, mode="eval").body) for old, new in (
    ("log(1 + exp(a))", "logaddexp(0, a)"),
    ("log(exp(a) + exp(b))", "logaddexp(a, b)"),
    ("log(exp(a)/b)", "a - log(b)"),
    ("log(1 + a)", "log1p(a)"),
    ("log(1 - a)", "log1p(-a)"),
    ("exp(a) - 1", "expm1(a)"),
    ("1 - exp(a)", "-expm1(a)"),
    ("1 - cos(a)", "2*sin(a/2)**2"),
    ("cos(a) - 1", "-2*sin(a/2)**2"),
    ("sqrt(b + c) - sqrt(b)", "c/(sqrt(b + c) + sqrt(b))"),
    ("sqrt(a) - sqrt(b)", "(a - b)/(sqrt(a) + sqrt(b))"),
    ("sqrt(a**2 + c) - a", "c/(sqrt(a**2 + c) + a)"),
    ("sqrt(a**2 - c) - a", "-c/(sqrt(a**2 - c) + a)"),
    ("1 - tanh(a)**2", "1/cosh(a)**2"),
    ("cosh(a) - sinh(a)", "exp(-a)"),
    ("1 - erf(a)", "erfc(a)"),
    ("1 - logistic(a)", "logistic(-a)"),
    ("1 - a**2", "(1 - a)*(1 + a)"),
    ("a**2 - b**2", "(a - b)*(a + b)"),
    ("sqrt(a**2 + b**2)", "hypot(a, b)"),
))  # fmt: skip

INFIX = {"add": ("+", 1), "subtract": ("-", 1), "multiply": ("*", 2), "divide": ("/", 2), "power": ("**", 4)}
OPERATORS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power"}
NAMES = {"absolute": "abs", "fabs": "abs"}


# From the tape and from text


def tree_of(x: Any, names: Mapping[int, str], depth: int = DEEPEST) -> Tree:
    """The tree of an entry or a number; names: what is at a place of the tape, where it is no primitive."""
    if not is_live(x):
        return float(ball(x))
    if x.position in names:
        return names[x.position]
    if depth == 0:
        return MORE
    return made(x.primitive.name, [tree_of(each, names, depth - 1) for each in x.operands])


def made(name: str, parts: Sequence[Tree]) -> Tree:
    """One operation, in the one form that patterns know."""
    if name == "power" and parts[1] == 2:
        name, parts = "square", parts[:1]
    if name == "multiply" and parts[0] == parts[1] and not holds(parts[0], MORE):
        name, parts = "square", parts[:1]
    if name == "reciprocal":
        name, parts = "divide", [1.0, *parts]
    if name == "add" and not is_minus(parts[1]) and is_minus(parts[0]):
        parts = parts[::-1]
    if name == "add" and is_minus(parts[1]):
        name, parts = "subtract", [parts[0], positive(parts[1])]
    if name == "negative" and isinstance(parts[0], float):
        return -parts[0]
    return (name, *parts)


def is_minus(tree: Tree) -> bool:
    return tree[0] == "negative" if isinstance(tree, tuple) else isinstance(tree, float) and tree < 0


def positive(tree: Tree) -> Tree:
    return -tree if isinstance(tree, float) else tree[1]


def holds(tree: Tree, part: Tree) -> bool:
    """Whether the part stands somewhere in the tree."""
    return tree == part or (isinstance(tree, tuple) and any(holds(each, part) for each in tree[1:]))


def parsed(node: ast.expr, known: Mapping[str, Tree]) -> Tree:
    """The tree of a pattern, its letters exchanged by what they stand for."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name):
            return known.get(name, name)
        case ast.UnaryOp(operand=operand):
            return made("negative", [parsed(operand, known)])
        case ast.BinOp(op=op, left=left, right=right):
            return made(OPERATORS[type(op)], [parsed(left, known), parsed(right, known)])
        case ast.Call(func=ast.Name(id=name), args=args):
            return made(name, [parsed(each, known) for each in args])
    raise ValueError(f"{ast.unparse(node)} has no meaning in a pattern.")


# Text


def text(tree: Tree, binding: int = 0) -> str:
    """A tree as Python text; `binding` is how tightly its surroundings hold."""
    if not isinstance(tree, tuple):
        return number(tree) if isinstance(tree, float) else tree
    name, *parts = tree
    if name == "square":
        name, parts = "power", [parts[0], 2.0]
    if name == "negative":
        return bracketed("-" + text(parts[0], 3), binding > 2)
    if name not in INFIX:
        return f"{NAMES.get(name, name)}({', '.join(map(text, parts))})"
    symbol, level = INFIX[name]
    space = " " * (level == 1)
    a, b = text(parts[0], level + (level == 4)), text(parts[1], level + (level < 4))
    return bracketed(f"{a}{space}{symbol}{space}{b}", level < binding)


def bracketed(inside: str, needed: bool) -> str:
    return f"({inside})" if needed else inside


def number(x: float) -> str:
    return str(int(x)) if x.is_integer() and abs(x) < 1e6 else f"{x:.6g}"


def spelled(x: Entry, names: Mapping[int, str]) -> str:
    """What an entry computes, in so many words as fit."""
    for depth in range(DEEPEST, 0, -1):
        words = text(tree_of(x, names, depth))
        if len(words) <= LONGEST:
            return words
    return words


# Patterns


def matches(pattern: ast.expr, tree: Tree, known: dict[str, Tree]) -> Iterator[dict[str, Tree]]:
    """What the letters of a pattern may stand for if it is to be this tree; sums and products both ways."""
    if isinstance(pattern, ast.Name):
        if pattern.id not in known:
            yield known | {pattern.id: tree}
        elif known[pattern.id] == tree and not holds(tree, MORE):
            yield known
        return
    if isinstance(pattern, ast.Constant):
        if isinstance(tree, float) and tree == pattern.value:
            yield known
        return
    name, parts = operation(pattern)
    if not isinstance(tree, tuple) or tree[0] != name or len(tree) != len(parts) + 1:
        return
    orders = [tree[1:], tree[:0:-1]] if name in ("add", "multiply") else [tree[1:]]
    for order in orders:
        found = [known]
        for part, each in zip(parts, order):
            found = [more for one in found for more in matches(part, each, one)]
        yield from found


def operation(pattern: ast.expr) -> tuple[str, list[ast.expr]]:
    """The operation of a pattern and its operands."""
    match pattern:
        case ast.BinOp(op=ast.Pow(), left=left, right=ast.Constant(value=2)):
            return "square", [left]
        case ast.BinOp(op=op, left=left, right=right):
            return OPERATORS[type(op)], [left, right]
        case ast.Call(func=ast.Name(id=name), args=args):
            return name, args
    raise ValueError(f"{ast.unparse(pattern)} has no meaning in a pattern.")


def rewriting(tree: Tree) -> tuple[str, str] | None:
    """(the tree as text, a form that keeps more digits), where a known one fits.

    >>> rewriting(("log", ("add", 1.0, "x")))
    ('log(1 + x)', 'log1p(x)')
    """
    for old, new in REWRITINGS:
        for known in matches(old, tree, {}):
            return text(tree), text(parsed(new, known))
    return None
