"""Pages, profiles, orders and comparison of a 10 M-row product, beside reading it from Parquet.

Run: ``python tests/bench/bench_preview.py``.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.blocks.worker.codecs.layout import shown_columns
from mage_jlab.blocks.worker.codecs.statistics import summary
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.product_profile import FilterOp, RowFilter
from mage_jlab.store.product_diff import compare_products
from mage_jlab.store.product_profiles import stored_profile
from mage_jlab.store.product_rows import ordered_rows

ROWS = 10_000_000
PAGE = 100
ROUNDS = 9
TARGET = 30.0


def measured(what: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Give the median time of some rounds, in milliseconds."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        what()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def peak() -> float:
    """Give the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def made() -> pa.Table:
    """Give 10 million rows of five columns."""
    generator = np.random.default_rng(1)
    seconds = generator.integers(0, 10**7, ROWS)
    return pa.table(
        {
            "id": np.arange(ROWS),
            "x": generator.random(ROWS),
            "k": generator.integers(0, 1000, ROWS),
            "at": pa.array(seconds.astype("datetime64[s]")),
            "s": pa.array(generator.choice(np.array(["ab", "cd", "ef"]), ROWS)),
        }
    )


def main() -> None:
    """Print the figures."""
    table = made()
    columns = shown_columns(table.schema)
    print(f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    counted = measured(lambda: summary(table, columns), 5)
    ends = measured(lambda: [pc.min_max(table.column(at)) for at in range(4)], 5)
    print(f"statistics of {ROWS:,} x 5: {counted:.0f} ms, least and greatest alone: {ends:.0f} ms")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        products = []
        for run, value in (
            ("one", table),
            ("two", table.set_column(1, "x", pa.array(_other(table)))),
        ):
            encoder = Encoder(OutputFolder(folder, run))
            products.append(StoredProduct.model_validate(encoder.encode({"x": value})[0]))
        stored = products[0]
        parquet = root / "frame.parquet"
        table.to_pandas().to_parquet(parquet)

        def page(offset: int, sort: str | None = None, *filters: RowFilter) -> Any:
            return ordered_rows(root, stored, offset, PAGE, sort, filters)

        first, last = measured(lambda: page(0)), measured(lambda: page(ROWS - PAGE))
        whole = measured(lambda: pd.read_parquet(parquet).head(PAGE), 3)
        print(f"page 1: {first:.1f} ms, the last page: {last:.1f} ms; at most {TARGET:.0f} ms")
        print(f"reference, the head of the same Parquet file by pandas: {whole:.0f} ms")
        print(f"ratio page 1 / reference: {first / whole:.4f}")
        print(f"profile: {measured(lambda: stored_profile(stored)):.1f} ms")
        for sort in ("x", "-at", "s", "-k,x"):
            made_order = measured(lambda sort=sort: page(0, sort), 1)
            again = measured(lambda sort=sort: page(ROWS // 2, sort))
            print(f"sorted by {sort}: first {made_order:.0f} ms, a page then {again:.1f} ms")
        above = RowFilter(column="k", op=FilterOp.GT, value=998)
        print(f"filtered by one column: {measured(lambda: page(0, None, above), 1):.0f} ms")
        print(f"peak memory, with the mapped file: {peak():.0f} MB")
        sides = [(name, root, one) for name, one in zip("ab", products, strict=True)]
        compared = measured(lambda: compare_products(sides[0], sides[1]), 1)
        print(f"compared by key: {compared:.0f} ms, peak memory {peak():.0f} MB")
    assert max(first, last) <= TARGET


def _other(table: pa.Table) -> Any:
    values = table.column("x").to_numpy().copy()
    values[:: ROWS // 100] = -1.0
    return values


if __name__ == "__main__":
    main()
