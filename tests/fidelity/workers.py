"""Real workers, driven by hand: with no engine there."""

from __future__ import annotations

import json
import os
import select
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from mage_jlab.domain.attempt import BlockTask
from tests.fidelity.forks import end_group, zygote
from tests.fidelity.workplace import home


class Worker:
    """One worker process, which runs tasks one after another.

    Args:
        root: the folder for files of its own.
    """

    def __init__(self, root: Path) -> None:
        commands, self._commands = os.pipe()
        self._results, results = os.pipe()
        self._crash = tempfile.TemporaryFile()  # noqa: SIM115  # closed when the worker is ended
        environ = {**home(root), "MPLBACKEND": "agg"}
        descriptors = [commands, results, self._crash.fileno()]
        self._group = zygote().fork("worker", [], Path("/"), environ, descriptors)
        os.close(commands)
        os.close(results)
        self._buffer = b""

    def run(self, task: BlockTask, limit: float) -> dict[str, Any]:
        """Run a task and give the worker's message; one that says why, when there is none.

        Args:
            limit: seconds.
        """
        data = memoryview(task.model_dump_json().encode() + b"\n")
        while data:
            data = data[os.write(self._commands, data) :]
        deadline = time.monotonic() + limit
        while True:
            message = self._hear(deadline)
            if message is None or "ready" not in message:
                return message or {"kind": "crashed", "products": [], "error": self._last_words()}

    def _hear(self, deadline: float) -> dict[str, Any] | None:
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._results], [], [], left)[0]:
                return None
            part = os.read(self._results, 1 << 16)
            if not part:
                return None
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def _last_words(self) -> dict[str, str]:
        self._crash.seek(0)
        words = self._crash.read().decode("utf-8", "replace")[-2000:]
        return {"message": f"the worker died or took too long: {words}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        end_group(self._group)
        os.close(self._commands)
        os.close(self._results)
        self._crash.close()
