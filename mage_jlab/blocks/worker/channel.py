"""The two pipes to the executor: one JSON document a line, nothing else."""

from __future__ import annotations

import json
import os
import select
import signal
import threading
from typing import Any


class Channel:
    """Reads commands and writes results.

    Args:
        commands: the file descriptor that commands come from.
        results: the file descriptor that results go to.
    """

    def __init__(self, commands: int, results: int) -> None:
        self._commands = commands
        self._results = results
        self._buffer = b""
        for descriptor in (commands, results):
            os.set_inheritable(descriptor, False)

    def receive(self) -> dict[str, Any] | None:
        """Wait for the next command; None when the executor has closed the pipe."""
        while b"\n" not in self._buffer:
            part = os.read(self._commands, 1 << 16)
            if not part:
                return None
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\n", 1)
        command: dict[str, Any] = json.loads(line)
        return command

    def send(self, message: dict[str, Any]) -> None:
        """Write one result."""
        data = memoryview(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        while data:
            data = data[os.write(self._results, data) :]

    def end_with_executor(self) -> None:
        """Watch the pipe from a thread: when the executor is gone, end this process group at once.

        A block may be running then; its attempt belongs to nobody any more.
        """
        threading.Thread(target=self._watch, name="mage-jlab-watch", daemon=True).start()

    def _watch(self) -> None:
        poller = select.poll()
        poller.register(self._commands, 0)  # hang-up is reported whatever is asked for
        while True:
            for _, event in poller.poll():
                if event & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                    end_group()


def end_group() -> None:
    """Kill this worker and all that it started."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)
