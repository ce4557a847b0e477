"""Automatic differentiation by JAX, PyTorch, autograd and CasADi of the very program that we record.

f is recorded once and printed in the package's functions, in float64; the package differentiates that, jitted
where it can, and compiles at preparation. An answer is waited for until it is there.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ...calculus.rules import Interpreted, shape_of
from ...interpreters.operations import operations_of
from ...interpreters.program import Program, record_program
from ...programs.exports import (
    NotTranslated,
    as_rows,
    autograd_dialect,
    casadi_dialect,
    exported,
    jax_dialect,
    torch_dialect,
)
from ..compiled import PreparedRecorded
from ..interface import Differentiator, Prepared, Unsupported, refuse_many_outputs
from .foreign import Foreign

Answer = Callable[..., tuple[Any, Sequence[Any]]]
EXPANDED = 20_000  # operations up to which CasADi's scalar graph beats its graph of matrices


@dataclass(frozen=True)
class Automatic(Differentiator):
    """A package that differentiates a program of its own functions."""

    @abstractmethod
    def answers(self, program: Program, n: int, example: Sequence[Any]) -> Answer:
        """A function of leaves and data: (y, the derivative of y in each of the first n inputs).

        The derivative has shape y.shape + x.shape. example: inputs like those that will come.
        """

    def prepare(
        self, f: Callable[..., Any], args: tuple[Any, ...], wrt: int | tuple[int, ...] = 0
    ) -> Prepared:
        if isinstance(f, Foreign):
            if f.package != self.name:
                raise Unsupported(f"{self.name} cannot differentiate what is written in {f.title}.")
            return f.prepared(self, args, wrt)
        return PreparedAutomatic(self, f, args, wrt)


class PreparedAutomatic(PreparedRecorded):
    """Gradients and Jacobians of the package; products with vectors follow from them."""

    backend: Automatic

    def __init__(
        self,
        backend: Automatic,
        f: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: int | tuple[int, ...],
    ):
        super().__init__(backend, f, args, wrt)
        given, n = self.given(), len(self.arguments.shapes)
        program = record_program(lambda *xs: self.flat(xs[n:])(*xs[:n]), given)
        try:
            self.answer = backend.answers(program, n, given)
        except (NotTranslated, NotImplementedError) as error:  # autograd: "VJP of ... not defined"
            raise Unsupported(f"{backend.name}: {error}") from error

    def rows(self, f, leaves):  # type: ignore[no-untyped-def]
        if any(isinstance(x, Interpreted) for x in leaves):
            raise Unsupported(f"{self.backend.name} cannot be differentiated again; use forward or reverse.")
        y, rows = self.answer(*leaves, *f.data)
        m = shape_of(y)
        blocks = [np.reshape(np.asarray(row), m + shape_of(x)) for row, x in zip(rows, leaves, strict=True)]
        return np.asarray(y) if m else float(y), blocks

    def gradients(self, f, leaves):  # type: ignore[no-untyped-def]
        y, rows = self.rows(f, leaves)
        refuse_many_outputs(y)
        return y, rows


def shape_of_output(program: Program) -> tuple[int, ...]:
    return program.shapes[program.outputs[0]]


@dataclass(frozen=True)
class Autograd(Automatic):
    """autograd's reverse mode, eager, over NumPy."""

    name: ClassVar[str] = "autograd"
    summary: ClassVar[str] = "autograd's reverse mode on the recorded program, eager"

    def answers(self, program: Program, n: int, example: Sequence[Any]) -> Answer:
        import autograd
        import autograd.numpy

        f = exported(program, autograd_dialect(autograd.numpy, autograd_special())).function
        places = tuple(range(n))
        if shape_of_output(program) == ():
            answer = autograd.value_and_grad(f, places)
        else:
            slopes = [autograd.jacobian(f, i) for i in places]

            def answer(*xs: Any) -> Any:
                return f(*xs), [slope(*xs) for slope in slopes]

        def of_doubles(*xs: Any) -> Any:  # Python's own floats raise where 1 / 0 is inf
            return answer(*(np.float64(x) if type(x) is float else x for x in xs))

        of_doubles(*example)  # what it cannot differentiate shows itself here
        return of_doubles


def autograd_special() -> Any:
    """autograd's wrapping of scipy.special, where SciPy is installed."""
    try:
        import autograd.scipy.special as special
    except ImportError:
        return None
    return special


@dataclass(frozen=True)
class Jax(Automatic):
    """JAX's reverse mode, compiled by XLA; 64-bit numbers are switched on for the whole process.

    emitters: XLA's newer fusion on the CPU. It computes what several entries share once for each of them: six
    steps of the two-body problem take 0.3 s a call instead of 0.1 ms, so it is off unless asked for.
    """

    name: ClassVar[str] = "jax"
    summary: ClassVar[str] = "JAX's reverse mode on the recorded program, compiled by XLA"
    emitters: bool = False

    def answers(self, program: Program, n: int, example: Sequence[Any]) -> Answer:
        import jax
        import jax.scipy.special

        jax.config.update("jax_enable_x64", True)
        dialect = jax_dialect(jax.numpy, jax.scipy.special, jax.lax.stop_gradient)
        f = exported(program, dialect).function
        places = tuple(range(n))
        if shape_of_output(program) == ():
            both = jax.value_and_grad(f, places)
        else:
            slopes = jax.jacrev(f, places)

            def both(*xs: Any) -> Any:
                return f(*xs), slopes(*xs)

        lowered = jax.jit(both).lower(*map(np.asarray, example))
        try:
            compiled = lowered.compile({"xla_cpu_use_fusion_emitters": self.emitters})
        except jax.errors.JaxRuntimeError:  # an XLA that has no such option has no such fusion
            compiled = lowered.compile()

        def answer(*xs: Any) -> Any:
            return jax.block_until_ready(compiled(*map(np.asarray, xs)))

        return answer


@dataclass(frozen=True)
class Torch(Automatic):
    """PyTorch's reverse mode, eager, on the CPU."""

    name: ClassVar[str] = "torch"
    summary: ClassVar[str] = "PyTorch's reverse mode on the recorded program, eager"

    def answers(self, program: Program, n: int, example: Sequence[Any]) -> Answer:
        import torch

        f = exported(program, torch_dialect(torch)).function

        def tensors(xs: Sequence[Any]) -> list[Any]:
            made = [torch.from_numpy(np.array(x, dtype=np.float64, order="C")) for x in xs]
            return [x.requires_grad_() for x in made[:n]] + made[n:]

        def gradients(*xs: Any) -> Any:
            ts = tensors(xs)
            y = f(*ts)
            if not y.requires_grad:
                return y, [torch.zeros_like(t) for t in ts[:n]]
            return y.detach(), torch.autograd.grad(y, ts[:n], materialize_grads=True)

        def jacobians(*xs: Any) -> Any:
            ts = tensors(xs)
            y = f(*ts)
            active = tuple(t.detach() for t in ts[:n])
            return y.detach(), torch.autograd.functional.jacobian(lambda *zs: f(*zs, *ts[n:]), active)

        return gradients if shape_of_output(program) == () else jacobians


@dataclass(frozen=True)
class CasADi(Automatic):
    """CasADi's reverse mode in its virtual machine, called through buffers; one call at a time."""

    name: ClassVar[str] = "casadi"
    summary: ClassVar[str] = "CasADi's source transformation of the recorded program, in its virtual machine"

    def answers(self, program: Program, n: int, example: Sequence[Any]) -> Answer:
        import casadi

        points = [as_rows(x) for x in example]
        xs = [casadi.MX.sym(f"x{i}", *x.shape) for i, x in enumerate(points)]
        y = casadi.MX(exported(program, casadi_dialect(casadi)).function(*xs))
        out = shape_of_output(program)
        flat = casadi.vec(y.T)  # rows first, as NumPy counts
        slope = casadi.gradient if out == () else casadi.jacobian
        slopes = [slope(flat, x) for x in xs[:n]]
        function = casadi.Function("f", xs, [casadi.densify(each) for each in [flat, *slopes]])
        if operations_of(program) <= EXPANDED and function.is_a("MXFunction"):
            function = expanded(function)
        return CasADiCall(function, [np.shape(x) for x in example[:n]], out)


def expanded(function: Any) -> Any:
    """The function as a graph of numbers, or as it is where an operation of matrices has no such form."""
    try:
        return function.expand()
    except RuntimeError:
        return function


class CasADiCall:
    """A function with the memory of its arguments and results, which CasADi reads columns first."""

    def __init__(self, function: Any, shapes: Sequence[tuple[int, ...]], out: tuple[int, ...]):
        self.buffer, self.run = function.buffer()
        self.inputs = [np.zeros(function.size_in(i), order="F") for i in range(function.n_in())]
        self.results = [np.zeros(function.size_out(i), order="F") for i in range(function.n_out())]
        for i, x in enumerate(self.inputs):
            self.buffer.set_arg(i, x.reshape(-1, order="F").data)
        for i, x in enumerate(self.results):
            self.buffer.set_res(i, x.reshape(-1, order="F").data)
        self.shapes, self.out = shapes, out
        self.lock = threading.Lock()

    def __call__(self, *xs: Any) -> tuple[Any, list[Any]]:
        with self.lock:
            for memory, x in zip(self.inputs, xs, strict=True):
                memory[...] = x if shape_of(x) == () or len(shape_of(x)) == 2 else x[:, None]
            self.run()
            y, *rows = self.results
            if self.out == ():
                return y[0, 0], [row.copy() for row in rows]
            blocks = [self.block(row, shape) for row, shape in zip(rows, self.shapes, strict=True)]
            return y.reshape(self.out).copy(), blocks

    def block(self, row: Any, shape: tuple[int, ...]) -> Any:
        """A Jacobian whose columns run columns first, as an array that counts rows first."""
        return row.reshape((len(row), *shape), order="F").copy() if len(shape) == 2 else row.copy()
