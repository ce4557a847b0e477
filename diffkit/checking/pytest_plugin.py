"""The pytest plugin: a fixture that checks gradients at one point or at many, and keeps records.

    def test_my_gradient(gradcheck):
        gradcheck(loss, loss_gradient, at=x)

    @pytest.mark.gradcheck(points=20)
    def test_it_around_x(gradcheck): ...

Nothing heavy is imported until the fixture is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .record import Check

LINES = pytest.StashKey[list[str]]()
MARKER = "gradcheck(points=1, seed=0, slack=32): how the fixture gradcheck checks in this test"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gradcheck", "checking gradients (diffkit)")
    group.addoption("--gradcheck-seed", type=int, default=0, help="seed of the points that gradcheck draws")
    group.addoption(
        "--gradcheck-report", metavar="FILE.jsonl", help="append a record of each check to this file"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    path = config.getoption("--gradcheck-report")
    if path and not hasattr(config, "workerinput"):  # of several processes one writes
        config.pluginmanager.register(ReportFile(path), "diffkit-gradcheck-report")


class ReportFile:
    """Appends the records of finished tests, whichever process they ran in."""

    def __init__(self, path: str):
        self.path = path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        from ..harness.record import append_record
        from .record import Check

        for line in getattr(report, "gradcheck", ()):
            append_record(self.path, Check.from_json_line(line))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Hang the records on the report, which travels to the process that writes."""
    report = yield
    if report.when == "call":
        report.gradcheck = item.stash.get(LINES, [])
    return report


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Gradcheck:
    """Checks that g is the derivative of f: gradcheck(f, g, at=x), or gradcheck(f, g, x, data, points=20)."""
    return Gradcheck(request.node)


class Gradcheck:
    """What the fixture gives: a check that fails the test unless claim and reference agree."""

    def __init__(self, node: pytest.Item):
        self.node = node
        self.lines = node.stash.setdefault(LINES, [])
        marker = node.get_closest_marker("gradcheck")
        self.defaults: dict[str, Any] = {"points": 1, "seed": node.config.getoption("--gradcheck-seed")}
        self.defaults |= marker.kwargs if marker else {}

    def __call__(self, f: Any, g: Any, *args: Any, at: Any = None, **options: Any) -> Check:
        """The last Check; AssertionError with the message of the simplest failing point otherwise.

        at: the first argument, the others follow in args. points: that many, the first as given, the others
        drawn around it. seed, slack, operator, wrt, direction: as for `diffkit.check_gradient`.
        """
        __tracebackhide__ = True
        import numpy as np

        from . import check_gradient, draw, simplest

        options = self.defaults | options
        args = args if at is None else (at, *args)
        points, wrt = int(options.pop("points")), options.get("wrt", 0)

        def check(where: tuple[Any, ...]) -> Check:
            return check_gradient(f, g, *where, **options)

        for k in range(max(points, 1)):
            random = np.random.default_rng([options["seed"], k])
            where = draw(f, args, random, wrt) if k else args
            found = check(where)
            if found.verdict == "disagree":
                where, found = simplest(check, where, found, wrt)
            self.lines.append(found.to_json_line())
            if not found:
                raise AssertionError(str(found))
        return found
