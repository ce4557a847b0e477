"""Recorded sentences, told again in another language.

A record is English, and what an exception says to people who write Python is too. Where the command line, a
report or a notebook shows such a sentence in another language, it is found among the English tables of
RECORDED, taken apart by their braces, and put together again from the tables of that language; its parts are
told again in the same way. So nothing is measured again to be told, and who records need not know of it.
What is in no table, a message of Python or of another package, stays as it was recorded.
"""

from __future__ import annotations

import re
from functools import cache
from string import Formatter

from . import DEFAULT, Subject, spoken, table

RECORDED = ("verdicts", "reasons", "refusals")  # subjects
NUMBER = r"[-\d.,e+]+"
TOLD = frozenset(
    "title claim against sentence more move entries meaning trouble what reason reasons witness side kind "
    "blame fault hint error ranges stage failed".split()
)  # parts that are words of ours; the others are names and numbers
PARTS = {  # what a part may be, where it is not just anything
    "title": "The .+", "claim": r"by \S+|that f returns|given|[^\W\d][\w.]*",
    "entries": r"all [\d,]+ entries are|[\d,]+ of [\d,]+ entries (?:is|are)|the only entry is",
    "witness": "enclosure|complex step|differences", "side": "left|right", "more": ".*?",
    "primitive": r"[\w.]+", "seed": r"\d+", "count": r"[\d,]+", "n": NUMBER,
    **dict.fromkeys(("wrong", "shown", "lost", "dead", "units", "k", "digits", "kept", "allowed"), NUMBER),
}  # fmt: skip


def retold(text: str) -> str:
    """A recorded sentence in the language that is spoken; in English, or where none fits, as it is.

    >>> from . import speaking
    >>> with speaking("ko"):
    ...     print(retold("The gradient g of loss agrees with the certified enclosure of f."))
    loss의 기울기 g: 일치한다 (기준: f의 검증된 포함 구간).
    """
    if spoken() == DEFAULT:
        return text
    for subject, key, form in patterns():
        if found := form.fullmatch(text):
            parts = {k: retold(part) if k in TOLD else part for k, part in found.groupdict().items()}
            return Subject(subject)(key, **parts)
    return text


@cache
def patterns() -> list[tuple[str, str, re.Pattern[str]]]:
    """Subject, key and pattern of every recorded sentence, the outer before those that may stand in them."""
    rows = [(subject, key, text) for subject in RECORDED for key, text in table(DEFAULT, subject).items()]
    rows.sort(key=lambda row: rank(row[2]))
    return [(subject, key, pattern(text)) for subject, key, text in rows]


def rank(text: str) -> tuple[bool, bool, int]:
    """Whole sentences first, then what joins two, then those with the most letters of their own."""
    own = sum(len(letters) for letters, *_ in Formatter().parse(text))
    return not text.endswith((".", "?")), not text.startswith("{sentence}"), -own


def pattern(text: str) -> re.Pattern[str]:
    """A sentence as a pattern: a group for each name in braces, which at a second time is the same."""
    written, known = "", set[str]()
    for letters, name, *_ in Formatter().parse(text):
        written += re.escape(letters)
        if name is not None:
            written += f"(?P={name})" if name in known else f"(?P<{name}>{PARTS.get(name, '.+?')})"
            known.add(name)
    return re.compile(written, re.DOTALL)
