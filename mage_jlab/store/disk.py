"""Texts on disk: read with their hash, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from mage_jlab.domain.errors import MageError, UnprocessableError, UnreadableFileError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def text_hash(text: str) -> str:
    """Give the sha256 of a text, as UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_text(path: Path, name: str | None = None) -> str | None:
    """Read a UTF-8 text with its line ends as they are; None when there is no such file.

    Args:
        path: the file.
        name: how an error calls it; by default the path.

    Raises:
        UnreadableFileError: when it is no UTF-8 text, or may not be read.
    """
    shown = name or str(path)
    try:
        return path.read_bytes().decode()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"{shown} is not UTF-8 text.", shown) from error
    except OSError as error:
        raise UnreadableFileError(f"{shown} cannot be read: {error.strerror}.", shown) from error


def write_durable(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a new file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(data)
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())


def write_atomic(path: Path, data: bytes) -> None:
    """Put a file in place in one step: readers see the old one or the whole new one.

    Raises:
        UnprocessableError: when the disk is full or may not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    except OSError as error:
        raise write_error(error, str(path)) from error
    os.close(handle)
    part = Path(name)
    try:
        mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
        write_durable(part, data, mode)
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise write_error(error, str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Wait until what was renamed into or out of a folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_error(error: OSError, place: str) -> MageError:
    """Say why nothing could be written to a place."""
    if error.errno in _FULL:
        return UnprocessableError(
            f"The disk is full: nothing was written to {place}. Make room and try again.",
            reason="disk-full",
        )
    return UnprocessableError(
        f"{place} cannot be written: {error.strerror or error}.", reason="not-writable"
    )


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
