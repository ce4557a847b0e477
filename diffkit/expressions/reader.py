"""Reads a formula's syntax tree into closures and Python text; what is not on the list is refused."""

import ast
import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from importlib.util import find_spec
from typing import Any, NoReturn

import numpy as np

from diffkit.expressions import closures
from diffkit.expressions.grammar import Source
from diffkit.expressions.vocabulary import (
    ATOM,
    COMPARISON,
    CONSTANTS,
    FUNCTIONS,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    Function,
)

DEEPEST_NODE = 200  # a call of the formula needs a frame for each, and Python has a thousand
LONGEST_NEST = 4  # terms of a sum that are nested closures; longer ones are a loop
LARGEST_INTEGER = 2**63  # beyond it NumPy has no integers, so the nearest double is taken
LARGEST_SQUARED = 2**31  # beyond it np.square of an integer overflows in silence

SYMBOLS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A read piece: its kind and operand as in closures.py, its Python text and how tightly that binds."""

    kind: str
    operand: Any
    python: str
    binding: int = ATOM

    @property
    def closure(self) -> closures.Closure:
        return closures.leaf(self.kind, self.operand)

    def bracketed(self, binding: int) -> str:
        return self.python if self.binding >= binding else f"({self.python})"


class Reader:
    """Reads a syntax tree from the leaves up; what is constant is computed at once."""

    def __init__(self, source: Source):
        self.source = source
        self.index = {name: i for i, name in enumerate(source.variables)}

    def read(self, node: ast.expr, depth: int) -> Part:
        if depth > DEEPEST_NODE:
            self.source.refuse("The formula is too deep here: write it as a Python function in a file.", node)
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(value, repr(value), node)
            case ast.Name(id=name):
                return self.name(name, node)
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in CONSTANTS:
                return Part("c", *CONSTANTS[name])
            case ast.UnaryOp(op=ast.UAdd()):
                return self.read(node.operand, depth + 1)
            case ast.UnaryOp(op=ast.USub()):
                return self.negative(self.read(node.operand, depth + 1), node)
            case ast.BinOp(op=ast.Pow()):
                base, exponent = self.read(node.left, depth + 1), self.read(node.right, depth + 1)
                return self.binary("**", base, exponent, node)
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                return self.chain(node, depth)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(name, node, depth)
            case ast.Compare():
                self.source.refuse("A comparison is no number: it stands first in where(x > 0, a, b).", node)
            case ast.Tuple():
                self.source.refuse("A comma has no meaning here: write 0.5 for a half.", node)
        self.source.refuse(f"{self.source.written(node)} has no meaning in a formula.", node)

    def name(self, name: str, node: ast.expr) -> Part:
        if name in self.index:
            return Part("v", self.index[name], name)
        if name in CONSTANTS:
            return Part("c", *CONSTANTS[name])
        if name in FUNCTIONS:
            self.source.refuse(f"{name} is a function: write {name}(...).", node)
        if not self.index:
            self.source.refuse(f"{name} is no number, and none is a variable here: write pi/4 or 1e-8.", node)
        known = ", ".join(self.index)
        guess = self.guess(name, [*self.index, *CONSTANTS])
        self.source.refuse(f"{name} is not among the variables ({known}){guess}", node)

    def negative(self, part: Part, node: ast.expr) -> Part:
        python = "-" + part.bracketed(UNARY)
        if part.kind == "c":
            return self.number(-part.operand, python, node, UNARY)
        return Part("n", closures.negative(part.kind, part.operand), python, UNARY)

    def binary(self, symbol: str, a: Part, b: Part, node: ast.expr) -> Part:
        level = _LEVELS[symbol]
        if symbol == "**":
            python = f"{a.bracketed(ATOM)}**{b.bracketed(UNARY)}"
        else:
            space = "" if level == PRODUCT else " "
            python = f"{a.bracketed(level)}{space}{symbol}{space}{b.bracketed(level + 1)}"
        if a.kind == b.kind == "c" and level != COMPARISON:
            return self.number(self.fold(_compute, node, symbol, a.operand, b.operand), python, node, level)
        kinds = a.kind + b.kind
        if kinds == "cc":  # a comparison of numbers
            return Part("n", closures.binary(symbol, "nn", a.closure, b.closure), python, level)
        return Part("n", closures.binary(symbol, kinds, a.operand, b.operand), python, level)

    def chain(self, node: ast.expr, depth: int) -> Part:
        """a + b - c ... or a*b/c ..., of any length, computed from left to right."""
        top, links = _LEVELS[SYMBOLS[type(node.op)]], []  # type: ignore[attr-defined]
        while isinstance(node, ast.BinOp) and _LEVELS[SYMBOLS[type(node.op)]] == top:
            links.append((SYMBOLS[type(node.op)], node))
            node = node.left
        part = self.read(node, depth + min(len(links), LONGEST_NEST))
        rest: list[tuple[str, Part]] = []
        for symbol, link in reversed(links):
            term = self.read(link.right, depth + 1)
            if len(links) <= LONGEST_NEST or (part.kind == term.kind == "c" and not rest):
                part = self.binary(symbol, part, term, link)
            else:
                rest.append((symbol, term))
        return part if not rest else _long_chain(part, rest, top)

    def call(self, name: str, node: ast.Call, depth: int) -> Part:
        function = FUNCTIONS.get(name)
        if function is None:
            self.refuse_function(name, node)
        if function.package != "numpy" and find_spec(function.package) is None:
            self.source.refuse(f"{name} needs SciPy: pip install scipy.", node.func)
        self.check_arity(name, function, node)
        if function.name == "where":
            parts = [self.condition(node.args[0], depth + 1)]
        else:
            parts = [self.read(node.args[0], depth + 1)]
        parts += [self.read(argument, depth + 1) for argument in node.args[1:]]
        if function.name == "power":
            return self.binary("**", parts[0], parts[1], node)
        kinds = "".join(part.kind for part in parts)
        if set(kinds) == {"c"}:
            parts = list(map(_as_double, parts))
        python = _spelling(function, parts)
        if set(kinds) == {"c"}:
            values = [part.operand for part in parts]
            return self.number(self.fold(_apply, node, function, values), python, node, function.binding)
        if len(parts) > 3 or (function.folds and len(parts) > 2):
            return Part("n", closures.fold(function.call, [part.closure for part in parts]), python)
        operands = [part.operand for part in parts]
        return Part("n", closures.application(function.call, kinds, operands), python, function.binding)

    def condition(self, node: ast.expr, depth: int) -> Part:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.binary(SYMBOLS[type(op)], self.read(left, depth), self.read(right, depth), node)
            case ast.Compare():
                self.source.refuse(
                    "A chain of comparisons is nested: where(0 < x, where(x < 1, a, b), b).", node
                )
        self.source.refuse("where begins with a comparison: write where(x > 0, a, b).", node)

    def check_arity(self, name: str, function: Function, node: ast.Call) -> None:
        given, wanted = len(node.args), function.arity
        if given == wanted or (function.folds and given > wanted):
            return
        at_least = "at least " * function.folds
        hint = ""
        if name in ("log", "ln") and given == 2:
            x, base = map(self.source.written, node.args)
            hint = f": write log({x})/log({base})"
        elif given > wanted and all(isinstance(argument, ast.Constant) for argument in node.args):
            hint = ": a decimal has a point, 0.5"
        s = "s" if wanted > 1 else ""
        self.source.refuse(f"{name} takes {at_least}{wanted} argument{s}, got {given}{hint}.", node)

    def refuse_function(self, name: str, node: ast.Call) -> NoReturn:
        if name in self.index or name in CONSTANTS or len(name) == 1:
            self.source.refuse(f"{name} is no function: write {name}*(...).", node.func)
        guess = self.guess(name, FUNCTIONS, ": see `diffkit list functions`.")
        self.source.refuse(f"{name} is not a known function{guess}", node.func)

    def guess(self, name: str, known: Iterable[str], otherwise: str = ".") -> str:
        close = difflib.get_close_matches(name.lower(), list(known), n=1) if len(name) <= 30 else []
        return f": did you mean {close[0]}?" if close else otherwise

    def fold(self, compute: Callable[..., Any], node: ast.expr, *operands: Any) -> Any:
        """What the constants give; refused where it is not a number."""
        try:
            with np.errstate(all="ignore"):
                return compute(*operands)
        except ZeroDivisionError:
            self.source.refuse(f"{self.source.written(node)} divides by zero.", node)
        except OverflowError:
            return math.inf

    def number(self, value: Any, python: str, node: ast.expr, binding: int = ATOM) -> Part:
        """A constant of the formula: a finite int or float."""
        written = self.source.written(node)
        if isinstance(value, complex):
            self.source.refuse(f"{written} is not real: write cbrt(x) for a cube root.", node)
        if isinstance(value, int) and abs(value) >= LARGEST_INTEGER:
            value = self.fold(float, node, value)
            python, binding = repr(value), ATOM if value > 0 else UNARY
        if not math.isfinite(value):
            self.source.refuse(f"{written} is not finite in doubles.", node)
        return Part("c", value, python, binding)


_LEVELS = dict.fromkeys(["<", "<=", ">", ">=", "==", "!="], COMPARISON) | {
    "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER,
}  # fmt: skip


def _compute(symbol: str, a: Any, b: Any) -> Any:
    """a symbol b in Python's arithmetic; an integer power that no double holds is never computed."""
    whole = isinstance(a, int) and isinstance(b, int)
    if symbol == "**" and whole and abs(a) > 1 and b * a.bit_length() > 4096:
        return math.inf
    return closures.OPERATORS[symbol](a, b)


def _apply(function: Function, values: list[float]) -> float:
    value = reduce(function.call, values) if function.folds else function.call(*values)
    return float(value)


def _as_double(part: Part) -> Part:
    """A constant that NumPy will not take for an integer; small ones keep their spelling."""
    value = float(part.operand)
    if isinstance(part.operand, int) and abs(part.operand) >= LARGEST_SQUARED:
        return Part("c", value, repr(value), ATOM if value > 0 else UNARY)
    return replace(part, operand=value)


def _long_chain(first: Part, rest: list[tuple[str, Part]], level: int) -> Part:
    space = "" if level == PRODUCT else " "
    texts = [f"{space}{symbol}{space}{term.bracketed(level + 1)}" for symbol, term in rest]
    closure = closures.chain(first.closure, [(symbol, term.closure) for symbol, term in rest])
    return Part("n", closure, first.bracketed(level) + "".join(texts), level)


def _spelling(function: Function, parts: list[Part]) -> str:
    plain, atoms = [part.python for part in parts], [part.bracketed(ATOM) for part in parts]
    if function.folds:
        return reduce(function.python.format, plain)
    repeated = function.python.count("{0}") + function.python.count("{a}") > 1
    if repeated and not plain[0].isidentifier():  # the argument is written once, or nests would double it
        body = function.python.format("u", a="u")
        return f"(lambda u: {body})({plain[0]})"
    return function.python.format(*plain, **dict(zip("abc", atoms, strict=False)))
