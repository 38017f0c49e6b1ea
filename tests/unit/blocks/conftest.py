"""A project on disk whose blocks run in real workers."""

from __future__ import annotations

import json
import queue
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from mage_jlab.blocks.load import load_product
from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import (
    BlockTask,
    Outcome,
    OutcomeKind,
    StoredProduct,
    UpstreamProducts,
)
from mage_jlab.domain.plan import PlannedBlock
from mage_jlab.engine.executors.local import LocalExecutor

WAIT_S = 60.0


class Workshop:
    """Writes block files, runs them one at a time, and gives what they left."""

    def __init__(self, root: Path) -> None:
        self.place = root / "real" / "shop"
        self.folder = root / "snapshots" / "abc" / "shop"
        self.products = root / "products"
        self.logs = root / "logs"
        for folder in (self.place, self.folder):
            folder.mkdir(parents=True)
        self.outcomes: queue.Queue[Outcome] = queue.Queue()
        self.workers: list[tuple[Any, ...]] = []
        self.executor = LocalExecutor(
            2, self.outcomes.put, lambda *worker: self.workers.append(worker), grace=1.0
        )
        self.count = 0

    def write(self, file: str, text: str) -> str:
        """Write a file of the snapshot; the project's own stays without it."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = textwrap.dedent(text).lstrip("\n")
        path.write_text(text)
        return text

    def task(self, source: str, type_: str = "transformer", **options: Any) -> BlockTask:
        """Write a block's file and give an attempt of it."""
        self.count += 1
        name = options.pop("name", f"block{self.count}")
        file = f"{type_}s/{name}.py"
        self.write(file, source)
        keys = ("inputs", "results", "optional", "body", "cell_id", "timeout", "configuration")
        block = {key: options.pop(key) for key in keys if key in options}
        above = [
            UpstreamProducts(block=name, products=products)
            for name, products in options.pop("above", {}).items()
        ]
        values: dict[str, Any] = {
            "block_run": f"run.{name}",
            "token": self.count,
            "run": "run",
            "run_number": 7,
            "attempt": 1,
            "pipeline": "sales",
            "project_name": "shop",
            "block": PlannedBlock(name=name, type=type_, file=file, code="c" * 64, **block),
            "inputs": above,
            "execution_date": datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
            "idempotency_key": "once",
            "key": "shop",
            "interpreter": sys.executable,
            "place": str(self.place),
            "cwd": str(self.place),
            "folder": str(self.folder),
            "products": str(self.products),
            "output": f"run/{name}/-/{self.count}",
            "log": str(self.logs / f"{self.count}.jsonl"),
        }
        return BlockTask(**{**values, **options})

    def run(self, source: str, type_: str = "transformer", **options: Any) -> Outcome:
        """Run a block and wait for its end."""
        self.executor.submit(self.task(source, type_, **options))
        return self.outcomes.get(timeout=WAIT_S)

    def good(self, source: str, type_: str = "transformer", **options: Any) -> dict[str, Any]:
        """Run a block that must succeed; gives its products' manifests by name."""
        outcome = self.run(source, type_, **options)
        assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
        return {product.name: product for product in outcome.products}

    def load(self, product: StoredProduct) -> Any:
        """Load a product into this process."""
        return load_product(product, self.products)

    def log(self, count: int | None = None) -> list[dict[str, Any]]:
        """Give the lines of an attempt's log, by default the last one's."""
        path = self.logs / f"{count or self.count}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Give a workshop whose warm workers serve a whole module."""
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.executor.close()


class Codec:
    """Stores values and loads them again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0

    def store(self, **values):
        self.count += 1
        folder = OutputFolder(str(self.root), f"run/block/-/{self.count}")
        stored = Encoder(folder).encode(values)
        folder.seal({"products": stored})
        assert json.loads(json.dumps(stored)) == stored
        return {product["name"]: product for product in stored}

    def again(self, value):
        return self.load(self.store(x=value)["x"])

    def load(self, stored):
        self.decoder = Decoder(str(self.root))
        return self.decoder.load(stored)


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return Codec(tmp_path_factory.mktemp("products"))


def _assert_same_frame(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert_frame_equal(one, other, check_freq=True, check_column_type="equiv", check_flags=True)
    assert type(one.columns) is type(other.columns)
    assert one.columns.dtype == other.columns.dtype
    assert list(map(type, one.columns)) == list(map(type, other.columns))
    assert type(one.index) is type(other.index)
    for place in range(other.shape[1]):
        mine, theirs = one.iloc[:, place], other.iloc[:, place]
        assert mine.dtype == theirs.dtype
        if theirs.dtype == object:
            assert list(map(type, mine)) == list(map(type, theirs))
            assert list(map(repr, mine)) == list(map(repr, theirs))
        if isinstance(theirs.dtype, pd.DatetimeTZDtype):
            assert type(mine.dtype.tz) is type(theirs.dtype.tz)


@pytest.fixture(scope="session")
def same_frame() -> Callable[[pd.DataFrame, pd.DataFrame], None]:
    """Give the check that two frames are the same down to the types of labels and objects."""
    return _assert_same_frame
