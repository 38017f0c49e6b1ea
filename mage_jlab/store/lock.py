"""The lock of a project: one writer at a time, across processes and threads."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mage_jlab.domain.errors import ConflictError

PATIENCE = 30.0
"""How long a writer waits for another one, in seconds."""

_held = threading.local()


@contextmanager
def project_lock(place: Path, patience: float = PATIENCE) -> Iterator[bool]:
    """Hold the lock of the project in ``place``.

    It is a ``flock`` on the folder itself, so that it leaves no file and ends with its holder.
    The thread that has it may take it again.

    Args:
        place: the project's real folder.
        patience: how long to wait for it, in seconds.

    Yields:
        Whether this is the outermost holder.

    Raises:
        ConflictError: when another writer keeps it for longer than ``patience``.
    """
    counts: dict[Path, int] = _held.__dict__.setdefault("counts", {})
    if counts.get(place):
        counts[place] += 1
        try:
            yield False
        finally:
            counts[place] -= 1
        return
    handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _wait(handle, place, patience)
        counts[place] = 1
        try:
            yield True
        finally:
            del counts[place]
    finally:
        os.close(handle)


def _wait(handle: int, place: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise ConflictError(
                    f"Another command is writing to the project {place.name}. "
                    "Try again when it is done."
                ) from None
            time.sleep(0.02)
        else:
            return
