"""Notebooks made of cells' texts, and what is said of them."""

from __future__ import annotations

from typing import Any

from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.reading import read_workbench

Cells = list[tuple[str, str]]
"""Each cell: its tag (a block type, ``parameters``, or nothing), and its text."""


def notebook(cells: Cells) -> dict[str, Any]:
    """Make a notebook."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "id": f"c{index}",
                "cell_type": "code",
                "source": text,
                "outputs": [],
                "execution_count": None,
                "metadata": {"tags": [_tag(tag)]} if tag else {},
            }
            for index, (tag, text) in enumerate(cells)
        ],
    }


def reading(*cells: tuple[str, str]) -> WorkbenchReading:
    """Read a notebook of these cells."""
    return read_workbench(notebook(list(cells)), path="notebooks/p.ipynb", pipeline="p")


def said(read: WorkbenchReading) -> list[tuple[str, int]]:
    """Give the code and cell of each error and warning."""
    found = read.analysis.diagnostics
    return [(one.code, one.index) for one in found if one.severity != "info"]


def block(read: WorkbenchReading, name: str) -> BlockSource:
    """Give the block of a name."""
    return next(one for one in read.blocks if one.name == name)


def _tag(tag: str) -> str:
    return tag if tag == "parameters" else f"block:{tag}"
