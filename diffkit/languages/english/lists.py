"""Several things in a row, and what `diffkit list` prints."""

WORDS = {
    "and": "{first} and {last}",
    "or": "{first} or {last}",
    # titles of what diffkit list prints
    "name": "name",
    "suites": "suites",
    "about": "about",
    "problems": "problems",
    "members": "members",
    "kind": "kind",
    "orders": "orders",
    "kinks": "kinks",
    "samples": "samples",
    "features": "features",
    "classes": "classes",
    "settings": "{about}; settings: {settings}",
    "does not load": "does not load: {reason}",
}
