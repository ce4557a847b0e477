"""The two passes as text and HTML."""

import re
from itertools import pairwise

import numpy as np
import pytest
from rich.cells import cell_len

from diffkit.differentiators.walk import walk
from diffkit.differentiators.witnesses import explained
from diffkit.expressions import parse
from diffkit.languages import speaking
from diffkit.problems import instance
from diffkit.report.explanation import explanation_html, explanation_text
from diffkit.report.stepping import step_texts

CLASSROOM = """\
Forward pass: every intermediate is kept

  node  operation  value  local slopes
  ----  ---------  -----  ------------
  x     input      40
  y     input      4
  2     constant   2
  v1    2 * x      80     d/d2 = 40, d/dx = 2
  v2    v1 * y     320    d/dv1 = 4, d/dy = 80
  v3    v2 + y     324    d/dv2 = 1, d/dy = 1
  3     constant   3
  v4    v3 + 3     327    d/dv3 = 1, d/d3 = 1

Backward pass: adjoints, d v4 / d node

  node  adjoint  sum of what flows back: adjoint * slope
  ----  -------  ---------------------------------------
  v4    1        the seed
  3     1        1 * 1 from v4
  v3    1        1 * 1 from v4
  v2    1        1 * 1 from v3
  v1    4        1 * 4 from v2
  2     160      4 * 40 from v1
  y     81       1 * 80 from v2 + 1 * 1 from v3
  x     8        4 * 2 from v1

value = 327
d/dx = 8
d/dy = 81
and in the constants: d/d(2) = 160, d/d(3) = 1"""


def test_the_classroom_graph_reads_like_the_lecture():
    assert explanation_text(walk(parse("2*x*y + y + 3"), 40.0, 4.0).as_dict()) == CLASSROOM


WITNESSES = """\
Symbolic: SymPy's derivative as a formula

  d/dx = 2*y = 8
  d/dy = 2*x + 1 = 81

Forward mode: each node carries its derivative in every input, a pass each

  node  value  d/dx  d/dy
  ----  -----  ----  ----
  x     40     1     0
  y     4      0     1
  v1    80     2     0
  v2    320    8     80
  v3    324    8     81
  v4    327    8     81

Finite differences: f at"""


def test_the_other_witnesses_stand_below():
    """The symbolic derivative, the trace of forward mode, the differences with their bounds."""
    text = explanation_text(explained(parse("2*x*y + y + 3"), 40.0, 4.0).as_dict())
    assert text.startswith(CLASSROOM + "\n\n" + WITNESSES)
    assert "d/dx = 8" in text.split("Finite")[1] and "+-" in text.split("Finite")[1]


def test_the_two_sides_of_a_kink_are_told():
    text = explanation_text(explained(parse("abs(x) + x*y"), 0.0, 2.0).as_dict())
    assert "slope 1 from the left, 3 from the right" in text and "There is a kink here" in text


def test_arrays_show_their_shape_and_small_local_jacobians():
    W = np.array([[1.0, 2.0], [3.0, 4.0]])
    text = explanation_text(walk(lambda W, x: np.sum(np.exp(W @ x)), W, np.zeros(2)).as_dict())

    assert "node  operation  shape  value" in text
    assert "W     input      2x2    [[1, 2], [3, 4]]" in text
    assert "d/dx = [[1, 2], [3, 4]]" in text and "d/dv1 = identity" in text


def test_a_long_title_is_wrapped():
    text = explanation_text(walk(parse("x*x"), 2.0, title="x*x + " * 20).as_dict())
    assert max(map(len, text.splitlines())) <= 80 and text.startswith("x*x + x*x")


def test_an_infinite_slope_is_told():
    text = explanation_text(walk(parse("sqrt(x)"), 0.0).as_dict())
    assert "d/dx = not finite" in text and "1 * not finite from v1" in text


def test_both_slopes_of_a_product_with_itself_are_told():
    text = explanation_text(walk(lambda x: x * x, 3.0).as_dict())
    assert "d/dx = 3 + 3" in text and "1 * 3 from v1 + 1 * 3 from v1" in text


@pytest.mark.parametrize("name", ["rosenbrock", "network_2_8_2", "neuron", "two_body", "helmholtz"])
@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_wider_than_the_terminal(name, width):
    each = instance(name)
    text = explanation_text(explained(each.f, *each.args).as_dict(), width)
    assert [line for line in text.splitlines() if len(line) > width or line != line.rstrip()] == []


def test_a_small_gradient_is_written_out():
    """The answer is for reading off, the columns above it only for following."""
    text = explanation_text(walk(lambda W, x: np.sum(np.exp(W @ x)), np.eye(2) / 3, np.ones(2)).as_dict())

    assert "d/dW = [[1.39561242509, 1.39561242509], [1.39561242509, 1.39561242509]]" in text
    assert "d/dx = [0.465204141695, 0.465204141695]" in text


def test_a_long_walk_is_cut_in_the_middle_and_says_so():
    def chain(x):
        for _ in range(500):
            x = np.sin(x)
        return x

    text = explanation_text(walk(chain, 1.0).as_dict())
    assert "301 more" in text and len(text.splitlines()) < 500


def test_what_users_write_is_escaped():
    html = explanation_html(walk(parse("x*x"), 2.0, title="<script>").as_dict())
    assert "<script>" not in html and "&lt;script&gt;" in html and "<td>x * x</td>" in html


KOREAN = """\
역전파: 수반값, d v4 / d 노드

  노드  수반값  거꾸로 흘러온 값의 합: 수반값 * 국소 미분
  ----  ------  -----------------------------------------
  v4    1       시작값
  3     1       1 * 1 (v4에서)
  v3    1       1 * 1 (v4에서)
  v2    1       1 * 1 (v3에서)
  v1    4       1 * 4 (v2에서)
  2     160     4 * 40 (v1에서)
  y     81      1 * 80 (v2에서) + 1 * 1 (v3에서)
  x     8       4 * 2 (v1에서)

값 = 327
"""


def test_the_lecture_in_korean():
    formula = parse("2*x*y + y + 3")
    found = explained(formula, 40.0, 4.0, names=["x", "y"]).as_dict()
    with speaking("ko"):
        text = explanation_text(found)
        assert "값" in explanation_html(found)
    assert KOREAN in text and not re.search(r"\b(node|value|adjoint|slope|pass)\b", text)


@pytest.mark.parametrize("name", ["two_body", "network_2_8_2", "gmm"])
def test_korean_letters_count_as_two_cells(name):
    """No line is wider than the terminal, and rules are as wide as the words above them."""
    with speaking("ko"):
        problem = instance(name)
        text = explanation_text(explained(problem.f, *problem.args).as_dict(), 80)
        steps = list(step_texts(walk(problem.f, *problem.args).as_dict(), 80))[:40]
    assert max(cell_len(line) for line in "\n".join([text, *steps]).split("\n")) <= 80
    lines = text.split("\n")
    for head, rule in pairwise(lines):
        if re.fullmatch(r"[ -]*--[ -]*", rule):
            assert cell_len(head) == len(rule)
