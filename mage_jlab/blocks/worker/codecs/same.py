"""Large files of equal content are kept once: hard links of one file, found by its checksum.

``<products>/@same/<two digits>/<checksum>`` is a link to the file that was written first. The
engine's collector takes it away when no product has it any more.
"""

from __future__ import annotations

import filecmp
import os

FOLDER = "@same"

LEAST = 1024 * 1024
"""Smaller files are not looked for, in bytes: a link costs more time than it saves room."""


def keep_once(root: str, path: str, checksum: str, size: int) -> bool:
    """Let a file that was just written be a link to a former one of equal content.

    The former one is compared byte by byte: one that was altered since is replaced by the new one
    here, and its own readers find that out by its checksum.

    Args:
        root: the project's products folder.
        path: the new file, whole and synced.
        checksum: its sha256.
        size: its bytes.

    Returns:
        Whether it is a link to a former one now. Where the disk has no hard links it never is.
    """
    if size < LEAST:
        return False
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
        if os.path.getsize(aside) == size and filecmp.cmp(aside, path, shallow=False):
            os.replace(aside, path)
            return True
        os.remove(aside)
        os.link(path, aside)
        os.replace(aside, former)
    except OSError:
        if os.path.exists(aside):
            os.remove(aside)
    return False
