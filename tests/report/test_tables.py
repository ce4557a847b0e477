"""Tables show every status, fit the terminal, and escape what they did not write."""

import csv
import io
import json
from html.parser import HTMLParser

import pytest
from rich.cells import cell_len

from diffkit.harness.record import STATUSES, Measurement, document
from diffkit.harness.standing import as_rows
from diffkit.report.tables import csv_text, html_table, json_text, markdown_table, text_table

REASON = "np.cumsum has no derivative rule. Add a row to diffkit/calculus/arrays.py, or spell it otherwise"


def measured(**known) -> Measurement:
    """A gradient of Rosenbrock's function by `reverse`, of which only `known` is special."""
    usual = {
        "problem": "rosenbrock", "size": 2, "point": {"x": [-1.2, 1.0]}, "backend": "reverse",
        "operator": "gradient", "primal_value": 24.2, "attainable_digits": 15.94,
    }  # fmt: skip
    return Measurement(**usual | known)


NUMBERS = {
    "value": [-215.6, -88.5], "truth": [-215.6, -88.0], "digits": 2.34, "ulps_worst": 1e13,
    "prepare_seconds": 3e-6, "first_call_seconds": 4.5e-3, "execute_samples": [2.46e-5],
    "primal_samples": [2e-6], "evaluations": 1234, "peak_bytes": 1_200_000, "threads": 1,
    "truth_width": 4e-38,
}  # fmt: skip
SCORED = [
    measured(status=status, backend=f"backend-{status}", **NUMBERS) for status in ("ok", "wrong", "unscored")
]
FAILED = [
    measured(status=status, backend=f"backend-{status}", message=REASON)
    for status in ("unsupported", "timeout", "memory", "error")
]
ROWS = SCORED + FAILED


def test_the_rows_below_cover_every_status():
    """A new status has to be added here."""
    assert {row.status for row in ROWS} == set(STATUSES)


def test_the_narrow_table_says_what_a_reader_asks():
    """Heading, worst entry, digits, cost, set-up, outcome, legend."""
    heading, titles, first, *_, legend = text_table(ROWS, width=100).splitlines()

    assert heading == "rosenbrock, n = 2: gradient at x = [-1.2, 1], f = 24.2, 15.9 digits attainable"
    assert titles.split("  ")[1] == "backend"
    assert first.split() == ["backend-ok", "[1]", "-88.5", "2.3", "12.3x", "3", "us", "ok"]
    assert legend.startswith("16 digits is all a double has")


@pytest.mark.parametrize("row", FAILED, ids=lambda row: row.status)
def test_a_failure_shows_its_reason(row):
    """In full: where the numbers would stand if it fits there, else below the rows."""
    narrow, broad = (text_table(ROWS, width=width).splitlines() for width in (80, 140))
    below = " ".join(" ".join(narrow[2 + len(ROWS) :]).split())

    assert broad[2 + ROWS.index(row)].endswith(f"  {row.status}: {REASON}")
    assert narrow[2 + ROWS.index(row)].endswith(f"  {row.status}")
    assert f"{row.status} ({row.backend}): {REASON}" in below


def test_a_reason_that_backends_share_is_told_once():
    """Three rows that say the same give one note, which names them."""
    rows = [measured(status="wrong", backend=b, message=REASON, **NUMBERS) for b in ("a", "b", "c")]

    assert text_table(rows).count("derivative rule.") == 1
    assert "\n  wrong (a, b, c): np.cumsum has no" in text_table(rows)


def test_large_arguments_are_told_by_their_shapes():
    """The weights of a network are no heading; an equals sign stays with its number."""
    weights = {"W": [[[0.5] * 8] * 2, [0.25] * 8], "x": [1.0, 2.0]}
    lines = text_table([measured(status="ok", point=weights)], width=60).splitlines()

    assert lines[0] == "rosenbrock, n = 2: gradient at W = 2x8, 8 numbers,"
    assert lines[1].startswith("    x = [1, 2], f = 24.2, 15.9 digits")


def test_a_long_formula_is_cut_in_the_heading():
    """Two lines of heading are enough, even for ten thousand characters."""
    lines = text_table([measured(status="ok", problem="x+" * 5000 + "x")]).splitlines()

    assert lines[2].lstrip().startswith("backend") and "..., n = 2: gradient" in " ".join(lines[:2])


@pytest.mark.parametrize("width", [20, 40, 80, 120])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp949"])
def test_no_line_is_wider_than_asked(width, encoding):
    """Also with wide letters, long names and many digits."""
    long = measured(
        status="ok", problem="함수" * 60, backend="b" * 50, value=[[-1.23456789012e-100] * 9] * 9,
        digits=16.0, execute_samples=[1e9], primal_samples=[1e-9], prepare_seconds=1e6,
    )  # fmt: skip

    table = text_table([*ROWS, long], width=width, encoding=encoding)
    assert max(map(cell_len, table.splitlines())) <= width


def test_an_endless_reason_is_cut():
    """A message from elsewhere may be a page long; five lines of it are shown."""
    lines = text_table([measured(status="error", message="x" * 5000)], width=80).splitlines()

    assert len(lines) < 12 and any(line.endswith("…") for line in lines)


def test_an_exponent_is_never_cut():
    """A narrow column shortens a number by its digits."""
    tiny = measured(status="ok", value=[[0.0, -1.23456789012e-100]], truth=[[0.0, 1.0]])

    assert "  [0,1] -1.23456789e-100  " in text_table([tiny])


def test_other_encodings_get_ascii_marks():
    """A redirected table on an old code page neither crashes nor loses its columns."""
    table = text_table([*ROWS, measured(status="ok", problem="größe")], encoding="ascii")

    assert "gr??e" in table
    assert "..." in table
    assert table.isascii()


def test_a_wide_table_adds_the_rest():
    """Ulps, width of the truth, evaluations, first call, memory, times and threads, and reasons in full."""
    table = text_table(ROWS, wide=True)

    for text in ("1e+13", "1,234", "4.5 ms", "1.2 MB", "25 us", "2 us", "4e-38", REASON):
        assert text in table
        assert text not in text_table(ROWS)


def test_colour_changes_nothing_else():
    """Without the escape sequences a coloured table is the plain one."""
    coloured = text_table(ROWS, color=True)

    assert "\x1b[32mok\x1b[0m" in coloured
    for code in (0, 1, 31, 32, 33):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == text_table(ROWS)


def test_control_characters_do_not_reach_the_terminal():
    """A record from elsewhere cannot move the cursor."""
    evil = measured(status="error", backend="\x1b[2J", message="two\nlines\x07")

    assert text_table([evil]).splitlines()[2].split() == ["[2J", "error:", "two", "lines"]


def test_the_worst_entry_is_the_one_furthest_from_the_truth():
    """An entry that is not finite is worse than any; without a truth the first one is shown."""
    assert "[1] not finite" in text_table(
        [measured(status="wrong", value=[1.0, float("nan")], truth=[9.0, 1.0])]
    )
    assert "[0] 1 " in text_table([measured(status="unscored", value=[1.0, 2.0])])
    infinite = measured(status="unscored", value=float("inf"), first_call_seconds=1e-6)
    assert "  not finite  " in text_table([Measurement.from_json_line(infinite.to_json_line())])
    assert "  0.333333333333 " in text_table([measured(status="ok", value=1 / 3, truth=1 / 3)])


def test_problems_are_grouped_and_keep_their_order():
    """Rows of one problem stand together however they were interleaved; another operator is another group."""
    rows = [
        measured(status="ok", problem=p, operator=o)
        for p, o in [("b", "hvp"), ("a", "hvp"), ("b", "hvp"), ("b", "jvp")]
    ]

    headings = [line for line in text_table(rows).splitlines()[:-1] if not line.startswith(" ")]
    assert [line.split(" at ")[0] for line in headings] == ["b, n = 2: hvp", "a, n = 2: hvp", "b, n = 2: jvp"]


def test_a_heading_takes_what_any_row_knows():
    """A first row that failed early does not hide f and the attainable digits."""
    unknown = measured(status="error", primal_value=None, attainable_digits=None)

    assert "f = 24.2, 15.9 digits attainable" in text_table([unknown, *SCORED])


def test_markdown_keeps_its_columns():
    """Bars and stars in a message are escaped, line ends are none."""
    row = measured(status="error", message="a|b\nc", problem="x**2")
    title, _, titles, sides, line, _, legend = markdown_table([row]).splitlines()

    assert title.startswith("**x\\*\\*2, n = 2: gradient")
    assert titles.count("|") == sides.count("|") == line.replace("\\|", "").count("|") == 10
    assert "error: a\\|b c" in line
    assert legend.startswith("16 digits")


def test_csv_gives_back_every_field():
    """A spreadsheet's view loses nothing: lists and objects are JSON."""
    read = list(csv.DictReader(io.StringIO(csv_text(ROWS))))

    assert len(read) == len(ROWS)
    assert read[0]["value"] == "[-215.6, -88.5]"
    assert json.loads(read[0]["point"]) == {"x": [-1.2, 1.0]}
    assert float(read[0]["ratio"]) == ROWS[0].ratio
    assert read[-1]["message"] == REASON
    assert read[-1]["digits"] == ""


def test_json_is_the_document():
    """`--json` and a file of it are the same."""
    assert json.loads(json_text(ROWS, "compare rosenbrock")) == document("compare rosenbrock", as_rows(ROWS))


class Texts(HTMLParser):
    """Collects tags and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_html_is_escaped_and_complete():
    """Every row and reason is there, and no name becomes a tag."""
    page = Texts(html_table([*ROWS, measured(status="ok", problem="<script>alert(1)</script>")]))

    assert "script" not in page.tags
    assert page.tags.count("tr") == 2 + len(ROWS) + 1
    assert "[1] -88.5" in page.texts
    assert f"timeout: {REASON}" in page.texts


@pytest.mark.parametrize("draw", [text_table, markdown_table, csv_text, html_table, json_text])
def test_no_rows_is_a_table_too(draw):
    """An interrupted run that measured nothing still prints."""
    assert draw([]) != ""
