"""Plans of snapshots as the engine needs them: parsed once, with what lies below each block."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.plan import PlannedBlock, Snapshot
from mage_jlab.store.ledger.tables import snapshot as snapshots

KEPT = 256
"""How many parsed snapshots stay in memory."""

_MANIFEST = select(snapshots.c.manifest).where(
    snapshots.c.hash == bindparam("h"), snapshots.c.project_id == bindparam("p")
)


@dataclass(frozen=True)
class PlanView:
    """A snapshot with its blocks by name and the blocks right below each."""

    snapshot: Snapshot
    blocks: dict[str, PlannedBlock]
    children: dict[str, list[str]]

    @classmethod
    def of(cls, snapshot: Snapshot) -> PlanView:
        """Index the plan of a snapshot; only what has a block run is in it."""
        blocks = {block.name: block for block in snapshot.plan.blocks if block.type.runs}
        children: dict[str, list[str]] = {name: [] for name in blocks}
        for block in blocks.values():
            for parent in dict.fromkeys(block.upstream):
                if parent in children:
                    children[parent].append(block.name)
        return cls(snapshot, blocks, children)

    def parents(self, block: str) -> list[str]:
        """Give the blocks right above one, each once."""
        upstream = dict.fromkeys(self.blocks[block].upstream)
        return [parent for parent in upstream if parent in self.blocks]

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
        return planned is not None and planned.type is BlockType.CHART


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
