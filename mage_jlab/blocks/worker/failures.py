"""Errors of blocks as the ledger keeps them: what, where, and the line in the cell."""

from __future__ import annotations

import contextlib
import os
import traceback
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))

LONGEST_TEXT = 64 * 1024
"""How much of a message or a traceback is kept, in characters."""


TEST = "__mage_jlab_test__"
"""The attribute of an error with the name of the test that raised it."""


def name_test(error: BaseException, test: str) -> None:
    """Write on an error which test of the block raised it."""
    with contextlib.suppress(AttributeError, TypeError):
        setattr(error, TEST, test)


class StatedError(Exception):
    """A failure that mage_jlab itself states.

    ``line`` and ``column`` are the place in the block's file that it is about, where there is one,
    and ``shown`` that line for people.

    Args:
        kind: the type that the reader sees.
        message: what happened and what to do.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.line: int | None = None
        self.column: int | None = None
        self.shown = ""


def describe(error: BaseException, task: dict[str, Any]) -> dict[str, Any]:
    """Turn an exception into the ledger's block error.

    Args:
        error: what was raised.
        task: the attempt under way.
    """
    block = task["block"]
    own_file = os.path.join(task["place"], block["file"])
    text, frames = _traceback(error, task)
    where, line = _place(error, frames, own_file)
    if isinstance(error, StatedError) and error.line is not None:
        where, line, text = own_file, error.line, error.shown or text
    found: dict[str, Any] = {
        "type": error.kind if isinstance(error, StatedError) else type(error).__name__,
        "message": _shortened(_message(error)),
        "traceback": _shortened(text),
        "file": _in_project(where, task) if where else block["file"],
        "file_line": line,
        "cell_id": None,
        "line": line,
        "column": error.column if isinstance(error, StatedError) else None,
    }
    body = block.get("body")
    if where == own_file and line is not None and block.get("cell_id"):
        if body and body[0] <= line <= body[1]:
            found["cell_id"] = block["cell_id"]
            found["line"] = line - body[0] + (block.get("cell_line") or 1)
    elif where is None and block.get("cell_id"):
        found["cell_id"] = block["cell_id"]
    return found


def _message(error: BaseException) -> str:
    try:
        if isinstance(error, SystemExit):
            return f"The block called sys.exit({'' if error.code is None else repr(error.code)})."
        if isinstance(error, MemoryError) and not str(error):
            return "The block ran out of memory."
        test = getattr(error, TEST, None)
        return f"{test}: {error}" if test else str(error)
    except Exception as broken:
        return f"(its message cannot be shown: {type(broken).__name__})"


def _traceback(error: BaseException, task: dict[str, Any]) -> tuple[str, list[Any]]:
    """Format a traceback without the worker's frames, naming the project's own files."""
    if isinstance(error, StatedError) and error.__cause__ is None:
        return "", []
    seen = error.__traceback__
    while seen is not None and _is_ours(seen.tb_frame.f_code.co_filename):
        seen = seen.tb_next
    if seen is None and not isinstance(error, SyntaxError):
        seen = error.__traceback__
    try:
        shown = traceback.TracebackException(type(error), error, seen, capture_locals=False)
        text = "".join(shown.format())
    except Exception as broken:
        return f"(the traceback cannot be shown: {type(broken).__name__})", []
    return text.replace(task["folder"] + os.sep, task["place"] + os.sep), list(shown.stack)


def _place(error: BaseException, frames: list[Any], own_file: str) -> tuple[str | None, int | None]:
    """Give the line of the block's file that the error came through, innermost first."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return error.filename, error.lineno
    for frame in reversed(frames):
        if frame.filename == own_file:
            return own_file, frame.lineno
    return None, None


def _in_project(path: str, task: dict[str, Any]) -> str:
    for root in (task["place"], task["folder"]):
        if path.startswith(root + os.sep):
            return path[len(root) + 1 :]
    return path


def _is_ours(filename: str) -> bool:
    return filename.startswith((HERE + os.sep, "<frozen "))


def _shortened(text: str) -> str:
    # lone surrogates cannot be written as UTF-8 later on
    text = text.encode("utf-8", "backslashreplace").decode()
    if len(text) <= LONGEST_TEXT:
        return text
    half = LONGEST_TEXT // 2
    return f"{text[:half]}\n… {len(text) - LONGEST_TEXT} characters left out …\n{text[-half:]}"
