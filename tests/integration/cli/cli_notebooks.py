"""The notebooks of these tests, as lists of cells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Cell = dict[str, Any]


def code(cell_id: str, source: str, *tags: str, name: str | None = None) -> Cell:
    """Give a code cell; with a name in the ``mage`` key of its metadata."""
    metadata: dict[str, Any] = {"tags": list(tags)} if tags else {}
    if name:
        metadata["mage"] = {"name": name}
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def document(cells: list[Cell]) -> dict[str, Any]:
    """Give a notebook of format 4.5 for the Python kernel."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path: Path, cells: list[Cell]) -> Path:
    """Write a notebook, and its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document(cells), indent=1), encoding="utf-8")
    return path


def sales() -> list[Cell]:
    """Load, clean, and sum up by market in two results; nothing goes wrong."""
    return [
        code("imports", "import pandas as pd"),
        code("params", 'market = "CA"\nfactor = 2', "parameters"),
        code(
            "load",
            'raw = pd.DataFrame({"market": ["CA", "NY", "CA"], "amount": [1.5, 2.0, 3.25]})\n'
            'print("three rows")',
            "block:data_loader",
            name="load_sales",
        ),
        code("clean", 'clean = raw[raw["market"] == market]', "block:transformer"),
        code(
            "totals",
            'total = float(clean["amount"].sum()) * factor\nrows = len(clean)',
            "block:transformer",
            name="totals",
        ),
    ]


def broken() -> list[Cell]:
    """One block fails, one below it, and one beside it."""
    return [
        code("one", "numbers = [1, 2, 3]", "block:data_loader", name="numbers"),
        code(
            "two",
            "# the third line fails\nfactors = {}\ntwice = [n * factors['two'] for n in numbers]",
            "block:transformer",
            name="twice",
        ),
        code("three", "total = sum(twice)", "block:transformer", name="total"),
        code("four", "count = len(numbers)", "block:transformer", name="count"),
    ]


def slow() -> list[Cell]:
    """One block that sleeps for a minute."""
    return [
        code("sleep", "import time\n\ntime.sleep(60)\nslept = True", "block:custom", name="sleep")
    ]
