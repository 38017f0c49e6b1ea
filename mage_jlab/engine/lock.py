"""The lock that decides which process is the engine of a state folder."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class EngineLock:
    """A lock on a file, held by at most one process and free again when that process dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock; False when another process holds it."""
        # Not inheritable (Python's default): no worker keeps the lock of an engine that died.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
