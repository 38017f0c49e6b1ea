"""What the engine adds to a block: a durable chain of 40 against the same in one process.

The chain runs in an engine and a worker of their own; each block's end is in the ledger before the
next one starts. The reference calls the same 40 functions in this process and writes a line with
``fsync`` after each. Run it with ``python tests/bench/bench_engine.py``.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from running_engine import running_engine

from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot

BLOCKS = 40
CHAINS = 8
CODE = """if "custom" not in globals():
    from mage_jlab import custom


@custom
def block_{n}(*args, **kwargs):
    return None
"""


def main() -> None:
    """Measure both and print median and p99 of a block in ms, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        durable = chains(Path(folder))
        reference = in_process(Path(folder))
    print(f"machine: {cpu()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{CHAINS} chains of {BLOCKS} no-op blocks; time of a block in ms:")
    for name, times in (("durable, other process", durable), ("one process, one fsync", reference)):
        print(f"  {name:<24} median {statistics.median(times):6.3f}   p99 {p99(times):6.3f}")
    print(f"ratio of the medians: {statistics.median(durable) / statistics.median(reference):.1f}")


def chains(folder: Path) -> list[float]:
    """Give the time from the end of each block to the end of the next, in ms."""
    with running_engine(folder) as (client, reader, project):
        taken = snapshot(folder).to_json()
        times: list[float] = []
        for chain in range(CHAINS + 1):
            run_id = client.command(
                "create_run", project=project, pipeline="chain", snapshot=taken
            )["run"]
            while not (run := reader.run(run_id)).state.ended:
                time.sleep(0.2)
            assert run.state == "success", run
            ends = [item.ended_at.timestamp() for item in run.block_runs if item.ended_at]
            if chain:  # the first one starts the worker
                times += [(b - a) * 1000 for a, b in pairwise(ends)]
        return times


def snapshot(folder: Path) -> Snapshot:
    """Lay out a project whose pipeline is a chain."""
    place = folder / "snapshot" / "bench"
    (place / "custom").mkdir(parents=True)
    blocks = []
    for n in range(BLOCKS):
        (place / f"custom/block_{n}.py").write_text(CODE.format(n=n))
        above = [f"block_{n - 1}"] if n else []
        blocks.append(
            PlannedBlock(
                name=f"block_{n}",
                type="custom",
                file=f"custom/block_{n}.py",
                code="c",
                upstream=above,
            )
        )
    plan = Plan(
        project_uuid="bench",
        project_name="bench",
        place=str(folder),
        cwd=str(folder),
        products=str(folder / "products"),
        logs=str(folder / "logs"),
        pipeline="chain",
        interpreter=sys.executable,
        blocks=blocks,
    )
    return Snapshot(hash="bench", folder=str(place), files={}, plan=plan)


def in_process(folder: Path) -> list[float]:
    """Give the time of each call with its fsynced line, in ms."""
    functions = []
    for n in range(BLOCKS):
        names: dict[str, object] = {"custom": lambda function: function}
        exec(CODE.format(n=n), names)
        functions.append(names[f"block_{n}"])
    times: list[float] = []
    with (folder / "reference.txt").open("w") as file:
        for _ in range(CHAINS):
            for function in functions:
                began = time.perf_counter()
                assert callable(function)
                function()
                file.write("done\n")
                file.flush()
                os.fsync(file.fileno())
                times.append((time.perf_counter() - began) * 1000)
    return times


def p99(times: list[float]) -> float:
    """Give the 99th percentile."""
    return statistics.quantiles(times, n=100)[98]


def cpu() -> str:
    """Give the processor's model."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()


if __name__ == "__main__":
    main()
