"""The report in a browser, where Chromium is installed: light, dark, printed, narrow, its script at work.

Scripts that ask questions are put into a copy of the page, whose policy would not let them run.
"""

import json
import re
import shutil
import struct
import subprocess
import zlib

import pytest

from diffkit.languages import speaking
from diffkit.report import fonts
from diffkit.report.page import html
from tests.report.page.test_page import FEEDS, page_of, page_of_feed

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
).split()

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

ASK = """
<script>
const errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
addEventListener("load", () => {
  const form = document.querySelector("form.chooser");
  const rows = [...document.getElementById("rows").tBodies[0].rows];
  const shown = () => rows.filter((row) => !row.hidden).map((row) => row.dataset.backend);
  const before = shown().length;
  form.elements.digits.value = "12";
  form.dispatchEvent(new Event("input", { bubbles: true }));
  const after = [...new Set(shown())];
  const told = form.querySelector("output").textContent;
  const heading = document.querySelector("#rows thead th:nth-child(3)");
  heading.querySelector("button").click();
  const first = document.querySelector("#rows tbody tr").dataset.digits;
  document.querySelectorAll("details").forEach((each) => { each.open = true; });
  const found = {
    before, after, told, first, sorted: heading.getAttribute("aria-sort"), visible: !form.hidden, errors,
    overflow: document.documentElement.scrollWidth - innerWidth,
    ground: getComputedStyle(document.body).backgroundColor,
    pictures: [...document.querySelectorAll("figure svg")].map((each) => each.getBoundingClientRect().width),
  };
  const node = document.createElement("pre");
  node.id = "found";
  node.textContent = JSON.stringify(found);
  document.body.append(node);
});
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A report of everything, as a file."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html(page_of_feed("everything")), encoding="utf-8")
    return path


def chromium(folder, page, *words):
    """What the browser prints; each run has a profile of its own."""
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [CHROMIUM, *QUIET, profile, *words, page.as_uri()]
    return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout.decode()


def asked(folder, page, *words):
    """The answers to the questions, from a copy without the policy."""
    text = page.read_text(encoding="utf-8")
    copy = folder / "asked.html"
    without = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    copy.write_text(without.replace("<main>", ASK + "<main>"), encoding="utf-8")
    dom = chromium(folder, copy, "--dump-dom", *words)
    found = re.search(r'<pre id="found">(.*?)</pre>', dom, re.DOTALL)[1]
    return json.loads(found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def pixels(path):
    """Width, height, and the corners' colours of a PNG of eight-bit colours."""
    data, chunks, place = path.read_bytes(), b"", 8
    while place < len(data):
        length, name = struct.unpack(">I4s", data[place : place + 8])
        if name == b"IHDR":
            width, height, depth = struct.unpack(">IIB", data[place + 8 : place + 17])
        chunks += data[place + 8 : place + 8 + length] if name == b"IDAT" else b""
        place += length + 12
    assert depth == 8
    return width, height, tuple(zlib.decompress(chunks)[1 : 1 + 3])


def test_rows_are_chosen_and_sorted_and_nothing_overflows(page, tmp_path):
    """By the digits that are needed: finite keeps 8.0 and goes; the failure has none."""
    found = asked(tmp_path, page, "--window-size=1100,900")

    assert found["errors"] == [] and found["visible"] and found["before"] == len(FEEDS["measurements"])
    assert sorted(found["after"]) == ["forward", "reverse"]
    assert "24 of 37 rows shown" in found["told"] and "reverse, forward" in found["told"]
    assert (found["sorted"], found["first"]) == ("ascending", "8.00")
    assert found["overflow"] <= 0 and min(found["pictures"]) > 300


def test_a_narrow_screen_scrolls_tables_in_their_box(page, tmp_path):
    """The page itself is never wider than a phone."""
    assert asked(tmp_path, page, "--window-size=500,900")["overflow"] <= 0


def test_it_is_dark_where_the_system_is(page, tmp_path):
    """The first pixel of a screenshot, and the style of the body."""
    grounds = {}
    for name, words in {"light": [], "dark": ["--blink-settings=preferredColorScheme=0"]}.items():
        picture = tmp_path / f"{name}.png"
        chromium(tmp_path, page, f"--screenshot={picture}", "--window-size=600,400", *words)
        width, height, color = pixels(picture)
        assert (width, height) == (600, 400)
        grounds[name] = color

    assert grounds == {"light": (255, 255, 255), "dark": (20, 23, 26)}


def test_the_policy_lets_our_script_run_and_no_other(page, tmp_path):
    """With another digest nothing runs: the fields stay hidden, and every word is there."""
    ours = chromium(tmp_path, page, "--dump-dom")
    other = tmp_path / "other.html"
    other.write_text(page.read_text(encoding="utf-8").replace("'sha256-", "'sha256-AAAA"), encoding="utf-8")
    silent = chromium(tmp_path, other, "--dump-dom")

    assert "<button" in ours and '<form class="chooser" hidden' not in ours
    assert "<button" not in silent and '<form class="chooser" hidden' in silent
    for text in ("The answer", "it took too long", "Every measurement (37)", "<dt>adjoint</dt>"):
        assert text in silent


def test_it_prints(page, tmp_path):
    """Several pages of PDF with vector pictures, not one long picture."""
    path = tmp_path / "report.pdf"
    chromium(tmp_path, page, f"--print-to-pdf={path}", "--no-pdf-header-footer")
    pages = len(re.findall(rb"/Type\s*/Page\b", path.read_bytes()))

    assert path.read_bytes().startswith(b"%PDF-") and 4 <= pages <= 20


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext reads what was printed")
def test_a_short_table_is_printed_on_one_page(page, tmp_path):
    """Under an empty piece of page that grows: its first row and its last stand together."""
    rows = "".join(f"<tr><td>row {i}</td></tr>" for i in range(6))
    text = page.read_text(encoding="utf-8")
    style = re.search(r"<style>.*?</style>", text, re.DOTALL)[0]
    for millimetres in (225, 235, 245):
        short = tmp_path / "short.html"
        table = f"<table><caption>c</caption><tbody>{rows}</tbody></table>"
        short.write_text(f'{style}<div style="height:{millimetres}mm"></div>{table}', encoding="utf-8")
        chromium(tmp_path, short, f"--print-to-pdf={tmp_path / 'short.pdf'}", "--no-pdf-header-footer")
        told = subprocess.run(["pdftotext", tmp_path / "short.pdf", "-"], capture_output=True, check=True)

        sheets = told.stdout.decode().split("\f")
        assert [each.count("row ") for each in sheets if "row " in each] == [6]


@pytest.mark.skipif(not fonts.korean_font(), reason="no font with Korean letters is installed")
def test_the_korean_page_fits_and_chooses_in_korean(tmp_path):
    """On a screen and on a phone nothing overflows, and what the script says is Korean."""
    path = tmp_path / "korean.html"
    with speaking("ko"):
        path.write_text(html(page_of(FEEDS["everything"])), encoding="utf-8")
    found = asked(tmp_path, path, "--window-size=1100,900")

    assert found["errors"] == [] and found["overflow"] <= 0 and min(found["pictures"]) > 300
    assert "37행 가운데 24행을 보인다" in found["told"] and "백엔드: reverse, forward" in found["told"]
    assert asked(tmp_path, path, "--window-size=500,900")["overflow"] <= 0
