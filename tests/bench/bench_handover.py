"""Handing a 1 GB frame to a block in another process: the time to open it, and its memory.

The reference is reading the same bytes from the file. What the block has of its own (``Pss_Anon``)
after it went through all values shows that there is no second copy. Run it with
``python tests/bench/bench_handover.py`` (Linux).
"""

from __future__ import annotations

import os
import platform
import queue
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mage_jlab.domain.attempt import BlockTask, Outcome, OutcomeKind, StoredProduct
from mage_jlab.engine.executors.local import LocalExecutor
from tests.unit.blocks.conftest import Workshop

MADE = """
@data_loader
def made():
    import numpy, pandas
    return pandas.DataFrame({name: numpy.arange(25_000_000) * 1.5 for name in "abcde"})
"""
OPENED = """
import time, numpy, pandas, pyarrow
@transformer
def opened({parameter}):
    {touch}
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    held = {{line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}}
    return {{"own": held["Pss_Anon"] / 1e3, "pss": held["Pss"] / 1e3}}
"""


def main() -> None:
    """Measure and print the figures."""
    words = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{words}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(Path(folder))
        try:
            made = list(shop.good(MADE, "data_loader").values())
        finally:
            shop.executor.close()
        began = time.perf_counter()
        size = 0
        with (shop.products / str(made[0].uri) / "data.arrow").open("rb") as file:
            while part := file.read(1 << 24):
                size += len(part)
        read = time.perf_counter() - began
        without = shop.task(OPENED.format(parameter="", touch=""), inputs={}, results=["x"])
        opened, read_through = (
            shop.task(
                OPENED.format(parameter="df", touch=touch),
                inputs={"df": f"up.{made[0].name}"},
                results=["x"],
                above={"up": made},
            )
            for touch in ("", "[df[name].sum() for name in df]")
        )
        empty, frame = _measured(shop, without), _measured(shop, opened)
        touched = _measured(shop, read_through)
    print(
        f"a frame of {size / 1e9:.2f} GB opened by a block in another process: "
        f"{(frame[0] - empty[0]) * 1e3:.1f} ms more than without it; "
        f"reading its file: {read * 1e3:.0f} ms"
    )
    print(
        f"after it was read through: {touched[1] - empty[1]:.1f} MB more of its own, "
        f"PSS {touched[2]:.0f} MB in all"
    )


def _measured(shop: Workshop, task: BlockTask) -> tuple[float, float, float]:
    """Give the best seconds of a warm block, and the MB it had of its own and in all."""
    ended: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    executor = LocalExecutor(1, ended.put, lambda *_: None)
    times = []
    product: StoredProduct | None = None
    for number in range(8):
        again = task.model_copy(update={"output": f"again/{task.block.name}/_/{number}"})
        began = time.perf_counter()
        executor.submit(again)
        outcome = ended.get()
        times.append(time.perf_counter() - began)
        if outcome.kind is not OutcomeKind.SUCCESS:
            raise SystemExit(f"The block failed: {outcome.error}")
        product = outcome.products[0]
    executor.close()
    said = shop.load(product) if product else {}
    return min(times[1:]), said["own"], said["pss"]


if __name__ == "__main__":
    main()
