"""Floor 3: backends. A differentiator is a choice of interpreter, prepared for one function at its shapes."""
