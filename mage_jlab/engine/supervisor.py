"""Keeps an engine up: ``python -m mage_jlab.engine.supervisor`` starts it, again when it dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import deque
from datetime import UTC, datetime

from mage_jlab.engine.exits import ALREADY, HOPELESS
from mage_jlab.store.paths import StateFolder

DEATHS = 5
WINDOW_S = 60.0
"""So many deaths in so many seconds are the last."""


def detach() -> None:
    """Leave the starter: a session of its own, nobody's child, no terminal."""
    if os.fork():
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def say(state: StateFolder, level: str, text: str) -> None:
    """Append a line to the engine's log."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"at": at, "level": level, "source": "mage_jlab.supervisor", "text": text}
    with state.log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def supervise(state: StateFolder, command: list[str]) -> int:
    """Run the engine until it ends in order; gives the supervisor's exit status."""
    deaths: deque[float] = deque(maxlen=DEATHS)
    process: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: object) -> None:
        if process is not None:
            process.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    while True:
        with state.log.open("ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        status = process.wait()
        if status in (0, ALREADY):
            return 0
        if status == HOPELESS:
            return 1
        deaths.append(time.monotonic())
        say(state, "ERROR", f"The engine died ({_cause(status)}).")
        if len(deaths) == DEATHS and deaths[-1] - deaths[0] < WINDOW_S:
            say(state, "CRITICAL", f"The supervisor gave up: {DEATHS} deaths within a minute.")
            return 1


def _cause(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


if __name__ == "__main__":
    detach()
    folder = StateFolder.from_environ()
    folder.make()
    sys.exit(supervise(folder, [sys.executable, "-m", "mage_jlab.engine"]))
