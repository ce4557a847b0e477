"""Floor 2: what can be done with a recorded program: simplify it, print it as code."""
