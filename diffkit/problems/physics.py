"""Formulas of physics and chemistry in SI units, or in the units of their trade where said."""

import numpy as np

from .problem import Problem, always, at, between

PLANCK, LIGHT, BOLTZMANN = 6.62607015e-34, 299792458.0, 1.380649e-23  # J s, m/s, J/K: exact in the SI of 2019
GAS = 8.31446261815324  # J/(mol K): exact
ELECTRON = 510.99895  # rest energy in keV, CODATA 2018


def planck(temperature, wavelength):
    """Spectral radiance in W/(sr m^3); temperature in K, wavelength in m."""
    ratio = PLANCK * LIGHT / (BOLTZMANN * wavelength * temperature)
    return 2 * PLANCK * LIGHT**2 / wavelength**5 / np.expm1(ratio)


def planck_by_hand(temperature, wavelength):
    ratio = PLANCK * LIGHT / (BOLTZMANN * wavelength * temperature)
    radiance = planck(temperature, wavelength)
    return radiance, radiance * ratio / temperature / -np.expm1(-ratio)


def lennard_jones(r):
    """Energy of two argon atoms in K (over Boltzmann's constant); distance in angstrom."""
    sixth = (3.4 / r) ** 6
    return 4 * 120 * (sixth**2 - sixth)


def lennard_jones_by_hand(r):
    sixth = (3.4 / r) ** 6
    return 480 * sixth * (sixth - 1), 480 * sixth * (6 - 12 * sixth) / r


def van_der_waals(volume, temperature):
    """Pressure of carbon dioxide in Pa; molar volume in m^3/mol, temperature in K."""
    return GAS * temperature / (volume - 4.267e-5) - 0.3640 / volume**2


def van_der_waals_by_hand(volume, temperature):
    free = volume - 4.267e-5
    by_volume = -GAS * temperature / free**2 + 2 * 0.3640 / volume**3
    return van_der_waals(volume, temperature), (by_volume, GAS / free)


def relativistic_energy(beta):
    """Kinetic energy of an electron in keV; speed in units of light's."""
    return ELECTRON * (1 / np.sqrt(1 - beta**2) - 1)


def relativistic_energy_by_hand(beta):
    return relativistic_energy(beta), ELECTRON * beta * ((1 - beta) * (1 + beta)) ** -1.5


def arrhenius(temperature):
    """Rate in 1/s at which N2O5 decays; temperature in K."""
    return 4.94e13 * np.exp(-103.4e3 / (GAS * temperature))


def arrhenius_by_hand(temperature):
    rate = arrhenius(temperature)
    return rate, rate * 103.4e3 / (GAS * temperature**2)


def pendulum_period(steps):
    """Period in s of a pendulum of 1 m; amplitude in radians. Gauss's mean converges in four steps."""

    def period(amplitude):
        a, b = 1.0, np.cos(amplitude / 2)
        for _ in range(steps):
            a, b = (a + b) / 2, np.sqrt(a * b)
        return 2 * np.pi * np.sqrt(1 / 9.80665) / a

    return period


def lennard_jones_cluster(atoms):
    """Energy of a cluster in reduced units; positions of shape (atoms, 3)."""
    one, other = np.triu_indices(atoms, 1)

    def energy(positions):
        sixth = np.sum((positions[one] - positions[other]) ** 2, axis=1) ** -3
        return 4 * np.sum(sixth * (sixth - 1))

    return energy


def lennard_jones_cluster_by_hand(atoms):
    diagonal = np.eye(atoms)

    def energy_and_gradient(positions):
        apart = positions[:, None] - positions
        squared = np.sum(apart**2, axis=2) + diagonal  # the diagonal keeps an atom off itself
        sixth = squared**-3 * (1 - diagonal)
        pull = 24 * sixth * (1 - 2 * sixth) / squared
        return 2 * np.sum(sixth * (sixth - 1)), np.sum(pull[:, :, None] * apart, axis=1)

    return energy_and_gradient


def shaken_lattice(atoms, random):
    side = int(np.ceil(atoms ** (1 / 3)))
    corners = np.stack(np.unravel_index(np.arange(atoms), (side, side, side)), axis=1)
    return (1.12 * corners + random.uniform(-0.05, 0.05, (atoms, 3)),)


PROBLEMS = (
    Problem(
        name="planck",
        summary="radiance of a black body, by temperature: 2hc^2/w^5 / (exp(hc/(kwT)) - 1)",
        source="Planck 1901; the sun's 5772 K at 500 nm",
        operator="derivative",
        build=always(planck),
        arguments=between((1000, 6000), (4e-7, 7e-7)),
        famous=at(5772.0, 5e-7),
        hand=always(planck_by_hand),
        suites={"default": (1,)},
        tags=("scalar", "physics", "scales"),
    ),
    Problem(
        name="lennard_jones",
        summary="energy of two argon atoms: 4e((s/r)^12 - (s/r)^6)",
        source="Lennard-Jones 1924; argon as in Rahman 1964, Physical Review 136 A405",
        operator="derivative",
        build=always(lennard_jones),
        arguments=between((3.2, 6)),
        famous=at(4.0),
        hand=always(lennard_jones_by_hand),
        formula="4*120*((3.4/r)**12 - (3.4/r)**6)",
        tags=("scalar", "physics"),
    ),
    Problem(
        name="van_der_waals",
        summary="pressure of carbon dioxide: RT/(V - b) - a/V^2",
        source="van der Waals 1873; a and b from the CRC Handbook, 53rd ed.",
        operator="gradient",
        build=always(van_der_waals),
        arguments=between((3e-4, 3e-3), (280, 400)),
        famous=at(1e-3, 300.0),
        wrt=(0, 1),
        hand=always(van_der_waals_by_hand),
        suites={"default": (1,)},
        formula="8.31446261815324*temperature/(volume - 4.267e-5) - 0.3640/volume**2",
        tags=("scalar", "physics", "scales"),
    ),
    Problem(
        name="relativistic_energy",
        summary="kinetic energy of an electron: mc^2 (1/sqrt(1 - b^2) - 1)",
        source="Einstein 1905; CODATA 2018",
        operator="derivative",
        build=always(relativistic_energy),
        arguments=between((0.1, 0.99)),
        famous=at(0.6),
        hand=always(relativistic_energy_by_hand),
        formula="510.99895*(1/sqrt(1 - beta**2) - 1)",
        tags=("scalar", "physics"),
    ),
    Problem(
        name="arrhenius",
        summary="rate of a reaction: A exp(-E/(RT))",
        source="Arrhenius 1889; N2O5 in Atkins, Physical Chemistry, data section",
        operator="derivative",
        build=always(arrhenius),
        arguments=between((280, 400)),
        famous=at(298.15),
        hand=always(arrhenius_by_hand),
        formula="4.94e13*exp(-103.4e3/(8.31446261815324*temperature))",
        tags=("scalar", "physics", "scales"),
    ),
    Problem(
        name="pendulum_period",
        summary="period of a wide swing: 2pi sqrt(l/g) / agm(1, cos(a/2))",
        source="Gauss's mean in Carvalhaes and Suppes 2008, American Journal of Physics 76, 1150",
        operator="derivative",
        build=pendulum_period,
        arguments=between((0.2, 2.8)),
        famous=at(np.pi / 2),
        size=4,
        size_means="steps of the mean",
        suites={"default": (4,)},
        tags=("scalar", "physics", "loop"),
    ),
    Problem(
        name="lennard_jones_cluster",
        summary="energy of a cluster: 4 sum over pairs of r^-12 - r^-6",
        source="Wales and Doye 1997, Journal of Physical Chemistry A 101, 5111",
        operator="gradient",
        build=lennard_jones_cluster,
        hand=lennard_jones_cluster_by_hand,
        arguments=shaken_lattice,
        size=4,
        size_means="atoms",
        smallest=2,
        tags=("vector", "physics"),
    ),
)
