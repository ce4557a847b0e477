"""The house rules that can be read from imports: README, section Architecture."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "diffkit"

FLOORS = {
    "notation": 0, "languages": 0, "calculus": 0, "expressions": 0, "problems": 0,
    "interpreters": 1,
    "programs": 2,
    "differentiators": 3,
    "harness": 4,
    "training": 5, "checking": 5,
    "report": 6,
    "results": 7, "cli": 7,
    "__init__": 8, "__main__": 8,
}  # fmt: skip

# A package, and the only files or folders that may import it (or only their folders' files).
ONLY_IN = {
    "matplotlib": ("report",),
    "flint": ("interpreters/balls",),
    "sympy": ("interpreters/fields", "differentiators/symbolic", "differentiators/graph"),
    "mpmath": ("interpreters/fields",),
    "llvmlite": ("programs/native",),
    "time": ("harness",),
    "psutil": ("harness",),
    "typer": ("cli",),
    "rich": ("cli", "report"),
    "scipy": ("differentiators/peers", "calculus/special", "problems/special", "training/quasi_newton"),
} | dict.fromkeys(
    ("jax", "torch", "autograd", "casadi", "numdifftools", "jacobi", "findiff"), ("differentiators/peers",)
)

# A room, and the rooms that it does not know although they are not above it.
STRANGERS = {
    "problems": {"notation", "calculus", "expressions"},
    "report": {"problems", "differentiators", "expressions", "interpreters", "calculus"},
}


def room(path: str) -> str:
    """The room of a file of the package: `harness/record.py` is in harness, `cli.py` is cli."""
    return path.split("/")[0].removesuffix(".py")


def called(call: ast.Call) -> str:
    """The last word of what is called: `import_module` of `importlib.import_module("jax")`."""
    return ast.unparse(call.func).split(".")[-1]


def imports(path: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything imported, relative and late imports included."""
    here = ["diffkit", *path.split("/")[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) + 1 - node.level] if node.level else []
            source = ".".join([*start, *filter(None, [node.module])])
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
            yield from ((node.lineno, word.value) for word in node.args[:1] if isinstance(word, ast.Constant))


def offence(path: str, name: str) -> str | None:
    """What is wrong with importing `name` in the file `path`, or None."""
    package, _, rest = name.partition(".")
    if package != "diffkit":
        homes = ONLY_IN.get(package)
        if homes is None or any(path == f"{home}.py" or path.startswith(f"{home}/") for home in homes):
            return None
        return f"{package} belongs in {' or '.join(homes)}"
    mine, other = room(path), rest.split(".")[0]
    other = other if other in FLOORS else "__init__"
    if FLOORS[other] > FLOORS[mine]:
        return f"{name} is on floor {FLOORS[other]}, {mine} on floor {FLOORS[mine]}"
    return f"{mine} must not know {other}" if other in STRANGERS.get(mine, ()) else None


def offences(path: str, source: str) -> list[str]:
    """All that a file does against the house rules, one sentence each."""
    tree = ast.parse(source)
    wrongs = [(line, offence(path, name)) for line, name in imports(path, tree)]
    if room(path) != "cli":
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        wrongs += [(call.lineno, "only cli.py prints") for call in calls if ast.unparse(call.func) == "print"]
    return [f"{path}:{line}: {wrong}" for line, wrong in wrongs if wrong]


FILES = sorted(file.relative_to(PACKAGE).as_posix() for file in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES)
def test_imports_go_down_the_floors(path):
    """Every file stands on a floor, and imports only what its room may touch."""
    assert room(path) in FLOORS
    assert offences(path, (PACKAGE / path).read_text(encoding="utf-8")) == []


OFFENDERS = [
    ("calculus/rules.py", "from diffkit.interpreters import traced"),
    ("calculus/rules.py", "from ..harness.record import Measurement"),
    ("calculus/rules.py", "from .. import report"),
    ("harness/compare.py", "import diffkit.report.tables"),
    ("harness/compare.py", "from diffkit import results"),
    ("harness/compare.py", "import diffkit"),
    ("harness/compare.py", "from diffkit import gradient"),
    ("harness/truth.py", "import flint"),
    ("harness/truth.py", "def f():\n    print(1)"),
    ("problems/physics.py", "from diffkit.calculus import rules"),
    ("report/figures.py", "from diffkit.problems import ALL"),
    ("report/figures.py", "import time"),
    ("differentiators/finite.py", "from time import perf_counter"),
    ("differentiators/forward.py", "import importlib\nimportlib.import_module('jax')"),
    ("differentiators/forward.py", "import sympy as sp"),
    ("interpreters/balls.py", "import mpmath"),
    ("programs/layout.py", "def draw():\n    import matplotlib.pyplot as plt"),
    ("programs/passes.py", "from llvmlite import ir"),
    ("checking/check.py", "from rich.table import Table"),
]


@pytest.mark.parametrize(("path", "source"), OFFENDERS)
def test_an_offender_is_caught(path, source):
    """The check can fail: each of these sources breaks exactly one rule."""
    assert len(offences(path, source)) == 1


LAWFUL = [
    ("cli.py", "import typer\nfrom rich.console import Console\nfrom .results import Comparison\nprint(1)"),
    ("harness/cost.py", "import time\nfrom diffkit.differentiators import interface\nfrom . import record"),
    ("interpreters/balls.py", "import flint\nfrom .traced import bind\nfrom ..calculus import rules"),
    ("interpreters/fields/mpmath.py", "import mpmath"),
    ("report/figures.py", "import matplotlib.pyplot\nfrom diffkit.harness.record import read_records"),
    ("__init__.py", "from diffkit.cli import main"),
]


@pytest.mark.parametrize(("path", "source"), LAWFUL)
def test_the_lawful_passes(path, source):
    """What the architecture asks for is not taken for an offence."""
    assert offences(path, source) == []
