"""The table of costs, and what stands beside it in every form: ratios to hand, and when set-up has paid."""

import csv
import io
import json

import pytest

from diffkit.harness.record import Measurement
from diffkit.harness.standing import standings
from diffkit.problems import suite
from diffkit.report.costs import cost_cells, cost_lines
from diffkit.report.tables import advice, csv_text, html_table, json_text, markdown_table, text_table
from diffkit.results.operators import backends_named


def measured(backend, execute=1e-6, prepare=0.0, first=None, **known):
    usual = {
        "problem": "p", "size": 10, "operator": "gradient", "status": "ok", "digits": 15.0,
        "attainable_digits": 15.5, "prepare_seconds": prepare, "execute_samples": [execute],
        "first_call_seconds": execute if first is None else first, "primal_samples": [1e-6],
    }  # fmt: skip
    return Measurement(backend=backend, **usual | known)


FAILED = Measurement(problem="p", size=10, backend="casadi", operator="gradient", status="timeout")
ROWS = [
    measured("hand", 2e-6), measured("reverse", 4e-5, 1e-5), measured("compiled-numpy", 2.2e-6, 1e-3),
    FAILED,
]  # fmt: skip
OTHER = [measured(name, time, problem="q", size=7) for name, time in (("hand", 1e-6), ("reverse", 3e-6))]


def test_a_set_up_has_paid_from_the_first_call_on_that_makes_the_sum_smaller():
    *_, compiled, failed = standings(ROWS)
    n = compiled.break_even_calls

    def total(row, calls):
        return row.prepare_seconds + row.first_call_seconds + (calls - 1) * row.execute_seconds

    assert total(ROWS[2], n) <= total(ROWS[1], n) and total(ROWS[2], n - 1) > total(ROWS[1], n - 1)
    assert [each.break_even_calls for each in standings(ROWS)] == [None, 1, n, None]
    assert failed.hand_ratio is None


def test_what_is_slower_to_set_up_and_to_call_never_pays():
    rows = [measured("reverse", 1e-6, 1e-6), measured("symbolic", 2e-6, 1.0)]
    assert [each.break_even_calls for each in standings(rows)] == [1, None]


def test_hand_is_held_against_and_never_advised():
    assert "Take reverse" in advice([measured("hand", 1e-9), measured("reverse", 1e-6)])


@pytest.mark.parametrize("table", [text_table, markdown_table, html_table])
def test_every_table_shows_the_ratio_to_hand_where_it_was_timed(table):
    assert "x hand" in table(ROWS) and "20.0x" in table(ROWS) and "1.1x" in table(ROWS)
    assert "x hand" not in table(ROWS[1:])


@pytest.mark.parametrize("table", [lambda rows: text_table(rows, wide=True), markdown_table, html_table])
def test_set_up_first_call_call_and_break_even_are_columns_of_their_own(table):
    for title in ("set-up", "first call", "execute", "break-even"):
        assert title in table(ROWS)
    assert f"{standings(ROWS)[2].break_even_calls}" in table(ROWS)


def test_csv_and_json_hold_them_too():
    read = list(csv.DictReader(io.StringIO(csv_text(ROWS))))
    rows = json.loads(json_text(ROWS))["rows"]
    for row, line, each in zip(rows, read, standings(ROWS), strict=True):
        calls = each.break_even_calls
        assert row["hand_ratio"] == each.hand_ratio and row["break_even_calls"] == calls
        assert line["break_even_calls"] == ("" if calls is None else str(calls))
        assert {"prepare_seconds", "first_call_seconds", "execute_seconds"} <= row.keys() & line.keys()


def test_narrow_tables_with_the_ratio_fit_the_terminal():
    rows = [measured(name, 1234.5, value=-1.23456789012e-10) for name in ("hand", "symbolic:cse=False")]
    assert max(map(len, text_table(rows).splitlines())) <= 80


def test_the_table_of_costs_has_a_line_a_problem_and_a_column_a_backend():
    titles, first, second, *summaries = cost_cells(ROWS + OTHER)
    assert titles == ["", "f", "hand", "reverse", "compiled-numpy", "casadi"]
    assert first == ["p 10", "1 us", "2 us", "20.0x", "1.1x", "timeout"]
    assert second == ["q 7", "1 us", "1 us", "3.0x", "", ""]
    assert summaries[1] == ["set-up, longest", "", "0 ns", "10 us", "1 ms", ""]
    assert summaries[2] == ["digits lost, at most", "", "0.5", "0.5", "0.5", ""]
    assert cost_cells(ROWS) == [] == cost_lines(ROWS, 80)


def test_it_stands_below_the_terminal_s_tables_and_above_those_of_markdown():
    text, marked = text_table(ROWS + OTHER).splitlines(), markdown_table(ROWS + OTHER)
    [line] = [line for line in text if line.startswith("  q 7 ")]
    [heading] = [line for line in text if line.startswith("q, n = 7: gradient")]
    assert line.split() == ["q", "7", "1", "us", "1", "us", "3.0x"] and text.index(line) > text.index(heading)
    assert "| p 10 | 1 us | 2 us | 20.0x | 1.1x | timeout |" in marked
    assert marked.index("| p 10 |") < marked.index("**p, n = 10: gradient")


@pytest.mark.parametrize("limit", [40, 80, None])
def test_what_does_not_fit_beside_stands_below(limit):
    many = [measured(f"a-long-name-{i}", problem=p) for p in "pq" for i in range(9)] + [
        measured("hand", problem=p) for p in "pq"
    ]
    lines = cost_lines(many, limit)[1:]
    assert limit is None or max(map(len, lines)) <= limit
    assert all(sum(f"a-long-name-{i}" in line for line in lines) == 1 for i in range(9))


def test_the_cost_suite_is_held_against_hand_and_holds_every_workload():
    """FACTS: scalars, loops, vectors, networks, a mixture; each with its derivative by hand."""
    assert [str(each) for each in backends_named("reverse,compiled", "cost")] == [
        "hand", "reverse", "compiled-numpy"]  # fmt: skip
    assert [str(each) for each in backends_named("reverse,hand", "cost")] == ["reverse", "hand"]
    assert "hand" in map(str, backends_named(None, "cost"))
    assert "hand" not in map(str, backends_named("reverse", "default"))
    rows = [(problem.name, size) for problem, size in suite("cost")]
    assert len(rows) == 14 and all(problem.hand for problem, _ in suite("cost"))
    assert {n for name, n in rows if name in ("rosenbrock", "two_body")} == {6, 10, 100, 1000, 100_000}
