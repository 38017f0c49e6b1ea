"""What the end of a block run brings about: for those below it, its callbacks, and its run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Executable

from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger import items, passing
from mage_jlab.store.ledger.ending import note_failure, settle_run
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.transaction import Transaction

_WORST_FIRST = (
    BlockRunState.NEEDS_ATTENTION,
    BlockRunState.FAILED,
    BlockRunState.UPSTREAM_FAILED,
    BlockRunState.CANCELLED,
    BlockRunState.CONDITION_FALSE,
)
"""Which state of an item a block takes as a whole."""

_CALLED = (
    BlockRunState.SUCCESS,
    BlockRunState.FAILED,
    BlockRunState.CANCELLED,
    BlockRunState.NEEDS_ATTENTION,
)
"""States after which a block's callbacks are called, if the block ran."""


class Wave:
    """One end of a block run, and all that it brings about in its run, in one change.

    Args:
        tx: the change.
        facts: the run.
        plan: the run's plan.
    """

    def __init__(self, tx: Transaction, facts: RunFacts, plan: PlanView) -> None:
        self._tx = tx
        self._facts = facts
        self._plan = plan
        self._released = False
        self._whole = False
        self._ended_others = False

    def ended(
        self,
        block: str,
        item: str,
        state: BlockRunState,
        *,
        ran: bool = False,
        holds: bool = True,
    ) -> None:
        """Follow one block run that has ended.

        Args:
            block: its block.
            item: its item's key.
            state: how it ended.
            ran: whether an attempt of it ended so; its callbacks are called then.
            holds: what a conditional block said.
        """
        good = (state is BlockRunState.SUCCESS and holds) or self._plan.optional(block)
        told = state if holds else BlockRunState.CONDITION_FALSE
        self._call_back(block, item, state, ran=ran)
        if item:
            self._item_ended(block, item, items.passed_down(told), good=good)
        else:
            self._whole = True
            self._whole_ended(block, items.passed_down(told), good=good)

    def items_succeeded(self, block: str, ended: Sequence[str]) -> None:
        """Follow several items of a block that have ended well."""
        fan = self._plan.fan
        if not self._plan.is_callback(block):
            for item in ended:
                self._call_back(block, item, BlockRunState.SUCCESS, ran=True)
            for child in self._plan.children[block]:
                if not fan.by_item(block, child):
                    continue
                if fan.dims[child] == fan.dims[block]:
                    values = {"b_run": self._facts.id, "b_blocks": [child], "b_at": self._tx.now}
                    self._release(passing.PASS_ON_TO_SOME, {**values, "b_items": list(ended)})
                else:
                    for item in ended:
                        self._pass_on_item(block, item, child)
        self._count_down(block, len(ended))

    def skipped(self, block: str, item: str, state: BlockRunState) -> None:
        """Tell the callbacks of a block run that it has ended and never runs."""
        self._call_back(block, item, state, ran=False)

    def settle(self) -> None:
        """End the run when nothing is left to do in it."""
        # what became ready goes on, unless this very change has ended it again
        if self._whole and (self._ended_others or not self._released):
            settle_run(self._tx, self._facts)

    def open_all(self) -> None:
        """Fan out all blocks whose items are known by now."""
        self._open(self._plan.order)

    def make(self) -> None:
        """Make the next rows of items, as far as one step goes."""
        made = items.make(self._tx, self._facts, self._plan)
        self._released = self._released or made.ready
        for block in made.blocks:
            self._count_down(block, 0)

    def recount(self) -> None:
        """Count the items that have not ended, and end the blocks that have none left."""
        for block in self._plan.order:
            if self._plan.has_items(block):
                key = {"r": self._facts.id, "b": block}
                found = self._tx.execute(passing.ITEM_STATES, key).all()
                left = sum(i.amount for i in found if not BlockRunState(i.state).ended)
                values = {"b_run": self._facts.id, "b_block": block, "b_left": left}
                self._tx.execute(passing.RECOUNT, values)
                self._count_down(block, 0)

    def _item_ended(self, block: str, item: str, bad: BlockRunState, *, good: bool) -> None:
        fan = self._plan.fan
        if not self._plan.is_callback(block):
            children = self._plan.children[block]
            below = [child for child in children if fan.by_item(block, child)]
            if good:
                for child in below:
                    self._pass_on_item(block, item, child)
            else:
                self._end_items(block, item, below, bad)
        self._count_down(block, 1)

    def _pass_on_item(self, block: str, item: str, child: str) -> None:
        fan = self._plan.fan
        values = {"b_run": self._facts.id, "b_blocks": [child], "b_at": self._tx.now}
        if fan.dims[child] == fan.dims[block]:
            self._release(passing.PASS_ON_TO_ITEM, {**values, "b_item": item})
        else:
            pattern = fan.pattern(item, block, child)
            self._release(passing.PASS_ON_TO_MATCHING, {**values, "b_item": pattern})

    def _end_items(self, block: str, item: str, below: list[str], bad: BlockRunState) -> None:
        """End the items below an item that did not succeed; the others go on."""
        fan = self._plan.fan
        queue, seen = list(below), set(below)
        while queue:
            child = queue.pop(0)
            pattern = fan.pattern(item, block, child)
            self._end(passing.END_MATCHING, [child], bad, item=pattern)
            for further in self._plan.children[child]:
                if fan.by_item(child, further) and further not in seen:
                    seen.add(further)
                    queue.append(further)

    def _whole_ended(self, block: str, bad: BlockRunState, *, good: bool) -> None:
        plan, fan = self._plan, self._plan.fan
        whole = [
            child
            for child in plan.children[block]
            if not fan.by_item(block, child) and not fan.picks(block, child)
        ]
        if good:
            values = {"b_run": self._facts.id, "b_at": self._tx.now}
            plain = [child for child in whole if not fan.dims[child]]
            if plain:
                self._release(passing.PASS_ON, {**values, "b_blocks": plain})
            if len(plain) < len(whole):
                spread = [child for child in whole if fan.dims[child]]
                self._release(passing.PASS_ON_TO_ITEMS, {**values, "b_blocks": spread})
            if block in fan.dynamic:
                self._open([name for name in plan.order if block in fan.dims[name]])
            return
        ends = whole
        if not fan.dims[block] or block in fan.dynamic or not self._enumerated(block):
            ends = plan.children[block]
        names = set(ends).union(*(plan.below(child) for child in ends))
        if names:
            self._end(passing.END_BLOCKS, sorted(names), bad)

    def _enumerated(self, block: str) -> bool:
        row = self._tx.execute(passing.STANDS_FOR_ALL, {"r": self._facts.id, "b": block}).first()
        return row is not None and row.items_all is not None

    def _open(self, blocks: Iterable[str]) -> None:
        """Decide how many items blocks have whose dimensions are all known now."""
        opened = False
        for block in blocks:
            if not self._plan.fan.dims[block]:
                continue
            found = items.enumerate_items(self._tx, self._facts, self._plan, block)
            if found is None:
                continue
            if found.error is not None:
                note_failure(self._tx, self._facts, block)
                self._end_whole(block, found.id, BlockRunState.FAILED, None)
            elif found.total == 0:
                self._end_whole(block, found.id, BlockRunState.SUCCESS, None)
            else:
                opened = True
        if opened:
            self.make()

    def _count_down(self, block: str, count: int) -> None:
        """Note that items of a block have ended, and end the block as a whole with its last."""
        values = {"b_run": self._facts.id, "b_blocks": [block], "b_count": count}
        if not self._plan.has_items(block):
            return
        if count:
            self._tx.execute(passing.COUNT_DOWN, values)
        row = self._tx.execute(passing.STANDS_FOR_ALL, {"r": self._facts.id, "b": block}).first()
        if row is None or row.state != passing.PENDING or row.items_all is None:
            return
        if row.items_left != 0 or row.items_made < row.items_all:
            return
        if self._plan.is_callback(block):
            guarded = {"r": self._facts.id, "blocks": self._plan.parents(block)}
            if self._tx.execute(passing.UNENDED, guarded).scalar_one():
                return
        found = self._tx.execute(passing.ITEM_STATES, {"r": self._facts.id, "b": block}).all()
        states = {BlockRunState(item.state) for item in found}
        state = next((worst for worst in _WORST_FIRST if worst in states), BlockRunState.SUCCESS)
        began = [item.began for item in found if item.began is not None]
        self._end_whole(block, row.id, state, min(began, default=None))

    def _end_whole(
        self, block: str, block_run_id: str, state: BlockRunState, began: int | None
    ) -> None:
        """End the row that stands for all items of a block."""
        values = {
            "b_id": block_run_id,
            "b_state": state.value,
            "b_began": began,
            "b_at": self._tx.now,
        }
        if self._tx.execute(passing.END_ALL, values).rowcount:
            self._ended_others = True
            self._tx.block_event(self._facts, block_run_id, block, state)
            self.ended(block, WHOLE, state)

    def _call_back(self, block: str, item: str, state: BlockRunState, *, ran: bool) -> None:
        """Call the callbacks of a block run that has ended, or end them where it never ran."""
        for callback in self._plan.callbacks[block]:
            stands_for_all = not item and bool(self._plan.fan.dims[block])
            if not stands_for_all:
                called = ran and state in _CALLED
                then = BlockRunState.READY if called else items.passed_down(state)
                rows = self._tx.execute(
                    passing.CALL,
                    {
                        "b_run": self._facts.id,
                        "b_blocks": [callback],
                        "b_item": self._plan.callback_item(callback, block, item),
                        "b_state": then.value,
                        "b_ready_at": self._tx.now if called else None,
                        "b_at": None if called else self._tx.now,
                    },
                ).all()
                for row in rows:
                    self._tx.item_event(self._facts, row.id, row.block, row.item, then)
                self._released = self._released or (called and bool(rows))
                self._whole = self._whole or any(not row.item for row in rows)
                if rows and not called and rows[0].item:
                    self._count_down(callback, len(rows))
            elif self._plan.has_items(callback):
                self._count_down(callback, 0)

    def _release(self, statement: Executable, values: dict[str, object]) -> None:
        for row in self._tx.execute(statement, values).all():
            if row.state == BlockRunState.READY:
                self._released = True
                state = BlockRunState.READY
                self._tx.item_event(self._facts, row.id, row.block, row.item, state)

    def _end(
        self,
        statement: Executable,
        blocks: list[str],
        state: BlockRunState,
        item: str | None = None,
    ) -> None:
        """End block runs that never begin now; running ones are ended by their own attempts."""
        begun = [s for s in sources(state, ended=False) if s != BlockRunState.RUNNING]
        values = {
            "b_run": self._facts.id,
            "b_blocks": blocks,
            "b_from": begun,
            "b_state": state.value,
            "b_at": self._tx.now,
        }
        if item is not None:
            values["b_item"] = item
        rows = self._tx.execute(statement, values).all()
        gone = Counter(row.block for row in rows if row.item)
        self._ended_others = self._ended_others or bool(rows)
        for row in rows:
            self._whole = self._whole or not row.item
            self._tx.item_event(self._facts, row.id, row.block, row.item, state)
            self._call_back(row.block, row.item, state, ran=False)
        if item is not None:
            for block, count in gone.items():
                self._count_down(block, count)
