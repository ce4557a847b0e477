"""L-BFGS by SciPy, an optional package: the only file of this room that knows it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def minimise(
    value_and_gradient: Callable[[np.ndarray], tuple[float, np.ndarray]],
    x: np.ndarray,
    iterations: int,
    on_iteration: Callable[[np.ndarray], bool],
) -> str:
    """Minimise from x; on_iteration is told each new point and says whether to stop. Returns SciPy's message.

    Raises ImportError, with the way out, where SciPy is missing. Liu and Nocedal 1989.

    >>> points = []
    >>> _ = minimise(lambda x: (float(x @ x), 2 * x), np.array([3.0]), 5, lambda x: points.append(x.copy()))
    >>> bool(abs(points[-1][0]) < 1e-6)
    True
    """
    try:
        from scipy.optimize import minimize
    except ImportError as error:
        raise ImportError("optimizer lbfgs needs SciPy: python -m pip install scipy.") from error

    def callback(intermediate_result):  # type: ignore[no-untyped-def] # SciPy asks for this very name
        if on_iteration(intermediate_result.x):
            raise StopIteration

    answer = minimize(
        value_and_gradient, x, jac=True, method="L-BFGS-B", callback=callback, options={"maxiter": iterations}
    )
    return str(answer.message)
