"""`diffkit report`: records to a page, and what is refused."""

import pytest
from typer.testing import CliRunner

from diffkit.cli import app
from diffkit.harness.record import append_record
from tests.report.page.test_page import CHECKS, ROWS, RUNS, STEPS


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command line in a folder of its own with records of every kind in two files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))
    for record in ROWS:
        append_record("compare.jsonl", record)
    for record in (*STEPS, *RUNS, *CHECKS):
        append_record("others.jsonl", record)
    return lambda *words: CliRunner().invoke(app, ["report", *words])


def test_it_writes_one_page_from_several_files(run, tmp_path):
    result = run("compare.jsonl", "others.jsonl", "-o", "r.html", "--profile", "engineer")

    assert result.exit_code == 0 and "wrote r.html" in result.stderr
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<h2>Training</h2>" in text and "<h2>Checks</h2>" in text and "<h2>Glossary</h2>" not in text


def test_markdown_without_a_file_goes_to_stdout(run):
    """For a pull request; nothing else is said."""
    result = run("compare.jsonl", "--format", "md")

    assert result.exit_code == 0 and result.stdout.startswith("# Ways to differentiate") and not result.stderr


def test_without_a_name_it_is_report_html(run, tmp_path):
    assert run("compare.jsonl", "-q").exit_code == 0
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("none.jsonl",), "no file none.jsonl"),
        (("@last",), "run diffkit compare first"),
        (("compare.jsonl", "-o", "r.doc"), "use .html or .md"),
        (("compare.jsonl", "-o", "no/r.html"), "make it first"),
        (("compare.jsonl", "--format", "pdf"), "html or md"),
        (("compare.jsonl", "--format", "md", "-o", "r.html"), "leave --format out"),
        (("compare.jsonl", "--profile", "poet"), "lecture or engineer"),
        (("compare.jsonl", "--lang", "xx"), "no language xx: it is en or ko"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(run, words, reason):
    result = run(*words)

    assert result.exit_code == 2 and reason in " ".join(result.stderr.split())


def test_the_help_fits_80_columns(run):
    assert max(map(len, run("--help").stdout.splitlines())) <= 80


def test_it_speaks_korean_by_option_and_by_environment(run, tmp_path, monkeypatch):
    by_option = run("compare.jsonl", "--format", "md", "--lang", "ko").stdout
    monkeypatch.setenv("DIFFKIT_LANG", "ko")
    assert by_option.startswith("# 미분하는 여러 방법의 비교")
    assert run("compare.jsonl", "--format", "md").stdout == by_option
    refused = run("compare.jsonl", "--profile", "poet")
    assert refused.exit_code == 2 and "lecture 또는 engineer" in refused.stderr
