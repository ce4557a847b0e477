"""compare and explain from Python, and what they return."""

import builtins
import json
import sys

import numpy as np
import pytest

import diffkit
from diffkit.expressions import FormulaError
from diffkit.harness.targets import TargetError
from diffkit.report import tables
from diffkit.results.operators import split_backends
from diffkit.results.subjects import BadInput
from diffkit.results.support import support_rows

FAST = {"backends": "reverse", "effort": "quick"}


@pytest.fixture(scope="module")
def comparison():
    """One formula by two backends."""
    return diffkit.compare("x^2*y", 3.0, 2.0, backends=["reverse", "finite"], effort="quick")


def values(result):
    return [row.value for row in result.rows]


def test_what_compare_takes():
    """A NumPy function, a formula with values or a dict, a problem, a list of names."""
    assert values(diffkit.compare(lambda x: np.sum(x**2), [1.0, 2.0], **FAST)) == [[2.0, 4.0]]
    assert values(diffkit.compare(lambda x, y: x * y, 3.0, 2.0, wrt=1, **FAST)) == [3.0]
    assert values(diffkit.compare("x*y", 3.0, 2.0, **FAST)) == [[2.0, 3.0]]
    assert values(diffkit.compare("x*y", {"y": 2.0, "x": 3.0}, wrt="y", **FAST)) == [3.0]
    assert values(diffkit.compare("two_products", **FAST)) == [[8.0, 81.0]]
    names = diffkit.compare(["rosenbrock", "log_sum_exp"], sizes=[2, 3], **FAST)
    assert [(row.problem, row.size) for row in names.rows] == [
        ("rosenbrock", 2), ("rosenbrock", 3), ("log_sum_exp", 2), ("log_sum_exp", 3),
    ]  # fmt: skip


def test_a_problem_that_explodes_ends_as_timeout_and_stands_in_its_place():
    """SymPy needs minutes for log-sum-exp; without a word about isolation, Python comes back all the same."""
    options = {"effort": "quick", "timeout": 0.5, "backends": ["reverse", "symbolic", "forward"]}
    result = diffkit.compare(["log_sum_exp", "two_products"], **options)

    assert [(row.problem, row.backend) for row in result.rows] == [
        (problem, backend) for problem in ("log_sum_exp", "two_products") for backend in options["backends"]
    ]
    assert result.rows[1].status == "timeout"


def test_points_are_drawn_where_none_is_given():
    """From stated ranges and by the seed; a formula without a finite value anywhere is refused."""
    drawn = diffkit.compare("log(x)", ranges={"x": (5, 6)}, points=2, **FAST)
    assert len(drawn) == 2 and all(5 <= row.point["x"] <= 6 for row in drawn.rows)
    with pytest.raises(BadInput, match="No point was found"):
        diffkit.compare("sqrt(-1 - x^2)", **FAST)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("2x", 1.0), FormulaError),
        (("x*y", 1.0), TargetError),
        ((lambda x: x[5], np.ones(2)), TargetError),
        (("rosenbrok",), KeyError),
        ((lambda x: 1j * x, 1.0), TargetError),
    ],
)
def test_bad_input_raises_what_it_says(args, error):
    """The same sentences as on the command line, as exceptions."""
    with pytest.raises(error):
        diffkit.compare(*args, **FAST)


def test_an_untimed_comparison_tells_no_times():
    """Its table is the same on every machine: no cost, no set-up, nothing about them below."""
    text = str(diffkit.compare("x^2", 3.0, backends=["reverse", "symbolic"], effort="untimed"))

    assert text.splitlines()[2].split() == ["reverse", "6", "17.0", "3", "ok"]  # three operations
    assert "cost" not in text and "set-up" not in text
    assert "cost" in str(diffkit.compare("x^2", 3.0, **FAST))


def test_a_sweep_of_steps_prints_as_a_valley():
    """Errors by step for each scheme, the floors below; it is a comparison like any other."""
    sweep = diffkit.sweep_steps(np.exp, 1.0)
    text = str(sweep)

    titles = "h forward backward central 2 central 4 central 6 richardson 6"
    assert text.splitlines()[0].split() == titles.split()
    best = [float(word) for word in next(line for line in text.splitlines() if "floor" in line).split()[1:]]
    assert 1e-9 < best[0] < 1e-7 and best[2] < 1e-10  # FACTS: 1.0e-8 and 7.7e-12
    assert sweep._repr_html_().endswith(f">{text}</pre>") and "monospace" in sweep._repr_html_()
    with pytest.raises(BadInput, match="one function"):
        diffkit.sweep_steps(["exp(x)", "sin(x)"], 1.0)


def test_what_a_notebook_shows_of_a_preparation_and_a_check():
    """A line and the verdict, not an address and a record."""
    assert repr(diffkit.prepare(np.sum, np.ones((2, 3)))) == "<reverse, prepared for sum in (2, 3)>"
    assert repr(diffkit.prepare("x".join, 1.0)) == "<reverse, prepared for join in a number>"
    check = diffkit.check_gradient(lambda x: x**2, lambda x: -2 * x, 3.0)
    assert repr(check) == check.message


def test_what_is_neither_function_nor_text_is_refused():
    """A number in the place of the function: a sentence, not an error from within."""
    with pytest.raises(BadInput, match="3 cannot be compared: give a function"):
        diffkit.compare(3)
    with pytest.raises(BadInput, match="3 cannot be explained: give a function"):
        diffkit.explain(3)


def test_explain_takes_what_compare_takes():
    """A problem brings its point, a formula takes it in order or by name."""
    assert diffkit.explain("two_products").walk.value == 327.0
    for point in ((3.0, 2.0), ({"y": 2.0, "x": 3.0},)):
        assert diffkit.explain("x*y", *point).walk.value == 6.0


def test_backends_in_a_text():
    """Commas part backends, and settings within a backend."""
    assert split_backends("a:p=1,q=2,b,c:r=x,s=y") == ["a:p=1,q=2", "b", "c:r=x,s=y"]
    assert split_backends("finite,order=4, reverse,") == ["finite:order=4", "reverse"]
    assert split_backends("") == []


def test_a_comparison_shows_itself(comparison):
    """As the table in text and HTML, with its advice."""
    assert str(comparison) == repr(comparison) == tables.text_table(comparison.rows)
    assert comparison._repr_html_().count("<tr>") == 3
    assert comparison.advice().startswith("Take reverse")
    assert str(diffkit.Comparison([])) == "Nothing was measured."


def test_a_comparison_is_saved_by_suffix_and_loaded(comparison, tmp_path):
    """Records come back equal; .jsonl is added to; an unknown suffix is refused with the list."""
    for name in ("r.jsonl", "r.csv", "r.md", "r.json"):
        assert comparison.save(tmp_path / name).stat().st_size > 100
    assert diffkit.Comparison.load(tmp_path / "r.jsonl") == comparison
    comparison.save(tmp_path / "r.jsonl")
    assert len(diffkit.Comparison.load(tmp_path / "r.jsonl")) == 4
    assert len(json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["rows"]) == 2
    with pytest.raises(ValueError, match=r"\.jsonl, \.csv, \.md, \.json"):
        comparison.save(tmp_path / "r.xls")


def test_pandas_where_it_is_installed(comparison):
    """One row a measurement with its derived columns; one row a node."""
    pytest.importorskip("pandas")
    frame = comparison.to_pandas()
    assert list(frame["backend"]) == ["reverse", "finite"] and (frame["ratio"] > 0).all()
    nodes = diffkit.explain("2*x*y + y + 3", 40.0, 4.0).to_pandas().set_index("symbol")
    assert nodes.loc["x", "adjoint"] == 8.0 and nodes.loc["y", "adjoint"] == 81.0


def test_pandas_where_it_is_missing(comparison, monkeypatch):
    """One sentence says how to get it."""
    whole = builtins.__import__

    def without_pandas(name, *more, **named):
        if name == "pandas":
            raise ModuleNotFoundError(name)
        return whole(name, *more, **named)

    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.setattr(builtins, "__import__", without_pandas)

    with pytest.raises(ImportError, match="pip install pandas"):
        comparison.to_pandas()


def test_an_explanation_shows_and_saves_itself(tmp_path):
    """CS231n's neuron, as a function and as a formula; text, HTML and JSON hold the same adjoints."""

    def neuron(w0, x0, w1, x1, w2):
        return 1 / (1 + np.exp(-(w0 * x0 + w1 * x1 + w2)))

    explanation = diffkit.explain(neuron, 2.0, -1.0, -3.0, -2.0, -3.0)
    adjoints = {step.symbol: round(float(step.adjoint), 2) for step in explanation.walk.steps}

    assert round(explanation.walk.value, 2) == 0.73
    assert [adjoints[name] for name in ("w0", "x0", "w1", "x1", "w2")] == [-0.20, 0.39, -0.39, -0.59, 0.20]
    assert str(explanation) == repr(explanation) and "<table>" in explanation._repr_html_()
    for name in ("e.txt", "e.md", "e.html"):
        assert "w0" in explanation.save(tmp_path / name).read_text(encoding="utf-8")
    assert (
        json.loads(explanation.save(tmp_path / "e.json").read_text(encoding="utf-8"))
        == explanation.walk.as_dict()
    )
    with pytest.raises(ValueError, match=r"\.txt, \.md, \.json, \.html"):
        explanation.save(tmp_path / "e.png")
    with pytest.raises(TargetError, match="not finite"):
        diffkit.explain("log(x)", -1.0)


def test_an_explanation_has_a_picture(tmp_path):
    """In notebooks as SVG, above the text as HTML; saved in each form; frames and steps beside it."""
    explanation = diffkit.explain("2*x*y + y + 3", 40.0, 4.0)
    picture = explanation.graph()

    assert picture._repr_svg_() == picture.svg == explanation._repr_html_()[: len(picture.svg)]
    assert ">327</text>" in picture.svg and ">81</text>" in picture.svg and "<svg" not in repr(picture)
    assert picture.save(tmp_path / "g.svg").read_text(encoding="utf-8") == picture.svg
    assert explanation.frames(tmp_path / "passes.gif") == 17
    assert len(list(explanation.steps())) == 16
    with pytest.raises(ValueError, match=r"\.svg"):
        picture.save(tmp_path / "g.txt")


def test_a_notebook_shows_a_wide_picture_whole():
    """The neuron is 878 wide, an exported page 775; its inside stays as it is, and a saved file too."""
    point = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
    picture = diffkit.explain("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", point).graph()

    assert 'viewBox="0 0 878 355" width="878" height="355"' in picture.svg
    assert 'viewBox="0 0 878 355" width="720" height="291"' in picture._repr_svg_()


def test_a_point_by_keywords_is_refused_with_the_way():
    """Python would only say that there is no such keyword; a misspelt option is told apart."""
    for verb in (diffkit.explain, diffkit.compare):
        with pytest.raises(TypeError, match=r"\(f, 40, 4\), or, of a formula, as one dict, .*'y': 4"):
            verb("2*x*y", x=40, y=4)
    with pytest.raises(TypeError, match="did you mean backends"):
        diffkit.compare("x^2", 2.0, backend="reverse")


def test_the_support_table_is_read_from_the_rules():
    """It names every function that NumPy dispatches to us once, with kind and convention."""
    rows = {row["name"]: row for row in support_rows()}

    assert len(rows) == len(support_rows()) > 150
    assert rows["np.sum"]["kind"] == "linear" and rows["np.absolute"]["kinks"] == "abs'(0) = 0"
    assert rows["np.floor"]["orders"] == rows["np.argmax"]["orders"] == "zero"
    assert rows["np.linalg.solve"]["kind"] == "differential" and rows["np.mean"]["kind"] == "spelling"
    assert all(
        callable(getattr(diffkit, name.removeprefix("diffkit."))) for name in rows if "diffkit" in name
    )
