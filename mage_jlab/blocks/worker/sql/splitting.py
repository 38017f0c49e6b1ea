"""Where one statement of a block ends and the next begins."""

from __future__ import annotations

import re
from typing import Any

from .dialects import tokenizer
from .failures import SqlError
from .template import Rendered


def split(rendered: Rendered, provider: str) -> list[list[Any]]:
    """Split at semicolons.

    Args:
        rendered: the rendered template.
        provider: the database, whose dialect it is.

    Returns:
        the tokens of each statement.

    Raises:
        SqlError: when a quote or a comment has no end.
    """
    reader = tokenizer(provider)
    from sqlglot.errors import TokenError

    try:
        tokens = reader.tokenize(rendered.text)
    except TokenError as error:
        found = re.search(r"Missing .* from (\d+):(\d+)", str(error.__cause__ or error))
        raise SqlError(
            "SyntaxError",
            f"The statement cannot be read: {error.__cause__ or error}.",
            rendered.file,
            _offset(rendered, int(found[1]), int(found[2])) if found else 0,
        ) from None
    statements: list[list[Any]] = []
    current: list[Any] = []
    for token in tokens:
        if token.token_type.name == "SEMICOLON" and not _in_body(current):
            if current:
                statements.append(current)
            current = []
        else:
            current.append(token)
    if current:
        statements.append(current)
    return statements


def _offset(rendered: Rendered, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = rendered.text.find("\n", start) + 1
    return rendered.origin(start + max(0, column - 1))


def _in_body(tokens: list[Any]) -> bool:
    """Say whether a semicolon after these tokens belongs to the body of a procedure or trigger."""
    words = [token.text.upper() for token in tokens]
    if not words or words[0] != "CREATE" or "BEGIN" not in words:
        return False
    if not {"PROCEDURE", "FUNCTION", "TRIGGER"} & set(words):
        return False
    opened = sum(word in ("BEGIN", "CASE", "IF", "LOOP") for word in words[words.index("BEGIN") :])
    closed = sum(word == "END" for word in words)
    return bool(opened > closed)
