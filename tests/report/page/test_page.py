"""A report: every text escaped, every link answered, no ranking where times overlap, all kinds of records."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from diffkit.checking.record import Check
from diffkit.harness.record import Measurement
from diffkit.languages import speaking, table
from diffkit.report import fonts
from diffkit.report.page import FORMATS, PROFILES, html, markdown, report
from diffkit.report.page.answer import Answer
from diffkit.report.page.blocks import Heading, Table
from diffkit.report.page.summary import Summary
from diffkit.results.worked import worked_example
from diffkit.training.record import Run, Step

MACHINE = {"machine": {"cpu": "a machine"}, "versions": {"diffkit": "0.1.0"}, "argv": ["diffkit", "compare"]}
SETUP = {
    "data": "moons", "layers": [2, 4, 1], "activation": "tanh", "loss": "logistic", "optimizer": "adam",
    "learning_rate": 0.1, "batch": 32, "epochs": 2, "seed": 0,
}  # fmt: skip


def row(problem, backend, call=1e-6, **known):
    usual = {
        "problem": problem, "backend": backend, "operator": "gradient", "status": "ok", "digits": 15.5,
        "attainable_digits": 16.0, "value": 0.5, "truth": 0.5, "ulps_worst": 1.0, "prepare_seconds": 1e-3,
        "execute_samples": [call, 1.1 * call, 1.2 * call], "primal_samples": [1e-6], "seed": 0,
    }  # fmt: skip
    return Measurement(**usual | MACHINE | known)


ROWS = [
    one
    for i in range(12)
    for one in (
        row(f"p{i}", "reverse", 2e-6),
        row(f"p{i}", "forward", 4e-6),
        row(f"p{i}", "finite", 9e-6, digits=8.0, error_estimate=1e-6, diagnosis="ok"),
    )
]
FAILED = row("p0", "symbolic", status="timeout", message="it took too long", digits=None, execute_samples=[])
STEPS = [
    Step(backend=name, epoch=k, step=k, loss=1 / (k + 1), seconds=0.1, train_loss=0.5 / (k + 1), digits=15.0)
    for name in ("reverse", "forward")
    for k in range(2)
]
RUNS = [
    Run(backend=name, status="ok", setup=SETUP, parameters=17, epochs=2, final_loss=0.25, digits=15.0,
        seconds_per_step=0.1, **MACHINE)
    for name in ("reverse", "forward")
]  # fmt: skip
CHECKS = [
    Check(function="f", operator="gradient", claimed="g", verdict="agree", message="g agrees."),
    Check(
        function="f", operator="gradient", claimed="g", verdict="disagree", cause="sign", message="Flipped."
    ),
]
FEEDS = {
    "measurements": [*ROWS, FAILED], "training": [*STEPS, *RUNS], "checks": CHECKS,
    "one problem": ROWS[:3], "untimed": [replace(each, execute_samples=[]) for each in ROWS],
    "everything": [*ROWS, FAILED, *STEPS, *RUNS, *CHECKS],
}  # fmt: skip
HOSTILE = (
    "</script></style><script>alert(1)</script><img src=x onerror=alert(1)>`|[a](javascript:alert(1))\"'"
)


class Reader(HTMLParser):
    """The tags with their attributes, the anchors and the links of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.anchors, self.links = [], set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        self.tags.append((tag, known))
        self.anchors |= {known["id"]} if "id" in known else set()
        self.links |= {known["href"]} if tag == "a" else set()


def page_of(records, **options):
    return report(records, walk=worked_example(records), **options)


@cache
def page_of_feed(feed, profile="lecture"):
    """Drawn once for all tests."""
    return page_of(FEEDS[feed], profile=profile)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("feed", FEEDS)
def test_every_link_leads_somewhere_in_the_file(feed, profile):
    """Nothing is fetched: no address but anchors, and each has its place."""
    read = Reader(html(page_of_feed(feed, profile)))

    assert read.links and {link.removeprefix("#") for link in read.links} <= read.anchors
    sources = [known.get("src", "") for _, known in read.tags]
    assert all(source.startswith("data:") for source in sources if source)
    assert not [tag for tag, _ in read.tags if tag in ("link", "iframe", "object", "base")]


@pytest.mark.parametrize("feed", FEEDS)
def test_the_answer_comes_first_in_at_most_five_sentences_with_their_evidence(feed):
    """Right behind the title, each with a link."""
    page = page_of_feed(feed)
    sentences = page.blocks[1].items

    assert page.blocks[0].anchor == "answer"
    assert (3 if feed in ("measurements", "everything") else 1) <= len(sentences) <= 5
    assert all(each.link and each.text.endswith((".", ")")) for each in sentences)


def test_hostile_names_stay_text():
    """In names of problems and backends, in messages, data and claims: no tag and no handler of theirs."""
    records = [
        replace(ROWS[0], problem=HOSTILE, backend=HOSTILE, message=HOSTILE, status="error"),
        replace(
            ROWS[1], problem=HOSTILE, argv=[HOSTILE], machine={"cpu": HOSTILE}, versions={HOSTILE: HOSTILE}
        ),
        replace(RUNS[0], backend=HOSTILE, setup=SETUP | {"data": HOSTILE}, diagnoses=[HOSTILE]),
        replace(CHECKS[1], claimed=HOSTILE, message=HOSTILE),
    ]
    text = html(page_of(records))
    read = Reader(text)

    assert [tag for tag, _ in read.tags].count("script") == 1
    assert not [known for _, known in read.tags if any(name.startswith("on") for name in known)]
    assert "alert(1)" in text and "&lt;script&gt;alert(1)" in text
    unfenced = re.sub(
        r"^(`{3,})\n.*?\n\1$", "", markdown(page_of(records, pictures=False)), flags=re.M | re.S
    )
    assert not re.search(r"(?<!\\)<(script|img|style)", unfenced) and "](javascript" not in unfenced


def test_each_letter_is_outlined_once_and_found_by_all():
    """Pictures share the outlines of their letters by name; every name that is used is there."""
    text = html(page_of(ROWS))
    outlined = re.findall(r'<path id="(DejaVuSans-[0-9a-f]+)"', text)

    assert len(outlined) == len(set(outlined)) > 30
    assert set(re.findall(r'href="#(DejaVuSans-[0-9a-f]+)"', text)) == set(outlined)


def test_only_our_own_script_may_run():
    """The policy names the digest of the script as it stands in the page."""
    import base64
    import hashlib

    text = html(page_of(ROWS))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy


def test_overlapping_times_name_no_winner():
    """Twelve problems on which the quartiles of two backends overlap."""
    close = [
        row(f"p{i}", name, call)
        for i in range(12)
        for name, call in (("reverse", 1e-6), ("forward", 1.05e-6))
    ]
    told = Answer(close, [], [], {}).fastest()

    assert told == ["On none of 12 timed problems is one backend clearly the fastest: their times overlap."]
    assert set(map(tuple, Summary.of(close).leaders().values())) == {("reverse", "forward")}


def test_a_clear_winner_is_named_with_its_condition():
    told = Answer(ROWS, [], [], {}).fastest()

    assert told[0].startswith("Clearly the fastest right answer on 12 of 12 timed problems: reverse.")


def test_a_failure_stands_with_its_reason():
    """In the table of outcomes and among the reasons."""
    text = html(page_of_feed("measurements"))

    assert "it took too long" in text and '<td class="n timeout" data-key="1">1</td>' in text


def test_the_same_records_give_the_same_page():
    """Byte for byte, in both formats."""
    for form, write in FORMATS.items():
        assert write(page_of(FEEDS["everything"])) == write(page_of_feed("everything")), form


def test_a_study_of_steps_is_no_crowd_of_backends():
    """Sixty settings of differences appear in their figure alone."""
    swept = [
        row("exp(x)", f"finite:step=1e-{k}", settings={"scheme": "central", "order": 2, "step": 10.0**-k})
        for k in range(1, 12)
    ]
    page = page_of([*ROWS, *swept])
    tables = [block for block in page.blocks if isinstance(block, Table)]

    assert "figure-steps" in Reader(html(page)).anchors
    assert not [cell for each in tables for line in each.rows for cell in line if "step=" in cell.text]


def test_markdown_has_tables_and_folds_and_no_pictures():
    text = markdown(page_of(FEEDS["everything"], pictures=False))

    assert "| backend |" in text and "<details><summary>" in text and "<svg" not in text
    assert text.count("<details>") == text.count("</details>")


def test_ten_thousand_rows_are_all_there():
    """Each in the table to choose from."""
    many = [row(f"p{i}", name) for i in range(2500) for name in ("reverse", "forward", "finite", "symbolic")]
    text = html(page_of(many, pictures=False))

    assert text.count('data-status="ok"') == 10_000


def test_a_figure_of_many_problems_shows_some_and_says_so():
    """A panel each: hundreds take minutes to draw, and nobody looks at them."""
    many = [row(f"p{i}", "reverse", size=n) for i in range(20) for n in (10, 100)]
    text = html(page_of(many))

    assert "It shows 12 of 20 problems; the tables have all." in text
    assert "It shows" not in html(page_of([each for each in many if each.problem in ("p1", "p2")]))


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match="lecture or engineer"):
        report(ROWS, profile="poet")


def test_without_records_there_is_nothing_to_report():
    with pytest.raises(ValueError, match="no records to report"):
        report([])


def test_one_problem_is_told_in_its_own_words():
    """No counting to one; the table that compare prints; the worked example is its own formula."""
    rows = [
        row("sin(x)*x", name, call, point={"x": 0.5}) for name, call in (("reverse", 2e-6), ("forward", 4e-6))
    ]
    page = page_of(rows)
    told = [item.text for item in page.blocks[1].items]

    assert "Every backend is right: reverse and forward." in told
    assert "Clearly the fastest right answer: reverse." in told
    assert page.title == "sin(x)*x, differentiated every way"
    assert "Computational graph of sin(x)*x" in html(page) and "What came of each backend" in html(page)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_programs_that_lose_digits_are_named_whatever_their_number(count):
    """One, two, or the first three of several."""
    poor = [row(f"bad{i}", "reverse", attainable_digits=3.0, digits=3.0) for i in range(count)]
    (told,) = Answer([*ROWS, *poor], [], [], {}).losing()

    assert "keeps fewer than 8 digits" in told and "bad0" in told and ("2 more" in told) == (count == 5)


# Korean


@pytest.fixture(scope="module")
def korean():
    """A report of everything in Korean."""
    if not fonts.korean_font():
        pytest.skip("no font with Korean letters is installed")
    with speaking("ko"):
        return page_of(FEEDS["everything"])


def test_the_fixed_text_is_korean(korean):
    """All that is not a name or a recorded sentence: headings, answer, captions of tables, glossary."""
    headings = [block.text for block in korean.blocks if isinstance(block, Heading)]
    answer = [item.text for item in korean.blocks[1].items]
    text = html(korean)

    assert '<html lang="ko">' in text and 'aria-label="차례"' in text
    assert all(map(fonts.is_korean, [korean.title, korean.subtitle, *headings, *answer]))
    assert "<dt>수반값(adjoint)</dt>" in text and "자릿수를 검증하는 법" in text
    english = [table("en", "report")[key] for key in ("answer", "outcomes intro", "timed", "meeting none")]
    assert not [sentence for sentence in english if sentence in text]


def test_its_links_and_data_are_those_of_the_english_one(korean):
    """Anchors, and what rows are chosen by, are no words."""
    other = page_of_feed("everything")
    (a, b) = (html(page) for page in (korean, other))
    assert Reader(a).links == Reader(b).links
    found = [re.findall(r'data-(?:digits|status|backend|name)="[^"]*"', text) for text in (a, b)]
    assert found[0] == found[1] and len(found[0]) > 100


def test_each_letter_is_outlined_once(korean):
    names = re.findall(r'<path id="([\w-]+)"[^>]* transform="scale', html(korean))
    assert len(names) == len(set(names)) > 100


def test_without_a_korean_font_there_is_markdown_and_no_picture_of_boxes(monkeypatch):
    monkeypatch.setattr(fonts, "korean_font", lambda: None)
    with speaking("ko"):
        text = markdown(page_of(FEEDS["everything"], pictures=False))
        with pytest.raises(fonts.NoFont):
            page_of(FEEDS["everything"])
    assert "fonts-nanum" in text
    assert "| 백엔드 |" in text and text.startswith("# 미분하는 여러 방법의 비교")


def test_one_check_is_told_in_the_singular():
    """Without backends and machine, of which its record knows nothing."""
    text = markdown(report(CHECKS[:1], pictures=False))

    assert "1 check of a gradient. Nothing here was measured again" in text and "?" not in text.split("##")[0]
    assert "The gradient that was checked agrees with its reference." in text
