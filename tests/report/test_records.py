"""Records of every kind from one file, packed or not."""

import gzip

import pytest

from diffkit.checking.record import Check
from diffkit.harness.record import Measurement
from diffkit.report.records import read_all
from diffkit.training.record import Checkpoint, Run, Step

RECORDS = [
    Measurement(problem="p", backend="reverse", operator="gradient", status="ok"),
    Step(backend="reverse", epoch=0, step=0, loss=1.0),
    Run(backend="reverse", status="ok"),
    Checkpoint(backend="reverse", setup={}, epoch=1, step=1, parameters=[1.0], state=[]),
    Check(function="f", operator="gradient", verdict="agree", message="Agrees."),
]


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz"])
def test_each_line_becomes_what_it_is(name, tmp_path):
    """A measurement, which names no kind, among them."""
    text = "".join(f"{record.to_json_line()}\n" for record in RECORDS).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)

    assert read_all([tmp_path / name, tmp_path / name]) == RECORDS * 2


def test_a_line_that_is_no_record_is_named(tmp_path):
    (tmp_path / "r.jsonl").write_text("[1, 2]\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"r.jsonl, line 1 is no record"):
        read_all([tmp_path / "r.jsonl"])
