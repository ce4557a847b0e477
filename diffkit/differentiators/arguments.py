"""Arguments of user functions: which are differentiated, and how containers become a list of leaves.

A float or an array goes straight through; only dicts, lists and tuples of arrays are flattened. A list of
numbers is an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..calculus.rules import Interpreted, shape_of
from ..calculus.spellings import interpreted

Shape = tuple[int, ...]
DOUBLE = np.dtype(float)


class ShapeMismatch(ValueError):
    """A prepared differentiator was called at shapes for which it was not prepared."""


def leaf(x: Any, name: str) -> Any:
    """x as a float, a float64 array or an interpreted value."""
    if type(x) is float or isinstance(x, Interpreted):
        return x
    if isinstance(x, (np.matrix, np.ma.MaskedArray)):
        raise TypeError(
            f"{name} is a {type(x).__name__}, whose products or sums mean something else; pass a plain array."
        )
    if isinstance(x, (bool, np.bool_, str, bytes)) or x is None:
        raise TypeError(
            f"{name} is {x!r}, which cannot be differentiated; pass numbers, arrays or containers of them."
        )
    array = np.asarray(x)
    if array.dtype == object:
        array = interpreted(array)
        if isinstance(array, Interpreted):
            return array
    if array.dtype.kind not in "fiu":
        raise TypeError(
            f"{name} has dtype {array.dtype}; differentiated arguments are real floats. Convert it first."
        )
    return float(array) if array.shape == () else np.asarray(array, dtype=np.float64)


def is_container(x: Any) -> bool:
    """Whether x is a dict, or a list or tuple that is not just a spelled-out array of numbers."""
    if isinstance(x, dict):
        return True
    return isinstance(x, (list, tuple)) and not all(map(is_number_or_list, x))


def is_number_or_list(x: Any) -> bool:
    if isinstance(x, (list, tuple)):
        return all(map(is_number_or_list, x))
    return isinstance(x, (int, float, np.number)) or (isinstance(x, Interpreted) and x.shape == ())


def keys_of(x: Any) -> Sequence[Any]:
    """The keys of a container in the order of its leaves: equal dicts have one order."""
    return sorted(x, key=repr) if isinstance(x, dict) else range(len(x))


def paths_of(x: Any, name: str) -> Iterator[str]:
    """The names of the leaves of an argument: p['W'], p['b'][0], or its own where it is one."""
    if not is_container(x):
        yield name
        return
    for key in keys_of(x):
        yield from paths_of(x[key], f"{name}[{key!r}]")


def flatten(x: Any, name: str) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """(leaves, rebuild): rebuild(leaves) makes a container like x, with other leaves if wanted."""
    if not is_container(x):
        return [leaf(x, name)], lambda leaves: leaves[0]
    parts = [flatten(x[key], f"{name}[{key!r}]")[0] for key in keys_of(x)]
    tree = tree_of(x)
    return [each for leaves in parts for each in leaves], lambda leaves: rebuilt(x, tree, iter(leaves))


@dataclass(frozen=True)
class Tree:
    """A container: its keys in the order of the leaves, each with what is below it, None for a leaf."""

    named: bool  # a dict
    below: tuple[tuple[Any, Tree | None], ...]


def tree_of(x: Any) -> Tree | None:
    """How x is made of containers."""
    if not is_container(x):
        return None
    return Tree(isinstance(x, dict), tuple((key, tree_of(x[key])) for key in keys_of(x)))


def rebuilt(x: Any, tree: Tree | None, leaves: Iterator[Any]) -> Any:
    """A container like x, which is made as the tree says, with the next of the leaves."""
    if tree is None:
        return next(leaves)
    values = [next(leaves) if below is None else rebuilt(x[key], below, leaves) for key, below in tree.below]
    if type(x) is list:
        return values
    if tree.named:
        found = dict(zip([key for key, _ in tree.below], values, strict=True))
        return {key: found[key] for key in x}
    return type(x)(*values) if hasattr(x, "_fields") else type(x)(values)


def is_leaf(x: Any) -> bool:
    """Whether x may be computed with as it is."""
    if type(x) is np.ndarray:
        return x.ndim > 0 and (x.dtype is DOUBLE or x.dtype == DOUBLE)
    return type(x) is float


@dataclass(frozen=True)
class Layout:
    """What arguments are prepared as: which ones, their containers, the shapes of leaves and of data."""

    names: tuple[int, ...]
    trees: tuple[Tree | None, ...]
    shapes: tuple[Shape, ...]
    data: tuple[Any, ...]


def entrance(layout: Layout) -> Callable[[tuple[Any, ...]], list[Any] | None]:
    """A function that takes the leaves out of arguments that are as prepared; it answers None to others.

    What it answers None to may still be converted, or be refused with a sentence.
    """
    return written_out(layout, "args", "None", lambda leaves: [f"return [{leaves}]"], {})


def written_out(
    layout: Layout, parameters: str, other: str, answer: Callable[[str], list[str]], scope: dict[str, Any]
) -> Callable[..., Any]:
    """A function of `args`, or `*args`, written out for one layout, a line a leaf.

    Walking the containers takes three times as long, as long as a small gradient. other: what it returns for
    arguments that are not as prepared. answer: its last lines, given the leaves as text.
    """
    names, trees, shapes, data = layout.names, layout.trees, layout.shapes, layout.data
    lines = [f"if len(args) != {len(data)}: return {other}"]
    leaves: list[str] = []
    scope = {"ndarray": np.ndarray, "double": DOUBLE, "data_shape": data_shape, **scope}

    def walk(text: str, tree: Tree | None) -> None:
        if tree is not None:
            kind, entry = ("dict", "{}.get({})") if tree.named else ("(list, tuple)", "{}[{}]")
            wanted = f"isinstance({text}, {kind}) and len({text}) == {len(tree.below)}"
            lines.append(f"if not ({wanted}): return {other}")
            for key, below in tree.below:
                scope[name := f"k{len(scope)}"] = key
                walk(entry.format(text, name), below)
            return
        x, shape = f"x{len(leaves)}", shapes[len(leaves)]
        # An array that was pickled has a dtype of its own, equal to the one that all others share.
        dtype = f"{x}.dtype is not double and {x}.dtype != double"
        wanted = f"ndarray or {x}.shape != {shape} or ({dtype})" if shape else "float"
        lines.extend([f"{x} = {text}", f"if type({x}) is not {wanted}: return {other}"])
        leaves.append(x)

    for i, tree in zip(names, trees, strict=True):
        walk(f"args[{i}]", tree)
    for i, shape in enumerate(data):
        if i not in names:
            lines.append(f"if data_shape(args[{i}]) != {shape}: return {other}")
    body = "".join(f"    {line}\n" for line in [*lines, *answer(", ".join(leaves))])
    exec(f"def written_out({parameters}):\n{body}", scope)
    function: Callable[..., Any] = scope["written_out"]
    return function


def layout(x: Any) -> Any:
    """The containers of x with "array" for each leaf: what a point and a direction have in common."""
    if not is_container(x):
        return "array"
    return {key: layout(x[key]) for key in x} if isinstance(x, dict) else list(map(layout, x))


def show(layouts: Sequence[Any]) -> str:
    """Layouts as text: array for a leaf, {'a': array} for a container."""
    return ", ".join(str(each).replace("'array'", "array") for each in layouts)


def data_shape(x: Any) -> Shape | None:
    """The shape of an argument that is data; a float has that of NumPy's numbers, a container none."""
    return () if isinstance(x, (float, int)) else getattr(x, "shape", None)


def frozen(x: Any) -> Any:
    """x with copies of its arrays, so that what is done to them later is noticed."""
    if isinstance(x, dict):
        return {key: frozen(each) for key, each in x.items()}
    if type(x) in (list, tuple):
        return type(x)(map(frozen, x))
    return x.copy() if isinstance(x, np.ndarray) else x


def refuse_other(kept: dict[int, Any], args: Sequence[Any], backend: str) -> None:
    """Raise ShapeMismatch where an argument is not what was frozen at preparation, by its position."""
    for i, x in kept.items():
        if not same(x, args[i]):
            raise ShapeMismatch(
                f"{backend} was prepared for another value of argument {i}: data that are no floats are part "
                "of what is prepared. Prepare it again, or pass floats."
            )


def doubles(x: Any) -> Any:
    """Data in double precision: a float times a number of float32 would be a float32."""
    if isinstance(x, np.floating):
        return float(x)
    if isinstance(x, np.ndarray):
        return x.astype(np.float64) if x.dtype in (np.float32, np.float16) else x
    if isinstance(x, dict):
        return {key: doubles(each) for key, each in x.items()}
    return type(x)(map(doubles, x)) if type(x) in (list, tuple) else x


def same(a: Any, b: Any) -> bool:
    """Whether data that were frozen at preparation are what they were."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return isinstance(b, (list, tuple)) and len(a) == len(b) and all(map(same, a, b))
    return a is b or bool(np.array_equal(a, b))


def positions(wrt: Any) -> tuple[int, ...]:
    """`wrt` as a tuple of positions; empty where it is nothing of the kind."""
    each = wrt if isinstance(wrt, (tuple, list)) else (wrt,)
    if any(isinstance(i, (bool, np.bool_)) or not isinstance(i, (int, np.integer)) for i in each):
        return ()
    return tuple(map(int, each))


@dataclass(frozen=True)
class Arguments:
    """How the arguments of one function are laid out: made once at preparation."""

    wrt: int | tuple[int, ...]
    shapes: tuple[Shape, ...]  # of the active leaves
    data: tuple[Any, ...]  # shapes of the arguments that are data, None where active or not an array
    count: int  # number of positional arguments
    straight: bool  # whether every active argument is a single leaf
    layouts: tuple[Any, ...]  # of the active arguments
    trees: tuple[Tree | None, ...]  # of the active arguments

    @classmethod
    def of(cls, args: tuple[Any, ...], wrt: int | tuple[int, ...]) -> Arguments:
        """Read the layout off example arguments; raises TypeError if `wrt` names none of them."""
        names = positions(wrt)
        if not names or any(not 0 <= i < len(args) for i in names) or len(set(names)) < len(names):
            raise TypeError(
                f"wrt={wrt!r} names no argument: the function was given {len(args)}, counted from 0."
            )
        leaves = [each for i in names for each in flatten(args[i], f"argument {i}")[0]]
        data = tuple(None if i in names else data_shape(x) for i, x in enumerate(args))
        layouts = tuple(layout(args[i]) for i in names)
        return cls(
            names if isinstance(wrt, (tuple, list)) else names[0],
            tuple(shape_of(x) for x in leaves),
            data,
            len(args),
            all(each == "array" for each in layouts),
            layouts,
            tuple(tree_of(args[i]) for i in names),
        )

    @cached_property
    def names(self) -> tuple[int, ...]:
        """Positions of the differentiated arguments."""
        return (self.wrt,) if isinstance(self.wrt, int) else self.wrt

    @cached_property
    def flat(self) -> bool:
        """Whether the differentiated argument is one container of leaves alone."""
        tree = self.trees[0]
        return len(self.trees) == 1 and tree is not None and all(below is None for _, below in tree.below)

    def open(self, args: tuple[Any, ...]) -> list[Any]:
        """The active leaves of `args`; raises ShapeMismatch with a table if they are not as prepared."""
        leaves = self.entrance(args)
        return self.open_carefully(args) if leaves is None else leaves

    @cached_property
    def entrance(self) -> Callable[[tuple[Any, ...]], list[Any] | None]:
        return entrance(Layout(self.names, self.trees, self.shapes, self.data))

    def wanted(self, args: tuple[Any, ...]) -> list[Any]:
        """The differentiated arguments."""
        return [args[i] for i in self.names]

    def data_shapes(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Shapes of the arguments that are data, None where differentiated or not an array."""
        return tuple([None if i in self.names else data_shape(x) for i, x in enumerate(args)])

    def open_carefully(self, args: tuple[Any, ...]) -> list[Any]:
        """The same for whatever else may be converted, and the sentence for what may not."""
        if len(args) != self.count:
            raise ShapeMismatch(f"prepared for {self.count} arguments, got {len(args)}.")
        self.check_layouts(self.wanted(args), "the arguments")
        leaves = [each for i in self.names for each in flatten(args[i], f"argument {i}")[0]]
        shapes = tuple(shape_of(x) for x in leaves)
        data = self.data_shapes(args)
        if shapes != self.shapes or data != self.data:
            raise ShapeMismatch(self.table(shapes, data))
        return leaves

    def check_layouts(self, parts: Sequence[Any], name: str) -> None:
        """Raises ShapeMismatch where containers differ: other keys, other lengths, another count."""
        got = tuple(map(layout, parts))
        if got != self.layouts:
            raise ShapeMismatch(f"prepared for {show(self.layouts)}, but {name} came as {show(got)}.")

    def table(self, shapes: tuple[Shape, ...], data: tuple[Any, ...]) -> str:
        """What was prepared for, and what came."""
        rows = [("", "prepared for", "got")]
        for title, mine, theirs in (("differentiated", self.shapes, shapes), ("data", self.data, data)):
            for i in range(max(len(mine), len(theirs))):
                a, b = (str(side[i]) if i < len(side) else "nothing" for side in (mine, theirs))
                if title != "data" or a != b:
                    rows.append((f"{title} {i}", a, b + ("" if a == b else "   <-")))
        widths = [max(len(row[j]) for row in rows) for j in range(3)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "prepared at other shapes; call prepare again for these:\n" + "\n".join(lines)

    def close(self, args: tuple[Any, ...], leaves: Sequence[Any]) -> tuple[Any, ...]:
        """`args` with the active leaves exchanged."""
        answer, each = list(args), iter(leaves)
        for i, tree in zip(self.names, self.trees, strict=True):
            answer[i] = rebuilt(args[i], tree, each)
        return tuple(answer)

    def structured(self, args: tuple[Any, ...], leaves: Sequence[Any]) -> Any:
        """Leaves built like the differentiated arguments: one value for an int `wrt`, a tuple for a tuple."""
        if isinstance(self.wrt, int) and type(args[self.wrt]) is list and self.flat:
            return [*leaves]
        each = iter(leaves)
        built = [rebuilt(args[i], tree, each) for i, tree in zip(self.names, self.trees, strict=True)]
        return built[0] if isinstance(self.wrt, int) else tuple(built)

    def directions(self, args: tuple[Any, ...], v: Any) -> list[Any]:
        """A tangent built like the differentiated arguments -> its leaves, checked against their shapes."""
        several = isinstance(self.wrt, tuple) and (isinstance(v, (list, tuple)) or shape_of(v))
        parts = tuple(v) if several else (v,)
        self.check_layouts(parts, "the direction")
        leaves = [each for part in parts for each in flatten(part, "the direction")[0]]
        shapes = tuple(shape_of(x) for x in leaves)
        if shapes != self.shapes:
            raise ShapeMismatch(
                f"the direction has shapes {list(shapes)}, the point has {list(self.shapes)}."
            )
        return leaves
