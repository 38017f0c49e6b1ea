"""What R blocks cost: a no-op on a warm R, and 1 million rows × 5 columns to R and back.

The reference of the no-op is a new ``Rscript`` that does as much; that of the frame is the same
frame by a CSV file each way, as Mage AI hands it on. Blocks run in this process as a warm worker
runs them, with their products stored and synced. Run it with ``python tests/bench/bench_r.py``.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mage_jlab.blocks.worker.attempt import Attempt
from mage_jlab.blocks.worker.log import AttemptLog
from tests.unit.blocks.r.desk import RDesk

ROWS = 1_000_000
NOOPS = 100
FRAMES = 5
USED = "out <- sum(proc.time()[1:2])"
BY_CSV = "df <- read.csv('in.csv'); write.csv(df, 'out.csv', row.names = FALSE)"


def main() -> None:
    """Measure both and print the figures."""
    version = subprocess.run(["R", "--version"], capture_output=True, text=True, check=True).stdout
    words = f"Python {platform.python_version()}, {version.splitlines()[0]}"
    print(f"{os.cpu_count()} cores, {words}, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        desk = RDesk(Path(folder))
        block, best, script = noop(desk)
        print(
            f"a no-op R block, warm: median {block:.1f} ms (best {best:.1f} ms); "
            f"a new Rscript: {script:.0f} ms"
        )
        blocks, fastest, busy, csv = frame(desk, Path(folder))
        print(
            f"{ROWS:,} × 5 to R and back, as a block: median {blocks:.2f} s (best {fastest:.2f} s; "
            f"of the processor {busy:.2f} s); by CSV: {csv:.2f} s"
        )


def noop(desk: RDesk) -> tuple[float, float, float]:
    """Give the median and the best of a block that does nothing, and a new Rscript's, in ms."""
    desk.given("NULL", results=[])
    blocks = [_timed(desk) for _ in range(NOOPS)]
    scripts = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(["Rscript", "--vanilla", "-e", "NULL"], capture_output=True, check=True)
        scripts.append(time.perf_counter() - began)
    return statistics.median(blocks) * 1e3, min(blocks) * 1e3, statistics.median(scripts) * 1e3


def frame(desk: RDesk, folder: Path) -> tuple[float, float, float, float]:
    """Give the median, the best and the processor's time of a frame, and the time by CSV, in s.

    The processor's time is that of the worker and of R together.
    """
    random = np.random.default_rng(1)
    made = pd.DataFrame(
        {
            "id": np.arange(ROWS),
            "amount": random.normal(size=ROWS),
            "paid": random.random(ROWS) < 0.5,
            "shop": "shop " + pd.Series(random.integers(0, 1000, ROWS).astype(str)),
            "at": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(ROWS), unit="s"),
        }
    )
    before = desk.out(USED)
    desk.given("out <- df", {"df": made})
    busy = time.process_time()
    blocks = [_timed(desk) for _ in range(FRAMES)]
    busy = (time.process_time() - busy) / FRAMES + (desk.out(USED) - before) / (FRAMES + 1)
    began = time.perf_counter()
    made.to_csv(folder / "in.csv", index=False)
    subprocess.run(["Rscript", "--vanilla", "-e", BY_CSV], cwd=folder, check=True)
    pd.read_csv(folder / "out.csv")
    return statistics.median(blocks), min(blocks), busy, time.perf_counter() - began


def _timed(desk: RDesk) -> float:
    """Run the desk's last block again; gives the seconds."""
    desk.task["output"] += "+"
    began = time.perf_counter()
    Attempt(desk.task, AttemptLog(str(desk.log), "block", 1)).run()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
