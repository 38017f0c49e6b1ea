"""What can go wrong, by what its reader can do about it.

The HTTP surface turns ``status`` into the response's status, the command line turns every
one of them into exit status 2; ``reason`` is the stable code that programs read.
"""

from __future__ import annotations


class MageError(Exception):
    """An error with a sentence for people and a code for programs.

    Args:
        message: what happened, where, and what to do.
        reason: a stable code in kebab-case; by default the class's own.
    """

    status = 400
    reason = "bad-input"

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if reason is not None:
            self.reason = reason


class BadInputError(MageError):
    """What was asked cannot be read or makes no sense."""


class NotFoundError(MageError):
    """There is no such project, pipeline, block, run, product or trigger."""

    status = 404
    reason = "not-found"


class ConflictError(MageError):
    """What is there has changed, or stands in the way."""

    status = 409
    reason = "conflict"


class UnprocessableError(MageError):
    """It was read and understood, and cannot be carried out as it stands."""

    status = 422
    reason = "unprocessable"


class OutsideProjectError(MageError):
    """A path or a name leads out of the project."""

    status = 400
    reason = "outside-project"


class UnreadableFileError(MageError):
    """A file of the project cannot be read.

    Args:
        message: what is wrong with it.
        path: the file, relative to the project.
        line: the line, from 1, where it is known.
        column: the column, from 1, where it is known.
    """

    status = 422
    reason = "unreadable-file"

    def __init__(
        self, message: str, path: str, line: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column


class EngineUnavailableError(MageError):
    """The engine does not answer and could not be started."""

    status = 503
    reason = "engine-unavailable"
