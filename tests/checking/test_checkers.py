"""The rules that stand in for packages which are not installed say what the packages say."""

import numpy as np
import pytest

from . import checkers
from .bench import CASES, mutants
from .checkers import RULES, others

TELLING = {"tiny values", "noise of 1e-5", "single precision", "layer's jacobian"}


@pytest.mark.parametrize("case", [case for case in CASES if case.name in TELLING], ids=lambda case: case.name)
@pytest.mark.parametrize("package", RULES)
def test_a_rule_passes_what_its_package_passes(package, case):
    """Right gradient and mutations, among them some that pass and some that do not."""
    pytest.importorskip(package)
    by_package, by_rule = RULES[package]
    claims = {"right": case.g} | {name: g for name, g, _ in mutants(case)}
    with np.errstate(all="ignore"):
        passed = {name: by_package(case.f, g, case.x) for name, g in claims.items()}

        assert {name: by_rule(case.f, g, case.x) for name, g in claims.items()} == passed


@pytest.mark.parametrize("package", RULES)
def test_a_package_that_is_absent_is_told_by_the_name_in_the_table(package, monkeypatch):
    monkeypatch.setattr(checkers, "installed", lambda name: name != package)

    names = [name for name in others() if name.endswith("(its rule)")]
    assert len(names) == 1 and others()[names[0]] is RULES[package][1]
