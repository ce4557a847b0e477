"""Floor 0: what a derivative is. Rows of a table in plain NumPy, and two mechanical readings of them."""
