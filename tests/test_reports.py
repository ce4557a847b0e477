"""All reports by one command: what is written, that it is packed, and that the index leads to it."""

import re

import pytest
from typer.testing import CliRunner

from diffkit.cli import app
from diffkit.languages import Subject, speaking
from diffkit.report import fonts
from diffkit.report.plots import PLOTS
from diffkit.report.records import read_all
from diffkit.results import reports
from tests.report.page.test_page import ROWS, RUNS, STEPS

SMALL = (
    reports.Study("default", lambda pace, progress: [*ROWS], ("outcomes.svg", "precision.png")),
    reports.Study("training", lambda pace, progress: [*STEPS, *RUNS], ("training.svg",)),
)


@pytest.fixture
def generated(tmp_path, monkeypatch):
    """A folder of reports from records that are measured already."""
    monkeypatch.setattr(reports, "STUDIES", SMALL)
    reports.generate(tmp_path / "reports", "quick")
    return tmp_path / "reports"


def test_records_figures_and_reports_stand_in_a_folder_each(generated):
    names = {path.relative_to(generated).as_posix() for path in generated.rglob("*") if path.is_file()}

    assert names == {
        "README.md", "default/records.jsonl.gz", "default/report.html", "default/outcomes.svg",
        "default/outcomes.csv", "default/precision.png", "default/precision.csv",
        "training/records.jsonl.gz", "training/report.html", "training/training.svg", "training/training.csv",
    }  # fmt: skip
    assert read_all([generated / "default" / "records.jsonl.gz"]) == ROWS


def test_the_index_leads_to_what_is_there(generated):
    """Every link and every picture."""
    text = (generated / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]*)\)", text)

    assert len(links) == 7 and all((generated / link).is_file() for link in links)
    assert "- Clearly the fastest right answer" in text


def test_the_same_records_give_the_same_files(generated, tmp_path):
    """Byte for byte, packed ones too."""
    reports.generate(tmp_path / "again", "quick")

    for path in (path for path in generated.rglob("*") if path.is_file()):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(generated)).read_bytes(), path


def test_every_study_has_a_title_and_figures_that_exist():
    for study in reports.STUDIES:
        assert f"index {study.name}" in list(Subject("report"))
        assert {name.partition(".")[0] for name in study.figures} <= set(PLOTS)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--all", "r.jsonl"), "measures anew"),
        (("--all", "--format", "md"), "measures anew"),
        (("--all", "-o", "file"), "is a file"),
        (("r.jsonl", "--quick"), "--quick is for --all"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(words, reason, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    result = CliRunner().invoke(app, ["report", *words])

    assert result.exit_code == 2 and reason in " ".join(result.stderr.split())


@pytest.mark.skipif(not fonts.korean_font(), reason="no font with Korean letters is installed")
def test_all_reports_are_korean_where_it_is_asked_for(tmp_path, monkeypatch):
    """Index, pages and figures; the packed records are the same bytes."""
    monkeypatch.setattr(reports, "STUDIES", SMALL)
    folders = {}
    for lang in ("en", "ko"):
        with speaking(lang):
            reports.generate(tmp_path / lang, "quick")
        folders[lang] = tmp_path / lang
    index = (folders["ko"] / "README.md").read_text(encoding="utf-8")
    assert index.startswith("# 보고서") and "## 기본 모음" in index
    assert '<html lang="ko">' in (folders["ko"] / "default" / "report.html").read_text(encoding="utf-8")
    packed = [(folder / "default" / "records.jsonl.gz").read_bytes() for folder in folders.values()]
    assert packed[0] == packed[1]
