"""A formula's text as tokens with their places: typography is translated, what is no formula is refused."""

import keyword
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from diffkit.expressions.errors import FormulaError
from diffkit.expressions.vocabulary import CONSTANTS, FUNCTIONS

LONGEST = 10_000  # characters
DEEPEST = 100  # brackets; ast.parse fails at 200 and a call needs a frame for each

TYPOGRAPHY = dict(zip("−–—×·⋅∗÷∕", "---****//", strict=True)) | {"’": "'", "′": "'"}
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-", strict=True))
SAME = {"^": "**", "≤": "<=", "≥": ">=", "≠": "!="}
COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}
MODULES = ("np", "numpy", "math")
INFIX = {"+", "-", "*", "/", "**", ","} | COMPARISONS

_DIGITS = r"[0-9]+(?:_[0-9]+)*"
_SUPER = "⁰¹²³⁴-⁹"
LEXEME = re.compile(
    rf"(?P<number>(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)"
    rf"|(?P<qualified>(?:np|numpy|math)\s*\.\s*[^\W\d{_SUPER}][^\W{_SUPER}]*)"
    rf"|(?P<name>[^\W\d{_SUPER}][^\W{_SUPER}]*)"
    rf"|(?P<super>[⁺⁻]?[{_SUPER}]+)"
    r"|(?P<refused>//|:=)"
    r"|(?P<operator>\*\*|<=|>=|==|!=|[-+*/^<>=(),≤≥≠])"
    r"|(?P<space>\s+)"
)

REFUSED = {
    "//": "// is not offered: write floor(x/y).",
    "%": "% is not offered: write x - y*floor(x/y) for a remainder, x/100 for a percentage.",
    ".": "A formula has no attributes: write each quantity as a name of its own.",
    "[": "A formula has no indexing and no lists: write x0, x1 as names, or a Python function.",
    "{": "A formula has no braces: write ( and ).",
    "'": "A formula has no texts and no primes: diffkit takes the derivative, write the function alone.",
    '"': "A formula has no texts: write numbers, names and functions.",
    ":=": "A formula assigns nothing: write the value in its place.",
    ":": "A colon has no meaning in a formula: alternatives are written where(x > 0, a, b).",
    "|": "| is not offered: write abs(x) for an absolute value, nested where(...) for conditions.",
    "&": "& is not offered: nest where(...) to combine conditions.",
    "~": "~ is not offered: turn the comparison round.",
    "!": "! is not offered: a factorial has no derivative.",
    "@": "@ is not offered: a matrix product needs a Python function in a file.",
    "√": "√ is not offered: write sqrt(x).",
    "=": "An equation is no function: write its right side alone, == to compare inside where(...).",
}
REFUSED |= {"]": REFUSED["["], "}": REFUSED["{"]}
_CONDITIONS = "{} cannot combine conditions: nest where(x > 0, a, b)."
WORDS = {
    "if": "if is not offered: write where(x > 0, a, b).",
    "else": "else is not offered: write where(x > 0, a, b).",
    "lambda": "lambda is a word of Python: write the formula alone; a variable may be called lam or λ.",
} | {word: _CONDITIONS.format(word) for word in ("and", "or", "not")}


@dataclass(frozen=True)
class Token:
    """A piece of a formula: its kind, its translated text and its place in the text as given."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def is_function(self) -> bool:
        return self.kind == "name" and self.text in FUNCTIONS


def tokens_of(text: str) -> list[Token]:
    """The tokens of a formula, each number, name and operator where it may stand; raises FormulaError.

    >>> [token.text for token in tokens_of("x² × 0.5")]
    ['x', '**', '2', '*', '0.5']
    """
    if len(text) > LONGEST:
        raise FormulaError(
            f"A formula of {len(text):,} characters is too long (at most {LONGEST:,}): "
            "write it as a Python function in a file."
        )
    return list(_lexemes(text))


def _lexemes(text: str) -> Iterator[Token]:
    plain = "".join(map(_translated, text))
    at = 0
    while at < len(plain):
        found = LEXEME.match(plain, at)
        if found is None or found.lastgroup == "refused":
            _refuse_character(text, plain, at, found.end() if found else at + 1)
        yield from _TOKENS[str(found.lastgroup)](text, found[0], at, found.end())
        at = found.end()


def _translated(character: str) -> str:
    """One character for one, so that places stay: full-width and typographic signs become plain ones."""
    if character in TYPOGRAPHY:
        return TYPOGRAPHY[character]
    plain = unicodedata.normalize("NFKC", character)
    return character if len(plain) != 1 or character in SUPERSCRIPTS else plain


def _refuse_character(text: str, plain: str, start: int, end: int) -> NoReturn:
    otherwise = f"The character {text[start:end]!r} has no meaning in a formula."
    sentence = REFUSED.get(plain[start:end], otherwise)
    raise FormulaError(sentence, text, start, end)


def _number(text: str, lexeme: str, start: int, end: int) -> Iterator[Token]:
    value: float = float(lexeme)
    if value == float("inf"):
        raise FormulaError(f"The number {_short(lexeme)} is not finite in doubles.", text, start, end)
    whole = lexeme.replace("_", "").isdigit() and value < 2**63
    yield Token("number", repr(int(lexeme) if whole else value), start, end)


def _name(text: str, lexeme: str, start: int, end: int) -> Iterator[Token]:
    name = unicodedata.normalize("NFKC", lexeme)
    if keyword.iskeyword(name):
        sentence = WORDS.get(name, f"{name} is a word of Python: rename it {name}_.")
        raise FormulaError(sentence, text, start, end)
    if name.startswith("_") or not name.isidentifier():
        raise FormulaError(f"{_short(name)} is no name: begin with a letter.", text, start, end)
    if name in MODULES:
        sentence = f"{name} is a module of Python, not a variable: write the names without it."
        raise FormulaError(sentence, text, start, end)
    yield Token("name", name, start, end)


def _qualified(text: str, lexeme: str, start: int, end: int) -> Iterator[Token]:
    name = lexeme.partition(".")[2].strip()
    if name not in FUNCTIONS and name not in CONSTANTS:
        sentence = f"{_short(lexeme)} is not offered in a formula: see `diffkit list functions`."
        raise FormulaError(sentence, text, start, end)
    if name in FUNCTIONS:
        yield Token("name", name, start, end)
    else:  # np.e stays the number where a variable is called e
        yield Token("number", f"np.{name}", start, end)


def _superscript(text: str, lexeme: str, start: int, end: int) -> Iterator[Token]:
    plain = "".join(SUPERSCRIPTS[c] for c in lexeme)
    yield Token("operator", "**", start, end)
    if plain[0] in "+-":
        yield Token("operator", plain[0], start, end)
    yield from _number(text, plain.lstrip("+-"), start, end)


def _operator(text: str, lexeme: str, start: int, end: int) -> Iterator[Token]:
    yield Token("operator", SAME.get(lexeme, lexeme), start, end)


def _space(text: str, lexeme: str, start: int, end: int) -> Iterator[Token]:
    yield from ()


_TOKENS = {
    "number": _number, "name": _name, "qualified": _qualified,
    "super": _superscript, "operator": _operator, "space": _space,
}  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:27] + "..."
