r"""Values in the places where markers stand: bound, escaped inside quotes, or a plain word.

The text is read with the tokenizer of the database's dialect. A value alone in the place of a
value becomes a bind parameter; inside a quoted literal it is escaped; as a name, or as a part of
one, it must be one word (``\\w+``). Everything else is refused: no value ever becomes SQL text.
"""

from __future__ import annotations

import re
from typing import Any

from .dialects import as_text, bindable, escaped, literal
from .failures import SqlError
from .pieces import Bound, Statement, Text
from .positions import Role, role_at
from .splitting import split
from .template import Identifier, Rendered, TableName

_WORD = re.compile(r"\w+")
_NO_NUL = ("postgres", "redshift", "mssql")


def place(rendered: Rendered, provider: str) -> list[Statement]:
    """Put the values in their places and split the text into statements.

    Args:
        rendered: the rendered template.
        provider: the database, whose dialect decides what is a literal and what a comment.

    Raises:
        SqlError: when a value would become SQL text.
    """
    statements = []
    for tokens in split(rendered, provider):
        pieces: list[Text | Bound] = []
        at = tokens[0].start
        for index, token in enumerate(tokens):
            if token.start > at:
                _add(pieces, _gap(rendered, at, token.start), at)
            _place_token(pieces, rendered, tokens, index, provider)
            at = token.end + 1
        statements.append(Statement(pieces, tokens, rendered))
    return statements


def _gap(rendered: Rendered, start: int, end: int) -> str:
    """Give what lies between two tokens; values in comments are left out."""
    text = rendered.text[start:end]
    return rendered.marker.sub("", text) if rendered.marker else text


def _add(pieces: list[Text | Bound], text: str, at: int) -> None:
    last = pieces[-1] if pieces else None
    if isinstance(last, Text) and not last.made and last.at + len(last.text) == at:
        pieces[-1] = Text(last.text + text, last.at)
    else:
        pieces.append(Text(text, at))


def _place_token(
    pieces: list[Text | Bound], rendered: Rendered, tokens: list[Any], index: int, provider: str
) -> None:
    token = tokens[index]
    text = rendered.text[token.start : token.end + 1]
    found = list(rendered.marker.finditer(text)) if rendered.marker else []
    if not found:
        _add(pieces, text, token.start)
        return
    at = 0
    for marker in found:
        _add(pieces, text[at : marker.start()], token.start + at)
        value = rendered.values[marker[0]]
        where = token.start + marker.start()
        whole = len(text) == len(marker[0])
        role = role_at(tokens, index, rendered.text, whole)
        pieces += _placed(value, role, text, where, rendered, provider)
        at = marker.end()
    _add(pieces, text[at:], token.start + at)


def _placed(
    value: Any, role: Role, token: str, at: int, rendered: Rendered, provider: str
) -> list[Text | Bound]:
    """Give what stands in the place of one marker."""

    def refuse(why: str) -> SqlError:
        return SqlError("UnsafeValue", why, rendered.file, rendered.origin(at))

    if role is Role.LITERAL:
        return [Text(_in_quotes(value, token, provider, refuse), at, True)]
    if isinstance(value, TableName):
        return [Text(str(value), at, True)]
    if isinstance(value, (list, tuple, set, frozenset)):
        return _listed(list(value), role, at, provider, refuse)
    if isinstance(value, Identifier) or role in (Role.NAME, Role.ORDER):
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not (isinstance(value, str) or is_number) or not _WORD.fullmatch(str(value)):
            raise refuse(
                f"{_short(value)} stands in the place of a name, and only one word "
                "(letters, digits and _) may stand there."
            )
        return [Text(str(value), at, True)]
    bound = _checked(value, provider, refuse)
    if role is Role.TYPED:
        return [Text(literal(bound, provider), at, True)]
    return [Bound(bound, at)]


def _listed(
    values: list[Any], role: Role, at: int, provider: str, refuse: Any
) -> list[Text | Bound]:
    bound = [_checked(value, provider, refuse) for value in values]
    if role not in (Role.IN, Role.IN_PARENTHESES):
        if provider == "duckdb" and role is Role.VALUE:
            return [Bound(bound, at)]
        raise refuse("A list can stand after IN only.")
    out: list[Text | Bound] = [] if bound else [Text("NULL", at, True)]
    for place, value in enumerate(bound):
        out += [Text(", ", at, True), Bound(value, at)] if place else [Bound(value, at)]
    return [Text("(", at, True), *out, Text(")", at, True)] if role is Role.IN else out


def _checked(value: Any, provider: str, refuse: Any) -> Any:
    found = bindable(value)
    if found is None:
        raise refuse(f"A {type(value).__name__} cannot be a value in SQL.")
    (bound,) = found
    if isinstance(bound, str):
        _check_text(bound, provider, refuse)
    return bound


def _check_text(text: str, provider: str, refuse: Any) -> None:
    if "\0" in text and provider in _NO_NUL:
        raise refuse(f"{_short(text)} has a NUL character, which {provider} cannot hold.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refuse(f"{_short(text)} is no valid Unicode text.") from None


def _in_quotes(value: Any, token: str, provider: str, refuse: Any) -> str:
    if isinstance(value, (list, tuple, set, dict)):
        raise refuse(f"A {type(value).__name__} cannot stand inside a quoted literal.")
    if bindable(value) is None and not isinstance(value, TableName):
        raise refuse(f"A {type(value).__name__} cannot be a value in SQL.")
    text = as_text(value)
    if _WORD.fullmatch(text):
        return text
    plain = token[1:] if token[:1] in "nN" else token
    single = plain[:1]
    if single not in "'\"" or plain[:3] in ("'''", '"""'):
        raise refuse(f"{_short(value)} stands in a literal of a kind that takes one word only.")
    if "\0" in text:
        raise refuse(f"{_short(value)} has a NUL character, which no quoted literal can hold.")
    _check_text(text, provider, refuse)
    return escaped(text, single, provider)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
