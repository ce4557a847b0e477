"""`diffkit train`, run in this process: what it says, keeps and continues, and the exit code."""

import json

import pytest
from typer.testing import CliRunner

from diffkit.cli import app, training
from diffkit.results.training import Training

SMALL = ["--data", "xor", "--layers", "2,2,1", "--no-isolate", "--backends", "reverse,forward"]


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    """Every test has a folder of its own, and keeps its records there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))
    return tmp_path


def train(*args):
    return CliRunner().invoke(app, ["train", *args])


def losses(path, backend="reverse"):
    return [step.loss for step in Training.load(path).steps if step.backend == backend]


def test_the_table_is_followed_by_the_losses_and_all_is_kept(in_a_folder):
    """A row a backend, an empty line, the curves; the records stand in the data folder."""
    result = train(*SMALL, "--epochs", "2")

    table, curves = result.stdout.split("\n\n")
    assert result.exit_code == 0, result.stderr
    assert table.startswith("xor: 2-2-1 (9 parameters)") and "forward" in table
    assert curves.startswith("loss after epoch")
    [kept] = (in_a_folder / "data").glob("*-train.jsonl")
    assert [run.backend for run in Training.load(kept).runs] == ["reverse", "forward"]


def test_json_rows_hold_what_is_compared():
    """One document whose rows say how each training ended and what it cost."""
    result = train(*SMALL, "--epochs", "1", "--json")

    rows = json.loads(result.stdout)["rows"]
    assert [row["backend"] for row in rows] == ["reverse", "forward"]
    wanted = "status message epochs final_loss test_accuracy seconds_per_step seconds_per_epoch evaluations"
    assert all(row.keys() >= {*wanted.split(), "peak_bytes", "digits"} for row in rows)
    assert all(row["status"] == "ok" and row["digits"] > 14 for row in rows)


def test_options_reach_the_training():
    """Each option that was typed stands in the setup of the run."""
    options = {
        "activation": "relu", "loss": "mse", "optimizer": "momentum", "learning_rate": 0.03,
        "schedule": "cosine", "batch": 16, "epochs": 1, "decay": 0.001, "patience": 5, "test": 0.3, "seed": 4,
        "init": "glorot",
    }  # fmt: skip
    typed = [text for name, value in options.items() for text in (f"--{name.replace('_', '-')}", str(value))]

    result = train(*SMALL, *typed, "--json")

    setup = json.loads(result.stdout)["rows"][0]["setup"]
    assert {name: setup[name] for name in options} == options and setup["layers"] == [2, 2, 1]


def test_a_run_that_is_continued_is_one_that_was_never_stopped(in_a_folder):
    """Two epochs and then two more give the losses of four, bit for bit, in one file."""
    train(*SMALL, "--epochs", "4", "-o", "whole.jsonl")
    train(*SMALL, "--epochs", "2", "-o", "parts.jsonl")

    result = train("--resume", "parts.jsonl", "--epochs", "4", "--no-isolate")

    assert result.exit_code == 0, result.stderr
    assert losses("parts.jsonl") == losses("whole.jsonl")


def test_an_interrupt_shows_what_was_reached_and_how_to_go_on(monkeypatch):
    """Exit 130 with the table of whole epochs; the file can be continued."""

    def interrupting(**options):
        calls = []

        def stop_later(done, total, what):
            calls.append(done)
            if done >= 4:
                raise KeyboardInterrupt

        return original(**options | {"progress": stop_later})

    original = training.train
    monkeypatch.setattr(training, "train", interrupting)

    result = train(*SMALL, "--epochs", "3", "-o", "runs.jsonl")

    assert result.exit_code == 130
    assert "interrupted after 2 of 3 epochs" in " ".join(result.stdout.split())
    assert "diffkit train --resume runs.jsonl" in result.stderr
    assert train("--resume", "runs.jsonl", "--no-isolate").exit_code == 0
    assert len(losses("runs.jsonl", "forward")) == 3 * 10  # 300 samples to learn from, 32 a step


def test_explain_writes_out_the_first_step():
    """Forward, backward, update; nothing is kept."""
    result = train("--data", "xor", "--layers", "2,2,1", "--explain")

    assert result.exit_code == 0 and "dL/dz1 = dL/da1 * tanh'(z1)" in result.stdout


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--data", "nothing.csv"], "nothing.csv"),
        (["--data", "table.csv"], "row 3"),
        (["--data", "table.csv", "--target", "z"], "z"),
        (["--layers", "2-8"], "--layers '2-8'"),
        (["--backends", "revers"], "reverse"),
        (["--optimizer", "adams"], "adams"),
        (["--epochs", "0"], "0"),
        (["--format", "xml"], "xml"),
        (["-o", "runs.txt"], "runs.txt"),
        (["--resume", "nothing.jsonl"], "nothing.jsonl"),
        (["--resume", "table.csv", "--batch", "3"], "--batch"),
        (["--resume", "table.csv"], "table.csv"),
        (["--explain", "--json"], "--explain is a text"),
        (["--explain", "-o", "runs.csv"], "--explain is a text"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(args, words, in_a_folder):
    """It names what is wrong; no traceback, nothing on stdout."""
    (in_a_folder / "table.csv").write_text("x,y\n1,2\ntwo,3\n4,5\n", encoding="utf-8")

    result = train(*args)

    assert (result.exit_code, result.stdout) == (2, ""), result.stdout
    assert words in result.stderr and "Traceback" not in result.stderr


def test_data_can_be_listed_before_they_are_chosen():
    """diffkit list data names each with its size and what is predicted."""
    rows = json.loads(CliRunner().invoke(app, ["list", "data", "--json"]).stdout)["rows"]

    [digits] = [row for row in rows if row["name"] == "digits"]
    assert (digits["samples"], digits["features"], digits["classes"]) == (1797, 64, 10)
