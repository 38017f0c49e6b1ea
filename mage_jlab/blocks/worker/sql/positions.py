"""What a word of a statement stands for: a value, a name, a piece of a literal."""

from __future__ import annotations

from enum import Enum
from typing import Any


class Role(Enum):
    """What stands at a place of a statement."""

    VALUE = "value"
    """A value: a bind parameter."""
    TYPED = "typed"
    """A value after a type's name (``DATE '…'``), where only a literal may stand."""
    IN = "in"
    """What follows IN: a list with its parentheses."""
    IN_PARENTHESES = "in parentheses"
    """An element of a list after IN."""
    ORDER = "order"
    """A column of ORDER BY or GROUP BY: a name, or its number."""
    NAME = "name"
    """A name, a part of one, or a keyword."""
    LITERAL = "literal"
    """Inside a quoted literal."""


_QUOTED = ("STRING", "_STRING", "HEREDOC")
_BEFORE_NAMES = {
    "FROM", "JOIN", "INTO", "UPDATE", "TABLE", "VIEW", "SCHEMA", "DATABASE", "ALIAS", "COLUMN",
    "INDEX", "EXISTS", "USING", "USE", "DESCRIBE", "FUNCTION", "PROCEDURE", "SEQUENCE", "ONLY",
    "TEMPORARY", "DROP", "ALTER", "CREATE", "REFERENCES", "CONSTRAINT", "PRAGMA", "COLLATE", "CAST",
}  # fmt: skip
_OPERANDS = {
    "VAR", "R_PAREN", "R_BRACKET", "NUMBER", "STRING", "IDENTIFIER", "NULL", "TRUE", "FALSE",
}  # fmt: skip
_TYPES = {"DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMPLTZ", "DATETIME", "INTERVAL"}
_CLAUSES = {
    "SELECT", "FROM", "JOIN", "WHERE", "GROUP_BY", "ORDER_BY", "PARTITION_BY", "HAVING", "VALUES",
    "INTO", "SET", "TABLE", "ON", "USING", "LIMIT", "RETURNING", "QUALIFY", "WHEN", "CLUSTER_BY",
}  # fmt: skip
_ORDERED = ("GROUP_BY", "ORDER_BY", "PARTITION_BY", "CLUSTER_BY")


def role_at(tokens: list[Any], index: int, text: str, whole: bool) -> Role:
    """Say what a marker stands for.

    Args:
        tokens: the statement's tokens.
        index: the token that has the marker in it.
        text: the text that the tokens are of.
        whole: whether the marker is all of the token.
    """
    token = tokens[index]
    kind = token.token_type.name
    if kind == "IDENTIFIER":
        return Role.NAME
    if kind.endswith(_QUOTED):
        return Role.LITERAL
    around = text[token.start - 1 : token.start] + text[token.end + 1 : token.end + 2]
    if not whole or any(character.isalnum() or character in "_.@#$" for character in around):
        return Role.NAME
    before = tokens[index - 1] if index else None
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if before is None or (after is not None and after.token_type.name == "L_PAREN"):
        return Role.NAME
    return _after(before.token_type.name, tokens, index)


def _after(before: str, tokens: list[Any], index: int) -> Role:
    if before == "IN":
        return Role.IN
    if before in _BEFORE_NAMES or before in _OPERANDS:
        return Role.NAME
    if before in _TYPES:
        return Role.TYPED
    clause, opener = _context(tokens, index)
    if before in _ORDERED:
        return Role.ORDER
    if before == "COMMA" and not opener and clause in _ORDERED:
        return Role.ORDER
    if before in ("COMMA", "L_PAREN"):
        if opener == "IN":
            return Role.IN_PARENTHESES
        if opener == "names" or (before == "COMMA" and clause in ("FROM", "JOIN", "TABLE", "INTO")):
            return Role.NAME
    return Role.VALUE


def _context(tokens: list[Any], index: int) -> tuple[str, str]:
    """Give the clause that a token stands in, and what the parentheses around it hold.

    Parentheses hold ``"names"`` (the columns of a table), ``"IN"`` (a list) or ``""``; there is no
    clause in them before a keyword opens one.
    """
    stack = [("", "")]
    for place in range(index):
        kind = tokens[place].token_type.name
        if kind == "L_PAREN":
            before = tokens[place - 1].token_type.name if place else ""
            clause, _ = stack[-1]
            holds = ""
            if before == "IN":
                holds = "IN"
            elif before == "USING" or (
                clause in ("INTO", "TABLE") and before in ("VAR", "IDENTIFIER")
            ):
                holds = "names"
            stack.append(("(", holds))
        elif kind == "R_PAREN" and len(stack) > 1:
            stack.pop()
        elif kind in _CLAUSES:
            holds = "" if kind == "SELECT" else stack[-1][1]
            stack[-1] = (kind, holds)
    return stack[-1]
