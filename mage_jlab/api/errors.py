"""Errors as answers: one place where they become a status, a sentence and a code."""

from __future__ import annotations

import errno
import json
from http import HTTPStatus
from types import TracebackType
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from mage_jlab.domain.errors import MageError

_REASONS = {
    400: "bad-input",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    422: "unprocessable",
    429: "too-many-requests",
    503: "unavailable",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


class TooLargeError(MageError):
    """What was sent is larger than the server takes."""

    status = 413
    reason = "too-large"


def explain(error: BaseException) -> tuple[int, str, str] | None:
    """Give the status, message and reason of an error; None for one that nobody expected."""
    if isinstance(error, MageError):
        return error.status, error.message, error.reason
    if isinstance(error, web.HTTPError):
        status = error.status_code
        message = error.log_message % error.args if error.log_message else None
        return status, message or _phrase(status), _REASONS.get(status, "error")
    if isinstance(error, OSError) and error.errno in _FULL:
        return 503, "The disk is full: nothing was written. Make room, then try again.", "disk-full"
    if type(error).__name__ == "ValidationError" and hasattr(error, "errors"):
        return 400, _first_field(error.errors()), "bad-input"
    return None


class ErrorAnswers(JupyterHandler):
    """Answers every error as ``{"message", "reason"}`` with its status."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the answer of an error; one that nobody expected says nothing of its inside."""
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        found = explain(error) if error is not None else None
        if found is None:
            reason = _REASONS.get(status_code, "internal")
            text = "Something went wrong in mage_jlab; the server's log has the details."
            found = status_code, text if status_code == 500 else _phrase(status_code), reason
        status, message, reason = found
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"message": message, "reason": reason}))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Log what nobody expected with its traceback, everything else in one line."""
        found = explain(value) if value is not None else None
        if found is None:
            super().log_exception(typ, value, tb)
        else:
            log = self.log.warning if found[0] >= 500 else self.log.debug
            log("%s %s: %s", self.request.method, self.request.path, found[1])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown error"


def _first_field(errors: list[dict[str, Any]]) -> str:
    first = errors[0]
    field = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{field}: {message}." if field else f"{message}."
