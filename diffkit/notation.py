"""The glossary: one-letter names used throughout, declared once.

f  a function, written in plain NumPy or as a formula
x  the point (an argument that is differentiated)
y  the value f(x)
v  a tangent: a direction in the space of x, shaped like x
w  a cotangent: a linear functional on the space of y, shaped like y
p  a partial derivative of one primitive with respect to one of its arguments
g  the gradient of a scalar function, shaped like x
J  the Jacobian, of shape y.shape + x.shape
h  the step of a finite difference

Everything else is spelled out. Tangents and cotangents may carry `lead` leading axes of directions
(0 or 1), so that many directions travel in one pass: shape (k,) + x.shape or (k,) + y.shape.
"""
