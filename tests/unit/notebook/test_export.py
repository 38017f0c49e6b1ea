"""Exports: what they write."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import (
    ConflictError,
)
from mage_jlab.domain.export import ChangeKind
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.document import parse_notebook
from mage_jlab.notebook.export import NotebookFile, export_workbench
from mage_jlab.notebook.requirements import add_requirements
from mage_jlab.store.disk import text_hash
from mage_jlab.store.project_files import ProjectFiles

Block = Callable[..., BlockSource]
Reading = Callable[..., WorkbenchReading]


def test_an_export_writes_blocks_pipeline_and_record(files: ProjectFiles, sales: Any) -> None:
    done = export_workbench(files, sales())
    assert done.written == [
        "pipelines/sales/__init__.py",
        "data_loaders/load.py",
        "transformers/clean.py",
        "charts/bars.py",
        "utils/sales.py",
        "requirements.txt",
        "pipelines/sales/mage_jlab.yaml",
        "pipelines/sales/metadata.yaml",
    ]
    assert (done.removed, done.conflicts, done.changes) == ([], [], [])
    values = yaml.safe_load((files.place / "pipelines/sales/metadata.yaml").read_text())
    assert [b["uuid"] for b in values["blocks"]] == ["load", "clean"]
    assert [(b["uuid"], b["upstream_blocks"]) for b in values["widgets"]] == [("bars", ["clean"])]
    assert values["variables"] == {"market": "NO"}
    pipeline = files.pipeline("sales")
    assert (pipeline.workbench, pipeline.kernel) == ("notebooks/sales.ipynb", "python3")
    clean = next(b for b in pipeline.blocks if b.name == "clean")
    assert (clean.inputs, clean.results, clean.cell_id) == (
        {"raw": "load.raw"},
        ["clean"],
        "id-clean",
    )
    assert [(e.from_, e.to, e.names, e.why) for e in pipeline.edges] == [
        ("load", "clean", ["raw"], "code"),
        ("clean", "bars", ["clean"], "code"),
    ]
    record = files.record("sales")
    text, digest = files.block_text("sales", "clean")
    assert record.blocks["clean"].file == digest == text_hash(text)
    assert record.shared == {"utils/sales.py": text_hash("def twice(v):\n    return v * 2\n")}
    bases = {p.name: p.read_text() for p in (files.data_root / "base").iterdir()}
    assert bases[digest] == text
    assert bases[record.blocks["clean"].source or ""] == "clean = raw + [market]"


def test_every_generated_file_imports_on_its_own(files: ProjectFiles, sales: Any) -> None:
    done = export_workbench(files, sales())
    modules = [p for p in done.written if p.endswith(".py")]
    for path in modules:
        ast.parse((files.place / path).read_text())
    names = [f"shop.{path[:-3].replace('/', '.').removesuffix('.__init__')}" for path in modules]
    code = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)"
    subprocess.run(
        [sys.executable, "-c", code + "\nprint(sys.modules['shop.utils.sales'].twice(2))"],
        check=True,
        env={"PYTHONPATH": f"{files.place.parent}:{Path.cwd()}", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
    )


def test_a_second_export_writes_nothing(files: ProjectFiles, sales: Any, tree: Any) -> None:
    export_workbench(files, sales())
    before = tree()
    done = export_workbench(files, sales())
    assert (done.written, done.removed, len(done.unchanged)) == ([], [], 7)
    assert tree() == before


def test_a_dry_run_shows_the_diff_and_writes_nothing(
    files: ProjectFiles, sales: Any, tree: Any
) -> None:
    export_workbench(files, sales())
    before = tree()
    dry = export_workbench(files, sales("clean = raw"), dry=True)
    assert tree() == before
    changes = {change.path: change for change in dry.changes}
    assert list(changes) == [
        "transformers/clean.py",
        "pipelines/sales/mage_jlab.yaml",
    ]
    clean = changes["transformers/clean.py"]
    assert (clean.kind, clean.cell_id) == (ChangeKind.CHANGED, "id-clean")
    assert "-    clean = raw + [market]\n+    clean = raw" in clean.diff
    with pytest.raises(ConflictError, match="Look again"):
        export_workbench(files, sales("clean = []"), expected=dry.fingerprint)
    assert tree() == before
    done = export_workbench(files, sales("clean = raw"), expected=dry.fingerprint, diff=True)
    assert done.written == dry.written
    assert done.changes == dry.changes


def test_the_fingerprint_of_a_first_export_does_not_change_with_the_clock(
    files: ProjectFiles, sales: Any
) -> None:
    dry = export_workbench(files, sales(), dry=True)
    assert export_workbench(files, sales(), expected=dry.fingerprint).written == dry.written


def test_blocks_that_are_gone_go_with_their_files(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    less = sales(shared_source="")
    less = sales(blocks=less.blocks[:1], shared_source="")
    done = export_workbench(files, less)
    assert done.removed == ["transformers/clean.py", "charts/bars.py", "utils/sales.py"]
    assert not (files.place / "transformers/clean.py").exists()
    assert [b.name for b in files.pipeline("sales").blocks] == ["load"]
    assert list(files.record("sales").blocks) == ["load"]


def test_a_block_that_changes_its_type_moves(files: ProjectFiles, sales: Any, block: Block) -> None:
    export_workbench(files, sales())
    moved = block("raw = [1]", name="load", type=BlockType.CUSTOM, results=["raw"])
    done = export_workbench(files, sales(blocks=[moved, *sales().blocks[1:]]))
    assert done.removed == ["data_loaders/load.py"]
    assert "custom/load.py" in done.written
    assert files.block("sales", "load").file == "custom/load.py"


def test_a_name_of_another_pipeline_gets_ours_in_front(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    second = sales("clean = 0", pipeline="more", path="notebooks/more.ipynb", shared_source="")
    done = export_workbench(files, second)
    assert done.conflicts == []
    assert "transformers/more/clean.py" in done.written
    assert "data_loaders/more/load.py" in done.written
    more = {b.name: b for b in files.pipeline("more").blocks}
    assert more["more/clean"].inputs == {"raw": "more/load.raw"}
    assert more["more/bars"].upstream == ["more/clean"]
    assert "clean = raw + [market]" in files.block_text("sales", "clean")[0]
    assert files.record("more").names_by_cell["id-clean"] == "more/clean"


def test_the_first_export_marks_the_notebook_and_later_ones_do_not(
    files: ProjectFiles, sales: Any, tree: Any, document: dict[str, Any]
) -> None:
    path = files.place / "notebooks/sales.ipynb"
    old = {**document, "nbformat_minor": 4, "cells": [{**document["cells"][0]}]}
    del old["cells"][0]["id"]
    path.write_text(json.dumps(old))
    marked = NotebookFile(path.read_text(), document)
    done = export_workbench(files, sales(), notebook=marked)
    assert "notebooks/sales.ipynb" in done.written
    document = parse_notebook(path.read_text())
    assert document["metadata"]["mage"] == {"pipeline": "sales", "project": ".."}
    assert [cell["id"] for cell in document["cells"]] == ["a"]
    before = tree()
    again = NotebookFile(path.read_text(), document)
    assert export_workbench(files, sales(), notebook=again).written == []
    assert tree() == before


def test_requirements_are_added_once(files: ProjectFiles, sales: Any) -> None:
    (files.place / "requirements.txt").write_text("# pinned\nPandas==3.0\nduck_db")
    export_workbench(files, sales(requirements=["pandas>=3", "duck-db", "polars[all]"]))
    text = (files.place / "requirements.txt").read_text()
    assert text == "# pinned\nPandas==3.0\nduck_db\npolars[all]\n"
    assert add_requirements(text, ["polars"]) == text
    url = "git+https://example.org/x.git"
    assert add_requirements(add_requirements(None, [url]), [url]) == f"{url}\n"
