"""A formula as text -> a function of named variables, by a white list of Python's syntax, never executed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from diffkit.expressions import closures
from diffkit.expressions.errors import FormulaError
from diffkit.expressions.grammar import Source
from diffkit.expressions.reader import Reader


@dataclass(frozen=True)
class Formula:
    """A function of named variables, called with their values in the order of `variables`.

    text: as given. variables: the names. python: the same as a lambda of bare NumPy, to be pasted.
    A call evaluates operators and np.* functions on the values as they come (floats, arrays, traced
    values), without conversion, and so gives the lambda's value bit for bit; a Python float divided by zero
    raises ZeroDivisionError as it does there. Raises TypeError for a wrong number of values.

    >>> f = parse("sin(x)*exp(-x^2)")
    >>> f
    Formula('sin(x)*exp(-x^2)', variables=('x',))
    >>> f.python
    'lambda x: np.sin(x)*np.exp(-x**2)'
    >>> float(f(0.7))
    0.3946647588022506
    """

    text: str
    variables: tuple[str, ...]
    python: str = field(compare=False)
    _evaluate: closures.Closure = field(compare=False)

    def __call__(self, *values: Any) -> Any:
        if len(values) != len(self.variables):
            names = ", ".join(self.variables)
            raise TypeError(f"{self.text} takes {len(self.variables)} values ({names}), got {len(values)}.")
        return self._evaluate(values)

    def __repr__(self) -> str:
        return f"Formula({self.text!r}, variables={self.variables!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return parse, (self.text, self.variables)


def parse(text: str, variables: Sequence[str] | None = None) -> Formula:
    """The function that a formula describes; raises FormulaError with the place and the spelling to use.

    variables: their names in the order of the arguments; without them, the names in order of appearance.
    The constants pi, e and tau are numbers unless named among the variables, so e^x is exp(x) to rounding.
    ^ is ** (and binds as it); a head "f(x, y) =" or "z =" is understood.

    >>> parse("x^2*y + 1", variables=["y", "x"])(10.0, 3.0)
    91.0
    >>> parse("f(x, k) = e^(k*x)").variables
    ('x', 'k')
    >>> parse("2x + 1")
    Traceback (most recent call last):
    diffkit.expressions.errors.FormulaError: A multiplication sign is missing: write 2*x.
        2x + 1
        ^^
    """
    source = Source(text, variables)
    try:
        part = Reader(source).read(source.tree, 0)
    except RecursionError:
        raise FormulaError("The formula is too deep here: write it as a Python function in a file.") from None
    python = f"lambda {', '.join(source.variables)}: {part.python}".replace("lambda :", "lambda:", 1)
    return Formula(text, source.variables, python, part.closure)


def constant(text: str) -> float:
    """The finite number that a text such as "pi/4", "1e-8" or "-2**-3" describes; raises FormulaError.

    >>> constant("-2**-3"), constant("sqrt(2)")
    (-0.125, 1.4142135623730951)
    """
    if "=" in text:
        raise FormulaError(
            "A number holds no =: write its value alone.", text, text.index("="), text.index("=") + 1
        )
    value = float(parse(text, variables=())())
    if not math.isfinite(value):
        raise FormulaError(f"This is {value}, and a finite number is needed.", text, 0, len(text))
    return value
