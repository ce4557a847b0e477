"""The commands, run in this process: what is answered, where it is said, and the exit code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from diffkit.cli import app
from diffkit.cli.console import formulas_last
from diffkit.harness.record import read_records

FAST = ["--no-isolate", "--quick", "--backends", "reverse,finite"]
MODEL = """
import numpy as np

def loss(x, y):
    print("chatter")
    return (1 - x) ** 2 + np.sin(x * y)

def energy(x):
    return x[0]**4 + x[1]**4

def net(p, x):
    return np.sum(p["W"] @ x + p["b"])

def broken(x):
    return [1][5] + x
"""


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path, monkeypatch):
    """Every test has a folder of its own with a model.py in it, and keeps its records there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    return tmp_path


def run(*args):
    return CliRunner().invoke(app, list(args))


def compare(*args):
    return run("compare", *args, *FAST)


def document(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_the_answer_comes_before_the_table_and_the_advice():
    """Value, certified derivative and point, then the table, its legend, one sentence, a line of Python."""
    result = compare("x^3 + x", "--at", "x=2")

    blocks = result.stdout.split("\n\n")
    assert result.exit_code == 0
    assert "f      = 10.0" in blocks[0] and "df/dx  = 13.0  (certified, exact)" in blocks[0]
    assert "backend" in blocks[1] and "16 digits is all a double has" in blocks[1]
    assert blocks[2].startswith("Take reverse") and "backend='reverse'" in blocks[2]
    assert max(map(len, "\n".join(blocks[:2]).splitlines())) <= 80


def test_the_symbolic_formula_is_shown_where_it_is_short():
    """SymPy's derivative stands in the answer if symbolic took part."""
    result = run("compare", "sin(x)", "--at", "x=1", "--no-isolate", "--quick", "--backends", "symbolic")

    assert re.search(r"symbolic +=? *= cos\(x\)", result.stdout)


def test_without_a_point_it_is_drawn_from_the_seed_and_said_so():
    """The same seed gives the same point, another seed another; the note stands on stderr."""
    first, again, other = (
        document(compare("x*log(y)", "--json", *more)) for more in ([], [], ["--seed", "1"])
    )
    points = [each["rows"][0]["point"] for each in (first, again, other)]

    assert points[0] == points[1] != points[2]
    assert "x, y drawn from 0.5 to 2, with seed 0." in compare("x*log(y)").stderr


def test_a_domain_that_the_first_range_misses_is_found():
    """acosh needs x > 1 and arcsin(x - 5) needs x near 5: other draws, then other ranges are tried."""
    for formula in ("acosh(x)", "arcsin(x - 5)", "log(-x)"):
        assert compare(formula).exit_code == 0


def test_stated_ranges_and_several_points():
    """--range and --points give as many points as asked within the range."""
    rows = document(compare("x*y", "--range", "x=3:4", "--points", "3", "--json"))["rows"]

    points = {row["point"]["x"] for row in rows}
    assert len(points) == 3 and all(3 <= x <= 4 for x in points)


@pytest.mark.parametrize(
    "form", [("--at", "-1,2"), ("--at=-1,2",), ("--at", "x=-1,y=2"), ("--at", "y=2,x=-1")]
)
def test_points_as_they_are_typed(form):
    """Values in the order of the variables or by name, also when the first one begins with a minus."""
    rows = document(compare("x - 3*y", *form, "--json"))["rows"]

    assert rows[0]["point"] == {"x": -1.0, "y": 2.0} and rows[0]["value"] == [1.0, -3.0]


def test_a_formula_may_begin_with_a_minus():
    """-x**2 is a formula, whatever stands around it; -q stays an option, --sed stays a misspelt one."""
    for words in (["-x**2", "--at", "x=1"], ["--at", "x=1", "-x**2"], ["-q", "--at", "x=1", "--", "-x**2"]):
        assert document(run("compare", "--json", *FAST, *words))["rows"][0]["value"] == -2.0
    wrong = compare("x", "--sed", "1")
    assert wrong.exit_code == 2 and "--seed" in wrong.stderr


def test_an_option_takes_its_value_even_if_it_is_the_last_word():
    """Words are moved, never lost."""
    assert formulas_last(["-x", "-y"], []) == ["--", "-x", "-y"]
    assert formulas_last(["a", "b"], []) == ["a", "b"]


def test_functions_of_a_file():
    """Named scalars, one vector, and what the function prints is kept off the answer."""
    rows = document(compare("model.py:loss", "--at", "x=0.3,y=1.7", "--json"))["rows"]
    assert rows[0]["operator"] == "gradient" and len(rows[0]["value"]) == 2
    rows = document(compare("model.py:energy", "--at", "1,2", "--json"))["rows"]
    assert rows[0]["value"] == [4.0, 32.0]
    rows = document(compare("model.py:loss", "--at", "x=0.3,y=1.7", "--wrt", "y", "--json"))["rows"]
    assert rows[0]["operator"] == "derivative"


def test_a_dict_of_arrays_comes_from_an_archive(in_a_folder):
    """Each of its arrays has its own line in the answer, and the line of Python gives the same numbers."""
    np.savez("p.npz", b=np.array([0.5]), W=np.array([[1.0, 2.0]]))
    result = compare("model.py:net", "--at", "p=@p.npz,x=[3,4]")

    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("net at p = {b = [0.5], W = [[1, 2]]}, x = [3, 4]\n")
    for line in ("df/dp['W']  = [[3, 4]]", "df/dp['b']  = [1.0]", "df/dx       = [1.0, 2.0]"):
        assert line in result.stdout
    words = [sys.executable, "-c", result.stdout.splitlines()[-1]]
    printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "'W': array([[3., 4.]])" in printed and "array([1., 2.])" in printed


def test_problems_in_sizes_and_suites():
    """Names and sizes multiply; without a name the suite is run."""
    rows = document(compare("rosenbrock", "log_sum_exp", "--sizes", "2,3", "--json"))["rows"]
    assert {(row["problem"], row["size"]) for row in rows} == {
        (name, size) for name in ("rosenbrock", "log_sum_exp") for size in (2, 3)
    }
    assert {row["backend"] for row in rows} == {"reverse", "finite"}
    rows = document(
        run("compare", "--suite", "swell", "--json", "--no-isolate", "--quick", "--backends", "zero")
    )
    assert {row["problem"] for row in rows["rows"]} >= {"speelpenning_loop", "logistic_map"}


@pytest.mark.parametrize("head", ["", "\ufeff"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_a_file_of_formulas(head, mark, in_a_folder):
    """Columns name, formula, ranges; with a byte-order mark or without, with commas or semicolons."""
    text = mark.join(["name", "formula", "ranges"]) + "\n"
    text += f'bell{mark}exp(-x^2){mark}x=1:3\n\nboth{mark}x*log(y){mark}"x=1:3;y=0.5:2"\n'
    (in_a_folder / "f.csv").write_text(head + text, encoding="utf-8")

    rows = document(compare("--file", "f.csv", "--points", "2", "--json"))["rows"]

    assert {row["problem"] for row in rows} == {"bell", "both"} and len(rows) == 8
    assert all(1 <= row["point"]["x"] <= 3 for row in rows)


BAD = [
    (["sn(x)"], "did you mean sin?"),
    (["2x"], "2*x"),
    (["x.__class__"], "no attributes"),
    (["x+" * 50_000 + "x"], "100,001 characters"),
    (["(" * 900 + "x" + ")" * 900], "100 brackets"),
    (["9**9**9**9"], "not finite"),
    ([""], "empty"),
    (["3*4"], "no variable"),
    (["x*y", "--at", "x=1"], "no value for y"),
    (["x*y", "--at", "x=1,y=2,z=3"], "no argument z"),
    (["log(x)", "--at", "x=-1"], "not finite"),
    (["1/x", "--at", "x=0"], "1/x"),
    (["asin(x)", "--range", "x=2:3"], "--at x="),
    (["sin(x)", "--range", "y=2:3"], "no variable y"),
    (["sin(x)", "--at", "x=@no.npy"], "no such file"),
    (["sin(x)", "--wrt", "z", "--at", "x=1"], "'z'"),
    (["nofile.py:loss"], "nofile.py"),
    (["model.py"], "model.py:loss"),
    (["model.py:los", "--at", "x=1"], "did you mean loss?"),
    (["model.py:broken", "--at", "x=1"], "IndexError: list index out of range (model.py, line 15)"),
    (["model.py:loss", "--at", "1,2"], "x=...,y=..."),
    (["model.py:energy"], "--at x="),
    (["nothing"], "diffkit list problems"),
    (["rosenbrok"], "did you mean rosenbrock?"),
    (["rosenbrock", "--at", "x=1"], "seed"),
    (["rosenbrock", "--sizes", "1o"], "'1o'"),
    (["rosenbrock", "--sizes", "1"], "at least"),
    (["sin_exp_log", "--sizes", "5"], "one size only"),
    (["x^2", "--sizes", "5"], "catalogue"),
    (["--suite", "nope"], "default"),
    (["--at", "x=1"], "--at"),
    (["sin(x)", "--backends", "foo"], "there are"),
    (["sin(x)", "--backends", "finite:ordr=4"], "order"),
    (["sin(x)", "--backends", " ,"], "name one such as reverse"),
    (["(x - 2)^0.5", "--at", "x=1"], "is complex at this point"),
    (["sin(x)", "--format", "xml"], "csv"),
    (["sin(x)", "-o", "rows.xls"], ".jsonl"),
    (["sin(x)", "-o", "no/rows.csv"], "no folder"),
    (["sin(x)", "--careful"], "--quick"),
    (["@nothing.jsonl"], "nothing.jsonl"),
    (["--file", "nope.csv"], "nope.csv"),
]


@pytest.mark.parametrize(("args", "hint"), BAD, ids=[" ".join(args)[:30] for args, _ in BAD])
def test_bad_input_is_one_sentence_with_the_way_out(args, hint):
    """Exit code 2, nothing on stdout, a short message on stderr and no traceback."""
    words = [*FAST, *args]  # a later --backends replaces the first

    result = run("compare", *words)

    assert result.exit_code == 2
    assert result.stdout == "" and "Traceback" not in result.stderr
    assert hint in result.stderr and len(result.stderr) < 600


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("name,formula\na,sin(x)\nb,2x\n", "row 3", "column formula"),
        ("name,formula,ranges\na,sin(x),x=2\n", "row 2", "column ranges"),
        ("name,formula,ranges\na,sin(x),x=2:1\n", "row 2", "column ranges"),
        ("name,expression\na,sin(x)\n", "row 1", "column formula"),
        ("name,formula\na,hypot(x,y)\n", "row 2", "cell too many"),
    ],
)
def test_a_bad_file_of_formulas_names_row_and_column(text, row, column, in_a_folder):
    """What is wrong is told with its place, and nothing is measured."""
    (in_a_folder / "f.csv").write_text(text, encoding="utf-8")

    result = compare("--file", "f.csv")

    assert result.exit_code == 2 and row in result.stderr and column in result.stderr


def test_a_file_that_is_not_utf8_says_how_to_save_it(in_a_folder):
    """A spreadsheet of another code page is refused with the menu's own words."""
    (in_a_folder / "f.csv").write_bytes("name,formula\n\uac00,x".encode("cp949"))

    assert "CSV UTF-8" in compare("--file", "f.csv").stderr


def test_exit_codes_of_the_bar_and_of_strict():
    """1 where no backend keeps --min-digits, 0 where one does; 3 under --strict where nothing is scored."""
    assert compare("exp(x)", "--at", "x=1", "--min-digits", "14").exit_code == 0
    central = [*FAST[:3], "finite:scheme=central", "--min-digits", "16"]
    assert run("compare", "exp(x)", "--at", "x=1", *central).exit_code == 1
    undecided = compare("abs(x)", "--at", "x=0")
    assert undecided.exit_code == 0 and "No backend is recommended" in undecided.stdout
    assert compare("abs(x)", "--at", "x=0", "--strict").exit_code == 3


def test_formats_on_stdout():
    """--json is one document; csv, md and json hold the same rows, and nothing else is on stdout."""
    both = [compare("x^2", "--at", "x=3", *form).stdout for form in (["--json"], ["--format", "json"])]
    first, second = map(json.loads, both)
    assert list(first) == ["schema", "command", "machine", "rows"] and first["schema"] == "diffkit/1"
    assert len(first["rows"]) == len(second["rows"]) == 2
    assert compare("x^2", "--at", "x=3", "--format", "csv").stdout.startswith("schema,problem,")
    assert compare("x^2", "--at", "x=3", "--format", "md").stdout.startswith("**")


def test_output_files(in_a_folder):
    """The suffix decides; .jsonl is added to, others are overwritten, and stderr says which."""
    names = ("r.csv", "r.csv", "r.jsonl", "r.jsonl")
    notes = [compare("x^2", "--at", "x=3", "-o", name).stderr for name in names]

    assert ["wrote r.csv" in notes[0], "overwrote r.csv" in notes[1], "added to r.jsonl" in notes[3]] == [
        True
    ] * 3
    assert len(read_records(in_a_folder / "r.jsonl")) == 4
    printed = document(compare("x^2", "--at", "x=3", "-o", "r.json", "--json"))
    assert json.loads((in_a_folder / "r.json").read_text()) == printed
    assert compare("x^2", "--at", "x=3", "-o", "r.md", "-q").stderr == ""


def test_last_names_the_records_of_the_run_before():
    """@last shows them again without measuring, in any format; without a run there is a sentence."""
    missing = run("compare", "@last")
    assert missing.exit_code == 2 and "run diffkit compare first" in missing.stderr

    measured = document(compare("x^2", "--at", "x=3", "--json"))["rows"]

    assert document(run("compare", "@last", "--json"))["rows"] == measured
    assert "reverse" in run("compare", "@last").stdout


def test_an_interrupt_keeps_and_shows_what_was_measured(monkeypatch):
    """Ctrl-C after the first record: it is in the table and in the file, and the exit code is 130."""
    from diffkit.cli import comparing

    whole = comparing.measure

    def interrupted(targets, backends, *, on_record, **options):
        whole(targets, backends[:1], on_record=on_record, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(comparing, "measure", interrupted)

    result = compare("x^2", "--at", "x=3")

    assert result.exit_code == 130 and "Interrupted" in result.stderr
    assert "reverse" in result.stdout and "finite" not in result.stdout
    assert '"reverse"' in run("compare", "@last", "--json").stdout


def test_explain_shows_both_passes_in_every_form(in_a_folder):
    """The textbook graph: 327, 8 and 81, on stdout and in files."""
    words = ["explain", "2*x*y + y + 3", "--at", "x=40,y=4"]
    shown = run(*words).stdout

    assert "d/dx = 8" in shown and "d/dy = 81" in shown and "327" in shown
    for name in ("e.txt", "e.md", "e.json", "e.html"):
        result = run(*words, "-o", name)
        assert result.exit_code == 0 and f"wrote {name}" in result.stderr
        assert "327" in (in_a_folder / name).read_text(encoding="utf-8")
    assert run(*words, "-o", "e.png").exit_code == 2
    assert run("explain", "2x").exit_code == 2
    assert "chatter" not in run("explain", "model.py:loss", "--at", "x=1,y=2").stdout


def test_explain_draws_the_graph_and_the_passes(in_a_folder):
    """Files instead of the text; what cannot be written is refused in a sentence."""
    words = ["explain", "model.py:loss", "--at", "x=1,y=2"]
    for name in ("g.svg", "g.png", "g.pdf", "g.dot", "g.mmd"):
        result = run(*words, "--graph", name)
        assert result.exit_code == 0 and result.stdout == "" and f"wrote {name}" in result.stderr
        assert (in_a_folder / name).stat().st_size > 100
    assert run(*words, "--frames", "f.gif", "--graph", "h.svg").exit_code == 0
    assert (in_a_folder / "f.gif").exists() and (in_a_folder / "h.svg").exists()
    assert run(*words, "--frames", "folder").exit_code == 0
    assert (in_a_folder / "folder" / "frame_000.png").exists()
    for wrong in (
        ["--graph", "g.xls"],
        ["--graph", "no/g.svg"],
        ["--frames", "f.mp4"],
        ["--frames", "no/f.gif"],
    ):
        result = run(*words, *wrong)
        assert result.exit_code == 2 and result.stderr.startswith("Error: ")


def test_explain_differentiates_what_it_is_told():
    """The other arguments are data; a problem brings its own choice."""
    text = run("explain", "x^2*y", "--at", "x=3,y=2", "--wrt", "x").stdout
    assert "d/dx = 12" in text and "d/dy =" not in text.split("value = ")[1]
    assert re.search(r"Y +data +16x2", run("explain", "network_2_8_2").stdout)
    assert run("explain", "x^2", "--at", "x=3", "--wrt", "z").exit_code == 2


def test_explain_goes_step_by_step_without_a_terminal():
    """All steps, forward and back, one after the other."""
    text = run("explain", "2*x*y + y + 3", "--at", "x=40,y=4", "--step").stdout

    assert "Forward, step 4 of 8\n  v1 = 2 * x\n     = 2 * 40\n     = 80\n" in text
    assert "Backward, step 7 of 8\n  d v4 / d y = 1 * 80 from v2 + 1 * 1 from v3\n             = 81\n" in text
    assert text.count("Forward, step") == 8 == text.count("Backward, step")


def test_explain_goes_step_by_step_with_the_reader(monkeypatch, capsys):
    """Enter for the next, q to stop."""
    from diffkit import explain
    from diffkit.cli import explaining

    keys = iter(["", "", "q"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(keys))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    explaining.walk_through(explain("2*x*y + y + 3", 40.0, 4.0))

    assert capsys.readouterr().out.count("Forward, step") == 3


@pytest.mark.parametrize("what", ["problems", "backends", "functions", "suites"])
def test_lists_fit_the_terminal_and_have_a_json_form(what):
    """At most 80 columns, and nothing is cut; --json has the same rows."""
    lines = run("list", what).stdout.splitlines()
    rows = json.loads(run("list", what, "--json").stdout)["rows"]

    assert max(map(len, lines)) <= 80
    shown = set(" ".join(lines).split())
    assert all(set(str(value).split()) <= shown for row in rows for value in list(row.values())[-1:])
    assert run("list", "nothing").exit_code == 2


def test_the_example_works_as_it_says(in_a_folder):
    """Every command in the head of the starter runs; an existing file stays unless --force is given."""
    assert run("example").exit_code == 2
    assert (in_a_folder / "model.py").read_text(encoding="utf-8") == MODEL

    result = run("example", "--force")

    head = (in_a_folder / "model.py").read_text(encoding="utf-8").split('"""')[1]
    commands = re.findall(r"diffkit (.*)", head)
    assert result.exit_code == 0 and len(commands) == 4
    for command in commands:
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
        more = FAST if words[0] == "compare" else []
        assert run(*words, *more).exit_code == 0, command


def test_help_and_version_fit_80_columns():
    """Help is for reading: no line is longer than the terminal."""
    for words in ([], ["compare"], ["explain"], ["list"], ["example"]):
        lines = run(*words, "--help").stdout.splitlines()
        assert len(lines) > 5 and max(map(len, lines)) <= 80
    assert re.fullmatch(r"diffkit \d+\.\d+\S*\n", run("--version").stdout)


# Languages


def test_explain_speaks_korean_by_option_and_by_environment(monkeypatch):
    words = ["explain", "2*x*y + y + 3", "--at", "x=40,y=4"]
    by_option = run(*words, "--lang", "ko").stdout
    assert "역전파: 수반값, d v4 / d 노드" in by_option and "값 = 327" in by_option
    monkeypatch.setenv("DIFFKIT_LANG", "ko")
    assert run(*words).stdout == by_option and "value = 327" in run(*words, "--lang", "en").stdout
    assert "e.json 파일을 썼다" in run(*words, "-o", "e.json").stderr
    assert run(*words, "-o", "none/e.json").stderr.startswith("오류: ")
    monkeypatch.setenv("DIFFKIT_LANG", "en")
    run(*words, "-o", "f.json")
    assert Path("e.json").read_bytes() == Path("f.json").read_bytes()


def test_an_unknown_language_is_bad_input(monkeypatch):
    result = run("explain", "x^2", "--at", "x=1", "--lang", "fr")
    assert (result.exit_code, result.stderr) == (2, "Error: There is no language fr: it is en or ko.\n")
    monkeypatch.setenv("DIFFKIT_LANG", "fr")
    assert run("list", "suites").exit_code == 2


def test_a_missing_font_is_bad_input(monkeypatch):
    monkeypatch.setattr("diffkit.report.fonts.korean_font", lambda: None)
    result = run("explain", "x^2", "--at", "x=1", "--graph", "g.png", "--lang", "ko")
    assert result.exit_code == 2 and "fonts-nanum" in result.stderr and not Path("g.png").exists()


def test_compare_speaks_korean_at_80_columns():
    """Answer, table, legend and advice; rows and records stay as they are."""
    words = ["x^3 + x", "--at", "x=2"]
    korean = compare(*words, "--lang", "ko")
    lines = korean.stdout.splitlines()
    assert korean.exit_code == 0 and lines[0] == "x^3 + x, 점 x = 2" and "자릿수" in korean.stdout
    assert "권장: 도달 가능한 자릿수에서" in " ".join(korean.stdout.split())
    assert max(map(cell_len, lines[:-1])) <= 80
    rows = [document(compare(*words, "--json", *more))["rows"][0] for more in ([], ["--lang", "ko"])]
    assert rows[0].keys() == rows[1].keys() and [row["status"] for row in rows] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["compare", "sinn(x)"], "오류: sinn: 모르는 함수다. 혹시 sin?"),
        (["compare", "rosenbrok"], "오류: 그런 문제는 없다: 'rosenbrok'. 혹시 rosenbrock?"),
        (["compare", "x^2", "--backends", "revrse"], "오류: 그런 백엔드는 없다: 'revrse'; 혹시 \"reverse\"?"),
        (["compare", "no.py:f"], "no.py 파일이 없다."),
        (["compare", "x^2", "--quick", "--careful"], "함께 쓸 수 없다"),
        (["list", "what"], "오류: 그런 목록은 없다: 'what'."),
        (["plot", "coast"], "오류: 그런 그림은 없다: 'coast'. 혹시 cost?"),
        (["report", "none.jsonl"], "오류: none.jsonl 파일이 없다."),
        (["train", "--data", "none"], "오류: 그런 데이터는 없다: 'none'."),
    ],
)
def test_what_cannot_be_done_is_said_in_korean(words, sentence):
    result = run(*words, "--lang", "ko")
    assert result.exit_code == 2 and sentence in " ".join(result.stderr.split())


def test_lists_are_korean_and_their_json_is_not():
    assert run("list", "plots", "--lang", "ko").stdout.startswith("이름")
    assert run("list", "plots", "--json", "--lang", "ko").stdout == run("list", "plots", "--json").stdout
