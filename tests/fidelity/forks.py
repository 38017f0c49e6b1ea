"""Processes apart, forked from one that has the libraries loaded; each leads a group of its own."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FIXED = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(ROOT),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "SEABORN_DATA": str(Path(__file__).parent / "corpus" / "seaborn-data"),
}
"""The environment of all of them: what is computed must not hang on the machine or the moment."""


class Zygote:
    """The process that the others fork from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel, theirs = socket.socketpair()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fidelity.zygote", str(theirs.fileno())],
            cwd=ROOT,
            env={**os.environ, **FIXED},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        if self._channel.recv(16) != b"ready":
            raise RuntimeError("the process that sessions fork from did not start")

    def fork(
        self,
        module: str,
        arguments: list[str],
        folder: Path,
        environ: dict[str, str],
        descriptors: list[int],
    ) -> int:
        """Begin a process; gives its id, which is its group's too.

        Args:
            module: ``worker``, or a module of this folder.
            arguments: what its ``main`` takes.
            folder: where it starts.
            environ: what is added to its environment.
            descriptors: what it has open; the last takes its output.
        """
        asked = {"module": module, "arguments": arguments, "folder": str(folder)}
        text = json.dumps({**asked, "environ": environ}).encode()
        with self._lock:
            socket.send_fds(self._channel, [text], descriptors)
            return int(self._channel.recv(32))

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        self._process.wait()


_only: list[Zygote] = []
_starting = threading.Lock()


def zygote() -> Zygote:
    """Give the one of this process; it ends with it."""
    with _starting:
        if not _only:
            _only.append(Zygote())
            atexit.register(_only[0].close)
        return _only[0]


def end_group(group: int) -> None:
    """End a process and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def wait_closed(descriptor: int, limit: float) -> bool:
    """Wait until nobody can write to a pipe any more; says whether that came in time."""
    return bool(select.select([descriptor], [], [], limit)[0])
