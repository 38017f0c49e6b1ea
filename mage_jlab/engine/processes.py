"""Processes of this machine: which boot, which process, and the end of former workers."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

from mage_jlab.store.ledger.nodes import NodeRow, WorkerRow

_SAME_START_S = 0.05
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Give what tells this boot of the machine from any other."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))


def start_time(pid: int) -> float | None:
    """Give when a process started, in seconds since the epoch; None when there is none."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return float(process.create_time())
    except psutil.Error:
        return None


def is_same(pid: int, start: float) -> bool:
    """Whether the process of this number is the one that started then, and not a stranger."""
    found = start_time(pid)
    return found is not None and abs(found - start) < _SAME_START_S


def is_alive(node: NodeRow, host: str, boot: str) -> bool | None:
    """Whether a node's process lives; None when it is of another machine, where nobody can tell."""
    if node.host != host:
        return None
    return node.boot_id == boot and is_same(node.pid, node.pid_start)


def end_workers(workers: Iterable[WorkerRow], wait_s: float = 2.0) -> int:
    """Kill the process groups of workers that still live, and wait until they are gone.

    Returns:
        How many were killed.
    """
    killed = [worker for worker in workers if is_same(worker.pid, worker.start)]
    for worker in killed:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(worker.group, signal.SIGKILL)
    deadline = time.monotonic() + wait_s
    while any(is_same(w.pid, w.start) for w in killed) and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(killed)
