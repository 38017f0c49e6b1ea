"""The engine's collector: what it deletes, in which order, and what it finishes after a death."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.attempt import BlockTask
from mage_jlab.domain.errors import UnprocessableError, UnreadableFileError
from mage_jlab.store.ledger import pruning
from mage_jlab.store.ledger.rows import ProductRow
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.project_folder import lay_out

from .conftest import Bench, block, wait_for


class Shop:
    """A project whose one block leaves a file in each run."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        lay_out(folder, "a" * 32)
        self.bench = bench
        self.files = ProjectFiles.open(folder)
        self.root = self.files.data_root / "products"
        self.fails = False
        bench.bodies["a"] = self._write
        self.start()

    def start(self, **settings: Any) -> None:
        self.bench.start(**settings)
        self.bench.project = self.bench.client.command(
            "open_project",
            uuid=self.files.word.uuid,
            place=str(self.files.place),
            name="shop",
            data_root=str(self.files.data_root),
        )["project"]

    def _write(self, task: BlockTask, _: Any) -> dict[str, Any]:
        if self.fails:
            raise ValueError
        uri = f"{task.output}/x"
        (self.root / uri).mkdir(parents=True)
        (self.root / uri / "value.txt").write_text("12345")
        (self.root / task.output / "manifest.json").write_text("{}")
        product = {"name": "x", "type": "text", "uri": uri, "bytes": 5, "checksum": uri}
        return {"products": [product]}

    def run(self) -> str:
        return self.bench.wait(self.bench.run(self.bench.snapshot(block("a")))).id

    def product(self, run: str) -> ProductRow:
        (row,) = self.bench.reader.products(run=run)
        return row

    def there(self, run: str) -> bool:
        return (self.root / run).exists()

    def prune(self) -> list[dict[str, Any]]:
        answer = self.bench.client.command("prune_products", project=self.bench.project)
        return list(answer["given_up"])


@pytest.fixture
def shop(bench: Bench, tmp_path: Path) -> Shop:
    return Shop(bench, tmp_path / "shop")


def test_what_would_go_is_what_goes(shop: Shop) -> None:
    runs = [shop.run() for _ in range(5)]
    told = [one.to_json() for one in shop.bench.reader.given_up(shop.bench.project)]
    assert [one["uri"].split("/")[0] for one in told] == runs[:2]
    assert [shop.there(run) for run in runs] == [True] * 5
    assert shop.prune() == told
    assert [shop.there(run) for run in runs] == [False, False, True, True, True]
    assert [shop.product(run).pruned_at is None for run in runs] == [False] * 2 + [True] * 3
    assert shop.prune() == []


def test_the_engine_does_it_by_itself(shop: Shop) -> None:
    runs = [shop.run() for _ in range(4)]
    shop.bench.stop()
    shop.start(collect_first_s=0.01)
    wait_for(lambda: shop.there(runs[0]), lambda there: not there)
    assert shop.there(runs[1])


def test_an_engine_that_died_between_mark_and_delete_is_finished_by_the_next(shop: Shop) -> None:
    runs = [shop.run() for _ in range(4)]
    engine = shop.bench.engine
    assert engine is not None
    given = shop.bench.reader.given_up(shop.bench.project)
    assert engine._writer.do(lambda tx: pruning.mark(tx, given)) == given
    # it dies here: the row says that the product was given up, and its file is there
    shop.bench.stop()
    assert shop.there(runs[0])
    assert shop.product(runs[0]).pruned_at is not None
    shop.start()
    assert shop.prune() == []
    assert not shop.there(runs[0])


def test_what_was_taken_since_the_choice_stays(shop: Shop) -> None:
    runs = [shop.run() for _ in range(4)]
    given = shop.bench.reader.given_up(shop.bench.project)
    taken = shop.product(runs[0]).id
    pair = shop.bench.snapshot(block("a"), block("b", "a"), hash_="pair")
    shop.bench.bodies["b"] = lambda *_: None
    user = shop.bench.wait(shop.bench.run(pair, blocks=["b"], reuse={"a": [taken]}))
    assert user.state == "success"
    engine = shop.bench.engine
    assert engine is not None
    assert engine._writer.do(lambda tx: pruning.mark(tx, given)) == []
    assert shop.there(runs[0])


def test_nobody_starts_from_what_was_given_up(shop: Shop) -> None:
    runs = [shop.run() for _ in range(4)]
    shop.prune()
    pair = shop.bench.snapshot(block("a"), block("b", "a"), hash_="pair")
    with pytest.raises(UnprocessableError, match="Run from a") as caught:
        shop.bench.run(pair, blocks=["b"], reuse={"a": [shop.product(runs[0]).id]})
    assert caught.value.reason == "product-pruned"


def test_logs_go_with_the_runs_that_are_past(shop: Shop) -> None:
    runs = [shop.run() for _ in range(4)]
    logs = shop.files.data_root / "logs"
    for run in [*runs, "of-another-ledger"]:
        (logs / run / "a" / "_").mkdir(parents=True)
        (logs / run / "a" / "_" / "1.jsonl").write_text("{}\n")
    shop.prune()
    assert {path.name for path in logs.iterdir()} == {*runs[1:], "of-another-ledger"}


def test_a_share_of_the_disk_that_is_full_takes_the_oldest(shop: Shop) -> None:
    runs = [shop.run() for _ in range(2)]
    with (shop.files.place / "metadata.yaml").open("a") as file:
        file.write("retention: {disk_share: 1.0e-15}\n")
    (told,) = shop.bench.reader.given_up(shop.bench.project)
    assert told.uri.startswith(runs[0])
    assert "disk_share" in told.why
    # behind a URL no disk of ours fills
    (shop.root / "@remote").write_text("s3://lake/p\n")
    assert shop.bench.reader.given_up(shop.bench.project) == []


def test_wrong_rules_give_up_nothing(shop: Shop) -> None:
    runs = [shop.run() for _ in range(5)]
    with (shop.files.place / "metadata.yaml").open("a") as file:
        file.write("retention: {successes: many}\n")
    with pytest.raises(UnreadableFileError, match=r"retention\.successes"):
        shop.prune()
    assert all(shop.there(run) for run in runs)


def _attempt(shop: Shop, place: str, *, sealed: bool, hours: float) -> Path:
    folder = shop.root / place
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "value.txt").write_text("1")
    if sealed:
        (folder / "manifest.json").write_text("{}")
    at = time.time() - hours * 3600
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (at, at))
    return folder


def test_what_attempts_left_goes_after_a_day(shop: Shop) -> None:
    run = shop.run()
    torn = _attempt(shop, f"{run}/a/_/8", sealed=False, hours=25)
    superseded = _attempt(shop, f"{run}/a/_/9", sealed=True, hours=25)
    young = _attempt(shop, f"{run}/a/_/10", sealed=False, hours=23)
    nobodys = _attempt(shop, "torn/a/_/1", sealed=False, hours=25)
    another_ledgers = _attempt(shop, "theirs/a/_/1", sealed=True, hours=25)
    shop.prune()
    assert not torn.exists()
    assert not superseded.exists()
    assert not nobodys.parents[2].exists()
    assert young.exists()
    assert another_ledgers.exists()
    assert (shop.root / str(shop.product(run).stored.uri)).exists()
