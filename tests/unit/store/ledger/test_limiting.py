"""``concurrency``: how many items of one block run at a time, whoever claims and dies."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from mage_jlab.domain.attempt import Opened, Outcome
from mage_jlab.store.ledger import limiting, nodes
from mage_jlab.store.ledger.claiming import Claim, claim, claim_items
from mage_jlab.store.ledger.completing import complete_all
from mage_jlab.store.ledger.limiting import room

from .conftest import Ledger, planned, snapshot, stored

PLAN = snapshot(
    planned("source", configuration={"dynamic": True}),
    planned("each", "source", concurrency=3),
    planned("free", "source"),
)


def _claims(ledger: Ledger, limit: int = 100) -> list[Claim]:
    return ledger.writer.do(lambda tx: claim(tx, ledger.node.id, ledger.node.epoch, limit))


def _open(ledger: Ledger, items: int, taken: Any = PLAN) -> str:
    run = ledger.create(taken)
    (source,) = [one for one in _claims(ledger) if one.block == "source"]
    assert ledger.end(source, opened=Opened(count=items), products=[stored("output_0", "[]")])
    return run


def _running(ledger: Ledger, run: str, block: str = "each") -> int:
    found: int = ledger.sql(
        f"SELECT count(*) FROM block_run WHERE state = 'running' AND item <> ''"
        f" AND block = '{block}' AND run_id = '{run}'"
    ).scalar()
    return found


def test_no_more_items_run_than_may_and_the_slots_go_to_others(ledger: Ledger) -> None:
    run = _open(ledger, 10)
    claims = _claims(ledger, 8)
    assert Counter(one.block for one in claims) == {"each": 3, "free": 5}
    assert [one.item for one in claims if one.block == "each"] == ["000000", "000001", "000002"]
    assert Counter(one.block for one in _claims(ledger)) == {"free": 5}
    assert _claims(ledger) == []
    assert ledger.end(claims[0])
    (following,) = _claims(ledger)
    # what was claimed and given back before leaves no trace
    assert (following.item, following.token, following.number) == ("000003", 1, 1)
    tokens = ledger.sql("SELECT token, count(*) FROM attempt GROUP BY token").all()
    assert [tuple(row) for row in tokens] == [(1, 15)]
    assert _running(ledger, run) == 3


@pytest.mark.parametrize("kind", ["success", "failed", "crashed"])
def test_every_item_runs_in_the_end_never_more_at_a_time(ledger: Ledger, kind: str) -> None:
    run = _open(ledger, 10)
    seen = []
    while claims := _claims(ledger, 4):
        assert _running(ledger, run) <= 3
        seen += [one.item for one in claims if one.block == "each"]
        first = Outcome(block_run=claims[0].block_run, token=claims[0].token, kind=kind)
        rest = [Outcome(block_run=c.block_run, token=c.token, kind="success") for c in claims[1:]]
        ended = list(zip(claims, [first, *rest], strict=True))
        ledger.writer.do(lambda tx, ended=ended: complete_all(tx, ended))
    assert set(seen) == {f"{n:06d}" for n in range(10)}
    assert ledger.run_state(run) in ("success", "failed", "needs_attention")


def test_short_items_are_not_claimed_past_it(ledger: Ledger) -> None:
    run = _open(ledger, 10)
    first = next(one for one in _claims(ledger, 1) if one.block == "each")

    def more(count: int) -> list[Claim]:
        return ledger.writer.do(
            lambda tx: claim_items(tx, ledger.node.id, ledger.node.epoch, count, first)
        )

    assert [one.item for one in more(1)] == ["000001"]
    assert [one.item for one in more(50)] == ["000002"]
    assert more(50) == []
    assert _running(ledger, run) == 3


def test_runs_count_apart_and_a_reaped_node_counts_no_more(ledger: Ledger) -> None:
    one, two = _open(ledger, 5), _open(ledger, 5)
    _claims(ledger)
    assert (_running(ledger, one), _running(ledger, two)) == (3, 3)
    ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it was lost"))
    assert ledger.writer.do(lambda tx: room(tx, one, "each", 3)) == 3
    ledger.node = ledger.writer.do(
        lambda tx: nodes.register(
            tx, host="here", boot_id="b", pid=2, pid_start=1.0, version="0.1.0"
        )
    )
    _claims(ledger)
    assert (_running(ledger, one), _running(ledger, two)) == (3, 3)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_counting_reads_what_runs_not_every_item(ledger: Ledger) -> None:
    counting = limiting._RUNNING.params(r="run", b="each").compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
    )
    assert "ix_block_run_running" in str(ledger.sql(f"EXPLAIN QUERY PLAN {counting}").all())
