"""Floor 1: array-likes that NumPy calls instead of itself, each reading the rows in its own way."""
