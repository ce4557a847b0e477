"""The notebooks run from top to bottom, and print again what they were committed with.

Their .ipynb files are the source. After a change `python -m tests.test_notebooks notebooks/*.ipynb` runs
them and writes the outputs back. The code of a folded answer is run too, and prints the text below it.
A cell tagged `rounding` prints numbers that the last bit decides, one tagged `times` what a clock said: of
the first only the words are compared, of the second nothing.
"""

import getpass
import os
import re
import sys
from copy import deepcopy
from itertools import count
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 400_000
NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])")
CLOSE = 1e-6  # what another library of mathematics may change in a printed number
ANSWER = re.compile(r"```python\n(.*?)```(?:\s*```text\n(.*?)```)?", re.DOTALL)
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read(path):
    return nbformat.read(path, as_version=4)


def cells_of(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


# Running


def run(notebook, folder):
    """A copy of the notebook, executed in the folder by this checkout; raises where a cell does."""
    done = deepcopy(notebook)
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    env = {key: value for key, value in os.environ.items() if key != "DIFFKIT_LANG"} | {"PYTHONPATH": path}
    client = nbclient.NotebookClient(
        done, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,  # what is printed comes in pieces, cut where the clock says
    )  # fmt: skip
    client.execute(env=env)
    return done


def with_answers(notebook):
    """The notebook with the code of its folded answers as cells, which print what stands below the code."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown" and "<details>" in cell.source:
            for code, printed in ANSWER.findall(cell.source):
                outputs = [nbformat.v4.new_output("stream", text=printed)] if printed else []
                cells.append(nbformat.v4.new_code_cell(code, outputs=outputs))
    answered = deepcopy(notebook)
    answered.cells = cells
    return answered


def told(cell):
    """What a cell prints and returns as text, and what kinds of picture it shows."""
    texts = []
    for output in cell.outputs:
        data = output.get("data", {})
        pictures = [f"<{kind}>\n" for kind in sorted(data) if kind.startswith("image")]
        texts += [output.get("text", ""), *(pictures or [data.get("text/plain", "")])]
    return "".join(text if text.endswith("\n") else text + "\n" for text in texts if text)


def same(before, after, tags=()):
    """Whether two texts have the same words and, unless rounding decides them, the same numbers."""
    if "times" in tags:
        return True
    if "rounding" in tags:
        return NUMBER.sub("#", before).split() == NUMBER.sub("#", after).split()
    if NUMBER.sub("#", before) != NUMBER.sub("#", after):
        return False
    pairs = zip(NUMBER.findall(before), NUMBER.findall(after), strict=True)
    return all(a == b or close(float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs)


def close(a, b):
    return abs(a - b) <= CLOSE * max(abs(a), abs(b))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_runs_and_prints_what_was_committed(path, tmp_path):
    before = with_answers(read(path))
    after = run(before, tmp_path)

    pairs = zip(cells_of(before, "code"), cells_of(after, "code"), strict=True)
    changed = [
        f"{a.source}\n--- committed\n{told(a)}--- now\n{told(b)}"
        for a, b in pairs
        if not same(told(a), told(b), a.metadata.get("tags", ()))
    ]
    assert not changed, "\n\n".join(changed)


@pytest.mark.parametrize(
    ("before", "after", "tags", "alike"),
    [
        ("f = 1.5", "f = 1.5000001", (), True),
        ("f = 1.5", "f = 1.51", (), False),
        ("f = 1.5", "f = -1.5", (), False),
        ("f = 1.5", "g = 1.5", (), False),
        ("error 1e-16", "error 3e-16", (), False),
        ("error 1e-16", "error 3.2e-16", ("rounding",), True),
        ("error 1e-16", "mistake 1e-16", ("rounding",), False),
        ("1,024 steps of v1", "1,025 steps of v1", (), False),
        ("3 ms", "half a second", ("times",), True),
    ],
)
def test_a_changed_number_is_noticed(before, after, tags, alike):
    assert same(before, after, tags) is alike


# What is committed


def test_there_are_ten():
    assert [path.name[:2] for path in FILES if not path.stem.endswith("_ko")] == [
        f"{n:02}" for n in range(1, 11)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_was_run_from_top_to_bottom(path):
    """Every cell of code has its number in order, none has an error, most have an output."""
    cells = cells_of(read(path), "code")

    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert sum(bool(cell.outputs) for cell in cells) > len(cells) / 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_carries_nothing_of_a_machine(path):
    """No path, user, address in memory or metadata of the place where it was run; not too large."""
    notebook, text = read(path), path.read_text(encoding="utf-8")
    user = getpass.getuser()

    assert notebook.metadata == METADATA
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    assert all(output.get("metadata", {}).keys() <= {"image/png"} for cell in cells_of(notebook, "code")
               for output in cell.outputs)  # fmt: skip
    assert not re.search(r" at 0x[0-9a-f]{6}|/(?:home|Users|root|tmp|opt|usr|var)/|[A-Z]:\\\\", text)
    assert not re.search(rf"\b{re.escape(user)}\b", text) or user in {"root", "user", "python"}
    assert len(text.encode()) < MOST_BYTES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_has_three_exercises_with_folded_answers(path):
    cells = [cell.source for cell in cells_of(read(path), "markdown") if "<details>" in cell.source]

    assert len(cells) == 3
    assert all(cell.count("<details>") == cell.count("</details>") == 1 for cell in cells)
    assert all("<summary>" in cell for cell in cells)


# Writing


def write_outputs(path):
    """Run the notebook and write it back with its outputs, in a form that depends on nothing else."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        notebook = run(read(path), folder)
    numbers = count(1)
    for i, cell in enumerate(notebook.cells):
        cell.id = f"cell-{i:02}"
        tags = cell.metadata.get("tags")
        cell.metadata = {"tags": tags} if tags else {}
        if cell.cell_type == "code":
            cell.execution_count = next(numbers)
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = cell.execution_count
    notebook.metadata = METADATA
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_outputs(Path(name))
