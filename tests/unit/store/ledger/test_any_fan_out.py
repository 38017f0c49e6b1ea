"""Any graph with fan-outs, conditionals and callbacks, any outcomes: nothing is ever stuck."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mage_jlab.domain.attempt import Opened
from mage_jlab.domain.plan import PlannedBlock
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger import nodes, stopping, timers
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


def _go_on(ledger: Ledger, data: st.DataObject) -> None:
    flying: list[Claim] = []
    for _ in range(600):
        found = ledger.writer.do(lambda tx: claim(tx, ledger.node.id, ledger.node.epoch, 50))
        flying = sorted([*flying, *found], key=lambda item: (item.block, item.item))
        if not flying:
            ledger.sql("UPDATE timer SET due_at = 0")
            if not ledger.writer.do(timers.fire_due).woken:
                return
            continue
        if data.draw(st.integers(0, 19)) == 0:
            ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it died"))
            flying = []
            ledger.node = ledger.writer.do(
                lambda tx: nodes.register(
                    tx, host="here", boot_id="b", pid=2, pid_start=1.0, version="0.1.0"
                )
            )
            continue
        item = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
        answer = _answer(item, data)
        assert ledger.end(item, answer.pop("kind"), **answer)
    raise AssertionError("It does not come to an end.")


def _check(ledger: Ledger, run: str) -> None:
    word = ledger.reader.run(run)
    rows = ledger.sql(
        f"SELECT block, item, state, items_all, items_made, items_left FROM block_run"
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
    types = {one.block: one.block_type for one in word.block_runs}
    bad = {"failed", "upstream_failed", "needs_attention"}
    failed = [row for row in rows if row.state in bad and types[row.block] not in optional]
    assert (word.state == "success") == (not failed), (word.state, rows)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(blocks=plans(), data=st.data())
def test_whatever_fans_out_comes_to_an_end(
    ledger: Ledger, blocks: list[PlannedBlock], data: st.DataObject
) -> None:
    ledger.sql("UPDATE block_run SET state = 'cancelled' WHERE state <> 'success'")
    ledger.sql("DELETE FROM timer")
    run = ledger.create(snapshot(*blocks, hash_=str(blocks)))
    _go_on(ledger, data)
    _check(ledger, run)
    for _ in range(2):
        if ledger.run_state(run) == "success":
            break
        before = {p.id for p in ledger.reader.products(run=run)}
        ledger.writer.do(lambda tx: stopping.retry_run(tx, run, None, "ada"))
        _go_on(ledger, data)
        _check(ledger, run)
        assert before <= {p.id for p in ledger.reader.products(run=run)}
    if data.draw(st.booleans()):
        other = ledger.create(snapshot(*blocks, hash_=str(blocks)))
        ledger.claim(2)
        ledger.writer.do(lambda tx: stopping.cancel_run(tx, other, "ada"))
        ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it died"))
        ledger.node = ledger.writer.do(
            lambda tx: nodes.register(
                tx, host="here", boot_id="b", pid=3, pid_start=1.0, version="0.1.0"
            )
        )
        _go_on(ledger, data)
        assert ledger.reader.run(other).state.ended
