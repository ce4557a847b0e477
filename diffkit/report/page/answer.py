"""The answer first: three to five sentences, each with its condition and a link to its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ...checking.record import VERDICTS, Check
from ...harness.record import Measurement
from ...languages import Subject
from ...languages.retelling import retold
from ...training.record import Run
from ..advice import advice
from ..lists import listed
from ..plots.rows import about
from ..units import seconds, tenths
from .blocks import Paragraph
from .summary import Summary

words, statuses = Subject("report"), Subject("statuses")

MOST = 5
ALIKE = 1.0  # digits within which backends are told as equals
LOSING = 8.0  # attainable digits below which a program is to be rewritten
NAMED = 3  # problems that are named


class Answer:
    """What the sentences are made from."""

    def __init__(
        self, rows: Sequence[Measurement], runs: Sequence[Run], checks: Sequence[Check],
        findings: dict[str, str],
    ):  # fmt: skip
        self.rows, self.runs, self.checks, self.findings = rows, runs, checks, findings
        self.summary = Summary.of(rows)

    def sentences(self) -> list[Paragraph]:
        """At most five; the findings of figures fill up where the records are of one kind only."""
        found: list[Paragraph] = []
        for anchor, told in self.candidates():
            texts = [text for text in told() if text]
            found += [Paragraph(text, (anchor, words("evidence"))) for text in texts]
        return found[:MOST]

    def candidates(self) -> Iterator[tuple[str, Callable[[], Sequence[str | None]]]]:
        yield "choice", self.advised
        yield "outcomes", self.outcomes
        yield "accuracy", self.digits
        yield "cost", self.fastest
        yield "training", self.training
        yield "checks", self.verdicts
        yield "outcomes", self.losing
        for kind in ("steps", "swell", "crossover", "cost", "training"):
            told = [f"{self.findings[kind]}."] if kind in self.findings else []
            yield f"figure-{kind}", lambda told=told: told  # type: ignore[misc]

    def advised(self) -> list[str]:
        """What to take, on what condition."""
        timed = any(row.execute_samples for row in self.rows)
        return [" ".join(told.split())] if timed and (told := advice(self.rows)) else []

    def told(self, key: str, problems: int, **parts: object) -> str:
        """A sentence on so many problems, of one problem in its own words."""
        return words(key + " one" * (problems == 1), problems=problems, **parts)

    def outcomes(self) -> list[str]:
        """Who is right on how many problems, and what became of the rest."""
        summary, scored = self.summary, self.summary.scored
        if not self.rows:
            return []
        if not scored:
            return [self.told("uncertified", len(summary.grid))]
        right = {name: summary.statuses(name)["ok"] for name in summary.compared}
        best, least = max(right.values(), default=0), min(right.values(), default=0)
        if not best:
            return [self.told("right none", len(scored))]
        first = listed([name for name, count in right.items() if count == best])
        if best == least:
            return [self.told("right all", len(scored), right=best, best=first)]
        last = [name for name, count in right.items() if count == least]
        failures = Counter(row.status for name in last for row in summary.of_backend(name).values())
        told = [
            words("failure", count=count, status=statuses(status))
            for status, count in failures.items()
            if status not in ("ok", "unscored")
        ]
        return [
            self.told("right some", len(scored), best=first, right=best, least=least, worst=listed(last),
                      failures=", ".join(told) or words("not tried"))
        ]  # fmt: skip

    def digits(self) -> list[str]:
        """Medians over the problems that all are scored on."""
        medians, problems = self.summary.median_digits()
        if len(medians) < 2:
            return []
        most, fewest = max(medians.values()), min(medians.values())
        if most - fewest <= ALIKE:
            return [self.told("digits alike", problems, most=tenths(most))]
        best = [name for name, digits in medians.items() if digits >= most - ALIKE]
        worst = [name for name, digits in medians.items() if digits <= fewest + ALIKE and name not in best]
        return [
            self.told("digits apart", problems, best=listed(best), worst=listed(worst),
                      most=tenths(min(medians[name] for name in best)), fewest=tenths(fewest))
        ]  # fmt: skip

    def fastest(self) -> list[str]:
        """Who is clearly the fastest, problem by problem; where quartiles overlap nobody is."""
        leaders = self.summary.leaders()
        if not leaders:
            return []
        wins = Counter(names[0] for names in leaders.values() if len(names) == 1)
        if not wins:
            tied = list(dict.fromkeys(name for names in leaders.values() for name in names))
            return [self.told("fastest none", len(leaders), best=listed(tied))]
        most = max(wins.values())
        best = listed([name for name, count in wins.items() if count == most])
        ties = sum(len(names) > 1 for names in leaders.values())
        key = "fastest ties" if ties else "fastest"
        return [self.told(key, len(leaders), best=best, wins=most, ties=ties)]

    def losing(self) -> list[str]:
        """Problems whose own program loses the digits."""
        lost = [
            problem
            for problem, found in self.summary.grid.items()
            if any(
                row.attainable_digits is not None and row.attainable_digits < LOSING for row in found.values()
            )
        ]
        if not lost:
            return []
        more = [words("more", count=len(lost) - NAMED)] if len(lost) > NAMED else []
        names = listed([*lost[:NAMED], *more])
        key = "losing" if len(lost) > 1 else "losing one"
        return [words(key, count=len(lost), digits=f"{LOSING:g}", names=names)]

    def training(self) -> list[str]:
        """The loss that was reached, what a step cost, and where trajectories part."""
        runs = [run for run in self.runs if run.final_loss is not None and run.seconds_per_step]
        if not runs:
            return []
        quick = min(runs, key=lambda run: run.seconds_per_step or 0.0)
        slow = max(runs, key=lambda run: run.seconds_per_step or 0.0)
        told = words(
            "trained", data=quick.setup.get("data", ""), epochs=quick.epochs,
            backends=listed([run.backend for run in runs]), quickest=quick.backend, slowest=slow.backend,
            loss=about(min(run.final_loss or 0.0 for run in runs)),
            quick=seconds(quick.seconds_per_step), slow=seconds(slow.seconds_per_step),
        )  # fmt: skip
        return [told, *self.kept(runs), *self.parted(runs)]

    def kept(self, runs: Sequence[Run]) -> list[str]:
        """The digits of the gradients that were certified on the way."""
        digits = {run.backend: run.digits for run in runs if run.digits is not None}
        if len(digits) < 2:
            return []
        most, fewest = max(digits.values()), min(digits.values())
        best = [name for name, each in digits.items() if each >= most - ALIKE]
        least = tenths(min(digits[name] for name in best))
        if most - fewest <= ALIKE:
            return [words("kept alike", most=least)]
        worst = listed([name for name in digits if name not in best])
        return [words("kept", best=listed(best), most=least, worst=worst, fewest=tenths(fewest))]

    def parted(self, runs: Sequence[Run]) -> list[str]:
        """Where the first trajectory leaves the others, and why."""
        return [
            words("parted", backend=run.backend, other=at["from"], step=at["step"], why=retold(at["why"]))
            for run in runs
            if (at := run.parted)
        ][:1]

    def verdicts(self) -> list[str]:
        """How many checks agree, disagree, cannot be told."""
        if not self.checks:
            return []
        if len(self.checks) == 1 and self.checks[0].verdict:
            return [words(f"{self.checks[0].verdict} alone")]
        agree, disagree, undecided = (
            sum(check.verdict == verdict for check in self.checks) for verdict in VERDICTS
        )
        return [words("checked", count=len(self.checks), agree=agree, disagree=disagree, undecided=undecided)]
