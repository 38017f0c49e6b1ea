"""Giving products up in the ledger: marked first, finished later, never what was taken since."""

from __future__ import annotations

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.store.ledger import pruning
from mage_jlab.store.retention import GivenUp, Held

from .conftest import Ledger, planned, snapshot


def _run(ledger: Ledger, kind: str = "success") -> str:
    run = ledger.create(snapshot(planned("a")))
    uri = f"{run}/a/_/1/x"
    made = StoredProduct(name="x", type="text", uri=uri, bytes=5, checksum=run)
    ledger.end(ledger.claim()["a"], kind, products=[made] if kind == "success" else [])
    return run


def _held(ledger: Ledger) -> list[Held]:
    return ledger.writer.do(lambda tx: pruning.held(tx.connection, ledger.project))


def _given(held: list[Held]) -> list[GivenUp]:
    return [
        GivenUp(
            uri=row.uri,
            products=frozenset(other.id for other in held if other.uri == row.uri),
            pipeline=row.pipeline,
            block=row.block,
            bytes=row.bytes,
            why="a test says so",
        )
        for row in held
    ]


def _mark(ledger: Ledger, given: list[GivenUp]) -> list[GivenUp]:
    return ledger.writer.do(lambda tx: pruning.mark(tx, given))


def _unfinished(ledger: Ledger) -> list[str]:
    return ledger.writer.do(lambda tx: pruning.unfinished(tx.connection, ledger.project))


def test_what_is_marked_is_unfinished_until_its_files_are_gone(ledger: Ledger) -> None:
    first, second = _run(ledger), _run(ledger)
    held = _held(ledger)
    assert [(row.run, row.state.value, row.checksum) for row in held] == [
        (first, "success", first),
        (second, "success", second),
    ]
    given = _given(held[:1])
    assert _mark(ledger, given) == given
    assert [row.run for row in _held(ledger)] == [second]
    assert _unfinished(ledger) == [held[0].uri]
    (row,) = ledger.reader.products(run=first)
    assert row.pruned_at is not None
    ledger.writer.do(lambda tx: pruning.finish(tx, [held[0].uri, held[1].uri]))
    assert _unfinished(ledger) == []
    assert ledger.reader.products(run=second)[0].pruned_at is None


def test_a_run_that_is_live_again_keeps_its_products(ledger: Ledger) -> None:
    run = _run(ledger)
    given = _given(_held(ledger))
    ledger.sql(f"UPDATE run SET state = 'running' WHERE id = '{run}'")
    assert _mark(ledger, given) == []
    assert _unfinished(ledger) == []


def test_what_another_run_took_since_the_choice_stays(ledger: Ledger) -> None:
    _run(ledger)
    given = _given(_held(ledger))
    taken = [one for given_up in given for one in given_up.products]
    ledger.create(snapshot(planned("a"), planned("b", "a")), blocks=["b"], reuse={"a": taken})
    assert _mark(ledger, given) == []


def test_only_runs_of_this_ledger_have_a_state(ledger: Ledger) -> None:
    good, bad = _run(ledger), _run(ledger, "failed")
    many = [f"unknown-{n}" for n in range(1200)]

    def states(names: list[str]) -> dict[str, str]:
        found = ledger.writer.do(lambda tx: pruning.run_states(tx.connection, names))
        return {run: state.value for run, state in found.items()}

    assert states([good, *many, bad]) == {good: "success", bad: "failed"}
    uris = [f"{good}/a/_/1/x", f"{bad}/a/_/1/x"]
    shown = ledger.writer.do(lambda tx: pruning.visible(tx.connection, uris))
    assert shown == {f"{good}/a/_/1/x"}
    _mark(ledger, _given(_held(ledger)))
    assert ledger.writer.do(lambda tx: pruning.visible(tx.connection, uris)) == set()
