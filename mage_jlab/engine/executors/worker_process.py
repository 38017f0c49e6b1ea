"""One worker process: started by file path, led by two pipes, ended with its whole group."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from mage_jlab.domain.attempt import BlockTask
from mage_jlab.engine.executors.memory import own_memory
from mage_jlab.engine.processes import start_time

ENTRY = Path(__file__).parents[2] / "blocks" / "worker" / "main.py"
"""The file that an interpreter is started with."""

PRIVATE = ("MAGE_JLAB_", "JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN")
"""Names of environment variables, by their start, that blocks do not see."""


def worker_environ(environ: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Give a worker's environment: the engine's without what is private, and the kernelspec's."""
    kept = {name: text for name, text in environ.items() if not name.startswith(PRIVATE)}
    return {**kept, **added, "MPLBACKEND": "agg"}


class WorkerProcess:
    """A worker of one key.

    Args:
        task: the attempt that it is started for; its interpreter, environment and key count.
        preloaded: modules that it imports before it says that it is ready.

    Raises:
        OSError: when the interpreter cannot be started.
    """

    def __init__(self, task: BlockTask, preloaded: Sequence[str] = ()) -> None:
        self.made_for = task
        self.key = task.key
        self.attempt: Any = None
        self.ready = False
        self.idle_since = 0.0
        self.blocks = 0
        self.loaded: list[str] = []
        self.memory_at_start = 0
        self.successor: WorkerProcess | None = None
        self._buffer = b""
        self._crash: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by bury()
        self._crash_from = 0
        commands_read, self._commands = os.pipe()
        self.results, results_write = os.pipe()
        os.set_blocking(self.results, False)
        crash = self._crash.fileno()
        numbers = [str(descriptor) for descriptor in (commands_read, results_write, crash)]
        try:
            self._process = subprocess.Popen(
                [task.interpreter, str(ENTRY), *numbers, *preloaded],
                stdin=subprocess.DEVNULL,
                stdout=crash,
                stderr=crash,
                env=worker_environ(os.environ, task.environ),
                cwd="/",
                pass_fds=(commands_read, results_write, crash),
                start_new_session=True,
            )
        except OSError:
            os.close(self._commands)
            os.close(self.results)
            self._crash.close()
            raise
        finally:
            os.close(commands_read)
            os.close(results_write)
        self.pid = self._process.pid
        self.started_at = start_time(self.pid) or 0.0
        self.sentinel = os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None

    @property
    def group(self) -> int:
        """The process group that it leads."""
        return self.pid

    def get_ready(self) -> None:
        """Remember what it holds as it starts to wait for its first attempt."""
        self.ready = True
        self.memory_at_start = own_memory(self.pid) or 0

    def is_worn(self, blocks: int, growth: int) -> bool:
        """Say whether it has run so many blocks, or holds so many bytes more than at its start."""
        if self.blocks >= blocks:
            return True
        return (own_memory(self.pid) or 0) - self.memory_at_start > growth

    def send(self, task: BlockTask) -> None:
        """Hand it an attempt; a worker that just died is found by its sentinel."""
        self._crash_from = os.lseek(self._crash.fileno(), 0, os.SEEK_CUR)
        data = memoryview(task.model_dump_json().encode() + b"\n")
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._commands, data) :]

    def receive(self) -> tuple[list[dict[str, Any]], bool]:
        """Give the messages that have come, and whether the pipe has closed."""
        while True:
            try:
                part = os.read(self.results, 1 << 16)
            except BlockingIOError:
                closed = False
                break
            if not part:
                closed = True
                break
            self._buffer += part
        *lines, self._buffer = self._buffer.split(b"\n")
        return [json.loads(line) for line in lines], closed

    def terminate(self) -> None:
        """Ask it and its children to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and its children at once."""
        self._signal(signal.SIGKILL)

    def bury(self) -> tuple[int, str]:
        """End what is left of its group, release everything, give exit status and last words."""
        self.kill()
        status = self._process.wait()
        self._crash.seek(self._crash_from)
        words = self._crash.read(1 << 20).decode("utf-8", "replace").strip()
        for descriptor in (self._commands, self.results, self.sentinel):
            if descriptor is not None:
                os.close(descriptor)
        self._crash.close()
        return status, words

    def _signal(self, number: signal.Signals) -> None:
        # the leader is not reaped before bury(): the group's number cannot be a stranger's
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)
