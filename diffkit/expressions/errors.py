"""How the reading of a text fails: one sentence, and a caret under the place."""

WIDTH = 72  # columns of the text that are shown around the place


class TextError(ValueError):
    """A text that cannot be read: `sentence`, the `text`, and the place `text[start:end]` in it.

    With start = None the place is the whole text and only the sentence is shown.

    >>> print(TextError("2x lacks an operator: write 2*x.", "1 + 2x", 4, 6))
    2x lacks an operator: write 2*x.
        1 + 2x
            ^^
    """

    def __init__(self, sentence: str, text: str = "", start: int | None = None, end: int | None = None):
        super().__init__(sentence, text, start, end)  # these are `args`, which is how an exception is pickled
        self.sentence, self.text, self.start, self.end = sentence, text, start, end

    def __str__(self) -> str:
        if self.start is None:
            return self.sentence
        return f"{self.sentence}\n{excerpt(self.text, self.start, self.end or self.start)}"


class FormulaError(TextError):
    """A formula that cannot be read; see TextError."""


class PointError(TextError):
    """A point or a range that cannot be read; see TextError."""


def excerpt(text: str, start: int, end: int) -> str:
    """Two lines: the part of `text` around `text[start:end]`, and carets below that place."""
    first = 0 if len(text) <= WIDTH else max(0, min(start - WIDTH // 2, len(text) - WIDTH))
    last = min(len(text), first + WIDTH)
    shown = "".join(c if c.isprintable() else " " if c.isspace() else "?" for c in text[first:last])
    before, after = "... " * (first > 0), " ..." * (last < len(text))
    carets = "^" * max(1, min(end, last) - start)
    return f"    {before}{shown}{after}\n    {' ' * (len(before) + start - first)}{carets}"
