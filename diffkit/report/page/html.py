"""A page as one HTML file that needs nothing else: no network, no script to be read."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache, singledispatch
from html import escape
from pathlib import Path

from ..plots.rows import SCREEN_DPI
from .blocks import (
    Block,
    Cell,
    Chooser,
    Drawing,
    Figure,
    Fold,
    Heading,
    Page,
    Paragraph,
    Points,
    Table,
    Terms,
    Verbatim,
)  # fmt: skip

HERE = Path(__file__).parent
UNIT = re.compile(r"(\d) (ns|us|ms|s|B|kB|MB|GB|%)\b")
LETTER = re.compile(
    r'<path id="([\w-]+)"[^>]* transform="scale\(0\.015625\)"[^>]*/>'
)  # a glyph of matplotlib's
INCH = 115.2  # pixels of the page for an inch of a figure: 9 points are as large as the text below them
LONG = 12  # entries of a table from which on it is worth sorting


@cache
def asset(name: str) -> str:
    """A file beside this one."""
    return (HERE / name).read_text(encoding="utf-8")


def html(page: Page) -> str:
    """The page as HTML; every text is escaped, and its policy lets no script run but our own."""
    script = asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-{digest}'"
    links = "".join(
        f'<li><a href="#{escape(block.anchor)}">{escape(block.text)}</a></li>'
        for block in page.blocks
        if isinstance(block, Heading)
    )
    return (
        f'<!doctype html>\n<html lang="{escape(page.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(page.title)}</title>\n<style>\n{asset('page.css')}</style>\n</head>\n<body>\n"
        f"<header>\n<h1>{escape(page.title)}</h1>\n<p>{escape(page.subtitle)}</p>\n"
        f'<nav aria-label="{escape(page.contents)}"><ul>{links}</ul></nav>\n</header>\n<main>\n'
        f"{letters_once(sections(page.blocks))}</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def sections(blocks: Sequence[Block]) -> str:
    """Each heading with what follows it as a section."""
    text, inside = "", False
    for block in blocks:
        if isinstance(block, Heading):
            text += ("</section>\n" if inside else "") + f'<section id="{escape(block.anchor)}">\n'
            inside = True
        text += written(block)
    return text + ("</section>\n" if inside else "")


def letters_once(text: str) -> str:
    """The page with each letter's outline where it is first drawn: later pictures refer to it by its name."""
    seen: set[str] = set()

    def first(outline: re.Match[str]) -> str:
        known = outline[1] in seen
        seen.add(outline[1])
        return "" if known else outline[0]

    return LETTER.sub(first, text)


@singledispatch
def written(block: Block) -> str:
    raise TypeError(f"{type(block).__name__} is no block of a page.")


@written.register
def _(block: Heading) -> str:
    return f"<h2>{escape(block.text)}</h2>\n"


@written.register
def _(block: Paragraph) -> str:
    kind = f' class="{block.kind}"' if block.kind else ""
    return f"<p{kind}>{inline(block)}</p>\n"


def inline(block: Paragraph) -> str:
    """The text, and its link; no number is parted from its unit, and the link not from the last word."""
    text = UNIT.sub("\\1\xa0\\2", escape(block.text))
    if not block.link:
        return text
    anchor, label = block.link
    return f'{text}\xa0<a class="evidence" href="#{escape(anchor)}">{escape(label)}</a>'


@written.register
def _(block: Points) -> str:
    items = "".join(f"<li>{inline(item)}</li>\n" for item in block.items)
    return f'<ul class="{block.kind or "points"}">\n{items}</ul>\n'


@written.register
def _(block: Table) -> str:
    sides = [' class="n"' if right else "" for right in block.right]
    head = "".join(f'<th scope="col"{side}>{escape(title)}</th>' for title, side in zip(block.titles, sides))
    rows = "".join(
        f"<tr{data(block.data[i]) if block.data else ''}>{''.join(map(cell, row, block.right))}</tr>\n"
        for i, row in enumerate(block.rows)
    )
    sort = " data-sortable" if block.sortable or len(block.rows) >= LONG else ""
    name = f' id="{escape(block.anchor)}"' if block.anchor else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(block.caption)}">'
        f"<table{name}{sort}><caption>{escape(block.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody></table></div>\n"
    )


def data(entries: dict[str, str]) -> str:
    return "".join(f' data-{name}="{escape(value)}"' for name, value in entries.items())


def cell(each: Cell, right: bool) -> str:
    kinds = " ".join(filter(None, ["n" if right else "", each.kind]))
    kind = f' class="{escape(kinds)}"' if kinds else ""
    key = f' data-key="{each.key!r}"' if each.key is not None else ""
    return f"<td{kind}{key}>{escape(each.text)}</td>"


@written.register
def _(block: Figure) -> str:
    if block.svg:
        picture = described(block.svg, block.caption)
    else:
        encoded = base64.b64encode(block.png).decode()
        inches = int.from_bytes(block.png[16:20]) / SCREEN_DPI  # the width in its header
        size = f'style="max-width:{inches * INCH:.0f}px"'
        picture = f'<img alt="{escape(block.caption)}" {size} src="data:image/png;base64,{encoded}">'
    note = f"<figcaption>{escape(block.note)}</figcaption>" if block.note else ""
    return f'<figure id="figure-{escape(block.kind)}" class="picture">{picture}{note}</figure>\n'


def described(svg: str, caption: str) -> str:
    """An SVG as it may stand in HTML: without prologue, metadata, style and fixed size, with its words."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    start = svg.index(">")
    head = re.sub(r'\s(width|height)="[^"]*"', "", svg[:start])
    width = re.search(r'viewBox="\S+ \S+ (\S+) ', head)
    size = f' style="max-width:{float(width[1]) / 72 * INCH:.0f}px"' if width else ""
    return f'{head} role="img" aria-label="{escape(caption)}"{size}{svg[start:]}'


@written.register
def _(block: Drawing) -> str:
    return f'<figure id="figure-{escape(block.kind)}" class="drawing">{block.svg}</figure>\n'


@written.register
def _(block: Chooser) -> str:
    def field(name: str, kind: str, more: str = "") -> str:
        return f'<label>{escape(block.words[name])} <input name="{kind}"{more}></label>\n'

    words = "".join(f' data-{name.replace(" ", "-")}="{escape(text)}"' for name, text in block.words.items())
    return (
        f'<form class="chooser" hidden data-table="{escape(block.table)}"{words}>\n'
        f"<fieldset><legend>{escape(block.words['chooser'])}</legend>\n"
        + field("digits needed", "digits", ' type="number" min="0" max="17" step="0.5" value="0"')
        + field("search", "search", ' type="search"')
        + field("only ok", "ok", ' type="checkbox"')
        + '<output role="status"></output></fieldset></form>\n'
    )


@written.register
def _(block: Verbatim) -> str:
    return f'<pre tabindex="0">{escape(block.text)}</pre>\n'


@written.register
def _(block: Terms) -> str:
    pairs = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>\n" for name, text in block.pairs
    )
    return f"<dl>\n{pairs}</dl>\n"


@written.register
def _(block: Fold) -> str:
    opened = " open" if block.open else ""
    inner = "".join(map(written, block.blocks))
    return f"<details{opened}><summary>{escape(block.summary)}</summary>\n{inner}</details>\n"
