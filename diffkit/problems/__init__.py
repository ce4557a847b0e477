"""The catalogue: functions in bare NumPy, each with its source and a point for every seed.

>>> rosenbrock = instance("rosenbrock", size=10)
>>> round(float(rosenbrock.f(*rosenbrock.args)), 6)
2057.0
"""

from .catalogue import CATALOGUE, SUITES, UnknownProblem, instance, suite
from .problem import Instance, Problem

__all__ = ["CATALOGUE", "SUITES", "Instance", "Problem", "UnknownProblem", "instance", "suite"]
