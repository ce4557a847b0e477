"""Files of records of every kind, read together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..checking.record import Check
from ..harness.record import Measurement, Record, read_records
from ..training.record import Checkpoint, Run, Step

KINDS: dict[str, type[Record]] = {"step": Step, "run": Run, "checkpoint": Checkpoint, "check": Check}


class Whichever(Record):
    """Reads a line as the kind of record that it names; one that names none is a measurement."""

    @classmethod
    def from_json_line(cls, line: str) -> Record:  # type: ignore[override]
        entries = json.loads(line)
        named = (entries.get("record") or entries.get("kind")) if isinstance(entries, dict) else None
        return KINDS.get(str(named), Measurement).from_json_line(line)


def read_all(paths: Sequence[str | Path]) -> list[Record]:
    """The records of all files in their order, each as what it is; raises as read_records does."""
    return [record for path in paths for record in read_records(path, Whichever)]
