"""What a snapshot says of SQL blocks, and that it keeps no connection profile."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mage_jlab.blocks.snapshot import take_snapshot
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.store.block_templates import block_template
from mage_jlab.store.disk import text_hash
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import create_project
from tests.unit.blocks.sql.desk import Desk, rows

PIPELINE = """
blocks:
- {type: data_loader, uuid: load, language: sql, configuration: {use_raw_sql: true}}
- {type: transformer, uuid: clean, language: sql, upstream_blocks: [load]}
- {type: transformer, uuid: count, upstream_blocks: [load, clean]}
name: sales
type: python
uuid: sales
"""
RECORD = """
blocks:
  clean: {cell: c2, file: FILE, body: [1, 2], cell_line: 2, inputs: {}, results: [clean]}
"""


def test_a_plan_says_how_sql_blocks_above_are_configured(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    texts = {
        "pipelines/sales/metadata.yaml": PIPELINE,
        "pipelines/sales/mage_jlab.yaml": RECORD.replace("FILE", text_hash("SELECT 1\n")),
        "data_loaders/load.sql": "SELECT 1\n",
        "transformers/clean.sql": "SELECT 1\n",
        "transformers/count.py": "",
        "io_config.yaml": "default: {POSTGRES_PASSWORD: open-sesame}\n",
    }
    for file, text in texts.items():
        path = files.place / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    state = StateFolder(tmp_path / "state")
    snapshot = take_snapshot(state, files, "sales")
    planned = {block.name: block for block in snapshot.plan.blocks}
    assert planned["clean"].sql_above == {"load": {"use_raw_sql": True}}
    assert planned["count"].sql_above == {}
    assert (planned["clean"].body, planned["clean"].cell_line) == ((1, 2), 2)
    assert "io_config.yaml" not in snapshot.files
    kept = [path for path in state.root.rglob("*") if path.is_file()]
    assert not [path for path in kept if b"open-sesame" in path.read_bytes()]


def test_templates_of_sql_run_as_they_are(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    above = {"load": {"output_0": pd.DataFrame({"x": [7]})}}
    for type_ in (BlockType.TRANSFORMER, BlockType.DATA_EXPORTER):
        assert rows(desk.result(block_template(type_, "x", Language.SQL), above)) == [(7,)]
    loader = block_template(BlockType.DATA_LOADER, "x", Language.SQL)
    assert list(desk.result(loader)) == ["loaded_at", "one"]
