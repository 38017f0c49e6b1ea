"""Plans of snapshots as the engine needs them: parsed once, with what lies below each block."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.fan import WHOLE, Fan
from mage_jlab.domain.graph import find_cycle, in_order
from mage_jlab.domain.plan import PlannedBlock, Snapshot
from mage_jlab.store.ledger.tables import snapshot as snapshots

KEPT = 256
"""How many parsed snapshots stay in memory."""

_MANIFEST = select(snapshots.c.manifest).where(
    snapshots.c.hash == bindparam("h"), snapshots.c.project_id == bindparam("p")
)


@dataclass(frozen=True)
class PlanView:
    """A snapshot with its blocks by name, in an order in which each stands after those above it.

    ``children`` are the blocks right below each, ``callbacks`` those that are called when it has
    ended (nothing waits for them), ``fan`` which blocks run once for each item.
    """

    snapshot: Snapshot
    blocks: dict[str, PlannedBlock]
    children: dict[str, list[str]]
    callbacks: dict[str, list[str]]
    fan: Fan
    order: list[str]
    places: dict[str, int]

    @classmethod
    def of(cls, snapshot: Snapshot) -> PlanView:
        """Index the plan of a snapshot; only what has a block run is in it."""
        blocks = {block.name: block for block in snapshot.plan.blocks if block.type.runs}
        children: dict[str, list[str]] = {name: [] for name in blocks}
        callbacks: dict[str, list[str]] = {name: [] for name in blocks}
        upstream = {name: _parents(blocks, name) for name in blocks}
        for name, parents in upstream.items():
            below = callbacks if blocks[name].type is BlockType.CALLBACK else children
            for parent in parents:
                below[parent].append(name)
        # a plan with a cycle is refused before it runs
        places = {name: place for place, name in enumerate(blocks)}
        order = list(blocks) if find_cycle(upstream) else in_order(upstream)
        return cls(snapshot, blocks, children, callbacks, Fan.of(blocks, order), order, places)

    def position(self, block: str) -> int:
        """Give a block's place among those of the plan."""
        return self.places[block]

    def parents(self, block: str) -> list[str]:
        """Give the blocks right above one, each once."""
        return _parents(self.blocks, block)

    def below(self, block: str) -> set[str]:
        """Give all blocks below one, directly or not."""
        found: set[str] = set()
        queue = [block]
        while queue:
            for child in self.children.get(queue.pop(), ()):
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return found

    def optional(self, block: str) -> bool:
        """Whether a failure of this block fails neither what is below it nor the run."""
        planned = self.blocks.get(block)
        return planned is not None and planned.type in (BlockType.CHART, BlockType.CALLBACK)

    def is_guard(self, conditional: str, block: str) -> bool:
        """Whether a block above another one only says whether that one runs."""
        return conditional in self.blocks[block].guards

    def is_callback(self, block: str) -> bool:
        """Whether a block is called when others have ended, and has nothing below it."""
        return self.blocks[block].type is BlockType.CALLBACK

    def callback_item(self, callback: str, block: str, item: str) -> str:
        """Give the item under which a callback runs for a block run that it guards."""
        guarded = self.parents(callback)
        if len(guarded) == 1 and not self.fan.dims[block]:
            return WHOLE
        return f"{block}.{item}" if item else block

    def has_items(self, block: str) -> bool:
        """Whether one row stands for several of this block."""
        if self.is_callback(block):
            guarded = self.parents(block)
            return len(guarded) > 1 or any(self.fan.dims[name] for name in guarded)
        return bool(self.fan.dims[block])


def _parents(blocks: dict[str, PlannedBlock], block: str) -> list[str]:
    """Give the blocks right above one, each once; nothing waits for a callback."""
    return [
        parent
        for parent in dict.fromkeys(blocks[block].upstream)
        if parent in blocks and blocks[parent].type is not BlockType.CALLBACK
    ]


class PlanBook:
    """The plans in use, loaded from the ledger when they are first asked for."""

    def __init__(self) -> None:
        self._views: OrderedDict[tuple[str, str], PlanView] = OrderedDict()

    def get(self, connection: Connection, project_id: str, snapshot_hash: str) -> PlanView:
        """Give the plan of a project's snapshot.

        Raises:
            NotFoundError: when the ledger does not know it.
        """
        key = (project_id, snapshot_hash)
        view = self._views.get(key)
        if view is None:
            manifest = connection.execute(_MANIFEST, {"h": snapshot_hash, "p": project_id}).scalar()
            if manifest is None:
                raise NotFoundError(f"The ledger has no snapshot {snapshot_hash[:12] or '(none)'}.")
            view = self._views[key] = PlanView.of(Snapshot.model_validate_json(manifest))
            if len(self._views) > KEPT:
                self._views.popitem(last=False)
        self._views.move_to_end(key)
        return view
