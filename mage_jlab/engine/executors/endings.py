"""How a worker that died is explained: the signal, lack of memory, an exit by itself."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from mage_jlab.domain.attempt import BlockTask
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


def out_of_memory_count() -> int:
    """Give how many processes the system has ended for lack of memory so far (Linux; else 0)."""
    try:
        text = Path("/proc/vmstat").read_text()
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
