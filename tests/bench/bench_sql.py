"""What SQL blocks cost: a no-op on DuckDB, and four blocks over 10 million rows × 5 columns.

The reference of the no-op is the same statement on an open DuckDB connection; that of the four
blocks is one script that does the same in one process and writes the same file. Blocks run in this
process as a warm worker runs them, with their products stored and synced. Run it with
``python tests/bench/bench_sql.py``.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from mage_jlab.blocks.worker.attempt import Attempt
from mage_jlab.blocks.worker.log import AttemptLog
from tests.unit.blocks.sql.desk import Desk

ROWS = 10_000_000
NOOPS = 200
MADE = f"""
SELECT range AS id, range % 1000 AS shop, range % 7 AS day, (range * 37 % 10007) / 7.0 AS amount,
  range % 3 = 0 AS paid FROM range({ROWS})
"""
SHOPS = "SELECT range AS shop, range % 10 AS region FROM range(1000)"
FILTER = "SELECT * FROM sales WHERE paid AND amount > 100"
JOIN = "SELECT f.*, region FROM filtered f JOIN shops USING (shop)"
GROUP = "SELECT region, day, sum(amount) AS total, count(*) AS n FROM joined GROUP BY ALL"


def main() -> None:
    """Measure both and print the figures."""
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    with tempfile.TemporaryDirectory() as folder:
        block, plain = noop(Desk(Path(folder)))
    print(f"a no-op SQL block, warm: median {block:.2f} ms; the statement alone: {plain:.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        blocks, script = four_blocks(Desk(Path(folder)), Path(folder))
    print(f"four blocks over {ROWS:,} rows × 5, seconds (of processor time):")
    for name, (wall, cpu) in (("blocks", blocks), ("one script", script)):
        print(f"  {name:<12} {wall:5.2f} ({cpu:5.2f})")
    print(f"ratio: {blocks[0] / script[0]:.2f} ({blocks[1] / script[1]:.2f})")


def noop(desk: Desk) -> tuple[float, float]:
    """Give the medians of a block without a product and of its statement, in ms."""
    times, plain = [], []
    connection = duckdb.connect()
    desk.run("SELECT 1 AS one", results=[], inputs={})
    for _ in range(NOOPS):
        began = time.perf_counter()
        Attempt(desk.task, AttemptLog(str(desk.log), "block", 1)).run()
        times.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        connection.execute("SELECT 1 AS one").fetchall()
        plain.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[5:]), statistics.median(plain)


Times = tuple[float, float]


def four_blocks(desk: Desk, folder: Path) -> tuple[Times, Times]:
    """Give the seconds, and those of the processor, of four blocks and of one script."""

    def step(sql: str, above: dict[str, Any]) -> list[dict[str, Any]]:
        return desk.run(sql, above, by_position=False, inputs={})

    sales, shops = step(MADE, {}), step(SHOPS, {})
    path = folder / "totals.parquet"
    began, busy = time.perf_counter(), time.process_time()
    filtered = step(FILTER, {"sales": sales})
    joined = step(JOIN, {"filtered": filtered, "shops": shops})
    grouped = step(GROUP, {"joined": joined})
    desk.run(f"COPY (FROM grouped) TO '{path}'", {"grouped": grouped}, results=[], inputs={})
    blocks = time.perf_counter() - began, time.process_time() - busy
    files = {
        name: folder / "products" / str(manifest[0]["uri"]) / "data.arrow"
        for name, manifest in (("sales", sales), ("shops", shops))
    }
    began, busy = time.perf_counter(), time.process_time()
    connection = duckdb.connect()
    for name, file in files.items():
        with pa.memory_map(str(file)) as source:
            connection.register(name, pa.ipc.open_file(source).read_all())
    connection.execute(f"CREATE TABLE filtered AS {FILTER}")
    connection.execute(f"CREATE TABLE joined AS {JOIN}")
    connection.execute(f"CREATE TABLE grouped AS {GROUP}")
    connection.execute(f"COPY (FROM grouped) TO '{folder / 'script.parquet'}'")
    script = time.perf_counter() - began, time.process_time() - busy
    return blocks, script


if __name__ == "__main__":
    main()
