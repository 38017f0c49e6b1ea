"""How a worker that died is explained: the signal, lack of memory, an exit by itself."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from mage_jlab.domain.attempt import BlockTask, OutcomeKind
from mage_jlab.domain.run import BlockError

MEANINGS = {
    "SIGSEGV": "a library read or wrote memory that is not its own (segmentation fault)",
    "SIGBUS": "a memory-mapped file went away or was cut while it was read",
    "SIGABRT": "a library gave up (abort)",
    "SIGILL": "a library uses an instruction that this processor does not have",
    "SIGFPE": "a library divided by zero",
    "SIGKILL": "something on this machine ended it",
}
"""What a signal usually means."""

FRAME = re.compile(r'File "(?P<file>.+)", line (?P<line>\d+) in ')


def out_of_memory_count(root: Path = Path("/")) -> int:
    """Give how many processes the system has ended for lack of memory so far (Linux; else 0).

    Those of this process's control group count; where there is none, those of the machine.

    Args:
        root: where the system's files are found.
    """
    try:
        group = (root / "proc/self/cgroup").read_text().rpartition("0::/")[2].strip()
        text = (root / "sys/fs/cgroup" / group / "memory.events").read_text()
    except OSError:
        try:
            text = (root / "proc/vmstat").read_text()
        except OSError:
            return 0
    found = re.search(r"^oom_kill (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def crash_error(task: BlockTask, status: int, trace: str, *, out_of_memory: bool) -> BlockError:
    """Say why the process that ran an attempt ended.

    Args:
        task: the attempt.
        status: its exit status; negative is a signal's number.
        trace: what the process wrote as it crashed: the native crash's Python frames.
        out_of_memory: whether the system ended a process for lack of memory meanwhile.
    """
    if status >= 0:
        kind = "WorkerExited"
        message = f"The block ended its own process with exit status {status} (os._exit)."
    else:
        kind = _signal_name(-status)
        meaning = MEANINGS.get(kind)
        message = f"The block's process was ended by {kind}" + (f": {meaning}." if meaning else ".")
        if out_of_memory and -status == signal.SIGKILL:
            kind = "OutOfMemory"
            message = (
                "The system ended the block's process with SIGKILL for lack of memory: "
                "let it hold less at a time, or run fewer blocks at once."
            )
    line = _line(task, trace)
    block = task.block
    in_cell = (
        block.cell_id is not None
        and block.body is not None
        and line is not None
        and block.body[0] <= line <= block.body[1]
    )
    return BlockError(
        type=kind,
        message=message,
        traceback=trace[-20_000:],
        file=block.file,
        file_line=line,
        cell_id=block.cell_id if in_cell or line is None else None,
        line=line - block.body[0] + 1 if in_cell and line and block.body else line,
    )


def stop_error(
    task: BlockTask, stopped_as: OutcomeKind | None, memory_peak: int | None
) -> BlockError | None:
    """Say which limit the engine stopped an attempt for; None where it was none.

    Args:
        task: the attempt.
        stopped_as: how it was stopped, if it was.
        memory_peak: what it was seen to hold, in bytes.
    """
    block = task.block
    if stopped_as is OutcomeKind.TIMEOUT:
        kind, message = "Timeout", f"The block ran longer than its timeout of {block.timeout:g} s."
    elif stopped_as is OutcomeKind.FAILED:
        kind = "MemoryLimit"
        message = (
            f"The block held {_megabytes(memory_peak)} of memory, more than its limit of "
            f"{_megabytes(block.memory_limit)}: let it hold less at a time, or raise memory_limit."
        )
    else:
        return None
    return BlockError(type=kind, message=message, file=block.file, cell_id=block.cell_id)


def _megabytes(count: int | None) -> str:
    return f"{(count or 0) / 1e6:,.0f} MB"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _line(task: BlockTask, trace: str) -> int | None:
    """Give the innermost line of the block's own file in a crash's trace."""
    own = str(Path(task.place) / task.block.file)
    for frame in FRAME.finditer(trace):
        if frame["file"] == own:
            return int(frame["line"])
    return None
