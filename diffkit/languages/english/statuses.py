"""What became of a backend on a problem."""

WORDS = {
    "ok": "ok",
    "wrong": "wrong",
    "unscored": "unscored",
    "unsupported": "unsupported",
    "timeout": "timeout",
    "memory": "memory",
    "error": "error",
}
