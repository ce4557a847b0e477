"""Where work is done: in this process, or in a subprocess that may hang, swell or crash without harm.

A worker holds one object (a `Trial`, a `Witness`) and calls its methods when asked. The subprocess is a fresh
interpreter, never a fork; requests and replies are pickles with their length in front, over its stdin and
stdout; what user code prints goes to its stderr, of which the last line explains a crash. The parent watches
time and memory from outside, so nothing is needed of the system but pipes and an end to a process.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import IO, Any, Protocol

import psutil

from ..calculus.rules import NoRule
from ..differentiators.interface import Unsupported
from .targets import one_line, pickled

POLL_SECONDS = 0.05  # between two looks at the memory of a subprocess
START_SECONDS = 60.0  # for a new interpreter to import NumPy on a slow disk
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS", "NPROC",  # the last is read by XLA
)  # fmt: skip
# glibc gives a large array back to the system when it is freed and asks for its pages anew at the next call,
# until some import (PyTorch's does) changes that: a gradient at n = 100,000 then takes a third of the time.
KEPT_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(2**28), "MALLOC_MMAP_THRESHOLD_": str(2**25)}


class Failure(Exception):
    """Work that did not come to an end: a status of a record, and a sentence."""

    def __init__(self, status: str, message: str):
        super().__init__(status, message)
        self.status, self.message = status, message


class Untravelled(Exception):
    """An object that did not reach the other process, with the cause."""


@dataclass(frozen=True)
class Limits:
    """What a subprocess may take: bytes of memory, and threads for matrix products."""

    memory_bytes: int = 4_000_000_000
    threads: int = 1


class Worker(Protocol):
    """Something that makes an object and calls its methods."""

    threads: int | None

    def make(self, kind: Callable[..., Any], *args: Any) -> None:
        """Hold kind(*args) from now on; raises Failure, and Untravelled where it must be made elsewhere."""

    def ask(self, stage: str, seconds: float, method: str, *args: Any) -> Any:
        """The method's result; raises Failure, naming the stage, also where it lasts more than `seconds`."""

    def close(self) -> None:
        """End what was started."""


def failure(error: BaseException) -> Failure:
    """The outcome that an exception stands for."""
    if isinstance(error, Unsupported | NoRule):
        return Failure("unsupported", " ".join(str(error).split()))
    return Failure("memory" if isinstance(error, MemoryError) else "error", one_line(error))


class InProcess:
    """A worker in this process: nothing ends what hangs, and the threads are as the user has set them."""

    threads: int | None = None

    def make(self, kind: Callable[..., Any], *args: Any) -> None:
        self.held = attempt(kind, *args)

    def ask(self, stage: str, seconds: float, method: str, *args: Any) -> Any:
        return attempt(getattr(self.held, method), *args)

    def close(self) -> None:
        self.held = None


def attempt(call: Callable[..., Any], *args: Any) -> Any:
    """call(*args), with whatever it raises as a Failure: the harness records it and goes on."""
    try:
        return call(*args)
    except (Exception, SystemExit) as error:
        raise failure(error) from error


class Subprocess:
    """A worker in a process of its own, started when it is first needed and again after it was ended."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.threads: int | None = limits.threads
        self.process: subprocess.Popen[bytes] | None = None

    def make(self, kind: Callable[..., Any], *args: Any) -> None:
        try:
            parcel = pickled((kind, args))
        except ValueError as error:
            raise Untravelled(str(error)) from error
        if self.process is None:
            self.start()
        self.exchange("start", START_SECONDS, ("make", parcel))

    def ask(self, stage: str, seconds: float, method: str, *args: Any) -> Any:
        return self.exchange(stage, seconds, ("ask", (method, args)))

    def exchange(self, stage: str, seconds: float, request: tuple[str, Any]) -> Any:
        """The reply to a request, or the Failure or Untravelled that it tells of."""
        self.send(stage, pickle.dumps(request))
        kind, result = pickle.loads(self.reply(stage, seconds))
        if kind == "failure":
            raise Failure(*result)
        if kind == "untravelled":
            raise Untravelled(result)
        return result

    def start(self) -> None:
        """A fresh interpreter with our import path, its own threads, and its stderr in a file."""
        threads = dict.fromkeys(THREAD_VARIABLES, str(self.limits.threads))
        environment = KEPT_MEMORY | os.environ | threads
        environment["PYTHONPATH"] = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "diffkit.harness.workers"], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said,
            start_new_session=os.name == "posix",  # Ctrl-C is for the parent, which ends its workers
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        self.watched = psutil.Process(self.process.pid)
        self.replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=pass_on, args=(self.process.stdout, self.replies), daemon=True).start()

    def send(self, stage: str, message: bytes) -> None:
        assert self.process is not None and self.process.stdin is not None
        try:
            write(self.process.stdin, message)
        except OSError:
            raise self.crashed(stage) from None

    def reply(self, stage: str, seconds: float) -> bytes:
        """The next message of the process; ends it and raises Failure where time or memory run out."""
        deadline = monotonic() + seconds
        while True:
            left = deadline - monotonic()
            try:
                message = self.replies.get(timeout=max(0.0, min(POLL_SECONDS, left)))
            except queue.Empty:
                self.check_memory(stage)
                if left <= 0:
                    self.close()
                    raise Failure("timeout", f"ended after {seconds:g} s, the limit, in {stage}.") from None
                continue
            if message is None:
                raise self.crashed(stage)
            return message

    def check_memory(self, stage: str) -> None:
        try:
            held = self.watched.memory_info().rss
        except psutil.Error:
            return  # it has just ended by itself, which the closed pipe tells
        if held > self.limits.memory_bytes:
            self.close()
            used, limit = held / 1e9, self.limits.memory_bytes / 1e9
            raise Failure(
                "memory", f"ended in {stage} with {used:.2g} GB of memory; the limit is {limit:.2g} GB."
            )

    def crashed(self, stage: str) -> Failure:
        """The Failure of a process that ended by itself."""
        assert self.process is not None
        code = self.process.wait()
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").split("\n")
        last = next((": " + line.strip() for line in reversed(lines) if line.strip()), ".")
        self.close()
        return Failure("error", f"the process ended by itself in {stage} with {exit_name(code)}{last}")

    def close(self) -> None:
        """End the process and what it started."""
        if self.process is None:
            return
        end_family(self.watched)
        self.process.wait()
        with suppress(OSError):  # what was still to be sent has no reader any more
            self.process.stdin.close()  # type: ignore[union-attr]
        self.said.close()
        self.process = None


def end_family(process: psutil.Process) -> None:
    """End a process and its descendants, those first that are left alone otherwise."""
    with suppress(psutil.NoSuchProcess):
        for each in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                each.kill()


def exit_name(code: int) -> str:
    """An exit code as people call it.

    >>> exit_name(3), exit_name(-11)
    ('exit code 3', 'signal SIGSEGV')
    """
    if code >= 0:
        return f"exit code {code}"
    return f"signal {signal.Signals(-code).name if -code in set(signal.Signals) else -code}"


def write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(8, "big") + message)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes | None:
    """The next message, or None at the end of the pipe."""
    head = pipe.read(8)
    length = int.from_bytes(head, "big")
    message = pipe.read(length) if len(head) == 8 else b""
    return message if len(head) == 8 and len(message) == length else None


def pass_on(pipe: IO[bytes], replies: queue.SimpleQueue[bytes | None]) -> None:
    """Put the messages of a pipe into a queue, which can be waited for with a limit on every system."""
    with pipe:
        while (message := read(pipe)) is not None:
            replies.put(message)
    replies.put(None)


def serve() -> None:
    """Answer requests until the parent closes the pipe."""
    incoming, outgoing = private_pipes()
    worker = InProcess()
    while (message := read(incoming)) is not None:
        write(outgoing, answer(worker, *pickle.loads(message)))


def private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Our stdin and stdout under new numbers; user code finds stdin empty, and prints to stderr."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def answer(worker: InProcess, kind: str, content: Any) -> bytes:
    """The reply to one request, as a pickle of its kind and content."""
    try:
        if kind == "make":
            make(worker, content)
            return pickle.dumps(("done", None))
        method, args = content
        return pickled(("done", worker.ask("", 0.0, method, *args)))
    except Failure as failed:
        return pickle.dumps(("failure", (failed.status, failed.message)))
    except Untravelled as lost:
        return pickle.dumps(("untravelled", str(lost)))
    except ValueError as error:  # the result is something that cannot travel back
        return pickle.dumps(("failure", ("error", f"the result cannot leave its process: {error}")))


def make(worker: InProcess, parcel: bytes) -> None:
    try:
        kind, args = pickle.loads(parcel)
    except Exception as error:  # unpickling imports foreign modules, which may be missing or fail here
        raise Untravelled(one_line(error)) from error
    worker.make(kind, *args)


if __name__ == "__main__":
    serve()
