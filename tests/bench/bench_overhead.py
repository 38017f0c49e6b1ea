"""What a worker costs: a no-op block in a warm one, and a new one until it is ready.

The reference of the no-op is a byte there and back through two pipes to a process that does
nothing else; that of the new worker is the interpreter's start alone, and a fork. No ledger is in
it. Run it with ``python tests/bench/bench_overhead.py``.
"""

from __future__ import annotations

import os
import platform
import queue
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mage_jlab.domain.attempt import BlockTask, Outcome, OutcomeKind
from mage_jlab.engine.executors.local import LocalExecutor
from tests.unit.blocks.conftest import Workshop

NOOPS = 2000
NEW = 10
NOTHING = "@transformer\ndef nothing():\n    pass\n"


def main() -> None:
    """Measure both and print the figures."""
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        shop.executor.close()
        task = shop.task(NOTHING, inputs={}, results=[])
        (call, best), echo = _noops(task), _echo()
        new = _new_workers(task)
    print(
        f"a no-op block, warm, without the ledger: median {call:.3f} ms (best {best:.3f} ms); "
        f"a byte there and back: {echo:.3f} ms; ratio {call / echo:.1f}"
    )
    began = time.perf_counter()
    for _ in range(NEW):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    bare = (time.perf_counter() - began) / NEW * 1e3
    print(
        f"a new worker until its first block has ended: median {new:.0f} ms; "
        f"the interpreter alone: {bare:.0f} ms; a fork: {_fork():.1f} ms"
    )


def _noops(task: BlockTask) -> tuple[float, float]:
    """Give the median and the best of a block that does nothing, in ms."""
    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    executor = LocalExecutor(1, ended.put, lambda *_: None, most_blocks=NOOPS * 2)
    times = []
    for number in range(NOOPS):
        one = task.model_copy(update={"token": number, "output": f"run/nothing/_/{number}"})
        began = time.perf_counter()
        executor.submit(one)
        outcome = ended.get()
        times.append((time.perf_counter() - began) * 1e3)
        if outcome.kind is not OutcomeKind.SUCCESS:
            raise SystemExit(f"The block failed: {outcome.error}")
    executor.close()
    return statistics.median(times[50:]), min(times[50:])


def _echo() -> float:
    """Give the median of a byte there and back, in ms."""
    code = "import os\nwhile data := os.read(0, 1): os.write(1, data)"
    pipes = subprocess.PIPE
    child = subprocess.Popen([sys.executable, "-c", code], stdin=pipes, stdout=pipes, bufsize=0)
    if child.stdin is None or child.stdout is None:
        raise SystemExit("There are no pipes.")
    times = []
    for _ in range(NOOPS):
        began = time.perf_counter()
        child.stdin.write(b".")
        if child.stdout.read(1) != b".":
            raise SystemExit("The reference does not answer.")
        times.append((time.perf_counter() - began) * 1e3)
    child.stdin.close()
    child.wait()
    child.stdout.close()
    return statistics.median(times[50:])


def _new_workers(task: BlockTask) -> float:
    """Give the median of a block that does nothing in a new worker, in ms."""
    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    times = []
    for number in range(NEW):
        executor = LocalExecutor(1, ended.put, lambda *_: None)
        began = time.perf_counter()
        executor.submit(task.model_copy(update={"output": f"new/nothing/_/{number}"}))
        ended.get()
        times.append((time.perf_counter() - began) * 1e3)
        executor.close()
    return statistics.median(times)


def _fork() -> float:
    """Give the median of a forked child that ends at once, in ms."""
    times = []
    for _ in range(NEW):
        began = time.perf_counter()
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


if __name__ == "__main__":
    main()
