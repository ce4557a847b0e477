"""A formula as text -> a function of named variables, and points and ranges as text -> numbers.

Nothing is ever executed: the text is cut into tokens, Python's parser gives a tree, and only numbers, names,
operators and a list of functions are read from it.
"""

from diffkit.expressions.errors import FormulaError, PointError
from diffkit.expressions.formula import Formula, constant, parse
from diffkit.expressions.points import parse_point, parse_ranges
from diffkit.expressions.vocabulary import CONSTANTS, FUNCTIONS

__all__ = [
    "CONSTANTS",
    "FUNCTIONS",
    "Formula",
    "FormulaError",
    "PointError",
    "constant",
    "parse",
    "parse_point",
    "parse_ranges",
]
