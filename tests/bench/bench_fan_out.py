"""What items cost: a fan-out of 10,000 no-op blocks, and a no-op call of a warm worker alone.

The fan-out runs in an engine and workers of their own, each item durable on its own; the engine's
memory is read before and at its highest after. The warm worker is called without any ledger. Run it
with ``python tests/bench/bench_fan_out.py [items]``.
"""

from __future__ import annotations

import os
import queue
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil
from running_engine import running_engine

from mage_jlab.domain.attempt import BlockTask, Outcome
from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot
from mage_jlab.engine.executors.local import LocalExecutor

ITEMS = 10_000
CALLS = 2_000
CODE = {
    "source": "@custom\ndef source(*args, **kwargs):\n    return [list(range({items}))]\n",
    "each": "@custom\ndef each(value, **kwargs):\n    return None\n",
    "join": "@custom\ndef join(values, **kwargs):\n    return len(values)\n",
}


def main() -> None:
    """Measure both and print seconds, memory and milliseconds a call."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    with tempfile.TemporaryDirectory() as folder:
        seconds, memory = fan_out(Path(folder), items)
        calls = warm_calls(Path(folder))
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    print(f"fan-out of {items:,} no-op items: {seconds:.1f} s, engine +{memory / 2**20:.0f} MB")
    print(
        f"a no-op call of a warm worker: median {statistics.median(calls):.3f} ms, "
        f"p99 {statistics.quantiles(calls, n=100)[98]:.3f} ms"
    )


def fan_out(folder: Path, items: int) -> tuple[float, int]:
    """Give the time of a fan-out in seconds, and by how many bytes the engine grew."""
    with running_engine(folder) as (client, reader, project):
        engine = psutil.Process(client.status().pid)
        for count in (2, items):  # the first one starts the workers
            taken = snapshot(folder, count).to_json()
            before = engine.memory_info().rss
            highest = before
            began = time.perf_counter()
            run_id = client.command(
                "create_run", project=project, pipeline="fan", snapshot=taken
            ).get("run", "")
            while client.status().live_runs:
                highest = max(highest, engine.memory_info().rss)
                time.sleep(0.25)
            seconds = time.perf_counter() - began
            run = reader.run(run_id)
            assert run.state == "success", run.error
            assert run.fan_outs[0].items == {"success": count}
        return seconds, max(highest, engine.memory_info().rss) - before


def snapshot(folder: Path, items: int) -> Snapshot:
    """Lay out a project with a block that fans out, one that runs for each item, and one below."""
    place = folder / f"snapshot_{items}" / "bench"
    (place / "custom").mkdir(parents=True)
    settings = {"source": {"dynamic": True}, "each": {"reduce_output": True}}
    blocks: list[PlannedBlock] = []
    for name, code in CODE.items():
        (place / f"custom/{name}.py").write_text(code.replace("{items}", str(items)))
        above = [blocks[-1].name] if blocks else []
        blocks.append(
            PlannedBlock(
                name=name, type="custom", file=f"custom/{name}.py", code="c", upstream=above,
                configuration=settings.get(name, {}),
            )
        )  # fmt: skip
    plan = Plan(
        project_uuid="bench", project_name="bench", place=str(folder), cwd=str(folder),
        products=str(folder / "products"), logs=str(folder / "logs"), pipeline="fan",
        interpreter=sys.executable, blocks=blocks,
    )  # fmt: skip
    return Snapshot(hash=f"bench-{items}", folder=str(place), files={}, plan=plan)


def warm_calls(folder: Path) -> list[float]:
    """Give the time from handing a no-op block to a warm worker to its outcome, in ms."""
    taken = snapshot(folder, 1)
    block = taken.plan.blocks[2].model_copy(
        update={"upstream": [], "file": "custom/noop.py", "name": "noop"}
    )
    Path(taken.folder, "custom/noop.py").write_text("@custom\ndef noop():\n    return None\n")
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    executor = LocalExecutor(1, outcomes.put, lambda *_: None)
    times: list[float] = []
    try:
        for call in range(CALLS + 1):
            task = BlockTask(
                block_run="noop", token=call, run="run", run_number=1, attempt=1, pipeline="fan",
                project_name="bench", block=block, execution_date=datetime.now(UTC),
                idempotency_key="k", key="k", interpreter=sys.executable, place=str(folder),
                cwd=str(folder), folder=taken.folder, products=str(folder / "products"),
                output=f"run/noop/_/{call}", log=str(folder / f"logs/{call}.jsonl"),
            )  # fmt: skip
            began = time.perf_counter()
            executor.submit(task)
            outcome = outcomes.get()
            assert outcome.kind == "success", outcome.error
            if call:  # the first one starts the worker
                times.append((time.perf_counter() - began) * 1000)
    finally:
        executor.close()
    return times


if __name__ == "__main__":
    main()
