"""Floor 7: what a user gets back: comparisons and explanations, of functions, formulas and problems."""

from .comparison import Comparison
from .explanation import Explanation
from .operators import compare, explain, sweep_steps

__all__ = ["Comparison", "Explanation", "compare", "explain", "sweep_steps"]
