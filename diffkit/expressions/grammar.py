"""From tokens to Python's syntax tree, with every mistake of writing found on the tokens."""

import ast
import keyword
from collections.abc import Sequence
from typing import NoReturn

from diffkit.expressions.errors import FormulaError
from diffkit.expressions.tokens import DEEPEST, INFIX, MODULES, REFUSED, Token, tokens_of
from diffkit.expressions.vocabulary import CONSTANTS, FUNCTIONS


class Source:
    """A formula's text, its variables, its syntax tree, and the place in the text of every node.

    The head of "f(x, y) = x*y" names the variables; the head of "z = x*y" is only a name.
    """

    def __init__(self, text: str, variables: Sequence[str] | None):
        self.text = text
        head, body = _split_head(tokens_of(text), text)
        if variables is None and len(head) > 1:
            variables = [token.text for token in head[1:]]
        if variables is not None:
            _check_names(variables)
        _check_order(body, text)
        names = dict.fromkeys(token.text for token in body if token.kind == "name")
        if len(head) == 1 and head[0].text in names:
            _refuse(f"{head[0].text} is given by itself: write the right side alone.", text, head[0])
        if variables is None:
            variables = [name for name in names if name not in FUNCTIONS and name not in CONSTANTS]
            variables = _without_calls(variables, body)
        self.variables = tuple(variables)
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        self.tree = self._parse(body)

    def _parse(self, body: list[Token]) -> ast.expr:
        pieces, at = [], 0
        for token in body:
            size = len(token.text.encode())  # the tree counts UTF-8 bytes
            self._starts[at], self._ends[at + size] = token.start, token.end
            pieces.append(token.text)
            at += size + 1
        try:
            return ast.parse(" ".join(pieces), mode="eval").body
        except (RecursionError, MemoryError):
            raise FormulaError(
                "The formula is too deep or too long a chain: write it as a Python function in a file."
            ) from None
        except SyntaxError as error:  # the checks above should have found it with a better sentence
            raise FormulaError(f"This is no formula: {error.msg}.", self.text, 0, len(self.text)) from None

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Where the node begins and ends in the text as given."""
        assert node.end_col_offset is not None
        return self._starts[node.col_offset], self._ends[node.end_col_offset]

    def written(self, node: ast.expr) -> str:
        """The node as it was written, shortened."""
        start, end = self.place(node)
        written = " ".join(self.text[start:end].split())
        return written if len(written) <= 40 else written[:37] + "..."

    def refuse(self, sentence: str, node: ast.expr) -> NoReturn:
        raise FormulaError(sentence, self.text, *self.place(node))


def _split_head(tokens: list[Token], text: str) -> tuple[list[Token], list[Token]]:
    """The names of "f(x, y) =" and the tokens after it; no names where there is no such head."""
    spelled = [token.text if token.kind == "operator" else token.kind for token in tokens]
    if spelled[:2] == ["name", "="]:
        return tokens[:1], tokens[2:]
    if spelled[:2] == ["name", "("] and "=" in spelled:
        end = spelled.index("=")
        count = end // 2 - 1  # name ( name , name ) =
        if spelled[:end] == ["name", "(", *["name", ","] * (count - 1), "name", ")"]:
            return [tokens[0], *tokens[2 : end - 1 : 2]], tokens[end + 1 :]
    return [], tokens


def _check_names(variables: Sequence[str]) -> None:
    for name in variables:
        if not name.isidentifier() or name.startswith("_") or keyword.iskeyword(name):
            raise FormulaError(f"{name!r} cannot name a variable: begin with a letter, as in x or x_1.")
        if name in FUNCTIONS or name in MODULES:
            raise FormulaError(f"{name} names a function or a module: call the variable {name}_.")
    repeated = [name for name in variables if list(variables).count(name) > 1]
    if repeated:
        raise FormulaError(f"The variable {repeated[0]} is named twice: name each variable once.")


def _without_calls(names: list[str], body: list[Token]) -> list[str]:
    """Names that are only called, as in sine(x), are no variables."""
    followers = [*(token.text for token in body[1:]), ""]
    values = {token.text for token, after in zip(body, followers, strict=True) if after != "("}
    return [name for name in names if name in values]


def _check_order(tokens: list[Token], text: str) -> None:
    """Raises FormulaError unless values and operators alternate and brackets match."""
    if not tokens:
        raise FormulaError("The formula is empty: write something such as sin(x)*exp(-x^2).")
    opened: list[Token] = []
    last: Token | None = None
    for token in tokens:
        if token.text == "=":
            _refuse(REFUSED["="], text, token)
        if last is not None and _is_value(last):
            _check_after_value(last, token, bool(opened), text)
        else:
            _check_before_value(last, token, text)
        if token.text == "(":
            opened.append(token)
        elif token.text == ")" and not opened:
            _refuse("This bracket was never opened: remove it or add a (.", text, token)
        elif token.text == ")":
            opened.pop()
        if len(opened) > DEEPEST:
            _refuse(f"More than {DEEPEST} brackets are open: write a Python function in a file.", text, token)
        last = token
    if opened:
        _refuse("This bracket is never closed: add a ).", text, opened[-1])
    if not _is_value(tokens[-1]):
        _refuse(f"Nothing follows {tokens[-1].text}: finish or remove it.", text, tokens[-1])


def _check_after_value(last: Token, token: Token, inside: bool, text: str) -> None:
    """Raises FormulaError where `token` cannot follow a number, a name or a bracket."""
    if last.is_function and token.text == "**":
        power = f"{last.text}(x){text[token.start : token.end]}"
        _refuse(f"{last.text} is a function: write {power} for a power of its value.", text, last, token)
    called = token.text == "(" and last.kind == "name"
    if token.kind in ("number", "name") or (token.text == "(" and not called):
        _refuse_neighbours(last, token, text)
    if token.text == "," and not inside:
        _refuse("A comma has no meaning here: write 0.5 for a half, and one formula at a time.", text, token)


def _check_before_value(last: Token | None, token: Token, text: str) -> None:
    """Raises FormulaError where `token` cannot stand first or follow an operator."""
    if token.text == ")" and last is not None and last.text == "(":
        _refuse("These brackets are empty: write what stands inside.", text, last, token)
    if token.text == ")" or token.text in INFIX - {"+", "-"}:
        written = text[token.start : token.end]
        _refuse(f"Nothing stands before {written}: a value is missing.", text, token)


def _refuse_neighbours(last: Token, token: Token, text: str) -> NoReturn:
    left, right = text[last.start : last.end], text[token.start : token.end]
    if last.is_function:
        sentence = f"{left} needs brackets: write {left}({right})."
    elif last.kind == token.kind == "number":
        sentence = f"{left} and {right} are two numbers side by side: write an operator between them."
    elif left == ")":
        sentence = "A multiplication sign is missing: write * behind the bracket."
    else:
        more = "...)" if right == "(" else "(...)" if token.is_function else ""
        sentence = f"A multiplication sign is missing: write {left}*{right}{more}."
    _refuse(sentence, text, last, token)


def _refuse(sentence: str, text: str, first: Token, last: Token | None = None) -> NoReturn:
    raise FormulaError(sentence, text, first.start, (last or first).end)


def _is_value(token: Token) -> bool:
    return token.kind in ("number", "name") or token.text == ")"
