"""The outcome of a check: a frozen record, one JSON line, and a message that is read without the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..harness.record import SCHEMA, Record
from .telling import told

VERDICTS = ("agree", "disagree", "cannot tell")
EXIT_CODES = {"agree": 0, "disagree": 1, "cannot tell": 3}


@dataclass(frozen=True, kw_only=True, repr=False)
class Check(Record):
    """A verdict on a derivative that somebody claims, with its cause and its worst components.

    verdict: "agree", "disagree" or "cannot tell"; cause: a key such as "sign", "zero", "missing term",
    empty where nothing is to be said; message: what `str` shows, in English, its first line a complete
    sentence. worst: at most eight dicts of component, got, expected, radius (of the reference plus
    rounding), digits. wrong: how many of `entries` lie outside; None where it is not known of all.
    reference: "enclosure", "complex step" or "differences"; "complex steps along directions" or "differences
    along directions" of many inputs. opinions: what others say of the reference or of the claim. taylor: the
    slope with which the remainder f(x+hv) - f(x) - h g'v falls, 2 for a right gradient, 1 for a wrong one,
    None where it cannot be seen. reproduce: one line of Python.

    >>> check = Check(function="f", operator="gradient", verdict="disagree", cause="sign", message="No.")
    >>> bool(check), check.exit_code
    (False, 1)
    >>> Check.from_json_line(check.to_json_line()) == check
    True
    """

    schema: str = SCHEMA
    kind: str = "check"
    function: str
    operator: str
    claimed: str = "g"
    point: Any = None
    seed: int | None = None
    verdict: str
    cause: str = ""
    message: str
    reference: str = ""
    slack: float | None = None
    entries: int | None = None
    wrong: int | None = None
    digits: float | None = None
    worst: list[dict[str, Any]] = field(default_factory=list)
    opinions: dict[str, str] = field(default_factory=dict)
    taylor: float | None = None
    evaluations: int | None = None
    reproduce: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.verdict not in (*VERDICTS, None):
            raise ValueError(f"There is no verdict {self.verdict!r}: it is one of {', '.join(VERDICTS)}.")

    def __bool__(self) -> bool:
        return self.verdict == "agree"

    def __str__(self) -> str:
        return told(self.message)

    __repr__ = __str__  # in a notebook the verdict, not the record

    @property
    def exit_code(self) -> int:
        """0 agree, 1 disagree, 3 cannot tell: for a command line."""
        return EXIT_CODES[self.verdict]

    def as_rows(self) -> list[dict[str, Any]]:
        """A row of `--json` per component shown: function, point, component, got, expected, radius, digits,
        verdict, cause; at least one row."""
        common = {"function": self.function, "claimed": self.claimed, "point": self.point, "seed": self.seed}
        nothing = dict.fromkeys(("component", "got", "expected", "radius", "digits"))
        return [
            common | row | {"verdict": self.verdict, "cause": self.cause} for row in self.worst or [nothing]
        ]
