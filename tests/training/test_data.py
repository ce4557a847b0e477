"""What is learned from: shapes, seeds, splits, and what is wrong with a CSV file."""

import hashlib
import re

import numpy as np
import pytest

from diffkit.training.data import DRAWN, REAL, SHIPPED, batches, load_data, split
from diffkit.training.tables import BadData, read_table

SHAPES = {"xor": (400, 2), "moons": (400, 2), "circles": (400, 2), "spirals": (400, 2), "sine": (400, 1),
          "iris": (150, 4), "digits": (1797, 64)}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_data_by_name(name):
    """Every name gives its shape; the seed alone decides what is drawn."""
    data, again, other = (load_data(name, seed) for seed in (0, 0, 1))
    assert data.X.shape == SHAPES[name] and np.all(np.isfinite(data.X))
    assert np.array_equal(data.X, again.X) and np.array_equal(data.targets, again.targets)
    assert np.array_equal(data.X, other.X) == (name in REAL)
    if data.classes:
        assert set(data.targets) == set(range(len(data.classes)))
    assert SHAPES.keys() == {**DRAWN, **REAL}.keys()


def test_shipped_files_are_the_source_s():
    """Byte for byte what the licence file says, known facts of the data included."""
    licence = (SHIPPED / "LICENSE.txt").read_text(encoding="utf-8")
    for name in ("digits.csv.gz", "iris.csv"):
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() in licence
    assert "CC BY 4.0" in licence and "BSD 3-Clause" in licence
    iris, digits = load_data("iris"), load_data("digits")
    assert iris.X.mean(axis=0) == pytest.approx([5.8433, 3.0573, 3.758, 1.1993], abs=1e-4)
    assert np.bincount(digits.targets).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (digits.X.min(), digits.X.max()) == (0, 16)


def test_a_split_is_standardised_by_what_is_learned_from():
    """Mean 0 and deviation 1 over the training samples; every sample in exactly one part."""
    data = load_data("iris")
    parts = split(data, 3, seed=5, test=0.2, validation=0.1)
    X = parts.train[0]
    assert X.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-13)
    assert X.std(axis=0) == pytest.approx(np.ones(4))
    every = (parts.train, parts.validation, parts.test)
    assert [len(part[0]) for part in every] == [105, 15, 30]
    assert sum(part[1].sum(axis=0) for part in every).tolist() == [50] * 3
    again, other = (split(data, 3, seed=seed, test=0.2, validation=0.1) for seed in (5, 6))
    assert np.array_equal(again.train[0], X) and not np.array_equal(other.train[0], X)


def test_labels_fit_the_last_layer():
    """One-hot rows, or 0 and 1 for one unit and two classes; other numbers of units are refused."""
    moons = load_data("moons")
    assert np.array_equal(moons.labels(1)[:, 0], moons.labels(2)[:, 1])
    with pytest.raises(BadData, match="moons has 2 classes: the last layer must have 1 or 2 units, not 3"):
        moons.labels(3)
    with pytest.raises(BadData, match="sine has 1 numbers to predict"):
        load_data("sine").labels(2)


def test_batches_hold_each_sample_once_in_an_order_of_seed_and_epoch():
    """Shuffled anew each epoch; all at once without a batch size."""
    epochs = [np.concatenate(batches(50, 8, seed=1, epoch=epoch)) for epoch in (0, 0, 1)]
    assert all(sorted(epoch) == list(range(50)) for epoch in epochs)
    assert np.array_equal(epochs[0], epochs[1]) and not np.array_equal(epochs[0], epochs[2])
    assert [len(each) for each in batches(50, 0, seed=1, epoch=0)] == [50]
    assert len(batches(50, 1, seed=1, epoch=0)) == 50


def test_arrays_and_tables_as_data(tmp_path):
    """Floats are regressed, whole numbers and texts told apart, unless it is said; any separator is read."""
    assert load_data((np.ones((3, 2)), [0.5, 1.0, 2.0])).targets.shape == (3, 1)
    assert load_data(([[1.0], [2.0]], ["b", "a"])).classes == ("a", "b")
    assert load_data(([[1.0], [2.0]], [3.0, 4.0]), kind="classes").targets.tolist() == [0, 1]
    for separator, start, end in ((",", "\ufeff", "\n"), (";", "", "\r\n"), ("\t", "", "\n")):
        text = start + end.join(separator.join(row) for row in ("aby", ("1", "2", "no"), ("3", "4", "yes")))
        path = tmp_path / "t.csv"
        path.write_bytes(text.encode())
        table = read_table(path)
        assert (table.features, table.classes) == (("a", "b"), ("no", "yes"))
        assert table.X.tolist() == [[1, 2], [3, 4]] and table.targets.tolist() == [0, 1]
    path.write_text("1,2.5\n2,3.5\n", encoding="utf-8")
    assert read_table(path).targets.tolist() == [[2.5], [3.5]] and read_table(path, "1").classes == ("1", "2")


BAD = {
    "missing target": ("a,b\n1,2\n", "y", "bad.csv, row 1: there is no column 'y'; there are a, b"),
    "text": ("a,y\n1,0\nred,1\n", None, "bad.csv, row 3, column 'a': the cell is 'red', which is no number"),
    "NaN": ("a,y\n1,0\nnan,1\n", None, "row 3, column 'a': the cell is 'nan', which is no finite number"),
    "empty": ("a,y\n,0\n1,1\n", None, "bad.csv, row 2, column 'a': the cell is empty"),
    "no target": ("a,y\n1,\n", None, "bad.csv, row 2, column 'y': the target is empty"),
    "NaN target": ("a,y\n1,0.5\n2,NaN\n", None, "bad.csv, row 3, column 'y': the target is NaN"),
    "one class": ("a,y\n1,cat\n2,cat\n", None, "rows 2 to 3, column 'y': every row is of the one class"),
    "short row": ("a,b,y\n1,2,0\n1,2\n", None, "row 3: it has 2 cells where row 1 has 3, so column 'y'"),
    "long row": ("a,y\n1,0,5\n", None, "bad.csv, row 2: it has 3 cells where row 1 has 2"),
    "nothing": ("", None, "bad.csv: row 1 is missing"),
    "only names": ("a,y\n", None, "bad.csv: row 2 is missing"),
    "one column": ("y\n1\n", None, "column 'y' is the only one"),
    "text to regress": ("a,y\n1,2\n2,x\n", ("y", "numbers"), "row 3, column 'y': the cell is 'x'"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_is_one_sentence_with_its_place(case, tmp_path):
    """Row and column of what cannot be read; the same table mended is read."""
    text, target, told = BAD[case]
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadData, match=re.escape(told)) as raised:
        read_table(path, *(target if isinstance(target, tuple) else (target,)))
    assert "\n" not in str(raised.value)


def test_what_is_no_data(tmp_path):
    """Names, bytes, shapes and values that cannot be used."""
    (tmp_path / "latin.csv").write_bytes("größe,y\n1,2\n".encode("latin-1"))
    cases = [
        ("mnist", "there are no data 'mnist'"), (str(tmp_path / "latin.csv"), "is no UTF-8"),
        (([[1.0, np.inf]], [0]), r"X\[0, 1\] is inf"), (([[1.0], [2.0]], [0.5, np.nan]), r"y\[1, 0\] is nan"),
        (([[1.0]], [0, 1]), "X has shape"), (([[1.0], [2.0]], [3, 3]), "the one class 3"),
    ]  # fmt: skip
    for source, told in cases:
        with pytest.raises(BadData, match=told):
            load_data(source)
    with pytest.raises(BadData, match="too few"):
        split(load_data(([[1.0], [2.0]], [0, 1])), 1, seed=0, test=0.1)
    with pytest.raises(BadData, match="too few to set 40% aside for testing and 15% for stopping"):
        split(load_data(([[1.0], [2.0], [3.0]], [0, 1, 0])), 1, seed=0, test=0.4, validation=0.15)
