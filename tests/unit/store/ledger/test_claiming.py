"""Claims: in order, never past a limit, never for a node that is dead."""

from __future__ import annotations

from mage_jlab.store.ledger import nodes, standing
from mage_jlab.store.ledger.claiming import claim

from .conftest import Ledger, planned, snapshot

WIDE = snapshot(*[planned(f"b{n}") for n in range(6)])


def test_no_more_than_asked_for_oldest_and_most_urgent_first(ledger: Ledger) -> None:
    ledger.create(WIDE)
    ledger.sql("UPDATE block_run SET ready_at = ready_at - 10 WHERE block = 'b4'")
    ledger.sql("UPDATE block_run SET priority = 5 WHERE block = 'b5'")
    assert list(ledger.claim(1)) == ["b5"]
    assert list(ledger.claim(1)) == ["b4"]
    assert len(ledger.claim(3)) == 3
    assert len(ledger.claim(3)) == 1
    assert ledger.claim(3) == {}


def test_a_pool_is_never_passed_and_never_leaks(ledger: Ledger) -> None:
    ledger.sql("INSERT INTO pool (name, slots) VALUES ('narrow', 2)")
    run = ledger.create(WIDE)
    ledger.sql("UPDATE block_run SET pool = 'narrow'")
    ledger.writer._runs._pools_until = 0.0
    first = ledger.claim()
    assert len(first) == 2
    assert ledger.claim() == {}
    one, two = first.values()
    ledger.end(one, "crashed")
    ledger.end(two, "failed")
    again = ledger.claim()
    assert len(again) == 2
    assert list(ledger.states(run).values()).count("running") == 2


def test_a_full_pool_leaves_the_others_alone(ledger: Ledger) -> None:
    ledger.sql("INSERT INTO pool (name, slots) VALUES ('closed', 0)")
    ledger.create(WIDE)
    ledger.sql("UPDATE block_run SET pool = 'closed' WHERE block < 'b3'")
    ledger.writer._runs._pools_until = 0.0
    assert sorted(ledger.claim()) == ["b3", "b4", "b5"]


def test_a_node_that_drains_or_is_dead_claims_nothing(ledger: Ledger) -> None:
    ledger.create(WIDE)
    ledger.writer.do(lambda tx: nodes.set_state(tx, ledger.node.id, nodes.DRAINING))
    assert ledger.claim() == {}
    ledger.writer.do(lambda tx: nodes.set_state(tx, ledger.node.id, nodes.LIVE))
    epoch = ledger.node.epoch
    assert ledger.writer.do(lambda tx: claim(tx, ledger.node.id, epoch + 1, 9)) == []
    assert ledger.writer.do(lambda tx: claim(tx, "stranger", epoch, 9)) == []
    assert len(ledger.claim()) == 6


def test_a_standing_counts_rows(ledger: Ledger) -> None:
    assert ledger.writer.do(lambda tx: standing.standing(tx.connection)).idle
    ledger.create(WIDE)
    ledger.claim(2)
    now = ledger.writer.do(lambda tx: standing.standing(tx.connection))
    assert (now.running, now.queued, now.live_runs, now.idle) == (2, 4, 1, False)


def test_a_reaped_node_gives_its_blocks_back_and_cannot_complete(ledger: Ledger) -> None:
    run = ledger.create(WIDE)
    old = ledger.claim(2)
    ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it was lost"))
    assert not ledger.writer.do(lambda tx: nodes.renew(tx, ledger.node.id, ledger.node.epoch))
    assert set(ledger.states(run).values()) == {"ready"}
    (first, _second) = old.values()
    assert not ledger.end(first)
    ledger.node = ledger.writer.do(
        lambda tx: nodes.register(
            tx, host="here", boot_id="b", pid=2, pid_start=1.0, version="0.1.0"
        )
    )
    again = ledger.claim()[first.block]
    assert again.token == first.token + 1
    assert not ledger.end(first)
    assert ledger.end(again)
    outcomes = [item.outcome for item in ledger.reader.attempts(run, first.block)]
    assert outcomes == ["crashed", "success"]


def test_what_is_reaped_too_often_needs_attention(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a", crash_retries=1), planned("b", "a")))
    for state in ("ready", "needs_attention"):
        ledger.claim()
        ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it was lost"))
        assert ledger.states(run)["a"] == state
        ledger.node = ledger.writer.do(
            lambda tx: nodes.register(
                tx, host="here", boot_id="b", pid=2, pid_start=1.0, version="0.1.0"
            )
        )
    word = ledger.reader.run(run)
    assert (word.state, word.failed_block) == ("needs_attention", "a")
    assert word.block_runs[0].error is not None
    assert word.block_runs[0].error.message == "it was lost"
    assert ledger.states(run)["b"] == "upstream_failed"


def test_what_is_released_counts_as_no_crash(ledger: Ledger) -> None:
    run = ledger.create(WIDE)
    claims = ledger.claim(2)
    kept = frozenset([claims["b0"].key])
    assert ledger.writer.do(lambda tx: nodes.release(tx, ledger.node.id, kept)) == 1
    assert ledger.states(run)["b0"] == "running"
    assert ledger.states(run)["b1"] == "ready"
    assert ledger.sql("SELECT sum(crash_count) FROM block_run") is not None
    assert (
        ledger.writer.do(
            lambda tx: tx.connection.exec_driver_sql(
                "SELECT max(crash_count) FROM block_run"
            ).scalar()
        )
        == 0
    )
