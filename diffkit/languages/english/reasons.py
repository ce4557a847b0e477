"""What measurements and trainings have recorded, to be told again."""

WORDS = {
    # measurements
    "no truth": "no certified truth: {reason}",
    "keeps no more": "f keeps no more",
    "program loses": "f as it is written leaves {left} of 16 digits to any method in doubles: {blame}.",
    "program loses together": "f as it is written leaves {left} of 16 digits to any method in doubles, all "
    "its operations together.",
    "backend loses": "{backend} keeps {kept} of {allowed} digits: {fault}.",
    "alone": "rounding {operation} alone leaves {digits}",
    "alone, rewrite": "rounding {operation} alone leaves {digits}; write {old} as {new}",
    "alone, no form": "rounding {operation} alone leaves {digits}; no other form is known here: compute in "
    "more than doubles",
    "singular": "{operation} of a nearly singular matrix loses them",
    "unresolved differences": "its differences do not resolve f here",
    "rounds elsewhere": "its program rounds where others do not",
    "formula did": "SymPy's formula did it",
    "formula did because": "SymPy's formula did it: {blame}",
    "rules did": "its rules did it",
    "rules did because": "its rules did it: {blame}",
    "rounded values": "differences of f's rounded values resolve no more of it here",
    "no step shows": "no step shows this slope in f's rounded values",
    "balance": "truncation and rounding balance at its step, about {h}",
    "too long": "its step of about {h} is too long, which is truncation; {better} keeps {digits}",
    "too short": "its step of about {h} is too short, which is rounding; {better} keeps {digits}",
    "allows": "keeps {kept} digits where the program allows {allowed}",
    "promises": "keeps {kept} digits, while its error bound promises {digits}",
    "promises of which": "keeps {kept} digits, of which its error bound promises {digits}",
    "certified along": "certified along {count} seeded directions, not in its {entries} entries",
    "and certified along": "{sentence}; certified along {count} seeded directions, not in its {entries} "
    "entries",
    "result not finite": "not finite",
    "result of shape": "of shape {got}, which should be {owed}",
    "out of time": "ended after {seconds} s, the limit, in {stage}.",
    "out of memory": "ended in {stage} with {used} GB of memory; the limit is {limit} GB.",
    "no truth because": "no truth: {reason}",
    "not scored": "not scored: {reason}",
    "in-process": "ran in-process, for it cannot travel to another: {error}",
    "its preparation": "its preparation",
    "its first call": "its first call",
    "a timed round": "a timed round",
    "f itself": "f itself",
    "counting evaluations": "counting evaluations",
    "its error estimate": "its error estimate",
    "measuring memory": "measuring memory",
    "an epoch": "an epoch",
    "sign open": "{primitive}: {function} where its argument's sign is open, at {point}",
    "slope of": "the slope of {primitive} at {point}",
    "rule disagrees": "the rule {primitive} disagrees with its function of complex numbers, which loses "
    "digits or is not analytic (abs, comparisons) there; use forward or reverse.",
    "symbols of data": "symbolic makes a symbol of every entry of the data: argument {i} has {count} of "
    "them, more than {most}; use reverse, or let the function capture the data.",
    "tie": "{primitive}: max or min of a tie, where its argument's sign is open, at {point}",
    "division": "{primitive}: a division by a ball that contains 0, at {point}",
    "not decided": "{primitive}, which the balls do not decide, at {point}",
    "on its jump": "{primitive} sits on its jump at {point}",
    "balls wide": "the balls are still wide at {bits} bits",
    "no rule": "{name} has no derivative rule. Add a row to {path}, pass one to diffkit.rule, or spell it "
    "with functions that have one (diffkit list functions).",
    "in place": "{name} changes an array in place; use np.where, np.concatenate or np.stack.",
    "branch": "a recorded program cannot branch on a value: {line}. Write the branch as np.where(condition, "
    "a, b), or use the eager backends forward or reverse.",
    "symbolic branch": "symbolic needs the branch on {condition} to be written as np.where(condition, a, "
    "b): an if, a loop or a choice of entries cannot follow a symbol ({line}).",
    "no second derivatives": "{backend} has no second derivatives; use forward or reverse.",
    # what is done now
    "now truth": "{name}: truth",
    "now timing": "{name}: timing",
    "now preparing": "{name}: preparing",
    "now epoch": "{name}: epoch {count}",
    "now epoch, loss": "{name}: epoch {count}, loss {loss}",
    # trainings
    "no slope": "the activation {activation} has derivative zero everywhere it exists, so the gradient of "
    "all layers but the last is 0 and learning cannot move them; use logistic, the smooth threshold",
    "no slope.": "the activation {activation} has derivative zero everywhere it exists, so the gradient of "
    "all layers but the last is 0 and learning cannot move them; use logistic, the smooth threshold.",
    "vanishing": "vanishing gradients: by layer, first to last, their norms are {norms}; use fewer layers, "
    "relu or another initialisation",
    "exploding": "exploding gradients: by layer, first to last, their norms are {norms}; use smaller "
    "weights or a smaller learning rate",
    "dead": "{dead} of {units} units of layer {k} are dead: {activation} is 0 for all {samples} samples; "
    "use leaky-relu or a smaller learning rate",
    "none certified": "no gradient was certified until then",
    "keeps fewer": "the gradient of {a} keeps {kept} digits, that of {b} {other}",
    "amplified": "both gradients are right up to rounding ({kept} and {other} digits), and training has "
    "amplified the rounding over {steps} steps",
}
