"""Programs with loops: maps, iterations, orbits."""

import math

import numpy as np

from .problem import Problem, always, at, between

STEP = 0.05


def logistic_map(n):
    def last(x):
        for _ in range(n - 1):
            x = 4 * x * (1 - x)
        return x

    return last


def logistic_map_by_hand(n):
    def value_and_slope(x):
        slope = 1.0
        for _ in range(n - 1):
            slope *= 4 - 8 * x
            x = 4 * x * (1 - x)
        return x, slope

    return value_and_slope


def newton_sqrt(steps):
    def root(x):
        y = x
        for _ in range(steps):
            y = (y + x / y) / 2
        return y

    return root


def newton_sqrt_by_hand(steps):
    def root_and_slope(x):
        y, slope = x, 1.0
        for _ in range(steps):
            slope = (slope + 1 / y - x / y**2 * slope) / 2
            y = (y + x / y) / 2
        return y, slope

    return root_and_slope


def kepler(mean_anomaly, eccentricity):
    """The eccentric anomaly E in E - e sin(E) = M, by Newton's iteration until it stands still."""
    angle, step = mean_anomaly, 1.0
    while abs(step) > 1e-12:
        step = (angle - eccentricity * np.sin(angle) - mean_anomaly) / (1 - eccentricity * np.cos(angle))
        angle = angle - step
    return angle


def kepler_by_hand(mean_anomaly, eccentricity):
    angle = kepler(mean_anomaly, eccentricity)
    return angle, 1 / (1 - eccentricity * np.cos(angle))


def swing(steps):
    """The last angle of a pendulum of unit frequency, by symplectic Euler."""

    def last_angle(angle, velocity):
        for _ in range(steps):
            velocity = velocity - STEP * np.sin(angle)
            angle = angle + STEP * velocity
        return angle

    return last_angle


def swing_by_hand(steps):
    def angle_and_gradient(angle, velocity):
        angles = []
        for _ in range(steps):
            angles.append(angle)
            velocity -= STEP * math.sin(angle)
            angle += STEP * velocity
        by_angle, by_velocity = 1.0, 0.0
        for before in reversed(angles):
            by_velocity += STEP * by_angle
            by_angle -= STEP * math.cos(before) * by_velocity
        return angle, (by_angle, by_velocity)

    return angle_and_gradient


def motion(state):
    """The velocity of a state (x, y, u, v) of a body that circles another, in units where its mass is one."""
    x, y, u, v = state
    inverse_cube = (x * x + y * y) ** -1.5
    return u, v, -x * inverse_cube, -y * inverse_cube


def moved(state, h, velocity):
    return tuple(s + h * d for s, d in zip(state, velocity))


def two_body(steps):
    """The sum x + y at the end of an orbit, by the classical Runge-Kutta method."""

    def last_place(start):
        state = start[0], start[1], start[2], start[3]
        for _ in range(steps):
            k1 = motion(state)
            k2 = motion(moved(state, STEP / 2, k1))
            k3 = motion(moved(state, STEP / 2, k2))
            k4 = motion(moved(state, STEP, k3))
            state = moved(state, STEP / 6, [a + 2 * (b + c) + d for a, b, c, d in zip(k1, k2, k3, k4)])
        return state[0] + state[1]

    return last_place


def two_body_by_hand(steps):
    """The same stages with the velocities eliminated (Nystroem), then its adjoint, in floats."""
    h, h2 = STEP, STEP * STEP

    def place_and_gradient(start):
        x, y, u, v = start.tolist()
        stages = []
        for _ in range(steps):
            w = (x * x + y * y) ** -1.5
            a1, b1 = -x * w, -y * w
            x2, y2 = x + h / 2 * u, y + h / 2 * v
            w = (x2 * x2 + y2 * y2) ** -1.5
            a2, b2 = -x2 * w, -y2 * w
            x3, y3 = x2 + h2 / 4 * a1, y2 + h2 / 4 * b1
            w = (x3 * x3 + y3 * y3) ** -1.5
            a3, b3 = -x3 * w, -y3 * w
            x4, y4 = x + h * u + h2 / 2 * a2, y + h * v + h2 / 2 * b2
            w = (x4 * x4 + y4 * y4) ** -1.5
            stages.append((x, y, x2, y2, x3, y3, x4, y4))
            x, y = x + h * u + h2 / 6 * (a1 + a2 + a3), y + h * v + h2 / 6 * (b1 + b2 + b3)
            u += h / 6 * (a1 + 2 * (a2 + a3) - x4 * w)
            v += h / 6 * (b1 + 2 * (b2 + b3) - y4 * w)
        X, Y, U, V = 1.0, 1.0, 0.0, 0.0
        for x1, y1, x2, y2, x3, y3, x4, y4 in reversed(stages):
            P4, Q4 = tide(x4, y4, h / 6 * U, h / 6 * V)
            P3, Q3 = tide(x3, y3, h2 / 6 * X + h / 3 * U, h2 / 6 * Y + h / 3 * V)
            P2, Q2 = tide(x2, y2, h2 / 6 * X + h / 3 * U + h2 / 2 * P4, h2 / 6 * Y + h / 3 * V + h2 / 2 * Q4)
            P1, Q1 = tide(x1, y1, h2 / 6 * X + h / 6 * U + h2 / 4 * P3, h2 / 6 * Y + h / 6 * V + h2 / 4 * Q3)
            U, V = U + h * (X + P4) + h / 2 * (P2 + P3), V + h * (Y + Q4) + h / 2 * (Q2 + Q3)
            X, Y = X + P1 + P2 + P3 + P4, Y + Q1 + Q2 + Q3 + Q4
        return x + y, np.array([X, Y, U, V])

    return place_and_gradient


def tide(x, y, a, b):
    """The symmetric derivative of -(x, y)/r^3, applied to (a, b)."""
    square = x * x + y * y
    w = square**-1.5
    along = 3 * w / square * (x * a + y * b)
    return along * x - w * a, along * y - w * b


def product_one_by_one(*x):
    """Speelpenning's product of so many numbers, a multiplication at a time."""
    product = x[0]
    for factor in x[1:]:
        product = product * factor
    return product


def numbers(values):
    return tuple(map(float, values))


PROBLEMS = (
    Problem(
        name="logistic_map",
        summary="l(n) of l(n+1) = 4 l(n) (1 - l(n)), l(1) = x",
        source="Baydin, Pearlmutter, Radul, Siskind 2018, Automatic differentiation in machine learning: "
        "a survey; counted in Laue 2019, arXiv 1904.02990",
        operator="derivative",
        build=logistic_map,
        hand=logistic_map_by_hand,
        arguments=between((0.1, 0.9)),
        famous=at(0.2),
        size=4,
        size_means="n of l(n), so n - 1 steps",
        suites={"default": (4,), "cost": (8,), "swell": (1, 2, 3, 4, 5, 6, 7)},
        tags=("scalar", "loop", "textbook"),
    ),
    Problem(
        name="newton_sqrt",
        summary="the square root of x: y <- (y + x/y)/2 from y = x",
        source="Heron of Alexandria, Metrica; differentiated in Griewank and Walther, chapter 15",
        operator="derivative",
        build=newton_sqrt,
        hand=newton_sqrt_by_hand,
        arguments=between((0.5, 4)),
        famous=at(2.0),
        size=6,
        size_means="steps",
        suites={"default": (3,)},
        tags=("scalar", "loop", "textbook"),
    ),
    Problem(
        name="kepler",
        summary="E in E - e sin(E) = M, iterated until it stands still",
        source="Kepler 1609; Danby, Fundamentals of Celestial Mechanics, section 6.6",
        operator="derivative",
        build=always(kepler),
        hand=always(kepler_by_hand),
        arguments=between((0.5, 2.5), (0.1, 0.6)),
        famous=at(1.0, 0.5),
        suites={"default": (1,)},
        tags=("scalar", "loop", "branch", "physics"),
    ),
    Problem(
        name="pendulum",
        summary="last angle of a pendulum by symplectic Euler, h = 0.05",
        source="Hairer, Lubich, Wanner, Geometric Numerical Integration, 2nd ed., section I.1",
        operator="gradient",
        build=swing,
        hand=swing_by_hand,
        arguments=between((-2, 2), (-1, 1)),
        famous=at(1.0, 0.0),
        wrt=(0, 1),
        size=10,
        size_means="steps",
        suites={"default": (5,)},
        tags=("scalar", "loop", "physics"),
    ),
    Problem(
        name="two_body",
        summary="x + y at the end of a Kepler orbit by classical Runge-Kutta, h = 0.05",
        source="Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, sections II.1 and II.16",
        operator="gradient",
        build=two_body,
        hand=two_body_by_hand,
        arguments=lambda size, random: (np.array([1, 0, 0, 1]) + random.uniform(-0.1, 0.1, 4),),
        famous=lambda size: (np.array([0.5, 0.0, 0.0, 3**0.5]),),
        size=6,
        size_means="steps",
        suites={"default": (6,), "cost": (6, 100)},
        tags=("vector", "loop", "physics"),
    ),
    Problem(
        name="speelpenning_loop",
        summary="the product of n numbers, one multiplication at a time",
        source="Speelpenning 1980, Compiling fast partial derivatives; the point as in ADOL-C's example",
        operator="gradient",
        build=always(product_one_by_one),
        arguments=lambda size, random: numbers(random.uniform(0.5, 1.5, size)),
        famous=lambda size: numbers(np.arange(1, size + 1) / np.arange(2, size + 2)),
        size=8,
        size_means="factors",
        wrt=None,
        suites={"swell": (4, 8, 16, 32)},
        tags=("scalar", "loop", "textbook"),
    ),
)
