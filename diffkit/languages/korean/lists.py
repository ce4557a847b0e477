"""Several things in a row."""

WORDS = {
    "and": "{first}, {last}",
    "or": "{first} 또는 {last}",
}
