"""The options of the commands, each with its help; the defaults stand in the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def problem_names(incomplete: str) -> list[str]:
    """The problems whose names begin so, for the shell's completion."""
    from ..problems import CATALOGUE

    return [name for name in CATALOGUE if name.startswith(incomplete)]


def suite_names(incomplete: str) -> list[str]:
    """The suites whose names begin so, for the shell's completion."""
    from ..problems import SUITES

    return [name for name in SUITES if name.startswith(incomplete)]


def data_names(incomplete: str) -> list[str]:
    """The data whose names begin so, for the shell's completion."""
    from ..training.data import DRAWN, REAL

    return [name for name in (*DRAWN, *REAL) if name.startswith(incomplete)]


def list_names(incomplete: str) -> list[str]:
    """The lists whose names begin so, for the shell's completion."""
    from .listing import LISTS

    return [name for name in LISTS if name.startswith(incomplete)]


def plot_names(incomplete: str) -> list[str]:
    """The kinds of plot whose names begin so, for the shell's completion."""
    from ..report.plots import PLOTS

    return [name for name in PLOTS if name.startswith(incomplete)]


What = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WHAT",
        help="Formulas, functions as model.py:loss, problems of the catalogue, or records to show again as "
        "@last or @run.jsonl. Without it, the suite.",
        show_default=False,
        autocompletion=problem_names,
    ),
]
One = Annotated[
    str,
    typer.Argument(
        metavar="WHAT", help="A formula, model.py:loss, or a problem.", autocompletion=problem_names
    ),
]
WhichList = Annotated[
    str,
    typer.Argument(
        metavar="problems|backends|functions|suites|data|plots",
        help="What to list.",
        autocompletion=list_names,
    ),
]
At = Annotated[
    list[str] | None,
    typer.Option(
        "--at",
        metavar="POINT",
        help='The point: "x=0.3,y=pi/4"; "0.3,1.7" is one vector; "W=@w.npy"; "p=@p.npz", a dict. '
        "Repeat it for several.",
    ),
]
Range = Annotated[
    list[str] | None,
    typer.Option("--range", metavar="RANGES", help='Draw points from here: "x=1:3;y=0.5:2".'),
]
Points = Annotated[int, typer.Option(min=1, metavar="N", help="How many points are drawn for each function.")]
File = Annotated[
    Path | None, typer.Option("--file", metavar="CSV", help="Formulas: columns name, formula, ranges.")
]
Sizes = Annotated[str | None, typer.Option(metavar="LIST", help="Sizes of the problems, such as 10,100.")]
Backends = Annotated[
    str | None,
    typer.Option(metavar="LIST", help="Such as symbolic,finite:order=4,reverse (diffkit list backends)."),
]
Suite = Annotated[
    str, typer.Option(metavar="NAME", help="The problems to run without WHAT.", autocompletion=suite_names)
]
Wrt = Annotated[
    str | None, typer.Option(metavar="NAMES", help="Differentiate these only: x,y. Without it, all.")
]
MinDigits = Annotated[
    float | None, typer.Option(metavar="D", help="The digits you need: condition of the advice; else exit 1.")
]
Calls = Annotated[int, typer.Option(min=1, metavar="N", help="How often you will call: weighs set-up.")]
Seed = Annotated[int, typer.Option(min=0, metavar="N", help="Of the points.")]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.01, metavar="S", help="Seconds for each stage of a backend on a problem; six times for truth."
    ),
]
RandomProblems = Annotated[
    int | None,
    typer.Option(
        min=1, metavar="N", help="Random formulas at scales of 1e-6 to 1e6 by --seed, and a line a backend."
    ),
]
SweepStep = Annotated[
    bool, typer.Option("--sweep-step", help="Errors of differences against their step; nothing is timed.")
]
Quick = Annotated[bool, typer.Option("--quick", help="Time less.")]
Careful = Annotated[bool, typer.Option("--careful", help="Time more.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 3 if anything stayed undecided.")]
NoIsolate = Annotated[
    bool, typer.Option("--no-isolate", help="Run in this process: quicker to start, but no time limit.")
]
Wide = Annotated[bool, typer.Option("--wide", help="All columns, lines as long as they must be.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document; the same as --format json.")]
Format = Annotated[
    str | None, typer.Option("--format", metavar="table|md|csv|json", help="The form of the rows on stdout.")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the rows: .csv, .md, .json overwrite; .jsonl is added to.",
    ),
]
Grad = Annotated[
    str | None,
    typer.Option(
        metavar="GRADIENT",
        help='What to check: model.py:loss_gradient, or a formula for each variable, "2*x*y; x^2". Without '
        "it, every backend.",
    ),
]
CheckPoints = Annotated[
    int, typer.Option("--points", min=1, metavar="N", help="How many; beside --at they are drawn around it.")
]
Operator = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="gradient, derivative, jacobian, hessian, jvp, vjp or hvp; else it fits."
    ),
]
Slack = Annotated[
    float, typer.Option(min=1.0, metavar="F", help="Roundings allowed for each one of an ideal computation.")
]
CheckTimeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=0.01, metavar="S",
        help="Seconds for each check, made in a process of its own; 60 for backends, no limit with --grad.",
    ),
]  # fmt: skip
ChecksOutput = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write it: .json overwrites, .jsonl is added to."),
]
Data = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|CSV",
        help="xor, moons, circles, spirals, sine, iris, digits (without it), or a CSV file.",
        autocompletion=data_names,
    ),
]
TargetColumn = Annotated[
    str | None, typer.Option("--target", metavar="NAME", help="Column of the CSV to predict; else the last.")
]
Layers = Annotated[str | None, typer.Option(metavar="LIST", help="Units, inputs first: 64,32,10.")]
Activation = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="step, logistic, tanh, relu, leaky-relu, softplus, gelu, identity."),
]
Loss = Annotated[str | None, typer.Option(metavar="NAME", help="mse, logistic or cross-entropy.")]
Optimizer = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="sgd, momentum, nesterov, adagrad, rmsprop, adam or lbfgs."),
]
LearningRate = Annotated[
    float | None, typer.Option(metavar="R", help="Without it, one that suits the optimizer.")
]
Schedule = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Of the rate: constant, step, exponential, inverse, cosine or warm-up."
    ),
]
Batch = Annotated[int | None, typer.Option(metavar="N", help="Samples a step; 0 is all. Without it, 32.")]
Epochs = Annotated[
    int | None, typer.Option(metavar="N", help="Without it, as many as make about 1,000 steps.")
]
Decay = Annotated[float | None, typer.Option(metavar="R", help="Of the weights.")]
Init = Annotated[
    str | None, typer.Option(metavar="NAME", help="he or glorot; else what suits the activation.")
]
Patience = Annotated[
    int | None, typer.Option(metavar="N", help="Epochs without a lower loss until it stops; 0 is never.")
]
Test = Annotated[float | None, typer.Option(metavar="SHARE", help="Of the samples, set aside; else 0.25.")]
TrainSeed = Annotated[int | None, typer.Option("--seed", min=0, metavar="N", help="Of all that is drawn.")]
TrainBackends = Annotated[
    str | None,
    typer.Option(
        "--backends", metavar="LIST", help="all, by-hand, or names; without it, reverse and compiled."
    ),
]
TrainTimeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", min=0.01, metavar="S", help="Seconds for the steps of a backend. Without it, 300."
    ),
]
Explain = Annotated[
    bool, typer.Option("--explain", help="Write out the first step for one sample; train nothing.")
]
Resume = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Continue the training whose records are in this .jsonl file."),
]
RunsOutput = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the runs: .csv, .md, .json, .html overwrite; all records are added to a .jsonl.",
    ),
]
RunsFormat = Annotated[
    str | None,
    typer.Option("--format", metavar="table|md|csv|json|html", help="The form of the runs on stdout."),
]
ExplanationOutput = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write it as .txt, .md, .json or .html.")
]
GraphOutput = Annotated[
    Path | None,
    typer.Option("--graph", metavar="FILE", help="Draw the graph: .svg, .png, .pdf, .dot or .mmd."),
]
FramesOutput = Annotated[
    Path | None,
    typer.Option("--frames", metavar="PATH", help="Both passes as a .gif, or as pictures in a folder."),
]
StepByStep = Annotated[
    bool, typer.Option("--step", help="Node by node: Enter for the next, q to stop; else all of them.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no notes on stderr.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]
Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="Which figure (diffkit list plots).", autocompletion=plot_names)
]
Records = Annotated[str, typer.Argument(metavar="[RECORDS]", help="A .jsonl file of records, or @last.")]
PlotOutput = Annotated[
    Path, typer.Option("-o", "--output", metavar="FILE", help="Write it as .svg, .png or .pdf.")
]
PlotStyle = Annotated[str, typer.Option("--style", metavar="paper|slides", help="For print or for a screen.")]
ReportRecords = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[RECORDS]...", help="Files of records (.jsonl, .jsonl.gz), or @last.", show_default=False
    ),
]
ReportOutput = Annotated[
    Path | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write it as .html or .md; else to report.html."),
]
ReportFormat = Annotated[
    str | None, typer.Option("--format", metavar="html|md", help="md without a file goes to stdout.")
]
Profile = Annotated[
    str,
    typer.Option(
        metavar="lecture|engineer",
        help="With explanations; or answer, evidence and method alone, the tables open.",
    ),
]
All = Annotated[bool, typer.Option("--all", help="Measure every suite anew, and report each into a folder.")]
Lang = Annotated[
    str | None, typer.Option(metavar="en|ko", help="Language of what is said; else $DIFFKIT_LANG, or en.")
]
