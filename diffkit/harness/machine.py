"""Where something was measured: the processor, the system, the versions. No host and no user."""

import os
import platform
import subprocess
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "diffkit", "numpy", "sympy", "mpmath", "python-flint", "matplotlib", "scipy", "pandas", "llvmlite",
    "jax", "jaxlib", "torch", "autograd", "casadi", "numdifftools",
)  # fmt: skip


def cpu_model() -> str:
    """The processor's name as the system tells it, or the architecture where it does not."""
    told = ""
    if platform.system() == "Linux":
        facts = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
        told = next((fact.partition(":")[2] for fact in facts if fact.startswith("model name")), "")
    elif platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return told.strip() or platform.processor() or platform.machine()


@cache
def facts() -> tuple[dict[str, Any], dict[str, str]]:
    """The machine and the installed packages' versions, found once."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    system = f"{platform.system()} {platform.release()}"
    machine = {"cpu": cpu_model(), "cores": os.cpu_count(), "os": system, "python": platform.python_version()}
    return machine, versions


def command_words() -> list[str]:
    """The command line, the program by its name: where it is installed is nobody's business.

    >>> len(command_words()) == len(sys.argv) and "/" not in command_words()[0]
    True
    """
    program = Path(sys.argv[0])
    name = program.parent.name if program.stem == "__main__" else program.name
    return [name, *sys.argv[1:]]


def machine_facts() -> dict[str, Any]:
    """`cpu` (its model), `cores` (logical), `os` and `python`; no host and no user."""
    return dict(facts()[0])


def package_versions() -> dict[str, str]:
    """Versions of the installed packages that bear on results, found without importing them."""
    return dict(facts()[1])
