"""The engine of the state folder, as its users command it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mage_jlab.domain.engine import EngineStatus
    from mage_jlab.services.doors import Doors

LOG_TAIL = 1024 * 1024
"""How much of the log's end is looked at, in bytes."""
LONGEST_ANSWER = 5000
"""The most lines of the log in one answer."""


class Engine:
    """Starts, stops and asks the engine.

    Args:
        doors: the ways to the ledger and the engine.
    """

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    def status(self) -> EngineStatus:
        """Say whether an engine is up, and what it does; this never starts one."""
        return self._doors.engine.status()

    def start(self) -> EngineStatus:
        """Make sure that an engine is up.

        Raises:
            EngineUnavailableError: when it could not be started, with its log's last line.
        """
        self._doors.engine.ensure()
        return self.status()

    def stop(self, drain: bool = False) -> EngineStatus:
        """Stop the engine, if one is up.

        Args:
            drain: whether blocks that run may end first; without it they are stopped, and run
                again at the next start.
        """
        from mage_jlab.domain.engine import EngineState

        status = self.status()
        if status.state is EngineState.STOPPED:
            return status
        self._doors.engine.command("stop", drain=drain)
        return self.status()

    def log(self, lines: int = 200) -> list[str]:
        """Give the last lines of the engine's log as people read them; none when there is none."""
        path: Path = self._doors.state.log
        lines = min(max(lines, 0), LONGEST_ANSWER)
        try:
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - LOG_TAIL))
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return []
        return [readable(line) for line in text.splitlines()[-lines:]] if lines else []


def readable(line: str) -> str:
    """Write a line of the engine's log for people; one that is no JSON stays as it is."""
    try:
        said = json.loads(line)
        text = f"{said['at']} {said['level']} {said['text']}"
        return f"{text}\n{said['traceback']}" if "traceback" in said else text
    except (ValueError, KeyError, TypeError):
        return line
