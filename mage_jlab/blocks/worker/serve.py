"""The worker's loop: one attempt after another, each in a process as new."""

from __future__ import annotations

import contextlib
import datetime as dt
import faulthandler
import gc
import importlib
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
from .usage import Usage

OOM_SCORE = 500
"""Added to the worker's badness: the system ends a worker before the engine."""


PRELOADABLE = ("numpy", "pandas", "pyarrow", "polars", "duckdb", "matplotlib.pyplot")
"""What takes long to import: a worker that takes over from another has what that one had."""


class Cancelled(BaseException):
    """Raised in the block when the executor wants it to stop."""


def serve(commands: int, results: int, crash: int, preloaded: list[str]) -> None:
    """Serve attempts until the pipe closes.

    Args:
        commands: the descriptor that commands are read from.
        results: the descriptor that results are written to.
        crash: the descriptor that takes the trace of a native crash.
        preloaded: modules to import before it is ready; what cannot be imported is left to blocks.
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
    for name in preloaded:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
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
    started, usage = _now(), Usage()
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
        peak_memory=usage.peak(),
        cpu=usage.cpu(),
        loaded=[name for name in PRELOADABLE if name in sys.modules],
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
