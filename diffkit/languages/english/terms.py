"""The terms that the glossary explains."""

WORDS = {
    "adjoint": "adjoint",
    "attainable digits": "attainable digits",
    "backend": "backend",
    "certified": "certified",
    "compiled": "compiled",
    "complex step": "complex step",
    "cost": "cost",
    "digits": "digits",
    "finite differences": "finite differences",
    "forward mode": "forward mode",
    "gradient": "gradient",
    "Jacobian": "Jacobian",
    "local slope": "local slope",
    "reverse mode": "reverse mode",
    "set-up": "set-up",
    "swell": "swell",
    "symbolic": "symbolic",
    "tape": "tape",
    "ulp": "ulp",
    "unscored": "unscored",
}
