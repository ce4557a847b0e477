"""Floor 0: what a derivative is. Rows of a table in plain NumPy, and two mechanical readings of them."""

from . import arrays, elementwise, spellings  # the table is full once the room is entered

__all__ = ["arrays", "elementwise", "spellings"]
