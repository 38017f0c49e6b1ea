"""A notebook while fixes and choices change it, cell by cell."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Collection, Iterable
from typing import Any

from mage_jlab.domain.analysis import Fixed
from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.cells import Offer
from mage_jlab.notebook.document import Notebook, source_of, upgrade
from mage_jlab.notebook.roles import BLOCK_TAG, PARAMETERS_TAGS


class Draft:
    """A copy of a notebook, brought to nbformat 4.5, that is being changed.

    Outputs are not copied but dropped where they no longer fit: they may be large.

    Args:
        notebook: the notebook; it is not changed.
    """

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = upgrade(_copied(notebook))
        self._before = _copied(self.notebook)
        self._cells: list[dict[str, Any]] = self.notebook["cells"]
        self._joined: dict[str, str] = {}

    def at(self, offer: Offer) -> int:
        """Give the index of the cell that a fix is done to."""
        cell = offer.repair.cell
        return offer.cell if cell is None else cell

    def source(self, at: int) -> str:
        """Give a cell's text."""
        return source_of(self._cells[at])

    def set_source(self, at: int, source: str) -> None:
        """Give a cell another text; its outputs are no longer its own then."""
        cell = self._cells[at]
        if source_of(cell) == source:
            return
        cell["source"] = source
        if cell.get("cell_type") == "code":
            cell["outputs"] = []
            cell["execution_count"] = None

    def insert(self, at: int, source: str) -> int:
        """Put a new code cell at a place; gives the place."""
        taken = {cell["id"] for cell in self._cells}
        identity = secrets.token_hex(4)
        while identity in taken:
            identity = secrets.token_hex(4)
        cell: dict[str, Any] = {
            "cell_type": "code",
            "execution_count": None,
            "id": identity,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        self._cells.insert(at, cell)
        return at

    def remove(self, at: int) -> None:
        """Take a cell away."""
        del self._cells[at]

    def move(self, at: int, to: int) -> None:
        """Move a cell up, to the place of another one."""
        self._cells.insert(to, self._cells.pop(at))

    def keep(self, kept: int, cells: Collection[int], at: int) -> None:
        """Put one of several cells at the place of another of them, and take the rest away."""
        one = self._cells[kept]
        self._joined.update({self._cells[index]["id"]: one["id"] for index in cells})
        place = at - sum(index < at for index in cells)
        left = [cell for index, cell in enumerate(self._cells) if index not in cells]
        self._cells[:] = [*left[:place], one, *left[place:]]

    def now(self, cell_id: str) -> str:
        """Give the id of the cell that a cell is now, when it was joined with others."""
        while self._joined.get(cell_id, cell_id) != cell_id:
            cell_id = self._joined[cell_id]
        return cell_id

    def code_cells(self) -> list[int]:
        """Give the indexes of the code cells."""
        return [at for at, cell in enumerate(self._cells) if cell.get("cell_type") == "code"]

    def tags(self, at: int) -> list[str]:
        """Give a cell's tags."""
        tags = self._cells[at].get("metadata", {}).get("tags")
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []

    def add_tag(self, at: int, tag: str) -> None:
        """Give a cell a tag."""
        self._set_tags(at, [*(one for one in self.tags(at) if one != tag), tag])

    def remove_tags(self, at: int, tags: Iterable[str]) -> None:
        """Take tags away from a cell."""
        gone = set(tags)
        self._set_tags(at, [tag for tag in self.tags(at) if tag not in gone])

    def set_type(self, at: int, type_: BlockType | None) -> None:
        """Make a cell a block of a type, or no block."""
        self._set_tags(at, [tag for tag in self.tags(at) if not tag.startswith(BLOCK_TAG)])
        if type_ is not None:
            self.add_tag(at, f"{BLOCK_TAG}{type_.value}")

    def type_of(self, at: int) -> BlockType | None:
        """Give the type of a cell's block; None when it is none, or its type is unknown."""
        said = [tag.removeprefix(BLOCK_TAG) for tag in self.tags(at) if tag.startswith(BLOCK_TAG)]
        return next((one for one in BlockType if one.value in said), None)

    def is_block(self, at: int) -> bool:
        """Say whether a cell is a block, by our tag or by Kale's."""
        return any(tag.startswith((BLOCK_TAG, "step:")) for tag in self.tags(at))

    def mage(self, at: int) -> dict[str, Any]:
        """Give what the cell's metadata says of its block."""
        mage = self._cells[at].get("metadata", {}).get("mage")
        return mage if isinstance(mage, dict) else {}

    def set_mage(self, at: int, key: str, value: Any) -> None:
        """Write what the cell's metadata says of its block; None takes it away."""
        metadata = self._cells[at].setdefault("metadata", {})
        said = dict(self.mage(at))
        said.pop(key, None)
        if value is not None:
            said[key] = value
        if said:
            metadata["mage"] = said
        else:
            metadata.pop("mage", None)

    def parameters_cell(self) -> int | None:
        """Give the index of the cell of the runtime variables."""
        return next(
            (at for at in range(len(self._cells)) if set(PARAMETERS_TAGS) & set(self.tags(at))),
            None,
        )

    def fingerprint(self) -> str:
        """Give a text that differs when the notebook does, outputs aside."""
        return json.dumps(
            [[cell["id"], source_of(cell), cell.get("metadata")] for cell in self._cells]
        )

    def fixed(self) -> Fixed:
        """Say in which cells the notebook differs from what it was."""
        old = {cell["id"]: cell for cell in self._before["cells"]}
        new = {cell["id"]: cell for cell in self._cells}
        kept_before = [one for one in old if one in new]
        kept_now = [one for one in new if one in old]
        return Fixed(
            notebook=self.notebook,
            changed=[one for one in kept_now if old[one] != new[one]],
            removed=[one for one in old if one not in new],
            added=[one for one in new if one not in old],
            moved=_moved(kept_before, kept_now),
        )

    def _set_tags(self, at: int, tags: list[str]) -> None:
        metadata = self._cells[at].setdefault("metadata", {})
        if tags:
            metadata["tags"] = tags
        else:
            metadata.pop("tags", None)


def _copied(notebook: Notebook) -> Notebook:
    cells = [
        {**cell, "metadata": copy.deepcopy(cell.get("metadata", {}))} for cell in notebook["cells"]
    ]
    return {**notebook, "cells": cells}


def _moved(before: list[str], now: list[str]) -> list[str]:
    """Give the fewest ids that stand elsewhere: those outside of the longest common order."""
    place = {one: at for at, one in enumerate(before)}
    longest: dict[str, list[str]] = {}
    for one in now:
        fitting = [run for last, run in longest.items() if place[last] < place[one]]
        best: list[str] = max(fitting, key=len, default=[])
        longest[one] = [*best, one]
    kept: list[str] = max(longest.values(), key=len, default=[])
    return [one for one in now if one not in kept]
