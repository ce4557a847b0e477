"""Several things in a row."""

WORDS = {
    "and": "{first} and {last}",
    "or": "{first} or {last}",
}
