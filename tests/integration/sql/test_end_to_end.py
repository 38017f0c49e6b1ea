"""A pipeline of Python and SQL blocks on the real engine, by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

Mage = Callable[..., Any]

FILES = {
    "data_loaders/load_sales.py": """
import pandas as pd


@data_loader
def load_sales(**kwargs):
    return pd.DataFrame({"market": ["CA", "CA", "DE"], "amount": [1.5, 2.5, 4.0]})
""",
    "transformers/totals.sql": """
SELECT market, sum(amount) AS total FROM load_sales
WHERE market IN {{ markets }} GROUP BY market ORDER BY market
""",
    "transformers/parts.py": """
@transformer
def parts(totals, **kwargs):
    totals["part"] = totals["total"] / totals["total"].sum()
    return totals
""",
    "data_exporters/publish.sql": """
SELECT market, total, part, {{ note }} AS remark FROM {{ df_1 }}
""",
    "custom/again.sql": "SELECT count(*) AS n, max(remark) AS remark FROM {{ df_1 }}",
    "pipelines/sales/metadata.yaml": """
blocks:
- {type: data_loader, uuid: load_sales, language: python, upstream_blocks: []}
- {type: transformer, uuid: totals, language: sql, upstream_blocks: [load_sales]}
- {type: transformer, uuid: parts, language: python, upstream_blocks: [totals]}
- type: data_exporter
  uuid: publish
  language: sql
  upstream_blocks: [parts]
  configuration: {data_provider: postgres, export_write_policy: replace, data_provider_table: parts}
- type: custom
  uuid: again
  language: sql
  upstream_blocks: [publish]
  configuration: {data_provider: postgres, use_raw_sql: true}
name: sales
type: python
uuid: sales
variables: {markets: [CA, DE], note: "it's"}
""",
}


@pytest.fixture
def mage(tmp_path: Path, profiles: str) -> Iterator[Mage]:
    """Give the command line in a project with these files."""
    environ = {
        **os.environ,
        "MAGE_JLAB_STATE_DIR": str(tmp_path / "state"),
        "SHOP_PASSWORD": "hush-hush",
    }

    def call(*arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "mage_jlab", *arguments, "--json"],
            cwd=place if place.exists() else tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return json.loads(done.stdout) if done.stdout else done.stderr

    place = tmp_path / "shop"
    call("init", str(place))
    for file, text in FILES.items():
        path = place / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"))
    (place / "io_config.yaml").write_text(profiles)
    yield call
    call("engine", "stop")


def test_cells_of_sql_run_as_blocks(mage: Mage, tmp_path: Path) -> None:
    cells = [
        ("market = 'CA'", ["parameters"]),
        ("import pandas as pd\n%load_ext sql", []),
        ("%sql duckdb://\n%config SqlMagic.autopandas = True", []),
        ("raw = pd.DataFrame({'market': ['CA', 'DE'], 'n': [1, 2]})", ["block:data_loader"]),
        ("%%sql top <<\nSELECT * FROM raw\nWHERE market = '{{market}}'", ["block:transformer"]),
        ("twice = top.assign(n=top['n'] * 2)", ["block:transformer"]),
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(text, metadata={"tags": tags}) for text, tags in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    nbformat.write(notebook, tmp_path / "shop/notebooks/cells.ipynb")
    assert mage("export", "notebooks/cells.ipynb")["pipeline"] == "cells"
    assert mage("run", "cells", "--var", "market=DE")["state"] == "success"
    assert mage("product", "show", "cells", "twice")["preview"] == [["DE", 4]]

    notebook.cells[4].source = "%%sql top <<\nSELECT *,\n  nope\nFROM raw"
    nbformat.write(notebook, tmp_path / "shop/notebooks/cells.ipynb")
    mage("export", "notebooks/cells.ipynb")
    run = mage("run", "cells")
    (error,) = [block["error"] for block in run["block_runs"] if block["error"]]
    assert (error["file"], error["file_line"], error["column"]) == ("transformers/top.sql", 2, 3)
    assert (error["cell_id"], error["line"]) == (notebook.cells[4]["id"], 3)


def test_python_and_sql_hand_their_rows_to_each_other(mage: Mage, tmp_path: Path) -> None:
    run = mage("run", "sales")
    errors = [block["error"] for block in run["block_runs"] if block["error"]]
    assert [(e["type"], e["message"], e["traceback"]) for e in errors] == []
    assert run["state"] == "success"
    product = mage("product", "show", "sales", "again")
    assert product["preview"] == [[2, "it's"]]
    parts = mage("product", "show", "sales", "publish")
    assert [row[:3] for row in parts["preview"]] == [["CA", 4.0, 0.5], ["DE", 4.0, 0.5]]

    (tmp_path / "shop/transformers/totals.sql").write_text("SELECT market\nFRM load_sales\n")
    run = mage("run", "sales")
    states = {block["block"]: block["state"] for block in run["block_runs"]}
    assert (states["totals"], states["parts"]) == ("failed", "upstream_failed")
    error = next(block["error"] for block in run["block_runs"] if block["block"] == "totals")
    assert (error["file"], error["line"], error["column"]) == ("transformers/totals.sql", 2, 5)
    assert "syntax error" in error["message"]

    secret = b"hush-hush"
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert kept == []
