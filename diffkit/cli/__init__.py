"""The command `diffkit`. Only signatures stand here: what a command needs is imported when it runs, so that
help and completion answer at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options as o
from .console import FormulaCommand, run

EXIT_CODES = (
    "Exit codes: 0 it ran; 1 no backend kept --min-digits; 2 bad input; 3 something stayed undecided under "
    "--strict; 130 interrupted, with what was measured shown and kept."
)
CHECK_CODES = (
    "Exit codes: 0 all agree; 1 something disagrees; 2 bad input; 3 it cannot be told; 130 interrupted."
)

app = typer.Typer(
    name="diffkit",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,  # boxes cost three times the start-up, and cp949 has no box-drawing letters
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


def print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"diffkit {version('diffkit')}")
        raise typer.Exit


@app.callback()
def diffkit(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """One function, every differentiator, certified digits.

    \b
    diffkit compare                                 the default suite
    diffkit compare "sin(x)*exp(-x^2)" --at x=0.7   a formula
    diffkit compare model.py:loss --at x=0.3,y=1.7  a NumPy function of yours
    diffkit explain "2*x*y + y + 3" --at x=40,y=4   forward and backward pass
    diffkit check model.py:loss --grad model.py:loss_gradient --at x=1,y=2
    diffkit train --data moons --layers 2,8,1       a network by every backend
    diffkit example                                 a model.py to start from
    """


@app.command(cls=FormulaCommand, epilog=EXIT_CODES, short_help="One function by every backend: digits, cost.")
def compare(
    what: o.What = None,
    at: o.At = None,
    range: o.Range = None,
    points: o.Points = 1,
    file: o.File = None,
    sizes: o.Sizes = None,
    backends: o.Backends = None,
    suite: o.Suite = "default",
    random_problems: o.RandomProblems = None,
    sweep_step: o.SweepStep = False,
    wrt: o.Wrt = None,
    min_digits: o.MinDigits = None,
    calls: o.Calls = 1000,
    seed: o.Seed = 0,
    timeout: o.Timeout = 10.0,
    quick: o.Quick = False,
    careful: o.Careful = False,
    strict: o.Strict = False,
    no_isolate: o.NoIsolate = False,
    wide: o.Wide = False,
    json: o.Json = False,
    format: o.Format = None,
    output: o.Output = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Differentiate one function by every backend: value, certified digits, cost.

    \b
    diffkit compare "sin(x)*exp(-x^2)" --at x=0.7
    diffkit compare model.py:loss --at x=0.3,y=1.7 --min-digits 8
    diffkit compare rosenbrock helmholtz --sizes 10,100 --backends finite,reverse
    diffkit compare --file formulas.csv --points 3 -o rows.csv
    diffkit compare --random-problems 1000 --seed 1 --backends finite,peers
    diffkit compare "exp(x)" --at x=1 --sweep-step
    """

    def command() -> int:
        from .comparing import Request, compare_command

        return compare_command(Request(
            what or [], at or [], range or [], points, file, sizes, backends, suite, wrt, min_digits, calls,
            seed, timeout, quick, careful, strict, no_isolate, wide, "json" if json else format, output,
            quiet, random_problems, sweep_step,
        ))  # fmt: skip

    run(command, lang)


@app.command(cls=FormulaCommand, short_help="Forward and backward pass, node by node.")
def explain(
    what: o.One,
    at: o.At = None,
    wrt: o.Wrt = None,
    seed: o.Seed = 0,
    graph: o.GraphOutput = None,
    step: o.StepByStep = False,
    frames: o.FramesOutput = None,
    output: o.ExplanationOutput = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Show the forward values and the backward adjoints, node by node, from the running tape.

    Below them the derivative as a formula, forward mode's trace, and differences. With --graph the
    computational graph is drawn, with --frames the two passes are an animation.

    \b
    diffkit explain "2*x*y + y + 3" --at x=40,y=4
    diffkit explain "2*x*y + y + 3" --at x=40,y=4 --graph graph.svg
    diffkit explain "sin(x)*exp(-x^2)" --at x=0.7 --step
    diffkit explain model.py:loss --at x=0.3,y=1.7 -o loss.html
    """

    def command() -> int:
        from .explaining import Request, explain_command

        return explain_command(Request(what, at or [], wrt, seed, output, graph, frames, step, quiet))

    run(command, lang)


@app.command(
    cls=FormulaCommand,
    epilog=CHECK_CODES,
    short_help="A gradient of yours, or of every backend: right or wrong.",
)
def check(
    what: o.One,
    grad: o.Grad = None,
    at: o.At = None,
    range: o.Range = None,
    points: o.CheckPoints = 1,
    backends: o.Backends = None,
    operator: o.Operator = None,
    wrt: o.Wrt = None,
    slack: o.Slack = 32.0,
    seed: o.Seed = 0,
    timeout: o.CheckTimeout = None,
    json: o.Json = False,
    output: o.ChecksOutput = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Check a gradient against certified derivatives: no tolerance to choose, and the cause is named.

    \b
    diffkit check model.py:loss --grad model.py:loss_gradient --at x=1,y=2
    diffkit check model.py:loss --points 50 --range "x=0:1;y=0:1"
    diffkit check "x^2*y" --grad "2*x*y; x^2" --at x=3,y=2
    """

    def command() -> int:
        from .checking import Request, check_command

        return check_command(Request(
            what, grad, at or [], range or [], points, backends, operator, wrt, slack, seed,
            timeout, "json" if json else None, output, quiet,
        ))  # fmt: skip

    run(command, lang)


@app.command(short_help="A small network by every backend: loss, digits, cost.")
def train(
    data: o.Data = None,
    target: o.TargetColumn = None,
    layers: o.Layers = None,
    activation: o.Activation = None,
    loss: o.Loss = None,
    optimizer: o.Optimizer = None,
    learning_rate: o.LearningRate = None,
    schedule: o.Schedule = None,
    batch: o.Batch = None,
    epochs: o.Epochs = None,
    decay: o.Decay = None,
    init: o.Init = None,
    patience: o.Patience = None,
    test: o.Test = None,
    seed: o.TrainSeed = None,
    backends: o.TrainBackends = None,
    timeout: o.TrainTimeout = None,
    explain: o.Explain = False,
    resume: o.Resume = None,
    no_isolate: o.NoIsolate = False,
    wide: o.Wide = False,
    json: o.Json = False,
    format: o.RunsFormat = None,
    output: o.RunsOutput = None,
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Train a small network by every backend from the same seed: loss, digits, cost.

    \b
    diffkit train
    diffkit train --data moons --layers 2,8,1 --backends all --epochs 200
    diffkit train --data table.csv --target y --optimizer momentum --batch 8
    diffkit train --data xor --layers 2,2,1 --explain
    """
    options = dict(
        data=data, target=target, layers=layers, activation=activation, loss=loss, optimizer=optimizer,
        learning_rate=learning_rate, schedule=schedule, batch=batch, epochs=epochs, decay=decay, init=init,
        patience=patience, test=test, seed=seed, backends=backends, timeout=timeout,
    )  # fmt: skip

    def command() -> int:
        from .training import Request, train_command

        form = "json" if json else format
        return train_command(Request(options, explain, resume, not no_isolate, wide, form, output, quiet))

    run(command, lang)


@app.command(short_help="A figure from records, and its data as CSV.")
def plot(
    kind: o.Kind,
    records: o.Records = "@last",
    output: o.PlotOutput = Path("plot.svg"),
    style: o.PlotStyle = "paper",
    lang: o.Lang = None,
    quiet: o.Quiet = False,
) -> None:
    """Draw a figure from records, with its data as CSV beside it; nothing is measured again.

    \b
    diffkit list plots
    diffkit plot outcomes @last -o outcomes.png
    diffkit plot cost run.jsonl -o cost.svg --style slides
    """

    def command() -> int:
        from .plotting import plot_command

        return plot_command(kind, records, output, style, quiet)

    run(command, lang)


@app.command(short_help="One page from records: HTML, or Markdown.")
def report(
    records: o.ReportRecords = None,
    output: o.ReportOutput = None,
    format: o.ReportFormat = None,
    profile: o.Profile = "lecture",
    lang: o.Lang = None,
    all: o.All = False,
    quick: o.Quick = False,
    quiet: o.Quiet = False,
) -> None:
    """Write a report from records of compare, train and check; nothing is measured again.

    \b
    diffkit report @last -o report.html
    diffkit report run.jsonl train.jsonl -o report.html --profile engineer
    diffkit report run.jsonl --format md
    diffkit report --all -o reports          measures every suite, minutes long
    """

    def command() -> int:
        from .reporting import Request, all_command, report_command

        request = Request(records or [], output, format, profile, quiet)
        return all_command(request, quick) if all else report_command(request, quick)

    run(command, lang)


@app.command(name="list", short_help="What problems, backends, functions, plots there are.")
def list_(
    what: o.WhichList,
    json: o.Json = False,
    lang: o.Lang = None,
) -> None:
    """List the problems, the backends, the NumPy functions with a rule, the suites or the data."""

    def command() -> int:
        from .listing import list_command

        return list_command(what, json)

    run(command, lang)


@app.command(short_help="Write a model.py to start from.")
def example(
    path: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where to write it.")] = Path("model.py"),
    force: o.Force = False,
) -> None:
    """Write a model.py to start from: three small losses in plain NumPy."""

    def command() -> int:
        from .example import example_command

        return example_command(path, force)

    run(command)


def main() -> None:
    """Run the command line."""
    app(prog_name="diffkit")
