"""Records survive crashes, years and unfriendly numbers."""

import json
from dataclasses import FrozenInstanceError, fields
from datetime import UTC, datetime

import numpy as np
import pytest

from diffkit.harness import machine
from diffkit.harness.record import (
    STATUSES,
    Measurement,
    append_record,
    data_folder,
    document,
    last_records_path,
    machine_facts,
    new_records_path,
    package_versions,
    plain,
    read_records,
)

DESIGNED = """
    schema problem size point seed backend settings operator status message value truth truth_width
    digits digits_worst ulps_worst attainable_digits error_estimate diagnosis
    prepare_seconds first_call_seconds execute_samples primal_samples
    evaluations operations peak_bytes threads argv machine versions
""".split()

PROMISED = """
    problem size backend operator status value digits attainable_digits ulps_worst
    prepare_seconds execute_seconds primal_seconds ratio evaluations peak_bytes
""".split()


def measured(**known) -> Measurement:
    """A measurement of which only `known` is special."""
    usual = {"problem": "sin", "backend": "reverse", "operator": "gradient", "status": "ok"}
    return Measurement(**usual | known)


FULL = measured(
    size=2, inputs=2, outputs=1, point={"x": np.array([0.1, 0.2])}, seed=7, settings={"order": 4},
    message="fine",
    primal_value=1.5, value=np.float64(0.5), truth=[0.5, 1 / 3], truth_width=1e-40,
    digits=15.9, digits_worst=15, ulps_worst=1.5, attainable_digits=15.95, error_estimate=1e-9,
    diagnosis="ok", chosen_step=0.05, loss="f keeps 3 digits.", prepare_seconds=1e-3, first_call_seconds=2e-3,
    execute_samples=[4e-6, 2e-6, 9e-6], primal_samples=(1e-6, 3e-6), evaluations=4,
    operations=12, peak_bytes=1000, threads=1, argv=["compare", "sin"], machine={"cpu": "Größe"},
    versions={"numpy": "2.0"},
)  # fmt: skip


def test_a_measurement_has_the_fields_of_the_design():
    """The names are a format: reports of old records depend on them."""
    added = {"primal_value", "loss", "inputs", "outputs", "chosen_step"}
    assert {f.name for f in fields(Measurement)} == {*DESIGNED, *added}


@pytest.mark.parametrize("record", [FULL, *(measured(status=status) for status in STATUSES)])
def test_a_record_survives_its_line(record):
    """What is written is what is read, to the last bit."""
    line = record.to_json_line()

    assert "\n" not in line
    assert Measurement.from_json_line(line) == record


def test_a_record_is_frozen_and_its_status_known():
    """A record is evidence: nothing in it is changed, and no status is invented."""
    with pytest.raises(FrozenInstanceError):
        FULL.status = "wrong"  # type: ignore[misc]
    with pytest.raises(ValueError, match="no status 'good': it is one of ok, wrong"):
        measured(status="good")


def test_no_nan_reaches_the_json():
    """NaN and infinities are null in whatever they hide."""
    bad = np.array([[1.0, np.nan], [-np.inf, 2.0]])
    record = measured(value=bad, point={"x": float("inf")}, digits=np.float32("nan"))

    entries = json.loads(record.to_json_line(), parse_constant=pytest.fail)
    assert entries["value"] == [[1.0, None], [None, 2.0]]
    assert entries["point"] == {"x": None}
    assert entries["digits"] is None


def test_large_arrays_keep_their_first_hundred_entries():
    """A record stays a line: 100 entries keep their shape, of more the first 100 remain."""
    assert plain(np.zeros((10, 10))) == [[0.0] * 10] * 10
    assert plain(np.arange(303).reshape(3, 101)) == list(range(100))


def test_what_json_cannot_hold_is_refused():
    """A stray object is named instead of written as text."""
    with pytest.raises(TypeError, match="cannot hold 1j \\(complex\\)"):
        measured(value=1j)


def test_derived_times_are_medians():
    """Execute and primal seconds are medians, the ratio is theirs, and unknown stays unknown."""
    assert (FULL.execute_seconds, FULL.primal_seconds, FULL.ratio) == (4e-6, 2e-6, 2.0)
    assert measured(execute_samples=[1.0]).ratio is None
    assert measured(execute_samples=[1.0], primal_samples=[0.0]).ratio is None


def test_a_row_is_flat_and_holds_what_json_promises():
    """`--json` promises these keys."""
    row = FULL.as_row()

    assert set(PROMISED) <= set(row)
    assert row["ratio"] == 2.0
    assert json.loads(json.dumps(row)) == row


def test_records_are_appended_and_read_in_order(tmp_path):
    """Every record is on disk the moment it exists."""
    path = tmp_path / "r.jsonl"
    for status in STATUSES:
        append_record(path, measured(status=status))
        assert read_records(path)[-1].status == status

    assert [m.status for m in read_records(path)] == list(STATUSES)


@pytest.mark.parametrize("kept", [1, 5, 9, 40, -1])
def test_a_half_written_last_line_is_left_out_with_a_warning(tmp_path, kept):
    """A crashed run loses the record it was writing, and the next run's records are whole again."""
    path = tmp_path / "r.jsonl"
    append_record(path, FULL)
    path.write_bytes(path.read_bytes() + FULL.to_json_line().encode()[:kept])

    with pytest.warns(UserWarning, match="line 2: a half-written record"):
        assert read_records(path) == [FULL]
    append_record(path, measured())
    assert read_records(path) == [FULL, measured()]


def test_a_record_without_its_line_end_is_kept(tmp_path):
    """An editor that drops the last line end costs no record."""
    path = tmp_path / "r.jsonl"
    path.write_text("\ufeff" + FULL.to_json_line(), encoding="utf-8")

    assert read_records(path) == [FULL]
    append_record(path, measured())
    assert read_records(path) == [FULL, measured()]


GARBAGE = ["hello", "[1]", '{"a": 1}', '{"schema": "other/1"}', '{"schema": "diffkit/1", "pro']


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_an_error_that_names_file_and_line(tmp_path, garbage):
    """Only the last line may be cut short, and only if it was a record of ours."""
    path = tmp_path / "r.jsonl"
    append_record(path, FULL)
    path.write_text(f"{FULL.to_json_line()}\n{garbage}\n{FULL.to_json_line()}\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"r\.jsonl, line 2 is no record"):
        read_records(path)


def test_records_of_other_years_are_read():
    """Unknown fields are passed over, missing ones are None or empty."""
    old = Measurement.from_json_line('{"schema": "diffkit/9", "problem": "sin", "status": "ok", "mood": 1}')

    assert (old.schema, old.problem, old.backend, old.execute_samples) == ("diffkit/9", "sin", None, [])


def test_the_machine_has_no_names_of_hosts_and_users():
    """Four facts, and only of the machine's kind."""
    facts = machine_facts()

    assert list(facts) == ["cpu", "cores", "os", "python"]
    assert facts["cores"] >= 1
    assert all(facts.values())
    assert machine.platform.node() not in facts.values()


def test_versions_are_those_that_are_installed():
    """What is imported and what is recorded are the same version; changing the answer changes nothing."""
    versions = package_versions()
    assert versions["numpy"] == np.__version__

    versions.clear()
    assert package_versions()["numpy"] == np.__version__


def test_a_document_takes_the_machine_of_its_rows():
    """Redrawn elsewhere, a document still says where its rows were measured."""
    assert document("compare sin", [FULL]) == {
        "schema": "diffkit/1", "command": "compare sin", "machine": {"cpu": "Größe"}, "rows": [FULL.as_row()],
    }  # fmt: skip
    assert document("compare", [measured().as_row()])["machine"] == machine_facts()


def test_the_last_records_are_found(tmp_path, monkeypatch):
    """@last is the newest run, and says so when there is none."""
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))
    with pytest.raises(FileNotFoundError, match="no records in"):
        last_records_path()

    paths = [new_records_path("compare", datetime(2025, 1, day, tzinfo=UTC)) for day in (2, 31, 10)]
    for path in paths:
        append_record(path, FULL)
    assert paths[0].name == "20250102-000000-000000-compare.jsonl"
    assert last_records_path() == paths[1]

    new_records_path("train", datetime(2025, 2, 1, tzinfo=UTC)).touch()
    assert last_records_path("compare") == paths[1] != last_records_path()


def test_the_data_folder_is_the_systems(monkeypatch):
    """Without the variable the platform decides."""
    monkeypatch.delenv("DIFFKIT_DATA", raising=False)

    assert data_folder().name == "diffkit"
