"""The swell exhibit, and where its counts are shown."""

import pytest

from diffkit.harness.record import Measurement
from diffkit.harness.swell import COUNTING, swell
from diffkit.report.columns import narrow
from diffkit.report.tables import html_table, markdown_table, text_table
from diffkit.results.operators import backends_named

COUNTS = {  # size: SymPy's derivative, f and f' after common subexpressions, over the graph, reverse
    "logistic_map": {1: (0, 0, 0, 0), 2: (2, 5, 2, 8), 3: (21, 13, 7, 16), 4: (82, 28, 13, 24),
                     5: (264, 46, 19, 32), 6: (768, 68, 25, 40), 7: (2096, 94, 31, 48)},
    "speelpenning_loop": {4: (8, 7, 6, 9), 8: (48, 29, 18, 21), 16: (224, 121, 42, 45),
                          32: (960, 497, 90, 93)},
}  # fmt: skip


def test_the_exhibit_has_the_counts_of_the_literature():
    rows = swell()
    for problem, sizes in COUNTS.items():
        for size, counts in sizes.items():
            found = [row.operations for row in rows if (row.problem, row.size) == (problem, size)]
            assert tuple(found[:4]) == counts, (problem, size)
            assert found[4] <= found[3]  # the recorded program is the tape, simplified
    assert len(rows) == len(COUNTING) * sum(map(len, COUNTS.values()))


def test_the_suite_is_compared_by_those_that_count():
    assert [str(each).lower() for each in backends_named(None, "swell")] == list(COUNTING)
    assert [str(each) for each in backends_named("zero", "swell")] == ["zero"]
    assert "finite" in map(str, backends_named(None, "default"))


def measured(operations):
    return Measurement(
        problem="p", backend="reverse", operator="gradient", status="ok", operations=operations,
        value=[1.0, -1.23456789012345e-10], truth=[1.0, 0.0], execute_samples=[1e-6],
    )  # fmt: skip


@pytest.mark.parametrize("table", [text_table, markdown_table, html_table])
def test_operations_are_shown_where_every_backend_counts_them(table):
    assert "operations" in table([measured(3), measured(12345)]) and "12,345" in table([measured(12345)])
    assert "operations" not in table([measured(3), measured(None)])


def test_a_failure_does_not_hide_the_operations_of_others():
    failed = Measurement(problem="p", backend="symbolic", operator="gradient", status="timeout")
    titles = [[column.title for column in narrow(rows)] for rows in ([measured(3), failed], [failed])]
    assert "operations" in titles[0] and "operations" not in titles[1]


def test_the_table_with_operations_fits_the_terminal():
    lines = text_table([measured(12345)]).splitlines()
    assert max(map(len, lines)) <= 80 and "[1] -1.235e-10" in lines[2] and lines[2].endswith("ok")
