"""Tables of measurements: what stands above, within and below them, and the answer in front."""

WORDS = {
    # what was asked for
    "derivative": "derivative",
    "gradient": "gradient",
    "jacobian": "jacobian",
    "hessian": "hessian",
    "jvp": "jvp",
    "vjp": "vjp",
    "hvp": "hvp",
    "at": " at {point}",
    "attainable": ", {digits} digits attainable",
    "nothing": "Nothing was measured.",
    "nothing checked": "Nothing was checked.",
    # below the table
    "double": "16 digits is all a double has",
    "meaning of cost": "cost: one call, in calls of f",
    "meaning of x hand": "x hand: in calls of the derivative by hand",
    "meaning of set-up": "set-up: once",
    "meaning of break-even": "break-even: from so many calls on it takes no longer, set-up included, than "
    "the backend that is cheapest for one call",
    # the answer in front of it
    "unknown": "unknown",
    "symbolic": "symbolic",
    "certified": "certified",
    "certified exact": "certified, exact",
    "certified to": "certified to {digits} digits",
    "not certified": "not certified",
    # what to take
    "rewrite": "Rewrite the function before you choose a backend: here it leaves none of them a digit.",
    "uncertified": "No backend is recommended: without a certified derivative nobody knows which of them is "
    "right.",
    "bar attainable": "within one digit of the attainable",
    "bar digits": "with {digits} digits",
    "bar on all": "{bar} on all {count} problems",
    "nobody": "No timed backend came out {condition}{nearest}.",
    "nearest": "; {backend} comes nearest, with {digits} digits at worst",
    "work": "set-up and {calls} calls",
    "work once": "set-up and {calls} call",
    "take the only": "Take {backend}: it is the only backend {condition}; {work} take {time}.",
    "take the best": "Take {backend}: of the {count} backends {condition}, it needs the least time for "
    "{work}, {time}.",
    "take one of": "Take {backends}: of the {count} backends {condition}, they need the least time for "
    "{work}, about {time}, and their times overlap, so there is no winner between them.",
    "in python": "In Python, for {name}:",
    # many problems
    "honesty": "cases: problems with a certified derivative; 1e-12, 1e-8: those with no larger relative "
    "error; bounded: the error is within the backend's own estimate; silent: wrong by more than 1e-8 and by "
    "more than 10 times its estimate; mean, median: evaluations of f for one derivative; none: without a "
    "finite answer",
    "random problems": "{count} random problems, seed {seed}",
    # steps
    "sweep": "relative errors of the {operator} of {name}",
    "sweep legend": "floor: the smallest error, at the step h; longer, shorter: the slope of log(error) over "
    "log(h) at longer steps, where truncation rules, and at shorter ones, where rounding does",
    "floor": "floor",
    "at h": "at h",
    "longer": "longer",
    "shorter": "shorter",
    "own step": "{backend} chooses the step {step}: {told}",
    "own steps": "{backend} chooses its steps: {told}",
    "no step": "{backend} needs no choice: {told}",
    "with evaluations": "{error}, evaluations: {evaluations}",
    # costs and growth
    "by hand": "Value and derivative in calls of the one by hand; f and hand in seconds",
    "grows": "{problem}: {operator} grows as n to the power, n = {least} to {most} (95 %)",
}
