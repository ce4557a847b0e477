"""Floor 0: in which language diffkit speaks, and the one way to look a sentence up.

    words = Subject("explain")
    words("from", flow="1 * 2", node="v1")     # in the language that is spoken here

The sentences of a subject are a table in `english/` and one in `korean/`, of the same keys and the same names
in braces. English is the table of keys; a sentence that lacks a translation is a failing test, never English
in the midst of Korean.

The language is a context variable, not an argument: sentences arise in some hundred functions of five rooms,
many of them far below whatever could hand a table down, and each that forgot to would speak English. It is
set for the length of a block and read when a sentence is made, so nothing is global: other threads and tasks
have their own, and without a block around them they follow DIFFKIT_LANG. Records are not sentences: what a
file of records, CSV or JSON holds is English whatever is spoken.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import import_module

__all__ = ["DEFAULT", "LANGUAGES", "VARIABLE", "Subject", "UnknownLanguage", "speaking", "spoken", "table"]

LANGUAGES = {"en": "english", "ko": "korean"}  # code, and the folder of its tables
VARIABLE = "DIFFKIT_LANG"  # of the environment
DEFAULT = "en"

stated: ContextVar[str | None] = ContextVar("stated", default=None)


class UnknownLanguage(ValueError):
    """A language that diffkit does not speak; the message names those that it does."""


def spoken() -> str:
    """The code of the language that is spoken here: that of the block around, else DIFFKIT_LANG, else en.

    Raises UnknownLanguage where DIFFKIT_LANG is none.

    >>> with speaking("ko"):
    ...     spoken()
    'ko'
    """
    return stated.get() or known(os.environ.get(VARIABLE) or DEFAULT, f"{VARIABLE}=")


def known(code: str, where: str = "") -> str:
    """The code, if it is that of a language; where: what stands before it in the message."""
    if code not in LANGUAGES:
        raise UnknownLanguage(f"There is no language {where}{code}: it is {' or '.join(LANGUAGES)}.")
    return code


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """A block in which this language is spoken; None changes nothing. Raises UnknownLanguage.

    >>> with speaking("ko"):
    ...     Subject("explain")("value")
    '값'
    >>> with speaking("fr"):
    ...     pass
    Traceback (most recent call last):
        ...
    diffkit.languages.UnknownLanguage: There is no language fr: it is en or ko.
    """
    token = stated.set(known(code) if code is not None else stated.get())
    try:
        yield
    finally:
        stated.reset(token)


@cache
def table(code: str, subject: str) -> Mapping[str, str]:
    """The sentences of a subject in a language, by their keys."""
    words: Mapping[str, str] = import_module(f".{LANGUAGES[code]}.{subject}", __package__).WORDS
    return words


@dataclass(frozen=True)
class Subject:
    """The sentences of one subject, looked up in the language that is spoken at that moment.

    >>> Subject("explain")("operations", count=3)
    '3 operations'
    """

    name: str

    def __call__(self, key: str, /, **parts: object) -> str:
        """A sentence with its parts filled in; raises KeyError for a key that the subject has not."""
        return self.pattern(key).format(**parts)

    def pattern(self, key: str) -> str:
        """A sentence with the names in braces as they stand, for who fills them in elsewhere."""
        return table(spoken(), self.name)[key]

    def __iter__(self) -> Iterator[str]:
        """All keys, in the order of the table."""
        return iter(table(DEFAULT, self.name))
