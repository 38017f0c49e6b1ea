"""Blocks and readings as the analysis of a notebook gives them, made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mage_jlab.domain.analysis import Analysis
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading


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
