"""The fixed text of a report."""

WORDS = {
    # the head
    "title": "Ways to differentiate, compared",
    "title one": "{problem}, differentiated every way",
    "title training": "A network, trained every way",
    "title checks": "Gradients, checked",
    "subtitle": "{records} records of {backends} backends on {problems}, measured on {machine}. Nothing "
    "here was measured again: all of it is read from the records.",
    "subtitle checks": "{checks} of a gradient. Nothing here was measured again: all of it is read from the "
    "records.",
    "problem": "1 problem",
    "problems": "{count} problems",
    "trainings": "{count} trainings",
    "checks made": "{count} checks",
    "checks made one": "1 check",
    "contents": "Contents",
    "evidence": "evidence",
    "not tried": "the others were not tried",
    "failure": "{count} {status}",
    "more": "{count} more",
    # the sections
    "answer": "The answer",
    "outcomes": "Outcomes",
    "accuracy": "Accuracy",
    "cost": "Cost",
    "choice": "Accuracy against cost",
    "training": "Training",
    "checks": "Checks",
    "how": "How it works",
    "method": "Method and machine",
    "glossary": "Glossary",
    # the sentences of the answer, each with its condition
    "right all": "Right on {right} of {problems} certified problems: every backend.",
    "right all one": "Every backend is right: {best}.",
    "right some": "Right on {right} of {problems} certified problems: {best}; on {least}: {worst} "
    "({failures}).",
    "right some one": "Right: {best}; not right: {worst} ({failures}).",
    "right none": "No backend is right on any of the {problems} problems that have a certified derivative.",
    "right none one": "No backend is right.",
    "uncertified": "None of the {problems} problems has a certified derivative, so nobody knows who is "
    "right.",
    "uncertified one": "The derivative could not be certified here, so nobody knows who is right.",
    "digits alike": "On the {problems} problems that all were scored on, all backends keep {most} digits "
    "in the median, within one digit of each other.",
    "digits alike one": "All backends keep {most} digits of the certified derivative, within one digit "
    "of each other.",
    "digits apart": "In the median of the {problems} problems that all were scored on, {most} digits are "
    "kept by {best}, {fewest} by {worst}.",
    "digits apart one": "Of the certified derivative {most} digits are kept by {best}, {fewest} by {worst}.",
    "fastest": "Clearly the fastest right answer on {wins} of {problems} timed problems: {best}.",
    "fastest one": "Clearly the fastest right answer: {best}.",
    "fastest ties": "Clearly the fastest right answer on {wins} of {problems} timed problems: {best}; on "
    "{ties} the times of the leaders overlap, and there is no winner.",
    "fastest none": "On none of {problems} timed problems is one backend clearly the fastest: their "
    "times overlap.",
    "fastest none one": "No backend is clearly the fastest: the times of {best} overlap.",
    "losing": "On {count} problems the program itself keeps fewer than {digits} digits, whatever "
    "differentiates it: {names}. Rewrite them before choosing a backend.",
    "losing one": "On {names} the program itself keeps fewer than {digits} digits, whatever "
    "differentiates it. Rewrite it before choosing a backend.",
    "trained": "Trained on {data} for {epochs} epochs: loss {loss} by {backends}; a step takes {quick} "
    "by {quickest}, {slow} by {slowest}.",
    "parted": "{backend} parts from {other} in step {step}: {why}.",
    "kept": "The gradients that were certified on the way keep at least {most} digits by {best}, "
    "{fewest} by {worst}.",
    "kept alike": "The gradients that were certified on the way keep at least {most} digits by every "
    "backend.",
    "agree alone": "The gradient that was checked agrees with its reference.",
    "disagree alone": "The gradient that was checked disagrees with its reference.",
    "cannot tell alone": "Of the gradient that was checked it cannot be told whether it is right.",
    "checked": "Of {count} checks {agree} agree, {disagree} disagree and {undecided} cannot be told.",
    # outcomes
    "outcomes intro": "What came of each backend on each problem. A failure is a result, and stands here "
    "with its reason.",
    "by backend": "What came of each backend",
    "by status": "Problems by outcome",
    "reasons": "What went wrong, and why",
    "reasons more": "{count} more reasons are in the records.",
    # accuracy
    "accuracy intro": "Digits are correct decimal digits of the whole derivative, counted against an "
    "enclosure that is certain. The order of the rows is that of the records, and no ranking.",
    "by digits": "Digits kept, over all scored problems",
    # cost
    "cost intro": "Cost is the time of one call in calls of the function itself, medians of rounds in "
    "which the backends took turns. The middle half of the problems lies between the two quartiles; "
    "where two rows overlap, there is no ranking between them.",
    "cost one": "Cost is the time of one call in calls of the function itself, the median of rounds in "
    "which the backends took turns.",
    "by cost": "Cost of one call, over all timed problems",
    "growth": "How cost grows with the size",
    # accuracy against cost
    "choice intro": "The more digits you need, the fewer backends are left. Each sentence holds for all "
    "scored problems of these records at once.",
    "need": "If you need {digits} digits: ",
    "need range": "If you need {least} to {digits} digits: ",
    "rows": "Every measurement ({count})",
    "rows cut": "Every measurement: the first {count} of {all}",
    "chooser": "Show what I need",
    "digits needed": "digits that I need, at least",
    "search": "problem or backend contains",
    "only ok": "only what is right",
    "shown": "{shown} of {all} rows shown.",
    "meeting": "On every scored problem that is shown, so many digits are kept by: {names}.",
    "meeting none": "No backend keeps so many digits on every scored problem that is shown.",
    # training
    "training intro": "The same network from the same start, trained by every backend. What differs is "
    "what a gradient costs, and how many digits it keeps.",
    "losses": "Loss after some epochs, and the seconds that the steps took until then",
    # checks
    "checks intro": "Somebody's gradient, held against certified derivatives; no tolerance is chosen by "
    "hand.",
    "by claim": "Verdicts by claim",
    # how it works
    "how intro": "Backpropagation on {title}: every intermediate value of the forward pass is kept, then "
    "the derivative of the result flows back, and each step multiplies by a local slope. These numbers "
    "are read off the very tape that the backend reverse runs.",
    "passes": "The two passes, node by node",
    # method
    "certified": "How digits are certified: the program is run over intervals of 128 bits and more, with "
    "local slopes from power series that are none of our rules, so that a wrong rule cannot certify "
    "itself. Where an enclosure is impossible, as at a kink, the row says unscored.",
    "timed": "How time is measured: backends take turns, a sample is the time of many calls divided by "
    "their number, medians are shown and quartiles decide whether one is faster. Set-up happens once and "
    "is shown apart.",
    "memory": "Memory is the most that Python and NumPy hold during one call, watched in a run of its own.",
    "seeds": "Seeds: {seeds}. The same seed draws the same points and the same starts.",
    "commands": "The commands that measured this",
    "machine": "Machine and versions",
    "machine name": "what",
    "machine value": "value",
    "missing figures": "Figures that these records do not feed",
    "some panels": "It shows {shown} of {total} problems; the tables have all.",
    "figure": "figure",
    "needs": "what it needs",
    "why": "why",
    # the index of all reports
    "index": "Reports",
    "index intro": "Made by one command, `diffkit report --all -o reports`, which measures everything "
    "anew. Each report is one file that a browser shows without a network; the records are what it was "
    "made from.",
    "index default": "The default suite",
    "index hard": "Hard cases",
    "index swell": "Expression swell",
    "index cost": "Cost",
    "index training": "Training",
    "index report": "the report",
    "index records": "the records",
    # titles of columns
    "backend": "backend",
    "outcome": "outcome",
    "certified problems": "problems",
    "which": "problem",
    "digits": "digits",
    "digits median": "median",
    "digits worst": "fewest",
    "digits where": "fewest on",
    "two ulps": "within 2 ulps",
    "bounded": "error within own bound",
    "attainable": "attainable",
    "cost column": "cost",
    "low": "lower quartile",
    "middle": "median",
    "high": "upper quartile",
    "set-up": "set-up",
    "held": "memory",
    "status": "outcome",
    "claim": "claim",
    "agree": "agree",
    "disagree": "disagree",
    "cannot tell": "cannot tell",
    "fewest digits": "fewest digits",
    "epoch": "after epoch {epoch}",
    "size range": "n",
    "grows time": "time",
    "grows cost": "cost",
    "grows memory": "memory",
    "grows operations": "operations",
}
