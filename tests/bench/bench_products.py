"""Opening a frame product of 320 MB against reading the same frame from Parquet, and a page of it.

Run: ``python tests/bench/bench_products.py``.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mage_jlab.blocks.load import load_product
from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.store.products import read_rows

ROWS = 2_000_000
COLUMNS = 20
ROUNDS = 5


def measured(what: Callable[[], Any]) -> float:
    """Give the median time of some rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        what()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print the figures."""
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({f"c{n}": generator.random(ROWS) for n in range(COLUMNS)})
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        parquet = root / "frame.parquet"
        frame.to_parquet(parquet)
        output = OutputFolder(folder, "run/block/-/1")
        started = time.perf_counter()
        stored = StoredProduct.model_validate(Encoder(output).encode({"x": frame})[0])
        written = (time.perf_counter() - started) * 1000
        assert load_product(stored, root).equals(pd.read_parquet(parquet))
        opened = measured(lambda: load_product(stored, root))
        read = measured(lambda: pd.read_parquet(parquet))
        page = measured(lambda: read_rows(root, stored, ROWS // 2, 100))
    print(f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"frame product of {stored.bytes / 1e6:.0f} MB, {ROWS:,} x {COLUMNS}")
    print(f"store with checksum and fsync: {written:.0f} ms")
    print(f"open: {opened:.1f} ms, read the same from Parquet: {read:.0f} ms")
    print(f"ratio open / Parquet: {opened / read:.4f}")
    print(f"a page of 100 rows: {page:.1f} ms")


if __name__ == "__main__":
    main()
