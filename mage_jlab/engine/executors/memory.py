"""How much memory a worker's process group holds of its own, from ``/proc`` (Linux).

What is mapped from files is not counted: products are read that way, and those pages are the
system's to take back.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
OWN = re.compile(r"^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$", re.MULTILINE)
SHARED_FAIRLY = re.compile(r"^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB$", re.MULTILINE)


def own_memory(pid: int) -> int | None:
    """Give what one process holds of its own, in bytes; None where that cannot be read."""
    try:
        # asked after each block: opened in the shortest way
        descriptor = os.open(f"/proc/{pid}/statm", os.O_RDONLY)
        try:
            _, resident, shared = os.read(descriptor, 200).split()[:3]
        finally:
            os.close(descriptor)
    except (OSError, ValueError):
        return None
    return (int(resident) - int(shared)) * PAGE


def group_memory(group: int, enough: int) -> int:
    """Give what a process group holds of its own, in bytes; 0 where that cannot be read.

    Forked processes share pages. Only a sum that is above ``enough`` is worth the dearer look that
    counts each page once.

    Args:
        group: the process group.
        enough: the amount up to which the plain sum will do, in bytes.
    """
    members = list(_members(group))
    plain = sum(_sum(f"/proc/{pid}/status", OWN) or 0 for pid in members)
    if plain <= enough or len(members) == 1:
        return plain
    fair = [_sum(f"/proc/{pid}/smaps_rollup", SHARED_FAIRLY) for pid in members]
    return plain if None in fair else sum(each or 0 for each in fair)


def _members(group: int) -> Iterator[int]:
    try:
        names = [path.name for path in Path("/proc").iterdir()]
    except OSError:
        return
    for name in names:
        if name.isdigit():
            try:
                if os.getpgid(int(name)) == group:
                    yield int(name)
            except OSError:
                continue


def _sum(file: str, lines: re.Pattern[str]) -> int | None:
    try:
        found = lines.findall(Path(file).read_text())
    except OSError:
        return None
    return sum(map(int, found)) * 1024
