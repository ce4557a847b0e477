"""Figures: the same bytes twice, the CSV holds what is drawn, labels keep apart, a look for each backend."""

import ast
import csv
import dataclasses
import json
import re
import subprocess
import sys
import types
from io import BytesIO
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image
from typer.testing import CliRunner

import diffkit
from diffkit.cli import app
from diffkit.differentiators.registry import BUILT_IN, PEERS
from diffkit.harness.record import STATUSES, Measurement, append_record
from diffkit.languages import speaking
from diffkit.report import fonts
from diffkit.report.plots import PLOTS, CannotPlot, draw, save_plot
from diffkit.report.plots.canvas import groundless, small_png, spread
from diffkit.report.plots.outcomes import paint
from diffkit.report.plots.palette import LOOKS, looks
from diffkit.results import Comparison
from diffkit.training.record import Run, Step

BACKENDS = ("symbolic", "finite", "forward", "reverse", "complex-step", "compiled-numpy")
TITLES = {
    "outcomes": "Right on 12 of 12 problems: symbolic, forward, reverse, complex-step and compiled-numpy; "
    "on 0: finite",
    "precision": "symbolic keeps 15.5 digits for 3 times f; finite keeps 8.0 for 6 (medians)",
    "cost": "symbolic costs 3 times f, whatever n; forward grows like n^1.0",
    "breakeven": "Least time, set-up included: compiled-numpy for few calls, symbolic from 45 calls on",
    "profile": "symbolic is the fastest on 100% of 12 problems; right on 100%: symbolic, forward, reverse, "
    "complex-step and compiled-numpy",
    "ulps": "symbolic is within 2 ulps on 100% of the problems, finite on 0%",
    "samples": "Slowest over fastest sample: 2 for symbolic",
    "swell": "compiled-numpy needs 50 to 5,000 operations; symbolic grows like n^2.0",
    "steps": "Forward differences are best at h = 10⁻⁸ (error 2×10⁻⁹), central 2 differences "
    "are best at h = 10⁻⁶ (error 10⁻¹¹); shorter steps drown in rounding",
    "crossover": "Clearly the fastest: compiled-numpy on 9 of 9 shapes; of the two modes forward on 3 of 3 "
    "with more results and reverse on 3 of 3 with more inputs",
    "training": "Loss 0.1: finite parts by up to 9×10⁻⁷; reverse needs 0.05 s, finite 5 s",
}


def measured(problem, size, index, **known):
    """One backend on one problem: cheap ones first, forward's cost in proportion to n, finite wrong."""
    backend = BACKENDS[index]
    call = 1e-6 * (size * 5 if backend == "forward" else 3 + 3 * index)
    usual = {
        "problem": problem, "size": size, "value": [0.5] * size, "seed": 0,
        "backend": backend, "operator": "gradient",
        "status": "wrong" if backend == "finite" else "ok", "digits": 8.0 if backend == "finite" else 15.5,
        "ulps_worst": 1e6 if backend == "finite" else 0.5 * index, "prepare_seconds": 1e-3 / (1 + index % 3),
        "execute_samples": [call, 1.5 * call, 0.75 * call], "primal_samples": [1e-6],
        "operations": {"symbolic": size**2, "compiled-numpy": 5 * size}.get(backend),
        "versions": {"diffkit": "0.1.0"}, "machine": {"python": "3.11", "cpu": "a machine"},
    }  # fmt: skip
    return Measurement(**usual | known)


PROBLEMS = [("rosenbrock", n) for n in (10, 100, 1000)] + [(f"problem_{i}", 1) for i in range(9)]
MEASURED = [measured(name, n, index) for name, n in PROBLEMS for index in range(len(BACKENDS))]


def swept(scheme, order, h):
    """A difference whose error is the sum of truncation and of rounding."""
    error = h ** (order or 1) * 0.1 + 1e-17 / h
    return measured("exp(x)", 1, 1, value=1.0 + error, truth=1.0, backend=f"finite:step={h}",
                    settings={"scheme": scheme, "order": order, "step": h})  # fmt: skip


def shaped(n, m, backend):
    """A Jacobian whose cost is the number of passes."""
    call = 1e-6 * {"forward": n, "reverse": m + 0.5, "compiled-numpy": 0.1}[backend]
    return measured(f"layer_to_{m}", n, 0, backend=backend, operator="jacobian", inputs=n, outputs=m,
                    execute_samples=[call, call, call])  # fmt: skip


GRID = [-1.0, 0.0, 1.0]


def trained(backend, epoch, step):
    """The steps of a backend: finite ones are slow, and their loss drifts away."""
    drift = 1e-7 * step if backend == "finite" else 0.0
    learnt = {"x": GRID, "y": GRID, "scores": [[x - y for x in GRID] for y in GRID],
              "samples": [[-0.5, 0.5, 0], [0.5, -0.5, 1]]}  # fmt: skip
    return Step(
        backend=backend, epoch=epoch, step=step, loss=(1 + drift) / (step + 1), gradient_norms=[0.5, 0.25],
        seconds=0.5 if backend == "finite" else 0.005, digits=15.0,
        train_loss=0.5 / (epoch + 1) if step % 2 else None, learnt=learnt if step == 3 else None,
    )  # fmt: skip


SWEPT = [swept(scheme, order, 10.0**-k) for scheme, order in (("forward", 0), ("central", 2), ("central", 4))
         for k in range(1, 15)] + [measured("exp(x)", 1, 4, value=1.0, truth=1.0, settings={})]  # fmt: skip
SHAPED = [
    shaped(n, m, name)
    for n in (1, 8, 64)
    for m in (1, 8, 64)
    for name in ("forward", "reverse", "compiled-numpy")
]
TRAINED = [trained(name, step // 2, step) for name in ("reverse", "finite") for step in range(10)]
RUN = Run(backend="reverse", status="ok", digits=15.0, setup={"seed": 0}, versions={"diffkit": "0.1.0"},
          machine={"python": "3.11", "cpu": "a machine"})  # fmt: skip
FEEDS = {"steps": SWEPT, "crossover": SHAPED, "training": [*TRAINED, RUN]}
RECORDS = MEASURED


def feed(kind):
    """The records that a kind is drawn from."""
    return FEEDS.get(kind, MEASURED)


def texts(figure):
    """All that is written on a figure and can be seen, with its box in pixels, without leader lines."""
    figure.canvas.draw()
    found = list(figure.texts)
    for axes in figure.axes:
        found += [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            found += [text for tick in ticks for text in (tick.label1, tick.label2) if text.get_visible()]
    return [(text.get_text(), Text.get_window_extent(text)) for text in found if text.get_text().strip()]


@pytest.mark.parametrize("kind", PLOTS)
def test_a_title_says_the_finding(kind):
    """The title's words, unfolded."""
    figure = draw(kind, feed(kind))

    assert " ".join(figure.texts[0].get_text().split()) == TITLES[kind]
    assert figure.texts[1].get_text().split(", ") == ["seed 0", "python 3.11", "diffkit 0.1.0", "a machine"]


@pytest.mark.parametrize(
    ("kind", "suffix"), [*((kind, "svg") for kind in PLOTS), ("precision", "png"), ("precision", "pdf")]
)
def test_the_same_records_give_the_same_bytes(kind, suffix, tmp_path):
    """Figure and CSV: every kind, every format."""
    paths = [save_plot(kind, feed(kind), tmp_path / f"{name}.{suffix}") for name in "ab"]

    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].with_suffix(".csv").read_bytes() == paths[1].with_suffix(".csv").read_bytes()


def test_panels_stand_in_the_order_of_the_numbers_in_their_names():
    """layer 4 before layer 16, whatever the order of the records."""
    rows = [measured(f"layer_{k}", size, 0) for k in (16, 4, 256) for size in (2, 4)]

    drawn = PLOTS["cost"].rows(rows)

    assert list(dict.fromkeys(row["problem"] for row in drawn)) == ["layer_4", "layer_16", "layer_256"]


def drawn_points(figure):
    """The points of all coloured lines of a figure."""
    return {(float(x), float(y)) for axes in figure.axes for line in axes.lines for x, y in line.get_xydata()}


COORDINATES = {
    "precision": ("cost", "digits"), "cost": ("size", "ratio"), "swell": ("size", "operations"),
    "breakeven": ("calls", "total_seconds"), "profile": ("factor", "share"),
}  # fmt: skip


@pytest.mark.parametrize("kind", COORDINATES)
def test_the_csv_holds_the_plotted_points(kind, tmp_path):
    """Each row of the CSV is a point of the figure, digit for digit."""
    with open(save_plot(kind, feed(kind), tmp_path / "a.svg").with_suffix(".csv"), encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    x, y = COORDINATES[kind]

    assert {(float(row[x]), float(row[y])) for row in rows} <= drawn_points(draw(kind, feed(kind)))
    assert {row["backend"] for row in rows} <= set(BACKENDS) and len(rows) > 4


def test_the_squares_of_outcomes_are_the_rows_of_its_csv(tmp_path):
    """Every digit in the CSV is written on the figure, as often."""
    path = save_plot("outcomes", RECORDS, tmp_path / "a.svg").with_suffix(".csv")
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wanted = sorted(f"{float(row['digits']):.1f}" + " wrong" * (row["status"] == "wrong") for row in rows)
    (axes,) = draw("outcomes", RECORDS).axes

    assert sorted(text.get_text() for text in axes.texts) == wanted


korean_font = pytest.mark.skipif(not fonts.korean_font(), reason="no font with Korean letters is installed")


@pytest.mark.parametrize(
    ("lang", "style"), [("en", "paper"), ("en", "slides"), pytest.param("ko", "paper", marks=korean_font)]
)
@pytest.mark.parametrize("kind", PLOTS)
def test_no_text_overlaps_another_or_the_edge(kind, lang, style):
    """Boxes of all texts, the slanted names of outcomes apart."""
    with speaking(lang):
        figure = draw(kind, feed(kind), style)
    boxes = texts(figure)
    page = figure.bbox

    for text, box in boxes:
        inside = box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1
        assert inside, text
    upright = [(text, box) for text, box in boxes if kind != "outcomes" or text not in BACKENDS]
    for (one, a), (other, b) in combinations(upright, 2):
        overlap = min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
        assert not overlap, (one, other)


@korean_font
@pytest.mark.parametrize("kind", PLOTS)
def test_a_figure_speaks_korean_and_its_csv_does_not(kind, tmp_path):
    """Title and axes are translated; the rows are the same bytes."""
    english = save_plot(kind, feed(kind), tmp_path / "en.svg")
    with speaking("ko"):
        korean = save_plot(kind, feed(kind), tmp_path / "ko.svg")
        figure = draw(kind, feed(kind))
        written = [text for text, _ in texts(figure) if text not in BACKENDS]
    words = {word for text in written for word in re.findall(r"[a-z]{2,}", text)}

    assert fonts.is_korean(figure.texts[0].get_text()) and figure.texts[1].get_text().startswith("시드 0")
    assert not words & {"the", "of", "is", "on", "and", "digits", "calls", "cost", "loss", "error", "wrong"}
    assert english.with_suffix(".csv").read_bytes() == korean.with_suffix(".csv").read_bytes()
    assert korean.read_bytes() != english.read_bytes()


@korean_font
@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_korean_names_are_drawn_in_english_figures(suffix, tmp_path):
    """A letter without a font is a warning of matplotlib, which fails the test; a PDF holds outlines."""
    records = [measured(f"손실 {i}", 1, index) for i in range(3) for index in range(4)]
    path = save_plot("outcomes", records, tmp_path / f"o.{suffix}")
    assert suffix != "pdf" or (b"Type3" in path.read_bytes() and b"CIDFontType2" not in path.read_bytes())


def test_a_korean_name_without_a_font_is_no_box(monkeypatch):
    monkeypatch.setattr(fonts, "korean_font", lambda: None)
    with pytest.raises(fonts.NoFont):
        draw("outcomes", [measured("손실", 1, index) for index in range(4)])


@korean_font
def test_a_figure_keeps_its_font_when_another_language_is_spoken(tmp_path):
    """As where a notebook shows what was drawn in a block before."""
    with speaking("ko"):
        figure = draw("precision", RECORDS)
    assert figure._repr_png_()[0].startswith(b"\x89PNG")


def test_without_a_korean_font_no_figure_is_drawn(run, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "korean_font", lambda: None)
    result = run("plot", "cost", "r.jsonl", "-o", "c.svg", "--lang", "ko")
    assert result.exit_code == 2 and "--lang en" in result.stderr and not (tmp_path / "c.svg").exists()
    assert run("plot", "cost", "r.jsonl", "-o", "c.svg").exit_code == 0


def test_guides_hold_where_n_counts_the_inputs():
    """A loop of n turns over one number has no guides n and 2n."""
    loop = [measured("loop", n, 3, value=0.5) for n in (2, 4, 8)]
    written = [[text.get_text() for text in draw("cost", rows).axes[0].texts] for rows in (RECORDS, loop)]

    assert sorted(written[0]) == sorted(
        [*(name for name in BACKENDS if name != "finite"), "1", "4", "n", "2n"]
    )
    assert sorted(written[1]) == ["1", "4", "reverse"]


def test_labels_are_pushed_apart_even_where_all_are_at_one_place():
    """Twelve at the lower edge stand a gap from each other, in the order given."""
    places = spread([0.0] * 12, 2.0, 0.0, 100.0)

    assert places == [2.0 * i for i in range(12)]


def test_errors_beyond_all_digits_are_drawn_at_the_edge(tmp_path):
    """In ulps of a truth of 1e-300 an answer of 1 is wrong by more than a double holds."""
    records = [measured(f"p{i}", 1, 3, ulps_worst=ulps) for i, ulps in enumerate([0.5, 3.0, 1e308])]
    figure = draw("ulps", records)
    figure.canvas.draw()

    assert figure.axes[0].get_xlim() == (0.1, 2e18)
    assert "10¹⁸: or more" in figure.axes[0].get_xlabel()
    assert "1e+308" in save_plot("ulps", records, tmp_path / "u.png").with_suffix(".csv").read_text()


def test_a_label_stands_beside_the_end_of_its_line():
    """In every panel of a training, whose limits are drawn from the lines: where there is room, to a dot."""
    figure = draw("training", [*TRAINED, RUN])
    figure.canvas.draw()
    (axes,) = [axes for axes in figure.axes if "Gradient by layer" in axes._left_title.get_text()]

    for label, norm in zip(sorted(axes.texts, key=lambda text: text.get_text()), (0.5, 0.25)):
        end = axes.transData.transform((0, norm))[1]
        assert Text.get_window_extent(label).y0 < end < Text.get_window_extent(label).y1


def test_epochs_are_whole():
    """Of three epochs no tick stands between two."""
    figure = draw("training", [*TRAINED[:6], RUN])
    figure.canvas.draw()

    assert all(tick == int(tick) for tick in figure.axes[0].get_xticks())


def test_every_backend_has_a_look_of_its_own():
    """Colour and marker together differ, for settings and unknown names too, whatever else is drawn."""
    names = [*LOOKS, "finite:order=4", "finite:order=2", "finite:scheme=central", "mine", "yours"]
    found = looks(names)

    assert len({(look.color, look.marker) for look in map(LOOKS.get, LOOKS)}) == len(LOOKS)
    assert len(set(found.values())) == len(names)
    assert all(looks([name])[name] == found[name] for name in LOOKS)
    assert set(LOOKS) >= {*BUILT_IN, *PEERS, "by-hand"}
    assert len({(look.color, look.marker) for look in found.values()}) == len(names)


def test_looks_repeat_where_there_are_too_many():
    """Sixty settings of one backend: all of its colour."""
    found = looks([f"finite:step={i}" for i in range(60)])

    assert len(found) == 60 and {look.color for look in found.values()} == {LOOKS["finite"].color}


def test_every_status_has_a_word():
    """A record of each status is drawn, and says so unless it is right."""
    failed = [measured("sin", 1, 1, status=status, digits=None, backend=status) for status in STATUSES]
    figure = draw("outcomes", [measured("sin", 1, 3), *failed])

    written = [text.get_text() for text in figure.axes[0].texts]
    assert written == ["15.5", *STATUSES]


@pytest.mark.parametrize(
    ("kind", "records", "reason"),
    [
        ("outcoms", RECORDS, "did you mean outcomes"),
        ("outcomes", [], "no records"),
        ("outcomes", [measured("sin", 1, 1)], "No backend came out right"),
        ("cost", RECORDS[-6:], "several sizes"),
        ("swell", RECORDS[-6:], "several sizes"),
        ("profile", RECORDS[: 9 * 6], "at least 10 problems"),
        ("precision", [measured("sin", 1, 3, digits=None)], "scored and timed"),
        ("ulps", [measured("sin", 1, 3, ulps_worst=None)], "several problems with a certified"),
        ("samples", [measured("sin", 1, 3, execute_samples=[])], "timed records"),
        ("breakeven", [measured("sin", 1, 3, execute_samples=[])], "timed on"),
        ("steps", RECORDS, "several steps"),
        ("crossover", SHAPED[:3], "several numbers of inputs"),
        ("training", RECORDS, "no records"),
        ("training", [RUN], "records of its steps"),
    ],
)
def test_what_cannot_be_plotted_is_refused_in_a_sentence(kind, records, reason):
    """The sentence says what is missing."""
    with pytest.raises(CannotPlot, match=reason):
        draw(kind, records)


@pytest.mark.parametrize("kind", PLOTS)
def test_in_python_the_call_that_feeds_it_is_named(kind):
    """And it is one: the names that it calls are there."""
    with pytest.raises(CannotPlot, match=r"In Python: diffkit\.\w+\(") as refused:
        Comparison([]).plot(kind)

    call = str(refused.value).partition("In Python: ")[2]
    assert callable(getattr(diffkit, re.match(r"diffkit\.(\w+)", call)[1]))
    ast.parse(call.removesuffix("."))


def test_a_title_names_the_problems_that_it_speaks_of():
    """The cheapest left one problem out: it is not among those that the title weighs."""
    records = [row for row in MEASURED if (row.backend, row.problem) != ("symbolic", "problem_8")]

    assert draw("precision", records).texts[0].get_text().startswith("On all 12 problems, ")


def test_where_squares_are_narrow_a_frame_says_wrong():
    """Of twelve backends the number alone is legible."""
    wrong = [measured(f"p{i}", 1, 3, backend=f"b{j}", status="wrong", digits=0.5) for i in range(40)
             for j in range(12)]  # fmt: skip
    (few, *_), (many, *_) = (draw("outcomes", [MEASURED[0], *rows]).axes for rows in (wrong[:1], wrong))

    assert "0.5 wrong" in {text.get_text() for text in few.texts}
    assert {"0.5"} == {text.get_text() for text in many.texts} - {"15.5"}


def test_a_name_of_no_picture_or_folder_is_refused(tmp_path):
    """Before anything is drawn."""
    with pytest.raises(CannotPlot, match="no suffix of a picture"):
        save_plot("ulps", RECORDS, tmp_path / "a.txt")
    with pytest.raises(CannotPlot, match="make it first"):
        save_plot("ulps", RECORDS, tmp_path / "none" / "a.svg")
    with pytest.raises(CannotPlot, match="paper or slides"):
        draw("ulps", RECORDS, "poster")


def test_a_notebook_shows_the_figure():
    """`comparison.plot(kind)` is a figure with a picture of itself."""
    picture, size = Comparison(RECORDS).plot("precision")._repr_png_()

    assert picture.startswith(b"\x89PNG")
    assert size["width"] == 624  # 6.5 inches of 96 dots, not the 1,300 dots of the picture
    assert len(picture) < 60_000


def test_matplotlib_waits_for_the_first_figure():
    """The table of plots is there without it."""
    told = (
        "import sys; from diffkit.report.plots import PLOTS as p; print(len(p), 'matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert done.stdout.split() == [str(len(PLOTS)), "False"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command line in a folder of its own with the records in r.jsonl."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DIFFKIT_DATA", str(tmp_path / "data"))
    for record in RECORDS:
        append_record("r.jsonl", record)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_the_command_writes_figure_and_csv(run, tmp_path):
    """Both named on stderr."""
    result = run("plot", "cost", "r.jsonl", "-o", "c.svg", "--style", "slides")

    assert result.exit_code == 0, result.stderr
    assert "c.svg" in result.stderr and "c.csv" in result.stderr
    assert (tmp_path / "c.svg").exists() and (tmp_path / "c.csv").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("plot", "coast", "r.jsonl", "-o", "c.svg"), "did you mean cost"),
        (("plot", "cost", "none.jsonl", "-o", "c.svg"), "no file none.jsonl"),
        (("plot", "cost", "@last", "-o", "c.svg"), "run diffkit compare first"),
        (("plot", "cost", "r.jsonl", "-o", "c.doc"), "no suffix of a picture"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_2(run, words, reason):
    """Never a traceback."""
    result = run(*words)

    assert result.exit_code == 2
    assert reason in " ".join(result.stderr.split())


def test_the_list_of_plots_names_the_command_that_feeds_each(run):
    """As many rows as plots."""
    rows = json.loads(run("list", "plots", "--json").stdout)["rows"]

    assert [row["name"] for row in rows] == list(PLOTS)
    assert all("diffkit compare" in row["about"] or "diffkit train" in row["about"] for row in rows)


def test_the_help_fits_80_columns(run):
    """For the command and for the lists."""
    for words in (["plot"], ["list"]):
        assert max(map(len, run(*words, "--help").stdout.splitlines())) <= 80


def test_many_problems_are_bars_and_not_a_wall_of_squares():
    """A bar for each backend, whose parts add up to the problems; the colours are explained above."""
    records = [measured(f"p{i}", 1, k, digits=4.0 * (i % 5)) for i in range(200) for k in (1, 3)]
    (axes,) = draw("outcomes", records).axes
    written = [text.get_text() for text in axes.texts]

    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(400)
    assert {"15 digits or more", "12 to 15", "8 to 12", "fewer", "wrong"} <= set(written)


@pytest.mark.parametrize("style", ["paper", "slides"])
def test_the_key_of_many_endings_is_whole(style):
    """All statuses beside all bands: in lines, none of which leaves the page or meets another."""
    kinds = [("ok", digits) for digits in (16, 13, 9, 3)] + [(status, None) for status in STATUSES]
    records = [measured(f"p{i}", 1, 3, status=status, digits=digits) for i in range(20)
               for status, digits in [kinds[i % len(kinds)]]]  # fmt: skip
    records += [measured(f"p{i}", 1, 1) for i in range(20, 120)]
    figure = draw("outcomes", records, style)
    boxes = [box for text, box in texts(figure) if not text.replace(",", "").isdecimal()]

    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1 for box in boxes)
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    page = types.SimpleNamespace(shade=lambda share: share)
    assert len({paint(page, status) for status in STATUSES}) == len(STATUSES)


def test_a_small_picture_has_the_paper_of_a_large_one():
    """Of a figure whose ground was taken away: what is not drawn is white, and letters have grey edges."""
    figure = draw("outcomes", RECORDS)
    groundless(figure)
    picture = Image.open(BytesIO(small_png(figure))).convert("L")

    assert picture.getpixel((0, 0)) == 255
    assert np.mean((np.asarray(picture) > 60) & (np.asarray(picture) < 250)) > 0.01


def test_a_study_of_steps_is_left_to_its_own_figure():
    """Beside other problems its forty settings are no backends of the table of outcomes."""
    written = [text.get_text() for text in draw("outcomes", [*RECORDS, *SWEPT]).axes[0].texts]

    assert len(written) == len(RECORDS)


def test_backends_whose_quartiles_overlap_are_a_tie():
    """No winner is named and none is coloured."""
    close = [shaped(n, m, name) for n in (1, 8) for m in (1, 8) for name in ("forward", "reverse")]
    samples = {"forward": [1e-6, 2e-6, 3e-6], "reverse": [2e-6, 3e-6, 4e-6]}
    tied = [dataclasses.replace(row, execute_samples=samples[row.backend]) for row in close]
    (axes,) = draw("crossover", tied).axes

    assert {text.get_text() for text in axes.texts} == {"tie"}


def test_memory_stands_beside_operations_where_it_was_measured():
    """A panel for each, the guide n with the operations alone."""
    records = [measured("loop", n, 3, operations=5 * n, peak_bytes=100 * n) for n in (2, 4, 8)]
    panels = draw("swell", records).axes

    assert [axes.get_ylabel() for axes in panels] == ["operations", "bytes held by a call"]
    assert [[text.get_text() for text in axes.texts] for axes in panels] == [["n", "reverse"], ["reverse"]]


HOSTILE = r"$\frac{$ <script>1</script>--> ]]>"


@pytest.mark.parametrize("kind", PLOTS)
def test_a_hostile_name_is_letters_and_nothing_else(kind, tmp_path):
    """No mathematics is read in it, and the picture stays well-formed XML without a script."""
    renamed = [
        dataclasses.replace(row, problem=HOSTILE + row.problem) if isinstance(row, Measurement) else row
        for row in feed(kind)
    ]
    tree = ElementTree.parse(save_plot(kind, renamed, tmp_path / "a.svg"))

    assert not [node for node in tree.iter() if "script" in str(node.tag)]


def test_no_title_crowns_what_others_are_held_against():
    """The derivative by hand is the cheapest and the best, and no candidate."""
    hand = [
        dataclasses.replace(
            row, backend="hand", execute_samples=[1e-8] * 3, prepare_seconds=1e-9, ulps_worst=0.0
        )
        for row in RECORDS
        if row.backend == "reverse"
    ]
    for kind in TITLES.keys() - FEEDS.keys() - {"samples"}:
        title = " ".join(draw(kind, [*RECORDS, *hand]).texts[0].get_text().split())
        assert title == TITLES[kind], kind


def test_a_few_shapes_are_no_map():
    """Three Jacobians of three problems."""
    with pytest.raises(CannotPlot, match="several numbers"):
        draw("crossover", [shaped(n, m, "reverse") for n, m in ((5, 33), (10, 4), (12, 12))])
