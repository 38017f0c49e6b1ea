"""What goes over the engine's socket: versions, addresses, and errors as JSON."""

from __future__ import annotations

from typing import Any

from mage_jlab.domain import errors
from mage_jlab.domain.errors import MageError, UnreadableFileError

PROTOCOL = 1
"""The version of the conversation; an engine and a client of different ones do not talk."""

HELLO = "/hello"
COMMAND = "/command"
EVENTS = "/events"
EVENTS_WAIT_S = 30.0
"""The longest that one long poll is held open."""


def write_error(error: MageError) -> dict[str, Any]:
    """Give a domain error as JSON."""
    fields: dict[str, Any] = {
        "type": type(error).__name__,
        "message": error.message,
        "reason": error.reason,
    }
    if isinstance(error, UnreadableFileError):
        fields.update(path=error.path, line=error.line, column=error.column)
    return fields


def read_error(fields: dict[str, Any]) -> MageError:
    """Give back the domain error, of the same class."""
    kind = getattr(errors, str(fields.get("type")), MageError)
    message = str(fields.get("message"))
    if kind is UnreadableFileError:
        return UnreadableFileError(
            message, str(fields.get("path")), fields.get("line"), fields.get("column")
        )
    if not (isinstance(kind, type) and issubclass(kind, MageError)):
        kind = MageError
    return kind(message, fields.get("reason"))
