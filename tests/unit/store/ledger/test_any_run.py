"""Any graph, any outcomes, engines that die in between: what must hold whatever happens."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mage_jlab.domain.graph import above
from mage_jlab.domain.run import LEGAL_CHANGES, BlockRunState
from mage_jlab.store.ledger import nodes, stopping, timers
from mage_jlab.store.ledger.claiming import Claim

from .conftest import Ledger, planned, snapshot, stored

KINDS = st.sampled_from(["success", "success", "success", "failed", "crashed", "timeout"])


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Graphs of up to seven blocks, each below some of those before it."""
    graph: dict[str, list[str]] = {}
    for n in range(draw(st.integers(1, 7))):
        names = st.lists(st.sampled_from(sorted(graph)), unique=True, max_size=3)
        graph[f"b{n}"] = draw(names) if graph else []
    return graph


def _new_node(ledger: Ledger) -> None:
    ledger.node = ledger.writer.do(
        lambda tx: nodes.register(
            tx, host="here", boot_id="b", pid=2, pid_start=1.0, version="0.1.0"
        )
    )


def _go_on(ledger: Ledger, data: st.DataObject) -> None:
    """Claim and end blocks in any order until nothing moves, while engines die now and then."""
    flying: list[Claim] = []
    lost: list[Claim] = []
    for _ in range(200):
        # All that is ready, by name: ids are random, and an example must be the same each time.
        flying = sorted([*flying, *ledger.claim(7).values()], key=lambda item: item.block)
        if not flying:
            ledger.sql("UPDATE timer SET due_at = 0")
            if not ledger.writer.do(timers.fire_due).woken:
                break
            continue
        if data.draw(st.integers(0, 9)) == 0:
            ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it died"))
            lost, flying = lost + flying, []
            _new_node(ledger)
            continue
        item = flying.pop(data.draw(st.integers(0, len(flying) - 1)))
        products = [stored("x", str(item.token))]
        assert ledger.end(item, data.draw(KINDS), products=products)
    assert not any(ledger.end(item, products=[stored("late")]) for item in lost)


def _check(ledger: Ledger, run: str, graph: dict[str, list[str]]) -> None:
    word = ledger.reader.run(run)
    states = {item.block: item.state for item in word.block_runs}
    assert word.state.ended, states
    good = BlockRunState.SUCCESS
    for block, state in states.items():
        parents = [states[parent] for parent in graph[block]]
        if state is good:
            assert all(parent is good for parent in parents)
        if state is BlockRunState.UPSTREAM_FAILED:
            assert any(states[name] is not good for name in above(graph, block))
        if all(parent is good for parent in parents):
            assert state is not BlockRunState.UPSTREAM_FAILED
    assert (word.state == "success") == all(state is good for state in states.values())
    for item in word.block_runs:
        assert [p.name for p in item.products] == (["x"] if item.state is good else [])
        successes = [a for a in ledger.reader.attempts(run, item.block) if a.outcome == "success"]
        assert len(successes) == (item.state is good)


def _check_events(ledger: Ledger, run: str) -> None:
    """Each block's events are a path through the one table of legal changes."""
    paths: dict[str, list[BlockRunState]] = defaultdict(lambda: [BlockRunState.PENDING])
    for event in ledger.reader.events(0, 500):
        if event.run == run and event.block and event.state:
            paths[event.block].append(BlockRunState(event.state))
    for block, path in paths.items():
        for before, after in pairwise(path):
            assert after in LEGAL_CHANGES[before], (block, path)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(graph=graphs(), retries=st.integers(0, 1), data=st.data())
def test_whatever_happens(
    ledger: Ledger, graph: dict[str, list[str]], retries: int, data: st.DataObject
) -> None:
    # an example that was given up half-way leaves blocks that the next one must not claim
    ledger.sql("UPDATE block_run SET state = 'cancelled' WHERE state <> 'success'")
    ledger.sql("DELETE FROM timer")
    ledger.sql("DELETE FROM event")
    blocks = [
        planned(name, *upstream, retry={"retries": retries}) for name, upstream in graph.items()
    ]
    run = ledger.create(snapshot(*blocks, hash_=f"{graph} {retries}"))
    _go_on(ledger, data)
    _check(ledger, run, graph)
    if ledger.run_state(run) != "success":
        before = {p.id for p in ledger.reader.products(run=run)}
        ledger.writer.do(lambda tx: stopping.retry_run(tx, run, None, "ada"))
        assert ledger.run_state(run) == "queued"
        _go_on(ledger, data)
        _check(ledger, run, graph)
        assert before <= {p.id for p in ledger.reader.products(run=run)}
    _check_events(ledger, run)


def test_a_cancel_leaves_nothing_to_run(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a"), planned("b", "a"), planned("c")))
    claims = ledger.claim(1)
    stop = ledger.writer.do(lambda tx: stopping.cancel_run(tx, run, "ada"))
    assert stop == [item.key for item in claims.values()]
    assert ledger.claim() == {}
    assert ledger.run_state(run) == "running"
    (item,) = claims.values()
    ledger.end(item, "crashed")
    assert ledger.run_state(run) == "cancelled"
    assert set(ledger.states(run).values()) == {"cancelled"}
    ledger.writer.do(lambda tx: stopping.retry_run(tx, run, None, "ada"))
    assert sorted(ledger.claim()) == ["a", "c"]


def test_a_run_that_is_cancelled_before_it_began_ends_at_once(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a"), planned("b", "a")))
    assert ledger.writer.do(lambda tx: stopping.cancel_run(tx, run, "ada")) == []
    assert ledger.run_state(run) == "cancelled"


def test_an_engine_that_dies_while_cancelling_does_not_start_it_again(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a"), planned("b", "a")))
    ledger.claim()
    ledger.writer.do(lambda tx: stopping.cancel_run(tx, run, "ada"))
    ledger.writer.do(lambda tx: nodes.reap(tx, ledger.node.id, "it died"))
    assert ledger.states(run) == {"a": "cancelled", "b": "cancelled"}
    assert ledger.run_state(run) == "cancelled"
