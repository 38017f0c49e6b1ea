"""What is read: pages, filters, products, strips."""

from __future__ import annotations

import pytest

from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.store.ledger.creating import NewRun, create_run

from .conftest import Ledger, planned, snapshot, stored

ONE = snapshot(planned("a"))


def _finish(ledger: Ledger, value: str, kind: str = "success", **more: object) -> str:
    run = ledger.create(ONE, **more)
    ledger.end(ledger.claim()["a"], kind, products=[stored("x", value)])
    return run


def test_pages_hold_every_run_once_newest_first(ledger: Ledger) -> None:
    runs = [ledger.create(ONE) for _ in range(7)]
    ledger.sql("UPDATE run SET created_at = 5")
    seen: list[str] = []
    cursor = None
    while True:
        page = ledger.reader.runs(limit=3, before=cursor)
        seen += [run.id for run in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == runs[::-1]
    assert page.items[0].block_runs == []
    assert page.items[0].counts == {"ready": 1}


def test_filters(ledger: Ledger) -> None:
    first = _finish(ledger, "1")
    failed = _finish(ledger, "1", "failed", trigger="t1", trigger_name="nightly")
    new = NewRun(project=ledger.project, pipeline="other_100%")
    other = ledger.writer.do(lambda tx: create_run(tx, new, ONE))

    def found(**filters: object) -> list[str]:
        return [run.id for run in ledger.reader.runs(**filters).items]

    assert found(pipeline="sales") == [failed, first]
    assert found(state="failed") == [failed]
    assert found(trigger="t1") == found(trigger="nightly") == [failed]
    assert found(search="NIGHT") == [failed]
    assert found(search="00%") == [other]
    assert found(search="#2") == [failed]
    assert found(project="nowhere") == []


@pytest.mark.parametrize(("limit", "before"), [(0, None), (5, "x"), (5, "12."), (5, ".id")])
def test_pages_that_make_no_sense(ledger: Ledger, limit: int, before: str | None) -> None:
    with pytest.raises(BadInputError):
        ledger.reader.runs(limit=limit, before=before)


def test_the_current_product_is_the_newest_successful_runs_by_nominal_time(
    ledger: Ledger,
) -> None:
    _finish(ledger, "1", nominal_at=2_000)
    _finish(ledger, "2", nominal_at=1_000)
    _finish(ledger, "3", "failed", nominal_at=3_000)
    (row,) = ledger.reader.current_products(ledger.project, "sales", "a")
    assert row.stored.inline == "1"
    assert (row.run_number, row.block, row.code) == (1, "a", "code-a")
    assert str(row.root) == "/p/data/products"
    assert ledger.reader.product(row.id) == row
    assert ledger.reader.current_products(ledger.project, "sales", "z") == []
    assert [r.stored.inline for r in ledger.reader.products(name="x")] == ["2", "1"]


def test_a_failed_attempt_shows_no_product(ledger: Ledger) -> None:
    run = _finish(ledger, "1", "failed")
    assert ledger.reader.products(run=run) == []


def test_strips_show_the_last_ten_oldest_first(ledger: Ledger) -> None:
    runs = [_finish(ledger, "1") for _ in range(12)]
    strips = ledger.reader.strips(ledger.project)
    assert [mark.id for mark in strips["sales"]] == runs[2:]
    assert strips["sales"][-1].number == 12


def test_runs_by_their_other_names(ledger: Ledger) -> None:
    run = _finish(ledger, "1")
    assert ledger.reader.run("sales#1", project=ledger.project).id == run
    for ref in ("sales#2", "other#1", "nothing", "#"):
        with pytest.raises(NotFoundError, match="There is no run"):
            ledger.reader.run(ref)
    with pytest.raises(NotFoundError):
        ledger.reader.run("last", project="elsewhere")


def test_block_runs_know_what_is_above_them(ledger: Ledger) -> None:
    run = ledger.create(snapshot(planned("a"), planned("b"), planned("c", "b", "a")))
    assert [(b.block, b.upstream, b.block_type) for b in ledger.reader.block_runs(run)] == [
        ("a", [], "transformer"),
        ("b", [], "transformer"),
        ("c", ["b", "a"], "transformer"),
    ]
    assert [b.block for b in ledger.reader.items(run, "b").items] == ["b"]
    assert ledger.reader.block_runs("nothing") == []


def test_projects_and_snapshots(ledger: Ledger) -> None:
    ledger.create(ONE)
    (project,) = ledger.reader.projects()
    assert (project.id, project.place, project.data_root) == (ledger.project, "/p", "/p/data")
    assert ledger.reader.snapshot("snap") == ONE
    last = ledger.reader.last_engine()
    assert last is not None
    assert last.pid == 1
