"""Hard points of SciPy's special functions: problems only where SciPy is installed, imported late."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec

from .hard import MADE_HERE, hard
from .problem import Problem


def of_scipy(name: str, *orders: float) -> Callable[[int], Callable]:
    """The builder of a function of scipy.special, of this order if it has one."""

    def build(size: int) -> Callable:
        function = getattr(import_module("scipy.special"), name)
        return lambda x: function(*orders, x)

    return build


def special(
    title: str, name: str, point: float, tag: str, *orders: float, source: str = MADE_HERE
) -> Problem:
    arguments = ", ".join([*map(str, orders), "x"])
    row = hard(title, f"{name}({arguments})", abs, None, point, tag, source)
    return replace(row, build=of_scipy(name, *orders), formula=None)


DLMF = "NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov"
PROBLEMS = (
    (
        special("erf_at_four", "erf", 4.0, "scales", source=DLMF),
        special("erfc_tail", "erfc", 26.1, "scales", source=DLMF),
        special("normal_tail", "ndtr", -37.0, "scales"),
        special("log_normal_tail", "log_ndtr", -30.0, "scales"),
        special("gamma_near_pole", "gamma", 1e-8, "pole", source=DLMF),
        special("digamma_far_out", "psi", 1e8, "scales", source=DLMF),
        special("bessel_far_out", "jv", 1e3, "oscillation", 2, source=DLMF),
    )
    if find_spec("scipy")
    else ()
)
