"""Training by every backend: the same numbers from the same seed, budgets, resuming, and what goes wrong."""

from dataclasses import replace

import numpy as np
import pytest

from diffkit.differentiators.registry import backend
from diffkit.harness.record import append_record
from diffkit.training.network import joined
from diffkit.training.parting import parting
from diffkit.training.plan import continued, planned
from diffkit.training.record import Checkpoint, Run, Setup, Step, read_kind
from diffkit.training.tables import BadData
from diffkit.training.train import fit
from diffkit.training.trainee import Trainee

MOONS = {"data": "moons", "layers": (2, 8, 1), "epochs": 3}
# Relative agreement of the losses with those of reverse. Exact gradients differ by rounding alone.
# Differences err by 1e-8 at worst, which a step of Adam, whose first steps are sign(g), can pass on.
AGREE = {"finite:scheme=central": 1e-6}


def trained(backends, **options):
    """Steps, runs and checkpoints of a small training."""
    return fit(planned(**{**MOONS, **options}), [backends] if isinstance(backends, str) else backends)


def losses(steps):
    return np.array([step.loss for step in steps])


def test_every_backend_trains_alike():
    """From the same seed the losses of all backends are equal to the digits that each promises."""
    names = ["reverse", "forward", "compiled", "symbolic", "finite:scheme=central"]
    steps, runs, _ = trained(names, test=0.5)
    assert [run.status for run in runs] == ["ok"] * len(names)
    by = {run.backend: losses([step for step in steps if step.backend == run.backend]) for run in runs}
    for name, mine in by.items():
        assert mine == pytest.approx(by["reverse"], rel=AGREE.get(name, 1e-12)), name
    assert {run.epochs for run in runs} == {3} and {run.steps for run in runs} == {3 * 7}
    assert len({run.test_accuracy for run in runs}) == 1
    digits = {run.backend: run.digits for run in runs}
    assert min(digits.pop("finite:scheme=central"), 9) > 8 and min(digits.values()) > 13
    evaluations = {run.backend: run.evaluations for run in runs}
    assert evaluations["reverse"] == 1 and evaluations["finite:scheme=central"] >= 2 * 33
    for run in runs:
        assert run.seconds_per_step > 0 and run.seconds_per_epoch >= 7 * 0.5 * run.seconds_per_step
        assert run.ratio > 0 and run.primal_seconds > 0
        assert run.peak_bytes > run.predict_bytes > 0 and run.gradients_per_second > 0
        assert run.parameters == 33 and run.final_loss < 0.7 and run.setup["layers"] == [2, 8, 1]


def test_the_digits_are_learned():
    """64-32-10 on the real digits reaches 95 % of the test samples within four epochs."""
    steps, (run,), _ = fit(planned(epochs=4), ["reverse"])
    assert run.status == "ok" and run.test_accuracy >= 0.95
    assert run.parameters == 2410 and run.digits > 13
    certified = [step.step for step in steps if step.digits is not None]
    assert certified == [0, 43, 86]  # the first steps of epochs 0, 1, 2


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "lbfgs"])
def test_every_optimiser_trains(optimizer):
    """The loss over the training samples falls, and two runs give the same numbers."""
    (steps, (run,), _), (again, _, _) = (trained("reverse", optimizer=optimizer) for _ in range(2))
    assert run.status == "ok"
    assert run.final_loss < steps[0].loss
    assert np.array_equal(losses(steps), losses(again))
    assert not np.array_equal(losses(steps), losses(trained("reverse", optimizer=optimizer, seed=1)[0]))


def test_quasi_newton_counts_what_its_line_searches_cost():
    """One step an iteration, on all samples, with every evaluation since the last; the optimum is better."""
    steps, (run,), _ = trained("reverse", optimizer="lbfgs", epochs=15, layers=(2, 4, 1))
    assert [step.step for step in steps] == list(range(run.epochs)) and run.setup["batch"] == 0
    assert all(step.evaluations >= 1 and step.seconds >= step.gradient_seconds for step in steps)
    assert any(step.evaluations > 1 for step in steps)
    losses_after = [step.train_loss for step in steps]
    assert losses_after == sorted(losses_after, reverse=True)
    assert [step.step for step in steps if step.digits is not None] == [0, 1, 2, 4, 8]


@pytest.mark.parametrize("batch", [0, 1, 64])
def test_full_batch_mini_batch_and_single_samples(batch):
    """As many steps an epoch as there are batches."""
    steps, (run,), _ = trained("reverse", batch=batch, epochs=1, optimizer="sgd", learning_rate=0.05)
    assert run.status == "ok" and len(steps) == {0: 1, 1: 300, 64: 5}[batch]


@pytest.mark.parametrize("data", ["xor", "circles", "spirals", "sine", "iris"])
def test_every_data_set_trains(data):
    """With the defaults that suit it; a regression has no accuracy."""
    job = planned(data, epochs=3)
    _, (run,), _ = fit(job, ["reverse"])
    assert run.status == "ok"
    assert run.final_loss < job.network.loss(job.network.initial(0), *job.split.train)
    assert (run.test_accuracy is None) == (data == "sine")


@pytest.mark.parametrize("options", [{}, {"optimizer": "sgd", "schedule": "cosine"}, {"patience": 5}])
def test_a_run_that_was_stopped_and_continued_gives_the_same_numbers(options, tmp_path):
    """Interrupted in the third of six epochs, continued from the file: bit for bit the run that was not."""
    job = planned(**{**MOONS, **options, "epochs": 6})
    path = tmp_path / "run.jsonl"

    def interrupt(done, total, what):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(job, ["reverse", "forward"], on_record=lambda r: append_record(path, r), progress=interrupt)
    assert {each.epoch for each in read_kind(path, Checkpoint)} == {2, 3}
    assert [(run.status, run.message) for run in read_kind(path, Run)] == [
        ("timeout", f"interrupted after {done} of 6 epochs") for done in (3, 2)
    ]
    job, checkpoints = continued(path)
    steps, runs, _ = fit(
        job, ["reverse", "forward"], checkpoints=checkpoints, earlier=read_kind(path, Step),
        on_record=lambda r: append_record(path, r),
    )  # fmt: skip
    whole, expected, last = fit(job, ["reverse", "forward"])
    assert np.array_equal(losses(steps), losses(whole))
    assert [run.final_loss for run in runs] == [run.final_loss for run in expected]
    assert [run.epochs for run in runs] == [6, 6]
    finals = {each.backend: each for each in read_kind(path, Checkpoint)}
    assert [finals[each.backend].parameters for each in last] == [each.parameters for each in last]
    assert read_kind(path, Run)[2:] == runs


def test_what_cannot_be_continued(tmp_path):
    """No checkpoint, an optimiser whose state is SciPy's, arrays that were not passed again."""
    path = tmp_path / "run.jsonl"
    append_record(path, Step(backend="reverse", epoch=0, step=0, loss=1.0))
    with pytest.raises(ValueError, match="has no checkpoint"):
        continued(path)
    place = {"backend": "reverse", "epoch": 1, "step": 1, "parameters": [0.0], "state": []}
    cases = ({"optimizer": "lbfgs"}, "SciPy keeps its state"), ({"data": "arrays"}, "pass them again")
    for options, told in cases:
        append_record(path, Checkpoint(setup=vars(planned(**MOONS).setup) | options, **place))
        with pytest.raises(ValueError, match=told):
            continued(path)


def test_early_stopping_keeps_the_best():
    """At a far too large rate the validation loss rises; the parameters go back to where it was lowest."""
    options = {"optimizer": "sgd", "learning_rate": 10.0, "epochs": 60, "patience": 4}
    steps, (run,), (checkpoint,) = trained("reverse", **options)
    assert run.epochs < 60
    assert run.message.startswith("stopped early: the validation loss was lowest after epoch")
    job = planned(**{**MOONS, **options})
    parameters = job.network.split(np.array(checkpoint.parameters))
    assert job.network.loss(parameters, *job.split.validation) == checkpoint.best_loss
    assert run.final_loss == job.network.loss(parameters, *job.split.train) == steps[-1].train_loss
    again, (same,), _ = fit(job, ["reverse"], checkpoints=[checkpoint], earlier=steps)
    assert len(again) == len(steps) and same.final_loss == run.final_loss  # what has stopped stays stopped


def test_a_budget_ends_a_run_and_says_why():
    """No time at all: ended in the first epoch, with what a step takes and for how many parameters."""
    _, (run,), _ = fit(planned(**MOONS), ["forward"], timeout=1e-9)
    assert run.status == "timeout" and run.steps == 1 and run.epochs == 0
    assert run.message.startswith("ended by its budget of 1e-09 s in epoch 1 of 3: a step takes")
    assert run.message.endswith("for 33 parameters")


def test_symbolic_ends_with_its_budget_on_the_digits():
    """Its preparation is ended from outside, and the row says how long and of what size it was."""
    _, (run,), _ = fit(planned(epochs=1), ["symbolic"], timeout=5.0)
    assert run.status == "timeout" and run.steps == 0
    assert "its preparation" in run.message and "1 s" in run.message
    assert "4,778 operations" in run.message and "2,410 parameters" in run.message


def test_a_wrong_gradient_is_noticed():
    """The control that answers 0 trains nothing and is called wrong; a right one is not."""
    _, (zero, reverse), _ = trained(["zero", "reverse"], epochs=1)
    assert zero.status == "wrong" and zero.digits == 0.0 and "digits" in zero.message
    assert reverse.status == "ok" and reverse.message is None
    assert zero.parted["from"] == "reverse" and zero.parted["step"] == 1
    assert zero.parted["why"].startswith("the gradient of zero keeps 0.0 digits, that of reverse 1")


def test_parting_names_the_first_step_and_the_cause():
    """Equal losses never part; rounding that grows is told from a gradient with few digits."""

    def steps(name, values, digits):
        return [Step(backend=name, epoch=0, step=k, loss=y, digits=digits) for k, y in enumerate(values)]

    a, b = steps("a", [1.0, 0.5, 0.25], 15.0), steps("b", [1.0, 0.5, 0.25 + 1e-11], 15.5)
    assert parting(a, a) is None and parting(a, b[:2]) is None
    found = parting(b, a)
    assert (found["step"], found["from"]) == (2, "a")
    assert "amplified the rounding over 2 steps" in found["why"]
    why = parting(steps("c", [1.0, 0.4], 7.0), a)["why"]
    assert why == "the gradient of c keeps 7.0 digits, that of a 15.0"


def test_backends_that_fail_have_a_row():
    """What a backend refuses is its outcome, and the others go on."""
    _, runs, _ = fit(planned(**MOONS), ["symbolic:missing=1", "reverse"][1:] + [Refusing()])
    assert [run.status for run in runs] == ["ok", "unsupported"]
    assert "not today" in runs[1].message and "33 parameters" in runs[1].message


class Refusing(type(backend("reverse"))):
    """A backend that prepares nothing."""

    name = "refusing"

    def prepare(self, f, args, wrt=0):
        from diffkit import Unsupported

        raise Unsupported("not today")


# Diagnoses


def test_the_step_activation_is_named_at_once():
    """Before the first epoch, with the way out; its gradient is 0 below. Others are not accused."""
    said = []
    job = planned(**MOONS | {"activation": "step"})
    _, (run,), _ = fit(job, ["reverse"], progress=lambda *a: said.append(a))
    assert said[0][0] == 0 and "derivative zero" in said[0][2] and "use logistic" in said[0][2]
    assert run.diagnoses[0] == said[0][2]
    assert trained("reverse")[1][0].diagnoses == []


@pytest.mark.parametrize(("given", "shown"), [(50.0, "50"), (1e300, "1e+300")])
def test_a_diverging_loss_names_the_rate_that_descends(given, shown):
    """The message's rate trains, from wherever it was looked for."""
    options = {"data": "sine", "layers": (1, 8, 1), "activation": "relu", "optimizer": "sgd", "epochs": 20}
    _, (run,), _ = fit(planned(**options, learning_rate=given), ["reverse"])
    assert run.status == "error" and run.message.startswith("diverged in step")
    rate = float(run.message.split(f"the learning rate is {shown}, ")[1].split(" still descends")[0])
    steps, (mended,), _ = fit(planned(**options, learning_rate=rate), ["reverse"])
    assert mended.status == "ok" and mended.final_loss < steps[0].loss


def test_a_loss_that_rose_is_told():
    """Finite, but higher than at the start."""
    steps, (run,), _ = trained("reverse", optimizer="sgd", learning_rate=30.0)
    assert run.status == "ok" and run.final_loss > steps[0].loss
    assert any("the loss rose from" in each and "still descends" in each for each in run.diagnoses)


def test_nan_names_the_operation():
    """Weights at the edge of the doubles overflow in a product, which is named."""
    job = planned(**MOONS | {"activation": "identity", "loss": "mse"})
    trainee = Trainee(backend("reverse"), job)
    trainee.place = replace(trainee.place, x=np.full(33, 1e308))
    report = trainee.epoch(60.0)
    assert report.status == "error"
    assert "diverged in step 0: the value of v1 = X @ parameters[0] is not finite" in report.message


@pytest.mark.parametrize(
    ("activation", "scale", "told"),
    [("logistic", 1.0, "vanishing"), ("identity", 40.0, "exploding"), ("tanh", 1.0, None)],
)
def test_gradients_that_vanish_or_explode(activation, scale, told):
    """Nine logistic layers, or weights forty times too large; three layers of tanh are well."""
    from diffkit.training.diagnosis import flow_of_gradients

    depth = 2 if told is None else 8
    job = planned("moons", layers=(2, *[4] * depth, 1), activation=activation, epochs=1)
    trainee = Trainee(backend("reverse"), job)
    trainee.place = replace(trainee.place, x=scale * trainee.place.x)
    step, _ = trainee.step(trainee.place.x, np.arange(32), 0, 1)
    assert [each.split()[0] for each in flow_of_gradients([step])] == ([told] if told else [])


def test_dead_relus_are_counted():
    """Biases far below zero kill three of eight units; leaky-relu has no dead ones."""
    for activation, expected in (("relu", ["3 of 8 units of layer 1 are dead"]), ("leaky-relu", [])):
        job = planned(**MOONS | {"activation": activation})
        trainee = Trainee(backend("reverse"), job)
        parameters = job.network.initial(0)
        parameters[1] = np.where(np.arange(8) < 3, -100.0, 1.0)
        trainee.place = replace(trainee.place, x=joined(parameters))
        assert [each.split(":")[0] for each in trainee.diagnoses() if "dead" in each] == expected


# Plans


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"optimizer": "adamw"}, "no optimizer 'adamw'"), ({"schedule": "up"}, "there is no schedule"),
        ({"loss": "hinge"}, "there is no loss"), ({"batch": -1}, "batch = -1"), ({"test": 1.5}, "test = 1.5"),
        ({"learning_rate": 0.0}, "the learning rate is 0.0"), ({"init": "zeros"}, "there is no init"),
        ({"layers": (3, 1)}, "moons has 2 features: the first layer has 3 units"),
        ({"epochs": 0}, "epochs = 0: it must be positive"),
        ({"optimizer": "lbfgs", "patience": 3}, "lbfgs stops by itself"),
        ({"data": "sine", "layers": None, "loss": "logistic"}, "use mse"),
    ],
)  # fmt: skip
def test_what_cannot_be_planned(options, told):
    """One sentence, before anything is trained."""
    with pytest.raises((ValueError, BadData), match=told):
        planned(**{**MOONS, **options})


def test_defaults_suit_the_data():
    """Layers, loss and the number of epochs; a setup is JSON and makes the same job again."""
    assert planned("digits").setup.layers == [64, 32, 10] and planned("digits").setup.loss == "cross-entropy"
    assert planned("moons").setup.layers == [2, 8, 1] and planned("moons").setup.loss == "logistic"
    assert planned("sine").setup.layers == [1, 8, 1] and planned("sine").setup.loss == "mse"
    job = planned("iris", loss="cross-entropy", batch=0)
    assert job.setup.layers == [4, 8, 3] and job.setup.epochs == 200
    assert planned(**vars(Setup(**job.setup.as_dict()))).setup == job.setup
