"""The computational graph as a picture: the lecture's numbers, nothing over anything, by day and by night."""

import io
import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations

import numpy as np
import pytest
from matplotlib.patches import FancyBboxPatch
from PIL import Image

from diffkit.differentiators.walk import walk
from diffkit.expressions import parse
from diffkit.languages import speaking
from diffkit.problems import instance
from diffkit.report import fonts
from diffkit.report.graph import SUFFIXES, graph_svg, look, save_frames, save_graph
from diffkit.report.graph.figure import Painted, stages
from diffkit.report.graph.folding import MOST, folded
from diffkit.report.graph.metrics import width
from diffkit.report.graph.scene import scene_of
from diffkit.report.graph.vertices import graph_of

CLASSROOM = ("2*x*y + y + 3", 40.0, 4.0)
NEURON = ("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", 2.0, -1.0, -3.0, -2.0, -3.0)
FORMULAS = [CLASSROOM, NEURON, ("sin(x)*exp(-x^2)", 0.7), ("log(exp(x) + exp(y) + exp(z))", 0.1, 1.2, -0.3)]
PROBLEMS = [
    "network_2_8_2",
    "rosenbrock",
    "helmholtz",
    "log_sum_exp",
    "two_body",
    "pendulum",
    "gmm",
    "logistic_map",
]


def formula_walk(text, *point):
    return walk(parse(text), *point, title=text).as_dict()


def problem_walk(name):
    each = instance(name)
    return walk(each.f, *each.args, title=name).as_dict()


WALKS = {text: lambda text=text, point=point: formula_walk(text, *point) for text, *point in FORMULAS} | {
    name: lambda name=name: problem_walk(name) for name in PROBLEMS
}


def said(walk):
    """Of each node of the picture its value and its adjoint, of each arc its slope."""
    graph = graph_of(walk)
    named = {vertex.symbol: (vertex.value, vertex.adjoint) for vertex in graph.vertices}
    symbols = [vertex.symbol for vertex in graph.vertices]
    return named, {(symbols[arc.source], symbols[arc.target]): arc.slope for arc in graph.arcs}


def test_the_classroom_graph_is_that_of_the_lecture():
    nodes, slopes = said(formula_walk(*CLASSROOM))

    assert nodes == {
        "x": ("40", "8"), "y": ("4", "81"), "2": ("", "160"), "v1": ("80", "4"), "v2": ("320", "1"),
        "v3": ("324", "1"), "3": ("", "1"), "v4": ("327", "1"),
    }  # fmt: skip
    assert slopes == {
        ("2", "v1"): ("40",), ("x", "v1"): ("2",), ("v1", "v2"): ("4",), ("y", "v2"): ("80",),
        ("v2", "v3"): ("1",), ("y", "v3"): ("1",), ("v3", "v4"): ("1",), ("3", "v4"): ("1",),
    }  # fmt: skip


def test_the_neuron_is_that_of_the_lecture():
    """CS231n: 0.73 and -0.20, -0.39, 0.20, 0.39, -0.59, to two digits."""
    nodes, _ = said(formula_walk(*NEURON))
    found = {name: round(float(adjoint.replace("−", "-")), 2) for name, (_, adjoint) in nodes.items()}

    assert round(float(nodes["v8"][0]), 2) == 0.73
    assert {name: found[name] for name in ("w0", "w1", "w2", "x0", "x1")} == {
        "w0": -0.20, "w1": -0.39, "w2": 0.20, "x0": 0.39, "x1": -0.59,
    }  # fmt: skip


FEW = {"2*x*y + y + 3": 0, NEURON[0]: 0, "sin(x)*exp(-x^2)": 0, "log(exp(x) + exp(y) + exp(z))": 0,
       "network_2_8_2": 0, "rosenbrock": 0, "two_body": 0, "pendulum": 0, "logistic_map": 0, "gmm": 1,
       "helmholtz": 6}  # fmt: skip


@pytest.mark.parametrize("name", FEW)
def test_graphs_of_functions_cross_little(name):
    assert scene_of(WALKS[name]()).crossings <= FEW[name]


@pytest.mark.parametrize("name", WALKS)
def test_no_label_lies_over_another_or_over_a_box(name):
    """By the extents that a renderer measures, not by our own metrics."""
    scene = scene_of(WALKS[name]())
    figure = Painted(scene)
    texts = [each.get_window_extent() for each in figure.axes.texts]
    boxes = [each.get_window_extent() for each in figure.axes.patches if isinstance(each, FancyBboxPatch)]
    page = figure.axes.get_window_extent()

    assert len(texts) == len(scene.labels) and len(boxes) == len(scene.boxes)
    for a, b in combinations(range(len(texts)), 2):
        assert not texts[a].overlaps(texts[b]), (scene.labels[a].text, scene.labels[b].text)
    inside = {("text", look.TEXT), ("caption", look.CAPTION)}
    for text, label in zip(texts, scene.labels, strict=True):
        over = [box for box in boxes if box.overlaps(text)]
        assert len(over) == (1 if (label.role, label.size) in inside else 0), label.text
        if (label.role, label.size) in inside:
            assert over[0].x0 <= text.x0 and text.x1 <= over[0].x1
        assert page.x0 <= text.x0 and text.x1 <= page.x1 and page.y0 <= text.y0 and text.y1 <= page.y1


@pytest.mark.parametrize(
    "name", [text for text, *_ in FORMULAS] + ["network_2_8_2", "rosenbrock", "two_body"]
)
def test_half_a_page_is_enough(name):
    """On 6.5 x 4.5 inches the numbers of the textbook's and the small network's graphs have 5 points."""
    scene = scene_of(WALKS[name]())
    points = min(6.5 * 72 / scene.width, 4.5 * 72 / scene.height, 1.0) * look.NUMBER
    assert points >= 5.0


def contrast(a, b):
    """The contrast of two colours, from 1 to 21 (WCAG 2)."""

    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(a), light(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [look.DAY, look.NIGHT], ids=["day", "night"])
def test_texts_can_be_read_by_day_and_by_night(colours):
    assert set(colours) == set(look.DAY)
    grounds = [colours["paper"], *(colour for role, colour in colours.items() if role.endswith(" fill"))]
    for role in ("value", "adjoint", "slope", "title", "caption", "text"):
        for ground in grounds if role in ("text", "caption") else grounds[:1]:
            assert contrast(colours[role], ground) >= 4.5, (role, ground)


def test_the_svg_is_a_document_that_says_what_it_shows():
    """Well-formed, titled and described, its classes its own, and safe with what users write."""
    title = '<script>"x" & y</script>'
    svg = graph_svg(walk(parse("x*x*y"), 2.0, 3.0, title=title).as_dict())
    root = ElementTree.fromstring(svg)
    names = {each.tag.split("}")[1] for each in root.iter()}
    texts = {each.get("class"): each.text for each in root.iter() if each.get("class")}

    assert names == {"svg", "title", "desc", "style", "rect", "g", "path", "text"}
    assert "<script" not in svg and texts["title"].startswith("<script>")
    described = {each.tag.split("}")[1]: each for each in root.iter()}
    assert described["title"].text == f"Computational graph of {title}"
    assert "d/dx = 12, d/dy = 4" in described["desc"].text and "v2 = 12" in described["desc"].text
    assert root.get("aria-labelledby").split() == [described["title"].get("id"), described["desc"].get("id")]
    rules = re.findall(r"([^{}]+)\{", described["style"].text)
    assert all(part.startswith((".diffkit-graph", "@media")) for rule in rules for part in rule.split(","))


def test_two_pictures_in_one_page_do_not_share_ids():
    ids = [set(re.findall(r'id="([^"]+)"', graph_svg(formula_walk(*each)))) for each in (CLASSROOM, NEURON)]
    assert all(ids) and not ids[0] & ids[1]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_walk_gives_the_same_bytes(suffix, tmp_path):
    found = [save_graph(formula_walk(*CLASSROOM), tmp_path / f"{i}.{suffix}").read_bytes() for i in range(2)]
    starts = {"svg": b"<svg ", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph", "mmd": b"---"}
    assert found[0] == found[1] and found[0].startswith(starts[suffix])


def test_what_the_result_does_not_need_is_left_out():
    """A value that is computed and thrown away, and what only that needed; inputs stay."""

    def f(x, y):
        np.exp(np.sin(x))
        return x * x

    graph = graph_of(walk(f, 1.0, 2.0).as_dict())
    assert [vertex.text for vertex in graph.vertices] == ["x", "y", "x × x"]


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"\.svg, \.png, \.pdf, \.dot, \.mmd"):
        save_graph(formula_walk(*CLASSROOM), tmp_path / "g.xls")


def test_it_speaks_korean():
    with speaking("ko"):
        svg = graph_svg(formula_walk(*CLASSROOM))
    assert "위: 값" in svg and "2*x*y + y + 3의 계산 그래프" in svg and "above: value" not in svg
    assert "Noto Sans CJK KR" in svg and "Noto Sans CJK KR" not in graph_svg(formula_walk(*CLASSROOM))


korean_font = pytest.mark.skipif(not fonts.korean_font(), reason="no font with Korean letters is installed")


@korean_font
@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_korean_letters_are_drawn_and_not_boxes(suffix, tmp_path):
    """matplotlib warns of a letter that no font has, and a warning fails a test."""
    with speaking("ko"):
        path = save_graph(problem_walk("two_body"), tmp_path / f"g.{suffix}")
    assert path.stat().st_size > 10_000


@korean_font
def test_korean_texts_fit_into_their_boxes():
    """In the font that matplotlib draws them with, no text is wider than the layout takes it to be."""
    with speaking("ko"):
        painted = Painted(scene_of(problem_walk("two_body")))
        painted.figure.canvas.draw()
    pairs = zip(painted.scene.labels, (text for text in painted.axes.texts), strict=True)
    measured = {
        label.text: (text.get_window_extent().width / painted.figure.dpi * 96, width(label.text, label.size))
        for label, text in pairs
        if fonts.is_korean(label.text)
    }
    assert len(measured) > 5 and all(drawn <= taken for drawn, taken in measured.values())


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_without_a_font_for_korean_nothing_is_drawn(suffix, tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "korean_font", lambda: None)
    with speaking("ko"), pytest.raises(fonts.NoFont, match=r"fonts-noto-cjk .* fonts-nanum .* --lang en"):
        save_graph(formula_walk(*CLASSROOM), tmp_path / f"g.{suffix}")
    korean_name = walk(lambda 가: 가 * 가, 3.0).as_dict()
    with pytest.raises(fonts.NoFont, match="No font with Korean letters is installed"):
        save_graph(korean_name, tmp_path / f"g.{suffix}")
    assert not any(tmp_path.iterdir())


def test_texts_are_measured_as_the_font_is():
    """Within a twentieth of what matplotlib measures in DejaVu Sans."""
    figure = Painted(scene_of(formula_walk(*CLASSROOM))).figure
    for text in ("v1 = 2 × x", "0.1234567", "sum(v9, axis=1)", "−6.94e−18 .. 6.94e−18", "WMmil"):
        drawn = figure.text(0, 0, text, fontsize=50, parse_math=False)
        assert drawn.get_window_extent().width / figure.dpi * 72 == pytest.approx(width(text, 50), rel=0.05)


# Folding


def chain(n):
    def f(x):
        for _ in range(n):
            x = np.sin(x)
        return x

    return walk(f, 1.0, title="chain").as_dict()


def test_up_to_sixty_nodes_are_drawn_one_by_one():
    assert len(folded(graph_of(chain(MOST - 1))).vertices) == MOST
    assert len(folded(graph_of(chain(MOST))).vertices) < MOST


def test_constants_are_folded_first_for_they_stand_in_the_operations():
    def f(x):
        for _ in range(40):
            x = x * 0.5
        return x

    vertices = folded(graph_of(walk(f, 1.0).as_dict())).vertices
    assert {vertex.kind for vertex in vertices} == {"input", "operation"} and len(vertices) == 41
    assert vertices[1].text == "x × 0.5"


@pytest.mark.parametrize("name", ["two_body", "gmm"])
def test_groups_hold_all_operations_and_have_no_cycle(name):
    """Every operation is in one group; arcs go from earlier to later ones (the layout refuses a cycle)."""
    whole = graph_of(problem_walk(name))
    graph = folded(whole)
    operations = sum(vertex.kind == "operation" for vertex in whole.vertices)
    drawn = [vertex for vertex in graph.vertices if vertex.kind != "input"]
    counts = [int(v.text.split()[0]) if v.kind == "group" else 1 for v in drawn]

    assert len(graph.vertices) <= MOST and sum(counts) == operations
    assert [vertex.result for vertex in graph.vertices].count(True) == 1
    assert scene_of(problem_walk(name)).steps == len(graph.vertices)


def test_turns_of_a_loop_are_parted_where_few_wires_are_cut():
    """The two-body problem goes from step to step: no group needs more than the two before it."""
    graph = folded(graph_of(problem_walk("two_body")))
    groups = [i for i, vertex in enumerate(graph.vertices) if vertex.kind == "group"]
    assert all(len([arc for arc in graph.arcs if arc.target == i]) <= 2 for i in groups)


def test_many_inputs_are_one():
    names = [f"x{i}" for i in range(50)]
    found = walk(lambda *xs: sum(np.sin(x) for x in xs), *[1.0] * 50, names=names).as_dict()
    graph = folded(graph_of(found))
    assert len(graph.vertices) <= MOST and "50 inputs" in [vertex.text for vertex in graph.vertices]


@pytest.mark.parametrize("length", [2000, 9000])
def test_a_very_long_walk_is_drawn(length):
    scene = scene_of(chain(length))
    assert scene.steps <= MOST and scene.width < 2000


# Frames


def test_an_animation_has_a_frame_for_each_step_of_both_passes(tmp_path):
    """One to begin with, 8 forward, 8 back; in the GIF the last one stays for longer."""
    found = formula_walk(*CLASSROOM)
    assert save_frames(found, tmp_path / "passes.gif") == 17 == save_frames(found, tmp_path / "frames")
    with Image.open(tmp_path / "passes.gif") as gif:
        assert gif.n_frames == 17
    assert sorted(path.name for path in (tmp_path / "frames").iterdir()) == [
        f"frame_{i:03d}.png" for i in range(17)
    ]
    assert save_frames(found, tmp_path / "again.gif") == 17
    assert (tmp_path / "again.gif").read_bytes() == (tmp_path / "passes.gif").read_bytes()
    with pytest.raises(ValueError, match=r"\.gif"):
        save_frames(found, tmp_path / "passes.mp4")


def test_frames_show_values_on_the_way_forward_and_adjoints_on_the_way_back():
    scene = scene_of(formula_walk(*CLASSROOM))
    painted = Painted(scene)
    shown = []
    for _ in painted.frames():
        pairs = zip(scene.labels, painted.axes.texts, strict=True)
        visible = [label.role for label, text in pairs if text.get_visible()]
        shown.append((visible.count("value"), visible.count("adjoint"), visible.count("slope")))

    assert shown[0] == (0, 0, 0) and shown[8] == (6, 0, 8) and shown[-1] == (6, 8, 8)
    assert shown == sorted(shown) and len(shown) == len(stages(scene))


def test_a_picture_is_written_as_large_as_it_is():
    found = formula_walk(*CLASSROOM)
    scene = scene_of(found)
    from diffkit.report.graph.figure import picture_bytes

    with Image.open(io.BytesIO(picture_bytes(scene, "png"))) as image:
        assert image.width / image.height == pytest.approx(scene.width / scene.height, rel=0.01)
