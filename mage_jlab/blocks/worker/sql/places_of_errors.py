"""Where in a statement a database sees an error, and its message without decoration."""

from __future__ import annotations

import re
from typing import Any

_NEAR = re.compile(r"""near ["'](?P<near>.*?)["'](?: at line (?P<line>\d+))?(?::|$)""", re.DOTALL)
_NAMED = re.compile(
    r"no such (?:column|table|function): (?P<name>[\w.]+)|"
    r"Unknown column '(?P<column>[^']+)'|Table '(?:[^'.]+\.)?(?P<table>[^'.]+)' doesn't exist|"
    r"ambiguous column name: (?P<ambiguous>[\w.]+)|"
    r"invalid identifier '(?P<identifier>[^']+)'|"
    r"Object '(?P<object>[^']+)' does not exist"
)
_LINE = re.compile(
    r"error line (?P<line>\d+) at position (?P<column>\d+)|line (?P<l>\d+):(?P<c>\d+)"
)


def place_of_error(
    provider: str, error: Exception, text: str, before: int = 0
) -> tuple[str, int | None]:
    """Give the database's message, and the offset in the statement that it is about.

    Args:
        provider: the database.
        error: the driver's error.
        text: the statement as the database saw it.
        before: how many characters stood before it.

    Returns:
        the message, and the offset; None where nothing says it.
    """
    if provider in ("postgres", "redshift"):
        diagnosis: Any = getattr(error, "diag", None)
        message = getattr(diagnosis, "message_primary", None) or str(error).strip()
        hint = getattr(diagnosis, "message_hint", None)
        position = getattr(diagnosis, "statement_position", None)
        at = int(position) - 1 - before if position else None
        return f"{message} {hint}" if hint else message, at if at is None else max(0, at)
    message = _plain(error)
    found = _LINE.search(message)
    if found:
        line = int(found["line"] or found["l"])
        column = int(found["column"] or found["c"])
        start = _line_start(text, line)
        return message, min(len(text), start + max(0, column - (1 if found["l"] else 0)))
    return message, _by_words(message, text)


def _plain(error: Exception) -> str:
    """Give a message; drivers of MySQL and SQL Server raise a code and a text."""
    arguments = error.args
    if len(arguments) >= 2 and isinstance(arguments[0], int):
        text = arguments[1]
        return (text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)).strip()
    return str(error).strip()


def _by_words(message: str, text: str) -> int | None:
    """Find what a message quotes, from the line that it names on."""
    found = _NEAR.search(message)
    if found:
        start = _line_start(text, int(found["line"])) if found["line"] else 0
        near = found["near"].split("\n")[0]
        if not near:
            return len(text.rstrip())
        at = text.find(near, start)
        return at if at >= 0 else start
    named = _NAMED.search(message)
    if named:
        name = next(group for group in named.groups() if group)
        for word in (name, name.split(".")[-1]):
            use = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
            if use:
                return use.start()
    return None


def _line_start(text: str, line: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return start
