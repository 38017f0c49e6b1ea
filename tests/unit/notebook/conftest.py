"""Blocks and readings as the analysis of a notebook gives them, made by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.analysis import Analysis
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.document import dump_notebook
from mage_jlab.store.project_files import ProjectFiles, create_project


@pytest.fixture
def block() -> Callable[..., BlockSource]:
    """Make a block from its cell's text; what is not given is empty."""

    def make(source: str, **given: Any) -> BlockSource:
        values: dict[str, Any] = {
            "name": "clean",
            "type": BlockType.TRANSFORMER,
            "language": Language.PYTHON,
            "cell_id": f"id-{given.get('name', 'clean')}",
            "index": 0,
            "style": "plain",
            "source": source,
            "is_async": False,
            "inputs": {},
            "upstream": list(
                dict.fromkeys(v.rpartition(".")[0] for v in given.get("inputs", {}).values())
            ),
            "results": [],
            "maybe_unbound": frozenset(),
            "variables": [],
            "derived": [],
            "head_imports": [],
            "shared": [],
            "copied": [],
            "function_name": None,
            "configuration": {},
        }
        return BlockSource(**(values | given))

    return make


@pytest.fixture
def reading() -> Callable[..., WorkbenchReading]:
    """Make the reading of a notebook from its blocks."""

    def make(*blocks: BlockSource, **given: Any) -> WorkbenchReading:
        values: dict[str, Any] = {
            "path": "notebooks/sales.ipynb",
            "pipeline": "sales",
            "kernel": "python3",
            "blocks": list(blocks),
            "variables": {},
            "shared_source": "",
            "setup_source": "",
            "requirements": [],
        }
        values |= given
        values.setdefault(
            "analysis", Analysis(notebook=values["path"], pipeline=values["pipeline"])
        )
        return WorkbenchReading(**values)

    return make


@pytest.fixture
def tree(files: ProjectFiles) -> Callable[[], dict[str, tuple[str, int]]]:
    """Give every file of the project with its text and when it was written."""

    def look() -> dict[str, tuple[str, int]]:
        return {
            path.relative_to(files.place).as_posix(): (path.read_text(), path.stat().st_mtime_ns)
            for path in files.place.rglob("*")
            if path.is_file()
        }

    return look


@pytest.fixture
def document() -> dict[str, Any]:
    """A small notebook."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"id": "a", "cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []},
        ],
    }


@pytest.fixture
def files(tmp_path: Path, document: dict[str, Any]) -> ProjectFiles:
    """A new project with a notebook in it."""
    files = create_project(tmp_path / "shop")
    (files.place / "notebooks/sales.ipynb").write_text(dump_notebook(document))
    return files


@pytest.fixture
def sales(
    block: Callable[..., BlockSource], reading: Callable[..., WorkbenchReading]
) -> Callable[..., WorkbenchReading]:
    """The reading of a notebook with three blocks; what is given replaces parts of it."""

    def make(clean: str = "clean = raw + [market]", **given: Any) -> WorkbenchReading:
        values: dict[str, Any] = {
            "variables": {"market": "NO"},
            "shared_source": "def twice(v):\n    return v * 2\n",
            "requirements": ["pandas>=3"],
        }
        blocks = [
            block("raw = [1]", name="load", type=BlockType.DATA_LOADER, results=["raw"]),
            block(
                clean,
                inputs={"raw": "load.raw"},
                results=["clean"],
                variables=[("market", '"NO"')],
                shared=["twice"],
            ),
            block("clean", name="bars", type=BlockType.CHART, inputs={"clean": "clean.clean"}),
        ]
        return reading(*blocks, **(values | given))

    return make
