"""Calls the command line in this process and keeps what it wrote and how it ended."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mage_jlab.cli.outcome import run


@dataclass(frozen=True)
class Answer:
    """The exit status of a command, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The error of a command that ended with 2: one line on stderr, one document on stdout."""
        assert self.status == 2, self
        assert len(self.err.splitlines()) == 1, self
        assert "Traceback" not in self.err
        document = self.document
        assert set(document) == {"error"}
        assert set(document["error"]) == {"code", "message"}
        assert document["error"]["message"] == self.err.strip()
        assert document["error"]["code"] != "fault", self
        error: dict[str, str] = document["error"]
        return error


def call(*arguments: str, cwd: Path | None = None) -> Answer:
    """Run one command line; with ``cwd`` from that folder."""
    out, err = io.StringIO(), io.StringIO()
    folder = contextlib.chdir(cwd) if cwd else contextlib.nullcontext()
    with folder, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run(arguments)
    return Answer(status, out.getvalue(), err.getvalue())
