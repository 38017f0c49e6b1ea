"""A run from its creation to its end: order, branches, retries, and what a block's end means."""

from __future__ import annotations

import pytest

from mage_jlab.domain.errors import NotFoundError, UnprocessableError
from mage_jlab.store.ledger import timers

from .conftest import Ledger, planned, snapshot, stored

CHAIN = snapshot(planned("a"), planned("b", "a"), planned("c", "b"))


def test_a_chain_runs_in_order_and_hands_products_on(ledger: Ledger) -> None:
    run = ledger.create(CHAIN)
    assert ledger.run_state(run) == "queued"
    assert ledger.states(run) == {"a": "ready", "b": "pending", "c": "pending"}

    (a,) = ledger.claim().values()
    assert (a.block, a.token, a.inputs) == ("a", 1, [])
    assert ledger.run_state(run) == "running"
    assert ledger.claim() == {}
    assert ledger.end(a, products=[stored("x"), stored("y", "2")])

    (b,) = ledger.claim().values()
    assert [(u.block, [p.name for p in u.products]) for u in b.inputs] == [("a", ["x", "y"])]
    ledger.end(b)
    ledger.end(ledger.claim()["c"])

    word = ledger.reader.run(run)
    assert word.state == "success"
    assert word.ended_at is not None
    assert word.counts == {"success": 3}
    assert [p.name for p in word.block_runs[0].products] == ["x", "y"]
    assert [item.attempts for item in word.block_runs] == [1, 1, 1]


def test_a_block_waits_for_all_its_parents(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a"), planned("b"), planned("c", "a", "b")))
    claims = ledger.claim()
    assert set(claims) == {"a", "b"}
    ledger.end(claims["a"])
    assert ledger.states(run)["c"] == "pending"
    ledger.end(claims["b"])
    assert ledger.states(run)["c"] == "ready"


def test_only_one_attempt_is_ever_visible(ledger: Ledger) -> None:
    run = ledger.create(CHAIN)
    a = ledger.claim()["a"]
    assert ledger.end(a, products=[stored("x")])
    assert not ledger.end(a, products=[stored("x", "again")])
    assert [row.stored.inline for row in ledger.reader.products(run=run)] == ["1"]


def test_independent_branches_go_on_after_a_failure(ledger: Ledger) -> None:
    run = ledger.create(
        snapshot(planned("a"), planned("b", "a"), planned("c", "b"), planned("d", "a"))
    )
    ledger.end(ledger.claim()["a"])
    claims = ledger.claim()
    error = {"type": "KeyError", "message": "'amount'"}
    ledger.end(claims["b"], "failed", error=error)
    assert ledger.states(run) == {
        "a": "success",
        "b": "failed",
        "c": "upstream_failed",
        "d": "running",
    }
    assert ledger.run_state(run) == "running"
    ledger.end(claims["d"])
    word = ledger.reader.run(run)
    assert (word.state, word.failed_block) == ("failed", "b")
    assert word.block_runs[1].error is not None
    assert word.block_runs[1].error.message == "'amount'"


def test_a_chart_that_fails_fails_nothing_else(ledger: Ledger) -> None:
    run = ledger.create(
        snapshot(planned("a"), planned("plot", "a", type="chart"), planned("b", "plot"))
    )
    ledger.end(ledger.claim()["a"])
    ledger.end(ledger.claim()["plot"], "failed")
    ledger.end(ledger.claim()["b"])
    assert ledger.states(run) == {"a": "success", "plot": "failed", "b": "success"}
    assert ledger.run_state(run) == "success"
    assert ledger.reader.run(run).failed_block is None


def test_below_a_false_condition_nothing_runs(ledger: Ledger) -> None:
    run = ledger.create(
        snapshot(
            planned("a"), planned("gate", "a", type="conditional"), planned("b", "gate"),
            planned("c", "b"), planned("d", "a"),
        )
    )  # fmt: skip
    ledger.end(ledger.claim()["a"])
    claims = ledger.claim()
    ledger.end(claims["gate"], condition=False)
    ledger.end(claims["d"])
    assert ledger.states(run) == {
        "a": "success", "gate": "success", "b": "condition_false", "c": "condition_false",
        "d": "success",
    }  # fmt: skip
    assert ledger.run_state(run) == "success"


def test_an_error_is_tried_again_after_its_delay(ledger: Ledger) -> None:
    retry = {"retries": 1, "delay": 30}
    run = ledger.create(snapshot(planned("a", retry=retry)))
    ledger.end(ledger.claim()["a"], "failed", error={"type": "E", "message": "one"})
    assert ledger.states(run) == {"a": "retry_wait"}
    assert ledger.writer.do(timers.fire_due).woken == 0
    ledger.sql("UPDATE timer SET due_at = due_at - 31000000")
    assert ledger.writer.do(timers.fire_due).woken == 1
    assert ledger.writer.do(timers.fire_due).woken == 0
    again = ledger.claim()["a"]
    assert again.token == 2
    ledger.end(again, "failed", error={"type": "E", "message": "two"})
    word = ledger.reader.run(run)
    assert (word.state, word.block_runs[0].attempts) == ("failed", 2)
    assert [item.outcome for item in ledger.reader.attempts(run)] == ["failed", "failed"]


def test_crashes_have_a_budget_of_their_own(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a")))
    for token in (1, 2):
        item = ledger.claim()["a"]
        assert item.token == token
        ledger.end(item, "crashed")
        assert ledger.states(run) == {"a": "ready"}
    ledger.end(ledger.claim()["a"], "crashed")
    assert ledger.states(run) == {"a": "failed"}


def test_what_may_run_once_needs_attention_after_a_crash(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a", at_most_once=True), planned("b", "a")))
    ledger.end(ledger.claim()["a"], "crashed")
    assert ledger.states(run) == {"a": "needs_attention", "b": "upstream_failed"}
    assert ledger.run_state(run) == "needs_attention"


def test_a_timer_stands_for_a_timeout_until_the_block_ends(ledger: Ledger) -> None:
    ledger.create(snapshot(planned("a", timeout=5), planned("b", "a")))
    item = ledger.claim()["a"]
    ledger.sql("UPDATE timer SET due_at = 0")
    assert ledger.writer.do(timers.fire_due).overdue == [item.key]
    ledger.end(item, "timeout", error={"type": "Timeout", "message": "too long"})
    assert ledger.writer.do(timers.next_due) is None


def test_runs_are_counted_for_each_pipeline(ledger: Ledger) -> None:
    runs = [ledger.create(CHAIN) for _ in range(3)]
    assert [ledger.reader.run(run).number for run in runs] == [1, 2, 3]
    assert ledger.reader.run("last").id == runs[2]
    assert ledger.reader.run("sales#2").id == runs[1]


def test_part_of_a_pipeline_takes_the_products_of_an_earlier_run(ledger: Ledger) -> None:
    first = ledger.create(CHAIN)
    ledger.end(ledger.claim()["a"], products=[stored("x", "7")])
    ids = [row.id for row in ledger.reader.products(run=first)]
    run = ledger.create(CHAIN, blocks=["b"], reuse={"a": ids})
    assert ledger.states(run) == {"a": "success", "b": "ready"}
    claims = [c for c in ledger.claim().values() if c.facts.id == run]
    assert [p.inline for p in claims[0].inputs[0].products] == ["7"]
    word = ledger.reader.run(run)
    assert [(b.block, b.cached, b.attempts) for b in word.block_runs] == [
        ("a", True, 0),
        ("b", False, 1),
    ]


@pytest.mark.parametrize(
    ("blocks", "error", "words"),
    [
        (["b"], UnprocessableError, "a has no data product yet"),
        (["z"], NotFoundError, "no block z"),
        ([], UnprocessableError, "No block was chosen"),
    ],
)
def test_a_part_that_cannot_run_leaves_nothing_behind(
    ledger: Ledger, blocks: list[str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        ledger.create(CHAIN, blocks=blocks)
    assert ledger.reader.runs().items == []


def test_blocks_that_wait_for_each_other_are_refused(ledger: Ledger) -> None:
    with pytest.raises(UnprocessableError, match=r"wait for each other: .*a"):
        ledger.create(snapshot(planned("a", "b"), planned("b", "a")))
    with pytest.raises(UnprocessableError, match="no block to run"):
        ledger.create(snapshot())


def test_every_change_of_state_is_an_event(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a")), actor="ada")
    ledger.end(ledger.claim()["a"])
    events = [e for e in ledger.reader.events(0) if e.run == run]
    assert [(e.kind, e.block, e.state) for e in events] == [
        ("run", None, "queued"),
        ("block_run", "a", "ready"),
        ("run", None, "running"),
        ("block_run", "a", "running"),
        ("block_run", "a", "success"),
        ("run", None, "success"),
    ]
    assert ledger.reader.events(events[-1].seq) == []
    assert [e.seq for e in ledger.reader.events(events[1].seq, 2)] == [e.seq for e in events[2:4]]
