"""train from Python: what it takes, what it returns, and how that is shown, saved and continued."""

import json
from dataclasses import replace

import numpy as np
import pytest

import diffkit
from diffkit.harness.record import append_record
from diffkit.report.training import loss_curves, training_table
from diffkit.results.training import Training, explain_training, resume
from diffkit.training.record import Run, Step

SMALL = {"layers": (2, 4, 1), "epochs": 2}


@pytest.fixture(scope="module")
def training():
    """Two backends that agree, one that is wrong."""
    return diffkit.train("moons", **SMALL, backends=["reverse", "forward", "zero"])


def test_what_train_takes():
    """A name, arrays, a list or a text of backends; the same seed gives the same numbers."""
    first, again = (diffkit.train("xor", **SMALL, backends="reverse,forward") for _ in range(2))
    assert [run.backend for run in first.runs] == ["reverse", "forward"]
    assert [step.loss for step in first.steps] == [step.loss for step in again.steps]
    X = np.linspace(-1, 1, 40).reshape(20, 2)
    regression = diffkit.train((X, X.sum(axis=1)), **SMALL, backends="reverse")
    classes = diffkit.train((X, (X.sum(axis=1) > 0).astype(int)), **SMALL, backends="reverse")
    assert [each.runs[0].setup["loss"] for each in (regression, classes)] == ["mse", "logistic"]
    assert regression.runs[0].test_accuracy is None and classes.runs[0].test_accuracy is not None
    with pytest.raises(diffkit.UnknownBackend, match="revers"):
        diffkit.train("xor", **SMALL, backends="revers")


def test_a_csv_file_is_trained_on(tmp_path):
    """With the target named, and errors before anything is trained."""
    path = tmp_path / "measurements.csv"
    random = np.random.default_rng(0)
    rows = [f"{a:.4f},{'hot' if a + b > 0 else 'cold'},{b:.4f}" for a, b in random.normal(size=(200, 2))]
    path.write_text("a,y,b\n" + "\n".join(rows), encoding="utf-8")
    result = diffkit.train(path, target="y", layers=(2, 4, 2), epochs=30, backends="reverse")
    assert result.runs[0].status == "ok" and result.runs[0].test_accuracy > 0.8
    with pytest.raises(ValueError, match=r"measurements.csv, row 2, column 'y': the cell is 'hot'|'cold'"):
        diffkit.train(path, target="b", layers=(2, 4, 1), epochs=1, backends="reverse")


def test_the_table_fits_and_tells_the_worst(training):
    """80 columns, a line a backend, the wrong one called wrong; as HTML and Markdown too."""
    text = str(training)
    lines = text.split("\n")
    assert max(map(len, lines)) <= 80 and lines[0].startswith("moons: 2-4-1 (17 parameters), tanh")
    assert sum(line.startswith(("  reverse ", "  forward ")) and line.endswith("  ok") for line in lines) == 2
    assert "wrong" in text and "zero parts from" in text
    assert training._repr_html_().count("<tr>") == 4
    assert max(map(len, training_table(training.runs, width=60).split("\n"))) <= 60
    assert "A prediction keeps nothing: its memory peaks at" in text and "evaluates" not in text
    many = diffkit.train("moons", layers=(2, 2, 1), epochs=1, backends="finite:scheme=forward")
    assert "evaluates the loss 10 times for the 9 parameters" in str(many).replace("\n    ", " ")
    assert "gradients/s" in training_table(training.runs, wide=True)
    assert str(Training([])) == "Nothing was trained."


def test_what_is_saved_and_loaded(training, tmp_path):
    """Records come back as they were; the rows of JSON have what is promised."""
    path = training.save(tmp_path / "run.jsonl")
    loaded = Training.load(path)
    assert list(loaded.runs) == list(training.runs) and list(loaded.checkpoints) == list(training.checkpoints)
    assert sorted(map(repr, loaded.steps)) == sorted(map(repr, training.steps))
    document = json.loads(training.save(tmp_path / "run.json").read_text(encoding="utf-8"))
    assert set(document) == {"schema", "command", "machine", "rows"}
    promised = (
        "backend status message epochs final_loss test_accuracy seconds_per_step seconds_per_epoch "
        "evaluations peak_bytes digits"
    )
    assert all(name in row for row in document["rows"] for name in promised.split())
    for suffix in ("csv", "md", "html"):
        assert "reverse" in training.save(tmp_path / f"run.{suffix}").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="has no suffix"):
        training.save(tmp_path / "run.pdf")


def test_frames_and_epochs(training):
    """Loss by epoch and by second, of each backend, for figures and pandas."""
    rows = training.epochs()
    assert [row["epoch"] for row in rows if row["backend"] == "zero"] == [1, 2]
    for name in ("reverse", "forward"):
        seconds = [row["seconds"] for row in rows if row["backend"] == name]
        assert 0 < seconds[0] < seconds[1]
    pytest.importorskip("pandas")
    assert len(training.to_pandas()) == 3 and len(training.to_pandas("epochs")) == 6
    assert len(training.to_pandas("steps")) == len(training.steps) == 3 * 20
    with pytest.raises(ValueError, match="there is no table of 'all'"):
        training.to_pandas("all")


def test_a_saved_training_is_continued_to_another_end(tmp_path):
    """Two epochs, then to four: the numbers of four at once; the file then holds the whole run."""
    path = diffkit.train("moons", **SMALL, backends="reverse").save(tmp_path / "run.jsonl")
    more = resume(path, epochs=4, on_record=lambda record: append_record(path, record))
    whole = diffkit.train("moons", **{**SMALL, "epochs": 4}, backends="reverse")
    assert [step.loss for step in more.steps] == [step.loss for step in whole.steps]
    assert more.runs[0].final_loss == whole.runs[0].final_loss and more.runs[0].epochs == 4
    loaded = Training.load(path)
    assert len(loaded) == 1 and [step.loss for step in loaded.steps] == [step.loss for step in whole.steps]
    done = resume(path)
    assert done.runs[0].final_loss == whole.runs[0].final_loss and done.runs[0].epochs == 4
    with pytest.raises(FileNotFoundError):
        resume(tmp_path / "none.jsonl")


def test_isolated_backends_give_the_same_numbers():
    """In a process of its own a backend trains to the same doubles."""
    here = diffkit.train("moons", **SMALL, backends="reverse")
    there = diffkit.train("moons", **SMALL, backends="reverse", isolate=True)
    assert [step.loss for step in here.steps] == [step.loss for step in there.steps]
    assert there.runs[0].threads == 1 and here.runs[0].threads is None


def test_the_anatomy_as_text():
    """Options as for train; the backend is the user's choice, the numbers are the same."""
    texts = [explain_training("xor", name, layers=(2, 2, 1)) for name in ("reverse", "forward")]
    assert texts[0].split("\n")[1:] == texts[1].split("\n")[1:] and texts[0] != texts[1]


def test_records_refuse_what_they_do_not_know():
    """An unknown status; a step keeps NaN as nothing."""
    with pytest.raises(ValueError, match="There is no status 'fine'"):
        Run(backend="reverse", status="fine")
    assert Step(backend="reverse", epoch=0, step=0, loss=float("nan")).loss is None


def test_the_curves_tell_loss_by_epoch_and_time(training):
    """At most 80 columns and a line a backend, the last mark being the last epoch's loss."""
    lines = loss_curves(training.steps).split("\n")
    assert len(lines) == 4 and max(map(len, lines)) <= 80 and lines[0].split()[-1] == "2"
    assert f"{training.runs[0].final_loss:.3g}" in lines[1]
    long = [Step(backend="b", epoch=k, step=k, loss=1.0, seconds=1.0, train_loss=2.0**-k) for k in range(24)]
    assert loss_curves(long).split("\n")[0].split()[3:] == ["1", "8", "16", "24"]
    wide = [replace(step, train_loss=1234567.0, seconds=1.234e-5) for step in long]
    lines = loss_curves(wide, width=60).split("\n")
    assert lines[0].split()[3:] == ["1", "24"] and all(len(line) <= 60 for line in lines)
    assert len({len(line.split()) for line in lines[1:]}) == 1
    assert loss_curves([]) == ""
