"""What an attempt used: CPU time and the peak of memory, its children's and R's among it."""

from __future__ import annotations

import os
import resource
import sys

TICK = os.sysconf("SC_CLK_TCK")


class Usage:
    """Counts from now on."""

    def __init__(self) -> None:
        warm = _r_process()
        self._cpu = _own_cpu() + _cpu_of(warm)
        self._children = _children_peak()
        for pid in ("self", warm):
            _reset_peak(pid)

    def cpu(self) -> float:
        """Give the seconds of the processor's time that were used since."""
        # an R that has ended meanwhile was waited for: it is among the children then
        return round(max(0.0, _own_cpu() + _cpu_of(_r_process()) - self._cpu), 6)

    def peak(self) -> int | None:
        """Give the most bytes that were held since: the largest of the children counts, and R."""
        own = _peak_of("self")
        if own is None:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            own = peak if sys.platform == "darwin" else peak * 1024
        children = _children_peak()
        largest = children if children > self._children else 0
        return max(own + (_peak_of(_r_process()) or 0), largest)


def _r_process() -> str:
    """Give the number of the R process that is kept warm, or nothing."""
    module = sys.modules.get(__package__ + ".r.session")
    pid = module.running() if module is not None else None
    return str(pid) if pid else ""


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _cpu_of(pid: str) -> float:
    """Give the processor's time of another process, in seconds; 0 where it cannot be read."""
    if not pid:
        return 0.0
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICK


def _children_peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _reset_peak(pid: str) -> None:
    """Start the peak of memory anew for this attempt (Linux; elsewhere it is the process's)."""
    if not pid:
        return
    try:
        descriptor = os.open(f"/proc/{pid}/clear_refs", os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(descriptor, b"5")
    finally:
        os.close(descriptor)


def _peak_of(pid: str) -> int | None:
    if not pid:
        return None
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            for line in file:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None
