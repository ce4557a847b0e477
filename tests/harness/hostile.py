"""Backends that do what a backend should not; a module of its own, because other processes import it."""

import os
import sys
import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from diffkit.differentiators.reverse import PreparedReverse, Reverse

SPOILS = {
    "zero": lambda x: 0.0 * x,
    "flipped": lambda x: -x,
    "percent": lambda x: 1.01 * x,
    "single": lambda x: np.float64(np.float32(x)),
    "transposed": np.transpose,
    "not finite": lambda x: x + np.nan,
}


def is_warm_up(args):
    return len(args) == 1 and isinstance(args[0], float) and args[0] == 1.5


def hangs_when_traced(x):
    """x*x of a float; anything else waits for ever."""
    while not isinstance(x, float):
        time.sleep(0.1)
    return x * x


@dataclass(frozen=True)
class Crashing(Reverse):
    """Ends its process without a word to Python."""

    name: ClassVar[str] = "crashing"

    def prepare(self, f, args, wrt=0):
        if not is_warm_up(args):
            sys.stderr.write("the roof is on fire\n")
            sys.stderr.flush()
            os._exit(7)
        return super().prepare(f, args, wrt)


@dataclass(frozen=True)
class Hanging(Reverse):
    """Prepares for a minute."""

    name: ClassVar[str] = "hanging"

    def prepare(self, f, args, wrt=0):
        if not is_warm_up(args):
            time.sleep(60)
        return super().prepare(f, args, wrt)


@dataclass(frozen=True)
class Swelling(Reverse):
    """Takes 20 MB of memory again and again, up to 1 GB."""

    name: ClassVar[str] = "swelling"

    def prepare(self, f, args, wrt=0):
        hoard = []
        while not is_warm_up(args) and len(hoard) < 50:
            hoard.append(np.ones(2_500_000))
            time.sleep(0.01)
        return super().prepare(f, args, wrt)


@dataclass(frozen=True)
class Raising(Reverse):
    """Has a bug of its own."""

    name: ClassVar[str] = "raising"

    def prepare(self, f, args, wrt=0):
        raise LookupError("no such rule in the book")


@dataclass(frozen=True)
class Chatty(Reverse):
    """Prints to stdout, where the replies go, and reads stdin, where the requests come from."""

    name: ClassVar[str] = "chatty"

    def prepare(self, f, args, wrt=0):
        os.write(1, b"hello from file descriptor 1\n")
        sys.stdout.write("hello\n")
        assert sys.stdin.read() == ""
        return super().prepare(f, args, wrt)


class PreparedOff(PreparedReverse):
    def rows(self, f, leaves):
        y, rows = super().rows(f, leaves)
        return y, [SPOILS[self.backend.how](row) for row in rows]

    def gradients(self, f, leaves):
        y, gradients = super().gradients(f, leaves)
        return y, [SPOILS[self.backend.how](g) for g in gradients]


@dataclass(frozen=True)
class Off(Reverse):
    """Right but for one mistake."""

    name: ClassVar[str] = "off"
    how: str = "zero"

    def prepare(self, f, args, wrt=0):
        return PreparedOff(self, f, args, wrt)
