"""Setting back what has not succeeded in a run that goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.fan import WHOLE, item_place, shown_item
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger import items
from mage_jlab.store.ledger.creating import add_block_runs
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.tables import attempt, block_run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.wave import Wave

_ROWS = select(block_run).where(block_run.c.run_id == bindparam("r")).order_by(block_run.c.item)
_OF_BLOCK = select(block_run).where(
    block_run.c.run_id == bindparam("r"), block_run.c.block == bindparam("b")
)
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
        items_left=bindparam("b_made"),
    )
)
_WAITS = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(deps_left=bindparam("b_deps"), state=bindparam("b_state"), ended_at=bindparam("b_at"))
)
_KEEP_AS_FORMER = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(item=bindparam("b_item"), item_name=bindparam("b_name"))
)
_DROP_ATTEMPTS = delete(attempt).where(attempt.c.block_run_id == bindparam("b_id"))
_DROP = delete(block_run).where(block_run.c.id == bindparam("b_id"))
_ADD = insert(block_run).inline()
_GOOD = BlockRunState.SUCCESS.value
_CANCELLED = BlockRunState.CANCELLED.value
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
        blocks = [block for block in plan.order if block in waiting and not plan.is_callback(block)]
        for block in blocks:
            if block not in added:
                self._set_back_whole(block)
        add_block_runs(self._tx, self._owner.id, plan, added, waiting)
        called = [
            self._set_back_callback(callback, waiting)
            for callback in plan.order
            if plan.is_callback(callback)
        ]
        self._settle(blocks)
        return bool(waiting) or any(called)

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
                    self._drop(row)

    def _drop(self, row: Row[Any]) -> None:
        self._tx.execute(_DROP_ATTEMPTS, {"b_id": row.id})
        self._tx.execute(_DROP, {"b_id": row.id})

    def _set_back_whole(self, block: str) -> None:
        own = self._items.get(block, [])
        counted = None
        # without rows its items are counted anew
        if own:
            total = items.count_items(self._tx, self._facts, self._plan, block)
            counted = (total, len(own))
        self._set_back(self._whole[block], counted=counted)
        for item in own:
            if item.id in self._again:
                self._set_back(item)

    def _settle(self, blocks: list[str]) -> None:
        """Say for all that was set back what it waits for; end what never runs as things stand.

        Args:
            blocks: what runs again, each after those above it.
        """
        wave = Wave(self._tx, self._facts, self._plan)
        whole = items.standing(self._tx, self._facts)
        for block in blocks:
            own = [row for row in self._items.get(block, []) if row.id in self._again]
            if self._plan.fan.dims[block] and not self._items.get(block):
                # it never becomes ready itself: its items do, once they are counted
                found = [(1, items.stopped(self._plan, block, whole))]
                self._write_waits(wave, block, [(whole[block].id, WHOLE)], found)
            elif not self._plan.fan.dims[block]:
                found = items.waits(self._tx, self._facts, self._plan, block, [()], whole)
                self._write_waits(wave, block, [(whole[block].id, WHOLE)], found)
            for start in range(0, len(own), items.STEP):
                part = [(row.id, row.item) for row in own[start : start + items.STEP]]
                places = [item_place(item) for _, item in part]
                found = items.waits(self._tx, self._facts, self._plan, block, places, whole)
                self._write_waits(wave, block, part, found)
            whole = items.standing(self._tx, self._facts)

    def _write_waits(
        self,
        wave: Wave,
        block: str,
        rows: list[tuple[str, str]],
        found: list[tuple[int, BlockRunState | None]],
    ) -> None:
        changes = []
        for (id_, item), (left, ended) in zip(rows, found, strict=True):
            state = ended or BlockRunState.PENDING
            at = self._tx.now if ended else None
            changes.append({"b_id": id_, "b_deps": left, "b_state": state.value, "b_at": at})
            if ended:
                self._tx.item_event(self._facts, id_, block, item, ended)
        self._tx.execute(_WAITS, changes)
        for (_, item), (_, ended) in zip(rows, found, strict=True):
            if ended:
                wave.skipped(block, item, ended)

    def _set_back_callback(self, callback: str, waiting: set[str]) -> bool:
        """Let a callback be called again for what runs again; what it did before stays in sight.

        What a cancel kept it from is made up for too. False when it has nothing to do.
        """
        plan = self._plan
        found = self._tx.execute(_OF_BLOCK, {"r": self._owner.id, "b": callback})
        own = {row.item: row for row in found}
        if WHOLE not in own:
            return False
        self._drop_uncalled(callback, own)
        again = {
            key
            for block in plan.parents(callback)
            for key in self._call_again(callback, block, own)
        }
        if plan.has_items(callback) and (again or waiting.intersection(plan.parents(callback))):
            # what has not ended is counted when all is set back
            count = sum(FORMER not in item and item != WHOLE for item in own.keys() | again)
            self._set_back(own[WHOLE], counted=(count, count))
        return bool(again)

    def _drop_uncalled(self, callback: str, own: dict[str, Row[Any]]) -> None:
        """Forget a callback's rows for what it does not guard any more."""
        keys = {
            self._plan.callback_item(callback, block, row.item)
            for block in self._plan.parents(callback)
            for row in self._guarded(block)
        }
        for item in own.keys() - keys - {WHOLE}:
            if own[item].id in self._again and FORMER not in item:
                self._drop(own.pop(item))

    def _guarded(self, block: str) -> list[Row[Any]]:
        """Give the rows of a block that callbacks are called for, or the one of the block."""
        return self._items.get(block) or [self._whole[block]] * (block in self._whole)

    def _call_again(self, callback: str, block: str, own: dict[str, Row[Any]]) -> Iterator[str]:
        """Let a callback be called for what runs again of a block or was missed; gives the keys."""
        plan = self._plan
        for row in self._guarded(block):
            key = plan.callback_item(callback, block, row.item)
            called = own.get(key)
            if row.item == WHOLE and plan.fan.dims[block]:
                # the row that stands for all items of a block calls nothing
                continue
            if row.id not in self._again:
                if called is None or row.state != _GOOD or called.state != _CANCELLED:
                    continue
                self._set_back(called, deps=0)
            elif called is None:
                shown = shown_item(row.item, row.item_name)
                self._call(callback, key, f"{block}:{shown}" if shown else block)
            elif called.id in self._again:
                self._set_back(called)
            elif BlockRunState(called.state).ended:
                self._keep_as_former(called, list(own))
                self._call(callback, key, called.item_name)
            yield key

    def _keep_as_former(self, row: Row[Any], keys: list[str]) -> None:
        former = f"{row.item}{FORMER}"
        numbers = [int(key[len(former) :]) for key in keys if key.startswith(former)]
        item = f"{former}{max(numbers, default=0) + 1}"
        name = f"{row.item_name or row.block}, before the retry"
        self._tx.execute(_KEEP_AS_FORMER, {"b_id": row.id, "b_item": item, "b_name": name})

    def _call(self, callback: str, key: str, name: str | None) -> None:
        pending = BlockRunState.PENDING
        new = items.new_row(self._tx, self._owner.id, self._plan, callback, key, name, pending, 1)
        self._tx.execute(_ADD, new)

    def _set_back(
        self, row: Row[Any], *, deps: int = 1, counted: tuple[int, int] | None = None
    ) -> None:
        """Let a row wait; what it waits for, and how many of its items, is said when all do."""
        plan = self._plan
        values = {
            "b_id": row.id,
            "b_deps": deps,
            "b_snapshot": plan.snapshot.hash,
            "b_code": plan.blocks[row.block].code,
            "b_position": plan.position(row.block),
            "b_all": None if counted is None else counted[0],
            "b_made": None if counted is None else counted[1],
        }
        self._tx.execute(_AGAIN, values)
        state = BlockRunState.PENDING
        self._tx.item_event(self._facts, row.id, row.block, row.item, state)
