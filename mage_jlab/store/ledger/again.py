"""Setting back what has not succeeded in a run that goes on."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.fan import WHOLE, item_place
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger import items
from mage_jlab.store.ledger.creating import add_block_runs
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.tables import attempt, block_run
from mage_jlab.store.ledger.transaction import Transaction

_ROWS = select(block_run).where(block_run.c.run_id == bindparam("r")).order_by(block_run.c.item)
_AGAIN = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(
        state=BlockRunState.PENDING.value,
        deps_left=bindparam("b_deps"),
        snapshot=bindparam("b_snapshot"),
        code_hash=bindparam("b_code"),
        position=bindparam("b_position"),
        ready_at=None,
        ended_at=None,
        error_count=0,
        crash_count=0,
        polling_since=None,
        items_all=bindparam("b_all"),
        items_made=bindparam("b_made"),
        items_left=bindparam("b_left"),
    )
)
_WAITS = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(deps_left=bindparam("b_deps"), state=bindparam("b_state"))
)
_KEEP_AS_FORMER = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(item=bindparam("b_item"), item_name=bindparam("b_name"))
)
_DROP_ATTEMPTS = delete(attempt).where(attempt.c.block_run_id == bindparam("b_id"))
_DROP = delete(block_run).where(block_run.c.id == bindparam("b_id"))
_ADD = insert(block_run).inline()
FORMER = "~"
"""What stands in the key of a callback's run from before a retry, before its number."""


def reset(tx: Transaction, owner: Row[Any], plan: PlanView) -> bool:
    """Set back what has not succeeded and add what is new; False when there is nothing.

    Args:
        tx: the change.
        owner: the run's row.
        plan: what it goes on with.

    Raises:
        ConflictError: when a block that has run for items fans out otherwise in this plan.
    """
    return _Reset(tx, owner, plan).carry_out()


class _Reset:
    def __init__(self, tx: Transaction, owner: Row[Any], plan: PlanView) -> None:
        self._tx = tx
        self._owner = owner
        self._plan = plan
        self._facts = tx.facts(owner.id)
        found = tx.execute(_ROWS, {"r": owner.id}).all()
        again_from = sources(BlockRunState.PENDING, ended=True)
        self._whole = {row.block: row for row in found if row.item == WHOLE}
        self._items: dict[str, list[Row[Any]]] = {}
        for row in found:
            if row.item != WHOLE:
                self._items.setdefault(row.block, []).append(row)
        self._again = {row.id for row in found if row.state in again_from}
        self._gone = {row.block for row in found} - set(plan.blocks)

    def carry_out(self) -> bool:
        plan = self._plan
        added: set[str] = set()
        if self._owner.blocks is None:
            added = {block for block in plan.blocks if block not in self._whole}
        elif not self._whole:
            added = set(json.loads(self._owner.blocks)) & set(plan.blocks)
        self._check_same_items()
        self._drop_gone()
        waiting = added | {
            block
            for block, row in self._whole.items()
            if row.id in self._again and block in plan.blocks and not plan.is_callback(block)
        }
        if not waiting:
            return False
        blocks = [block for block in plan.order if not plan.is_callback(block)]
        for block in blocks:
            if block in waiting and block not in added:
                self._set_back_whole(block, waiting)
        for block in blocks:
            if block in waiting and self._items.get(block):
                self._set_back_items(block)
        add_block_runs(self._tx, self._owner.id, plan, added, waiting)
        for callback in plan.order:
            if plan.is_callback(callback) and callback in self._whole:
                self._set_back_callback(callback, waiting)
        return True

    def _check_same_items(self) -> None:
        if not self._items or self._plan.snapshot.hash == self._owner.snapshot:
            return
        former = self._tx.plan(self._owner.project_id, self._owner.snapshot)
        for block in self._items:
            known = block in self._plan.blocks and block in former.blocks
            if known and former.fan.dims[block] != self._plan.fan.dims[block]:
                raise ConflictError(
                    f"{block} fans out otherwise in today's files than in this run: start a new "
                    "run.",
                    "other-items",
                )

    def _drop_gone(self) -> None:
        """Forget what the pipeline has no more: the run goes on as if it had never been in it."""
        for block in self._gone:
            for row in [*self._items.get(block, []), self._whole.get(block)]:
                if row is not None and row.id in self._again:
                    self._tx.execute(_DROP_ATTEMPTS, {"b_id": row.id})
                    self._tx.execute(_DROP, {"b_id": row.id})

    def _set_back_whole(self, block: str, waiting: set[str]) -> None:
        row = self._whole[block]
        parents = self._plan.parents(block)
        deps = 1 if self._plan.fan.dims[block] else sum(parent in waiting for parent in parents)
        own = self._items.get(block, [])
        made = len(own) if row.items_all is not None else None
        left = sum(item.id in self._again for item in own) if made is not None else None
        total = items.count_items(self._tx, self._facts, self._plan, block) if own else None
        if not own:
            # its items are counted anew
            made = left = None
        self._set_back(row, deps, total, made, left)

    def _set_back_items(self, block: str) -> None:
        """Let the items of a block that have not succeeded wait for what is above them again."""
        rows = [row for row in self._items[block] if row.id in self._again]
        for row in rows:
            self._set_back(row, 1, None, None, None)
        standing = items.standing(self._tx, self._facts)
        for start in range(0, len(rows), items.STEP):
            part = rows[start : start + items.STEP]
            places = [item_place(row.item) for row in part]
            waits = items.waits(self._tx, self._facts, self._plan, block, places, standing)
            changes = [
                {"b_id": row.id, "b_deps": left, "b_state": ended or BlockRunState.PENDING}
                for row, (left, ended) in zip(part, waits, strict=True)
            ]
            if changes:
                self._tx.execute(_WAITS, changes)

    def _set_back_callback(self, callback: str, waiting: set[str]) -> None:
        """Let a callback be called again for what runs again; what it did before stays in sight."""
        plan = self._plan
        own = {row.item: row for row in self._items.get(callback, [])}
        own[WHOLE] = self._whole[callback]
        called_again = 0
        for guarded in plan.parents(callback):
            if guarded not in waiting or guarded not in self._whole:
                continue
            for row in self._items.get(guarded) or [self._whole[guarded]]:
                if row.id not in self._again:
                    continue
                key = plan.callback_item(callback, guarded, row.item)
                called = own.get(key)
                if called is None or (key == WHOLE and plan.has_items(callback)):
                    continue
                called_again += 1
                if called.id in self._again:
                    self._set_back(called, 1, None, None, None)
                else:
                    self._call_anew(callback, called)
        if called_again and plan.has_items(callback):
            count = sum(FORMER not in item and item != WHOLE for item in own)
            self._set_back(own[WHOLE], 1, count, count, called_again)

    def _call_anew(self, callback: str, row: Row[Any]) -> None:
        item = f"{row.item}{FORMER}{row.token}"
        name = f"{row.item_name or callback}, before the retry"
        self._tx.execute(_KEEP_AS_FORMER, {"b_id": row.id, "b_item": item, "b_name": name})
        pending = BlockRunState.PENDING
        new = items.new_row(
            self._tx, self._owner.id, self._plan, callback, row.item, row.item_name, pending, 1
        )
        self._tx.execute(_ADD, new)

    def _set_back(
        self, row: Row[Any], deps: int, total: int | None, made: int | None, left: int | None
    ) -> None:
        plan = self._plan
        values = {
            "b_id": row.id,
            "b_deps": deps,
            "b_snapshot": plan.snapshot.hash,
            "b_code": plan.blocks[row.block].code,
            "b_position": plan.position(row.block),
            "b_all": total,
            "b_made": made,
            "b_left": left,
        }
        self._tx.execute(_AGAIN, values)
        state = BlockRunState.PENDING
        self._tx.item_event(self._facts, row.id, row.block, row.item, state)
