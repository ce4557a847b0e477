"""What an explanation and its picture say, as data: another language is another such table.

Names in braces are filled in; a translation may put them in another order.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = Mapping[str, str]

ENGLISH: Words = {
    # the two passes
    "forward": "Forward pass: every intermediate is kept",
    "backward": "Backward pass: adjoints, d {result} / d node",
    "result": "result",
    "node": "node",
    "operation": "operation",
    "shape": "shape",
    "value": "value",
    "slopes": "local slopes",
    "adjoint": "adjoint",
    "flows": "sum of what flows back: adjoint * slope",
    "input": "input",
    "constant": "constant",
    "data": "data",
    "seed": "the seed",
    "from": "{flow} from {node}",
    "more": "{count} more",
    "constants": "and in the constants: {list}",
    "more constants": "and {count} more",
    # the other witnesses
    "symbolic": "Symbolic: SymPy's derivative as a formula",
    "trace": "Forward mode: each node carries its derivative in every input, a pass each",
    "trace along": "Forward mode: one pass, in which every input grows alike",
    "trace cost": "The {count} numbers of the gradient would take {count} such passes; the backward pass is "
    "one.",
    "trace more": "and {count} more inputs, a pass each",
    "tangent": "tangent",
    "finite": "Finite differences: f at {evaluations} points beside this one, with an error bound",
    "along": "d/d(every input alike)",
    "none": "none here: {message}",
    "sides": "slope {left} from the left, {right} from the right",
    "kink": "There is a kink here: what automatic differentiation gives is a convention.",
    "jump": "f jumps here: it has no slope.",
    "C1": "The slope seems to have a corner near here.",
    "noisy": "f is noisy here, which the bound takes into account.",
    "infinite slope": "The slope is infinite here.",
    "one-sided": "f has values on one side only.",
    "unresolved": "Differences cannot tell what f does here.",
    # node by node in the terminal
    "step forward": "Forward, step {number} of {count}",
    "step backward": "Backward, step {number} of {count}",
    "prompt": "Enter for the next step, q to stop: ",
    # the picture
    "graph of": "Computational graph of {title}",
    "graph": "Computational graph",
    "legend value": "above: value",
    "legend adjoint": "below: adjoint, d {result} / d node",
    "legend slope": "on a wire: local slope",
    "legend entries": "a .. b: smallest and largest entry of an array",
    "operations": "{count} operations",
    "inputs": "{count} inputs",
    "values": "{count} values",
    "described": "{nodes} nodes from the inputs {inputs} at the left to {result} = {value} at the right.",
    "gradient": "The derivatives are {list}.",
}


def said(words: Words, key: str, **parts: object) -> str:
    """A sentence of the table with its parts filled in.

    >>> said(ENGLISH, "operations", count=3)
    '3 operations'
    """
    return words[key].format(**parts)
