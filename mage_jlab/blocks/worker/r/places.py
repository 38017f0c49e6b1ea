"""A folder of one worker for the files that go to R and come back, gone when the worker is."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile

PREFIX = "mage_jlab_r_"


def own_folder() -> tuple[str, int]:
    """Make a folder, and take away those of workers that were killed.

    Returns:
        the folder, and the descriptor whose lock says that its worker lives; it is held until the
        process ends.
    """
    root = tempfile.gettempdir()
    for name in os.listdir(root):
        if name.startswith(PREFIX):
            _remove_if_left(os.path.join(root, name))
    folder = tempfile.mkdtemp(prefix=PREFIX)
    lock = os.open(os.path.join(folder, "lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _remove_if_left(folder: str) -> None:
    """Remove a folder whose lock nobody holds; one of somebody else cannot be opened and stays."""
    with contextlib.suppress(OSError):
        lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
