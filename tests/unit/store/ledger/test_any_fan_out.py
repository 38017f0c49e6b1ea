"""Any graph with fan-outs, conditionals and callbacks, any outcomes: nothing is ever stuck."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mage_jlab.domain.attempt import Opened
from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.plan import PlannedBlock, Snapshot
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger import following, items, nodes, stopping, timers
from mage_jlab.store.ledger.claiming import Claim, claim

from .conftest import Ledger, planned, snapshot, stored

KINDS = st.sampled_from(["success"] * 8 + ["failed", "crashed", "timeout"])


@st.composite
def plans(draw: st.DrawFn) -> list[PlannedBlock]:
    """Plans of up to six blocks, some of which fan out or join, with guards and callbacks."""
    blocks: list[PlannedBlock] = []
    for n in range(draw(st.integers(1, 6))):
        names = [block.name for block in blocks if block.type == "transformer"]
        above = draw(st.lists(st.sampled_from(names), unique=True, max_size=2)) if names else []
        configuration = {
            "dynamic": draw(st.integers(0, 2)) == 0,
            "reduce_output": draw(st.integers(0, 2)) == 0,
        }
        guards = []
        if draw(st.integers(0, 4)) == 0:
            guards = [f"if{n}"]
            blocks.append(planned(f"if{n}", *above, type="conditional"))
        blocks.append(planned(f"b{n}", *above, *guards, guards=guards, configuration=configuration))
        if draw(st.integers(0, 3)) == 0:
            told = draw(st.lists(st.sampled_from([*names, f"b{n}"]), unique=True, min_size=1))
            blocks.append(planned(f"told{n}", *told, type="callback"))
    return blocks


def _answer(item: Claim, data: st.DataObject) -> dict[str, Any]:
    block = item.plan.blocks[item.block]
    kind = data.draw(KINDS)
    answer: dict[str, Any] = {"kind": kind, "products": [stored("x", str(item.token))]}
    if kind == "success" and block.configuration.get("dynamic"):
        answer["opened"] = Opened(count=data.draw(st.integers(0, 3)))
    if kind == "success" and block.type == "conditional":
        answer["condition"] = data.draw(st.booleans())
    return answer


def _go_on(ledger: Ledger, data: st.DataObject, steps: int | None = None) -> None:
    """Claim and end block runs in any order, until none is left or some steps were done."""
    flying: list[Claim] = []
    for step in range(600):
        if step == steps:
            return
        found = ledger.writer.do(lambda tx: claim(tx, ledger.node.id, ledger.node.epoch, 50))
        flying = sorted([*flying, *found], key=lambda item: (item.block, item.item))
        if not flying:
            ledger.sql("UPDATE timer SET due_at = 0")
            due = ledger.writer.do(timers.fire_due)
            for run in due.expand:
                ledger.writer.do(lambda tx, run=run: following.make_items(tx, run))
            if not due.woken and not due.expand:
                return
            continue
        if data.draw(st.integers(0, 19)) == 0:
            _die(ledger)
            flying = []
            continue
        item = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
        answer = _answer(item, data)
        assert ledger.end(item, answer.pop("kind"), **answer)
    raise AssertionError("It does not come to an end.")


def _check(ledger: Ledger, run: str) -> None:
    word = ledger.reader.run(run)
    rows = ledger.sql(
        f"SELECT block, type, item, state, items_all, items_made, items_left FROM block_run"
        f" WHERE run_id = '{run}'"
    ).all()
    assert word.state.ended, rows
    assert all(BlockRunState(row.state).ended for row in rows), rows
    for row in rows:
        own = [one.state for one in rows if one.block == row.block and one.item]
        if row.item == "" and row.items_all is not None and row.state == "success":
            assert row.items_left == 0
            assert set(own) <= {"success"}, rows
    optional = ("chart", "callback")
    bad = {"failed", "upstream_failed", "needs_attention"}
    failed = [
        row
        for row in rows
        if row.state == "cancelled" or (row.state in bad and row.type not in optional)
    ]
    assert (word.state == "success") == (not failed), (word.state, rows)


def _die(ledger: Ledger) -> None:
    """Let the node die, and another one begin."""
    ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it died"))
    ledger.node = ledger.writer.do(
        lambda tx: nodes.register(
            tx, host="here", boot_id="b", pid=2, pid_start=1.0, version="0.1.0"
        )
    )


def _retry(ledger: Ledger, run: str, data: st.DataObject, taken: Snapshot | None = None) -> None:
    before = {p.id for p in ledger.reader.products(run=run)}
    ledger.writer.do(lambda tx: stopping.retry_run(tx, run, taken, "ada"))
    _go_on(ledger, data)
    _check(ledger, run)
    assert before <= {p.id for p in ledger.reader.products(run=run)}


@pytest.fixture
def two_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of items are made in steps of two, so that few items take several."""
    monkeypatch.setattr(items, "STEP", 2)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(blocks=plans(), data=st.data())
def test_whatever_fans_out_comes_to_an_end(
    ledger: Ledger, two_at_a_time: None, blocks: list[PlannedBlock], data: st.DataObject
) -> None:
    ledger.sql("UPDATE block_run SET state = 'cancelled' WHERE state <> 'success'")
    ledger.sql("DELETE FROM timer")
    run = ledger.create(snapshot(*blocks, hash_=str(blocks)))
    _go_on(ledger, data)
    _check(ledger, run)
    for _ in range(2):
        if ledger.run_state(run) == "success":
            break
        _retry(ledger, run, data)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(blocks=plans(), data=st.data())
def test_whatever_is_cancelled_ends_and_goes_on(
    ledger: Ledger, two_at_a_time: None, blocks: list[PlannedBlock], data: st.DataObject
) -> None:
    ledger.sql("UPDATE block_run SET state = 'cancelled' WHERE state <> 'success'")
    ledger.sql("DELETE FROM timer")
    run = ledger.create(snapshot(*blocks, hash_=str(blocks)))
    _go_on(ledger, data, data.draw(st.integers(0, 8)))
    if not ledger.reader.run(run).state.ended:
        ledger.claim(data.draw(st.integers(1, 3)))
        ledger.writer.do(lambda tx: stopping.cancel_run(tx, run, "ada"))
        _die(ledger)
        _go_on(ledger, data)
    _check(ledger, run)
    if ledger.run_state(run) == "success":
        return
    gone = data.draw(st.none() | st.sampled_from([block.name for block in blocks]))
    kept = [
        block.model_copy(
            update={
                "upstream": [name for name in block.upstream if name != gone],
                "guards": [name for name in block.guards if name != gone],
            }
        )
        for block in blocks
        if block.name != gone
    ]
    if gone is None or not kept:
        _retry(ledger, run, data)
        return
    with contextlib.suppress(ConflictError):
        # where items would be others, or nothing is left to do
        _retry(ledger, run, data, snapshot(*kept, hash_=str(kept)))
