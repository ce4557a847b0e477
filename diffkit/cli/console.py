"""Where the command line speaks: the answer on stdout, notes on stderr, in letters they can write."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any, TextIO

import typer

from ..languages import Subject, UnknownLanguage, speaking, spoken
from ..languages.retelling import retold

words = Subject("messages")
RAN, BAR_MISSED, BAD_INPUT, UNDECIDED, INTERRUPTED = 0, 1, 2, 3, 130


def say(text: str) -> None:
    """A part of the answer."""
    print(text)


def note(text: str) -> None:
    """A remark, for people: a sentence in lines of the terminal's width, and an excerpt below it as it is."""
    sentence, *excerpt = text.split("\n")
    sentence = retold(sentence)
    if sys.stderr.isatty():
        sentence = wrapped(sentence, width(sys.stderr))
    print("\n".join([sentence, *excerpt]), file=sys.stderr)


def colored(stream: TextIO) -> bool:
    """Whether the stream is a terminal that wants colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width(stream: TextIO | None = None) -> int:
    """Columns of the terminal, that of stdout if none is named; 80 where there is none."""
    terminal = (stream or sys.stdout).isatty()
    return shutil.get_terminal_size((80, 24)).columns if terminal else 80


def wrapped(text: str, columns: int) -> str:
    """The text in lines of so many columns."""
    from ..report.lines import folded

    return "\n".join(folded(text, columns, break_long_words=False))


def encoding() -> str:
    """That of stdout."""
    return sys.stdout.encoding or "utf-8"


def run(command: Callable[[], int], lang: str | None = None) -> None:
    """Run a command in a language (without it DIFFKIT_LANG's) and leave with its exit code.

    Bad input is one sentence on stderr, never a traceback.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a formula may hold letters that cp949 has not
    try:
        with speaking(lang or spoken()):
            code = finished(command)
    except UnknownLanguage as error:
        with speaking("en"):
            note(words("error", message=error))
        code = BAD_INPUT
    raise typer.Exit(code)


def finished(command: Callable[[], int]) -> int:
    """The exit code of a command that was run to whatever end."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        note(words("interrupted"))
        return INTERRUPTED
    except BrokenPipeError:  # the reader has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return RAN
    except Exception as error:
        if not is_bad_input(error):
            raise
        sentence, *excerpt = str(error).split("\n")
        note("\n".join([words("error", message=retold(sentence)), *excerpt]))
        return BAD_INPUT


def is_bad_input(error: Exception) -> bool:
    """Whether the error's message is the answer to what the user typed, rather than a fault of ours."""
    from ..calculus.rules import NoRule
    from ..differentiators.arguments import ShapeMismatch
    from ..differentiators.interface import NotScalar, Unsupported
    from ..differentiators.registry import UnknownBackend
    from ..expressions import FormulaError, PointError
    from ..harness.files import TargetError
    from ..problems import UnknownProblem
    from ..report.fonts import NoFont
    from ..results.subjects import BadInput

    kinds: tuple[type[Exception], ...] = (
        BadInput, TargetError, FormulaError, PointError, UnknownBackend, UnknownProblem,
        ShapeMismatch, NotScalar, Unsupported, NoRule, NoFont,
    )  # fmt: skip
    return isinstance(error, kinds)


class FormulaCommand(typer.core.TyperCommand):
    """A command whose arguments may begin with a minus: "-x**2" is a formula, "--sed" a misspelt option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, formulas_last(args, self.get_params(ctx)))


def formulas_last(args: list[str], params: list[Any]) -> list[str]:
    """The arguments with what begins with one minus and is no option moved behind "--"."""
    takes_value = {
        name: not param.is_flag for param in params if hasattr(param, "is_flag") for name in param.opts
    }
    options: list[str] = []
    formulas: list[str] = []
    rest = iter(args)
    for word in rest:
        if word == "--":
            formulas += rest
        elif word.startswith("-") and not word.startswith("--") and word not in takes_value:
            formulas.append(word)
        else:
            options.append(word)
            options += [next(rest)] if takes_value.get(word) and word != args[-1] else []
    return [*options, "--", *formulas] if formulas else options
