"""The worker's loop: one attempt after another, each in a process as new."""

from __future__ import annotations

import datetime as dt
import faulthandler
import gc
import os
import signal
import sys
import time
from typing import Any

from . import shim
from .attempt import Attempt
from .capture import Capture
from .channel import Channel, end_group
from .failures import describe
from .fresh import FreshState
from .log import AttemptLog
from .source import forget_modules

OOM_SCORE = 500
"""Added to the worker's badness: the system ends a worker before the engine."""


class Cancelled(BaseException):
    """Raised in the block when the executor wants it to stop."""


def serve(commands: int, results: int, crash: int) -> None:
    """Serve attempts until the pipe closes.

    Args:
        commands: the descriptor that commands are read from.
        results: the descriptor that results are written to.
        crash: the descriptor that takes the trace of a native crash.
    """
    channel = Channel(commands, results)
    os.set_inheritable(crash, False)
    faulthandler.enable(crash, all_threads=False)
    channel.end_with_executor()
    _become_victim()
    capture = Capture()
    capture.install()
    sys.argv[:] = [""]
    shim.offer()
    fresh = FreshState()
    signal.signal(signal.SIGTERM, _cancel)
    os.register_at_fork(after_in_child=_end_as_usual)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    fresh.keep_signals()
    channel.send({"ready": os.getpid()})
    while True:
        try:
            task = channel.receive()
            if task is None:
                end_group()
                return
            channel.send(run(task, capture, fresh))
        except Cancelled:
            # the process ends by the signal itself, so that its parent sees which it was
            _end_as_usual()
            os.kill(os.getpid(), signal.SIGTERM)
        forget_modules()
        if gc.isenabled() and gc.get_count()[1] > 5:
            gc.collect(1)


def run(task: dict[str, Any], capture: Capture, fresh: FreshState) -> dict[str, Any]:
    """Run one task and give the message that says how it ended.

    Args:
        task: the attempt, as the executor sent it.
        capture: the owner of the process's output.
        fresh: restores the process before the block.
    """
    log = AttemptLog(task["log"], task["block"]["name"], task["attempt"])
    started, cpu = _now(), _cpu()
    _reset_peak()
    message: dict[str, Any] = {"kind": "success", "products": []}
    cancelled = False
    try:
        parent = os.path.dirname(task["folder"])
        fresh.restore(task["cwd"], [task["folder"], parent])
        capture.begin(log)
        message.update(Attempt(task, log).run())
    except Cancelled:
        cancelled = True
        message = {"kind": "cancelled", "products": []}
    except BaseException as error:
        message = {"kind": "failed", "products": [], "error": describe(error, task)}
    finally:
        capture.end()
        capture.install()
    message.update(
        started_at=started,
        ended_at=_now(),
        worker_pid=os.getpid(),
        peak_memory=_peak(),
        cpu=round(_cpu() - cpu, 6),
    )
    message["block_run"], message["token"] = task["block_run"], task["token"]
    if cancelled:
        raise Cancelled
    return message


def _end_as_usual() -> None:
    """Let a forked child end by SIGTERM: the attempt is not its own to stop."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _cancel(*_: Any) -> None:
    raise Cancelled


def _become_victim() -> None:
    """Offer this process to the system's out-of-memory killer before the engine (Linux)."""
    try:
        with open("/proc/self/oom_score_adj", "r+") as file:
            current = int(file.read())
            file.seek(0)
            file.write(str(min(1000, current + OOM_SCORE)))
    except OSError:
        return


def _now() -> str:
    now = time.time()
    return dt.datetime.fromtimestamp(now, dt.timezone.utc).isoformat()


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _reset_peak() -> None:
    """Start the peak of memory anew for this attempt (Linux; elsewhere it is the process's)."""
    try:
        descriptor = os.open("/proc/self/clear_refs", os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(descriptor, b"5")
    finally:
        os.close(descriptor)


def _peak() -> int | None:
    try:
        with open("/proc/self/status", "rb") as file:
            for line in file:
                if line.startswith(b"VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
