"""Fan-out: which blocks run once for each item, and how items are addressed.

A block with ``dynamic`` in its configuration opens a dimension: the blocks below it run once for
each value that it returned. A block below such a one has its dimensions, until ``reduce_output``
joins the items again (mage-format §4.5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.plan import PlannedBlock

MOST_ITEMS = 100_000
"""How many items one block may be run for in one run."""

WIDTH = 6
"""Digits of a place in an item's key: keys of a block sort in the order of its items."""

WHOLE = ""
"""The key of a block run that is not one of several: a plain one, or the one that stands for all
its items."""

Place = tuple[int, ...]
"""Where an item stands: the position of its value in each of the block's dimensions."""


def item_key(place: Sequence[int]) -> str:
    """Write an item's place as the ledger keeps it."""
    return ".".join(f"{number:0{WIDTH}d}" for number in place)


def item_place(key: str) -> Place:
    """Read an item's place from its key."""
    return tuple(int(part) for part in key.split("."))


def shown_item(key: str, name: str | None) -> str | None:
    """Give what people read for an item: its own name, else its place (``3``, ``3:0``)."""
    if key == WHOLE:
        return None
    return name or ":".join(str(int(part)) for part in key.split("."))


@dataclass(frozen=True)
class Fan:
    """The dimensions of a plan's blocks.

    ``dims`` names for each block the dynamic blocks for whose values it runs, the outer loop
    first; ``dynamic`` are the blocks that open a dimension, ``reduced`` those whose items are
    handed on as one list.
    """

    dims: dict[str, tuple[str, ...]]
    dynamic: frozenset[str]
    reduced: frozenset[str]

    @classmethod
    def of(cls, blocks: Mapping[str, PlannedBlock], order: Sequence[str]) -> Fan:
        """Work out the dimensions of blocks.

        Args:
            blocks: the blocks by name.
            order: their names, each after those above it.
        """
        able = [b for b in blocks.values() if b.type not in (BlockType.CONDITIONAL, *_LEAVES)]
        dynamic = frozenset(b.name for b in able if b.configuration.get("dynamic"))
        reduced = frozenset(b.name for b in able if b.configuration.get("reduce_output"))
        dims: dict[str, tuple[str, ...]] = {}
        for name in order:
            found: dict[str, None] = {}
            if blocks[name].type not in _LEAVES:
                for parent in blocks[name].upstream:
                    if parent in dims and parent not in reduced:
                        found |= dict.fromkeys(dims[parent])
                    if parent in dynamic:
                        found[parent] = None
            dims[name] = tuple(found)
        return cls(dims, dynamic, reduced)

    def by_item(self, parent: str, child: str) -> bool:
        """Whether each item of ``child`` takes one item of ``parent``."""
        shares = bool(self.dims[parent]) and set(self.dims[parent]) <= set(self.dims[child])
        return shares and parent not in self.reduced and parent not in self.dynamic

    def picks(self, parent: str, child: str) -> bool:
        """Whether each item of ``child`` takes one value of what ``parent`` returned."""
        return parent in self.dynamic and parent in self.dims[child]

    def outer(self, opener: str) -> tuple[str, ...]:
        """Give the dimensions on which the values of a dynamic block depend."""
        return () if opener in self.reduced else self.dims[opener]

    def project(self, place: Place, block: str, onto: Sequence[str]) -> Place:
        """Give the place of an item of ``block`` in some of its dimensions."""
        dims = self.dims[block]
        return tuple(place[dims.index(dim)] for dim in onto)

    def pattern(self, key: str, parent: str, child: str) -> str:
        """Give the SQL pattern of the items of ``child`` that take an item of ``parent``."""
        own = dict(zip(self.dims[parent], key.split("."), strict=True))
        return ".".join(own.get(dim, "_" * WIDTH) for dim in self.dims[child])

    def places(self, block: str, counts: Mapping[str, Mapping[str, int]]) -> Iterator[Place]:
        """Give the places of a block's items in order.

        Args:
            block: the block.
            counts: for each of its dimensions the number of values, by the key of the item of the
                dynamic block that returned them.
        """
        dims = self.dims[block]

        def below(place: Place) -> Iterator[Place]:
            if len(place) == len(dims):
                yield place
                return
            opener = dims[len(place)]
            known = dict(zip(dims, place, strict=False))
            key = item_key([known[dim] for dim in self.outer(opener)])
            for number in range(counts[opener].get(key, 0)):
                yield from below((*place, number))

        return below(())


_LEAVES = (BlockType.CALLBACK, BlockType.CHART)
"""Blocks that nothing waits for; a chart draws all items at once."""


def names_of(fan: Mapping[str, Any] | None) -> list[str | None]:
    """Give the names that a dynamic block gave its values, in order; empty when it gave none."""
    return list((fan or {}).get("names") or [])
