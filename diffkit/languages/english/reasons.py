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
