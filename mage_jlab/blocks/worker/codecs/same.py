"""Large files of equal content are kept once: hard links of one file, found by its checksum.

``<products>/@same/<two digits>/<checksum>`` is a link to the file that was written first. The
engine's collector takes it away when no product has it any more.
"""

from __future__ import annotations

import os

FOLDER = "@same"

PIECE = 1 << 20
"""How many bytes are compared at once."""

LEAST = 1024 * 1024
"""Smaller files are not looked for, in bytes: a link costs more time than it saves room."""


def keep_once(root: str, path: str, checksum: str, size: int) -> bool:
    """Let a file that was just written be a link to a former one of equal content.

    The former one is compared byte by byte: one that was altered since is replaced by the new one
    here, and its own readers find that out by its checksum.

    Args:
        root: the project's products folder.
        path: the new file, whole.
        checksum: its sha256.
        size: its bytes.

    Returns:
        Whether it is a link to a former one now, which is synced. Where the disk has no hard links
        it never is.

    Raises:
        OSError: when the former one cannot be synced.
    """
    if size < LEAST or not _linked(root, path, checksum, size):
        return False
    _sync(path)
    return True


def _linked(root: str, path: str, checksum: str, size: int) -> bool:
    folder = os.path.join(root, FOLDER, checksum[:2])
    former = os.path.join(folder, checksum)
    aside = path + ".same"
    try:
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(former):
            os.link(path, former)
            return False
        # a link of its own: whoever takes the former one away meanwhile does no harm
        os.link(former, aside)
        if os.path.getsize(aside) == size and _equal(aside, path):
            os.replace(aside, path)
            return True
        os.remove(aside)
        os.link(path, aside)
        os.replace(aside, former)
    except OSError:
        if os.path.exists(aside):
            os.remove(aside)
    return False


def _sync(path: str) -> None:
    """Sync a file that its writer may not have synced yet; costs nothing where it has."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _equal(one: str, other: str) -> bool:
    left, right = bytearray(PIECE), bytearray(PIECE)
    with open(one, "rb", buffering=0) as first, open(other, "rb", buffering=0) as second:
        while True:
            count = first.readinto(left)
            if second.readinto(right) != count or left[:count] != right[:count]:
                return False
            if not count:
                return True
