"""Filter, join, group and write over 10 million rows × 5 columns: four blocks against one script.

The blocks run in an engine and workers of their own, with every product stored, checksummed and
synced. The reference is one process that calls the same functions one after the other and stores
only the last file. Time counts from the end of the loaders to the end of the write. Memory is the
highest proportional set size (``Pss``, Linux) of all processes together, the engine's and the
loaders' included. Run it with
``python tests/bench/bench_frames.py [pandas|polars|duckdb …]``.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from running_engine import running_engine

from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot

ROWS = 10_000_000
TIMES = 3
ABOVE: dict[str, list[str]] = {
    "sales": [],
    "shops": [],
    "filtered": ["sales"],
    "joined": ["filtered", "shops"],
    "grouped": ["joined"],
    "written": ["grouped"],
}
LOADERS = ("sales", "shops")
ARRAYS = f"""
    import numpy as np
    number = np.arange({ROWS})
    columns = {{
        "id": number,
        "shop": number % 1000,
        "market": np.array(["north", "south", "east", "west"], dtype=object)[number % 4],
        "amount": (number * 37 % 10007) / 7.0,
        "paid": number % 3 == 0,
    }}
"""
SHOPS = '{"shop": range(1000), "region": [number % 10 for number in range(1000)]}'
PANDAS = {
    "sales": ARRAYS + "    import pandas as pd\n    return pd.DataFrame(columns)",
    "shops": f"    import pandas as pd\n    return pd.DataFrame({SHOPS})",
    "filtered": "    return sales[sales.paid & (sales.amount > 100)]",
    "joined": "    return filtered.merge(shops, on='shop')",
    "grouped": """
    groups = joined.groupby(["region", "market"])
    return groups.agg(total=("amount", "sum"), n=("id", "count")).reset_index()""",
    "written": "    grouped.to_parquet('totals.parquet')",
}
POLARS = {
    "sales": ARRAYS + "    import polars as pl\n    return pl.DataFrame(columns)",
    "shops": f"    import polars as pl\n    return pl.DataFrame({SHOPS})",
    "filtered": """
    import polars as pl
    return sales.filter(pl.col("paid") & (pl.col("amount") > 100))""",
    "joined": "    return filtered.join(shops, on='shop')",
    "grouped": """
    import polars as pl
    return joined.group_by("region", "market").agg(total=pl.sum("amount"), n=pl.len())""",
    "written": "    grouped.write_parquet('totals.parquet')",
}
DUCKDB = {
    "sales": f"""SELECT range AS id, range % 1000 AS shop,
  ['north', 'south', 'east', 'west'][range % 4 + 1] AS market,
  (range * 37 % 10007) / 7.0 AS amount, range % 3 = 0 AS paid FROM range({ROWS})""",
    "shops": "SELECT range AS shop, range % 10 AS region FROM range(1000)",
    "filtered": "SELECT * FROM sales WHERE paid AND amount > 100",
    "joined": "SELECT f.*, region FROM filtered f JOIN shops USING (shop)",
    "grouped": """SELECT region, market, sum(amount) AS total, count(*) AS n
  FROM joined GROUP BY ALL""",
    "written": "COPY (FROM grouped) TO 'totals.parquet'",
}
WITH = {"pandas": PANDAS, "polars": POLARS, "duckdb": DUCKDB}
Cost = tuple[float, float]


def main() -> None:
    """Measure blocks and script in turn, and print the best of each and their ratios."""
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )
    for kind in sys.argv[1:] or WITH:
        blocks, scripts = [], []
        for _ in range(TIMES):
            with tempfile.TemporaryDirectory() as folder:
                blocks.append(as_blocks(kind, Path(folder)))
            with tempfile.TemporaryDirectory() as folder:
                scripts.append(as_script(kind, Path(folder)))
        print(f"{kind}: {TIMES} times each, seconds: {_all(blocks)} and {_all(scripts)}")
        (block_s, block_mb), (script_s, script_mb) = map(_best, (blocks, scripts))
        print(
            f"  four blocks {block_s:.2f} s, {block_mb:.0f} MB; one script {script_s:.2f} s, "
            f"{script_mb:.0f} MB; ratios {block_s / script_s:.2f} and {block_mb / script_mb:.2f}"
        )


def as_blocks(kind: str, folder: Path) -> Cost:
    """Give the seconds of the four blocks, and the most memory of engine and workers in MB."""
    with running_engine(folder) as (client, reader, project):
        taken = snapshot(kind, folder).to_json()
        with watched(client.status().pid or 0) as peak:
            run_id = client.command(
                "create_run", project=project, pipeline="frames", snapshot=taken
            )["run"]
            while not (run := reader.run(run_id)).state.ended:
                time.sleep(0.2)
        if run.state != "success":
            raise SystemExit(f"The run failed: {[item.error for item in run.block_runs]}")
        ended = {item.block: item.ended_at.timestamp() for item in run.block_runs if item.ended_at}
    return ended["written"] - max(ended[name] for name in LOADERS), peak[0]


def snapshot(kind: str, folder: Path) -> Snapshot:
    """Lay out the project whose pipeline is the loaders and the four blocks."""
    place = folder / "snapshot" / "bench"
    (place / "custom").mkdir(parents=True)
    language, ending = ("sql", "sql") if kind == "duckdb" else ("python", "py")
    blocks = []
    for name, text in WITH[kind].items():
        file = f"custom/{name}.{ending}"
        python = f"@custom\n{function(name, text)}"
        (place / file).write_text(text if language == "sql" else python)
        blocks.append(
            PlannedBlock(
                name=name,
                type="custom",
                language=language,
                file=file,
                code="c",
                upstream=ABOVE[name],
                inputs={above: f"{above}.{above}" for above in ABOVE[name]},
                results=[] if name == "written" else [name],
            )
        )
    plan = Plan(
        project_uuid="bench",
        project_name="bench",
        place=str(folder),
        cwd=str(folder),
        products=str(folder / "products"),
        logs=str(folder / "logs"),
        pipeline="frames",
        interpreter=sys.executable,
        blocks=blocks,
    )
    return Snapshot(hash="bench", folder=str(place), files={}, plan=plan)


def function(name: str, body: str) -> str:
    """Write a step as a function of the steps above it."""
    return f"def {name}({', '.join(ABOVE[name])}):\n{body.strip(chr(10))}\n"


def as_script(kind: str, folder: Path) -> Cost:
    """Give the seconds of the same steps in one process, and its most memory in MB."""
    lines = ["import time"]
    if kind == "duckdb":
        lines.append("import duckdb\nconnection = duckdb.connect()")
    for name, text in DUCKDB.items() if kind == "duckdb" else WITH[kind].items():
        if name == "filtered":
            lines.append("began = time.perf_counter()")
        if kind == "duckdb":
            sql = text if name == "written" else f"CREATE TABLE {name} AS {text}"
            lines.append(f"connection.execute({sql!r})")
        else:
            lines.append(function(name, text) + f"{name} = {name}({', '.join(ABOVE[name])})")
    lines.append("print(time.perf_counter() - began)")
    path = folder / "script.py"
    path.write_text("\n".join(lines))
    script = subprocess.Popen(
        [sys.executable, str(path)], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    with watched(script.pid) as peak:
        said, _ = script.communicate()
    if script.returncode:
        raise SystemExit("The script failed.")
    return float(said), peak[0]


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """Watch a process and its children; yields a list with the most memory in MB."""
    seen = [0.0]
    stopped = threading.Event()

    def watch() -> None:
        while not stopped.wait(0.1):
            seen[0] = max(seen[0], _held(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        stopped.set()
        thread.join()


def _held(pid: int) -> float:
    """Give the proportional memory of a process and its children in MB; 0 when it has ended."""
    held = 0
    try:
        process = psutil.Process(pid)
        found = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for one in found:
        try:
            lines = Path(f"/proc/{one.pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        held += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return held / 1e3


def _best(costs: list[Cost]) -> Cost:
    return min(cost[0] for cost in costs), min(cost[1] for cost in costs)


def _all(costs: list[Cost]) -> str:
    return " ".join(f"{cost[0]:.2f}" for cost in costs)


if __name__ == "__main__":
    main()
