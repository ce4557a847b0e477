"""How the figures of a report are read."""

WORDS = {
    "outcomes": "The stronger the blue, the more digits; a red frame is a wrong result, a word what came "
    "instead of one.",
    "ulps": "A curve that rises early keeps the last digits on most problems; where it ends at the right "
    "is the worst case.",
    "steps": "From right to left the truncation error falls with the step until rounding takes over and "
    "the error rises again: no step is good for all functions. The level lines need no step to be chosen.",
    "cost": "The grey guides are what theory expects: 1 is the function itself, 4 the cheap gradient, n "
    "forward mode over n inputs, 2n central differences.",
    "breakeven": "Flat at the left is set-up; where two lines cross, the dearer set-up has paid.",
    "profile": "How often a backend is right within so many times the fastest. At the left edge stands "
    "how often it is the fastest, at the right how often it is right at all.",
    "samples": "Every timed sample. Strips that overlap are no ranking.",
    "swell": "A formula may grow faster than the program that computes it; a tape grows with the program.",
    "crossover": "Forward mode takes a pass for each input, reverse mode one for each result: forward "
    "wins where there are more results, reverse where there are more inputs. Grey is a tie.",
    "precision": "Up and to the left is better: more digits, less time.",
    "training": "Curves that coincide are one trajectory; they part where a gradient has lost digits, or "
    "where training amplifies rounding.",
}
