"""Items in the ledger: made in steps, ended one by one, counted, and never lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from mage_jlab.domain.attempt import Opened, Outcome
from mage_jlab.domain.fan import Fan, item_key, item_place, shown_item
from mage_jlab.store.ledger import following, items, nodes, stopping, timers
from mage_jlab.store.ledger.claiming import Claim, claim, claim_items
from mage_jlab.store.ledger.completing import complete_all

from .conftest import Ledger, planned, snapshot, stored

DYNAMIC = {"configuration": {"dynamic": True}}
REDUCED = {"configuration": {"reduce_output": True}}


def _plan(**more: Any) -> Any:
    return snapshot(
        planned("source", **DYNAMIC),
        planned("each", "source"),
        planned("again", "each", **REDUCED),
        planned("join", "again"),
        **more,
    )


def _claims(ledger: Ledger, limit: int = 100) -> list[Claim]:
    return ledger.writer.do(lambda tx: claim(tx, ledger.node.id, ledger.node.epoch, limit))


def _open(ledger: Ledger, taken: Any, count: int) -> str:
    run = ledger.create(taken)
    (source,) = _claims(ledger)
    assert ledger.end(source, opened=Opened(count=count), products=[stored("output_0", "[]")])
    return run


def _make_all(ledger: Ledger) -> int:
    steps = 0
    while due := ledger.writer.do(timers.fire_due).expand:
        for run in due:
            ledger.writer.do(lambda tx, run=run: following.make_items(tx, run))
        steps += 1
    return steps


def _end_all(ledger: Ledger) -> None:
    while claims := _claims(ledger, 500):
        ended = [
            (one, Outcome(block_run=one.block_run, token=one.token, kind="success"))
            for one in claims
        ]
        assert ledger.writer.do(lambda tx, ended=ended: complete_all(tx, ended)) == []


def test_rows_are_made_in_steps_and_a_timer_carries_on(ledger: Ledger) -> None:
    run = _open(ledger, _plan(), 2500)
    made = ledger.sql("SELECT count(*) FROM block_run WHERE item <> ''").scalar()
    assert made == items.STEP
    (fan, _) = ledger.reader.run(run).fan_outs
    assert (fan.state, fan.items) == ("ready", {"ready": 1000, "pending": 1500})
    # an engine that ends here finds the timer
    ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it died"))
    assert _make_all(ledger) == 4
    assert ledger.sql("SELECT count(*) FROM block_run WHERE item <> ''").scalar() == 5000
    assert ledger.sql("SELECT count(*) FROM timer WHERE NOT done").scalar() == 0


def test_items_that_end_while_rows_are_made_are_not_waited_for(ledger: Ledger) -> None:
    run = _open(ledger, _plan(), 1500)
    _end_all(ledger)  # the first thousand, before the others have a row
    assert ledger.run_state(run) == "running"
    _make_all(ledger)
    _end_all(ledger)
    assert ledger.run_state(run) == "success"
    assert [(f.block, f.items) for f in ledger.reader.run(run).fan_outs] == [
        ("each", {"success": 1500}), ("again", {"success": 1500}),
    ]  # fmt: skip


def test_a_large_fan_out_stands_as_one_and_is_paged(ledger: Ledger) -> None:
    run = _open(ledger, _plan(), 700)
    for one in _claims(ledger, 3):
        ledger.end(one, "failed" if one.item.endswith("1") else "success")
    word = ledger.reader.run(run)
    each = next(one for one in word.block_runs if one.block == "each")
    assert (each.item, each.items) == (None, {"success": 2, "failed": 1, "ready": 697})
    assert len(word.block_runs) == 4
    seen: list[str | None] = []
    before = None
    while True:
        page = ledger.reader.items(run, "each", limit=300, before=before)
        seen += [one.item for one in page.items]
        before = page.next
        if before is None:
            break
    assert seen == [str(n) for n in range(700)]
    assert [one.item for one in ledger.reader.items(run, "source").items] == [None]


def test_a_product_of_two_fan_outs_that_is_too_large_is_refused(ledger: Ledger) -> None:
    taken = snapshot(
        planned("a", **DYNAMIC), planned("b", **DYNAMIC), planned("x", "a", "b"), planned("y", "x")
    )
    run = ledger.create(taken)
    for one in _claims(ledger):
        ledger.end(one, opened=Opened(count=1000))
    word = ledger.reader.run(run)
    assert ledger.states(run) == {
        "a": "success", "b": "success", "x": "failed", "y": "upstream_failed",
    }  # fmt: skip
    assert (word.state, word.failed_block) == ("failed", "x")
    error = word.block_runs[2].error
    assert error is not None
    assert (error.type, "100,000 items" in error.message) == ("TooManyItems", True)


def test_short_items_are_claimed_like_one_another(ledger: Ledger) -> None:
    _open(ledger, _plan(), 50)
    (first,) = _claims(ledger, 1)
    more = ledger.writer.do(
        lambda tx: claim_items(tx, ledger.node.id, ledger.node.epoch, 10, first)
    )
    assert [one.item for one in more] == [item_key([n]) for n in range(1, 11)]
    assert {one.token for one in more} == {1}
    ledger.sql("UPDATE pool SET slots = 2")
    ledger.writer.do(lambda tx: tx._runs.__dict__.update(_pools_until=0.0))
    assert ledger.writer.do(lambda tx: claim_items(tx, ledger.node.id, 1, 10, first)) == []


def test_a_superseded_item_of_many_commits_nothing(ledger: Ledger) -> None:
    run = _open(ledger, _plan(), 3)
    claims = _claims(ledger)
    ledger.sql("UPDATE block_run SET token = token + 1 WHERE item = '000001'")
    ended = [
        (one, Outcome(block_run=one.block_run, token=one.token, kind="success",
                      products=[stored("output_0")]))
        for one in claims
    ]  # fmt: skip
    superseded = ledger.writer.do(lambda tx: complete_all(tx, ended))
    assert [one.item for one in superseded] == ["000001"]
    found = ledger.reader.items(run, "each").items
    assert [(one.state, len(one.products)) for one in found] == [
        ("success", 1), ("running", 0), ("success", 1),
    ]  # fmt: skip


def test_a_cancel_with_many_items_ends_at_once(ledger: Ledger) -> None:
    run = _open(ledger, _plan(), 1500)
    ledger.writer.do(lambda tx: stopping.cancel_run(tx, run, "ada"))
    word = ledger.reader.run(run)
    assert word.state == "cancelled"
    assert {fan.state for fan in word.fan_outs} == {"cancelled"}
    assert _make_all(ledger) == 0
    ledger.writer.do(lambda tx: stopping.retry_run(tx, run, None, "ada"))
    _make_all(ledger)
    _end_all(ledger)
    assert ledger.run_state(run) == "success"
    assert ledger.reader.run(run).fan_outs[0].items == {"success": 1500}


@pytest.mark.parametrize("place", [(0,), (12, 3), (99999, 0, 7)])
def test_keys_of_items_sort_as_their_places(place: tuple[int, ...]) -> None:
    assert item_place(item_key(place)) == place
    assert item_key(place) < item_key((*place[:-1], place[-1] + 1))
    assert shown_item(item_key(place), None) == ":".join(map(str, place))
    assert shown_item(item_key(place), "us") == "us"


def test_dimensions_follow_the_blocks_above() -> None:
    blocks = {
        one.name: one
        for one in (
            planned("a", **DYNAMIC),
            planned("b", "a", **DYNAMIC),
            planned("c", "b", **REDUCED),
            planned("d", "c", "a"),
            planned("e", "d", type="chart"),
            planned("f", "c"),
        )
    }
    fan = Fan.of(blocks, list(blocks))
    assert fan.dims == {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a",), "e": (), "f": ()}
    assert (fan.picks("a", "b"), fan.picks("a", "e")) == (True, False)
    assert (fan.by_item("b", "c"), fan.by_item("c", "d")) == (False, False)
    counts = {"a": {"": 2}, "b": {"000000": 1, "000001": 2}}
    assert list(fan.places("c", counts)) == [(0, 0), (1, 0), (1, 1)]
