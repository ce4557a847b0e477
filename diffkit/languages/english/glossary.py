"""What the terms of a report mean; the terms are in terms.py."""

WORDS = {
    "adjoint": "The derivative of the result with respect to an intermediate value: what the backward "
    "pass computes for every node.",
    "attainable digits": "What an ideal automatic differentiation of this very program keeps in double "
    "precision. Where it is low, the program loses the digits and no method can bring them back.",
    "backend": "A way to differentiate: symbolic, finite differences, forward mode, reverse mode, and "
    "others.",
    "certified": "Enclosed by interval arithmetic: the true derivative lies in the interval, without a "
    "doubt.",
    "compiled": "The reverse pass recorded once, simplified, and printed as a program.",
    "complex step": "The imaginary part of f(x + ih), divided by h: no difference is taken, so nothing "
    "cancels.",
    "cost": "The time of one call of the derivative, in calls of the function.",
    "digits": "Correct decimal digits of the derivative; a double has about 16.",
    "finite differences": "Slopes between nearby points. A long step truncates, a short one drowns in "
    "rounding.",
    "forward mode": "Every value carries its derivative along; one pass for each input.",
    "gradient": "The derivatives of one number with respect to all inputs.",
    "Jacobian": "The derivatives of several numbers, a row for each.",
    "local slope": "The derivative of one operation with respect to one of its arguments.",
    "reverse mode": "Backpropagation: values forward, adjoints backward; one pass for each result.",
    "set-up": "What a backend does once, before the first call: deriving, recording, compiling.",
    "swell": "The growth of a derivative written out as one formula.",
    "symbolic": "A formula is differentiated by the rules of calculus into another formula.",
    "tape": "The list of operations of the forward pass, kept for the way back.",
    "ulp": "A unit in the last place: the distance between neighbouring doubles.",
    "unscored": "No certified derivative exists at this point, so digits cannot be counted.",
}
