"""Runs SQL blocks in this process, on values of blocks above, and gives what they stored."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from mage_jlab.blocks.worker.attempt import Attempt
from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.blocks.worker.failures import describe
from mage_jlab.blocks.worker.log import AttemptLog


class Desk:
    """A project's folders and the attempts that are made in them.

    Args:
        root: where the folders are made.
        configuration: what every block's configuration has.
    """

    language = "sql"

    def __init__(self, root: Path, **configuration: Any) -> None:
        self.place = root / "shop"
        self.products = root / "products"
        self.place.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.configuration = configuration
        self.count = 0
        self.stored: list[dict[str, Any]] = []
        self.task: dict[str, Any] = {}

    def profiles(self, text: str) -> None:
        """Write the project's ``io_config.yaml``."""
        (self.place / "io_config.yaml").write_text(textwrap.dedent(text))

    def above(self, **results: Any) -> list[dict[str, Any]]:
        """Store values as the results of a block above; gives their manifests."""
        self.count += 1
        folder = OutputFolder(str(self.products), f"above/{self.count}")
        return Encoder(folder).encode(results)

    def result(
        self,
        sql: str,
        above: dict[str, Any] | None = None,
        *,
        by_position: bool = True,
        **options: Any,
    ) -> Any:
        """Run a block and give its one result, None when it has none.

        Args:
            sql: its text.
            above: the blocks above with their results: a dict by name, or manifests.
            by_position: whether no export recorded it; else its result is ``out``.
            options: keys of the planned block, ``variables``, and others of the task.
        """
        manifests = self.run(sql, above, by_position=by_position, **options)
        if not manifests:
            return None
        (manifest,) = manifests
        return self.load(manifest)

    def load(self, manifest: dict[str, Any]) -> Any:
        """Load a product."""
        decoder = Decoder(str(self.products))
        value = decoder.load(manifest)
        self._kept = decoder
        return value

    def run(
        self,
        sql: str,
        above: dict[str, Any] | None = None,
        *,
        by_position: bool = True,
        **options: Any,
    ) -> list[dict[str, Any]]:
        """Run a block and give the manifests of what it stored."""
        self.count += 1
        name = options.pop("name", "block")
        file = f"transformers/{name}.{self.language}"
        path = self.place / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(sql, newline="")
        block = {
            "name": name,
            "type": options.pop("type", "transformer"),
            "language": self.language,
            "file": file,
            "code": "c" * 64,
            "configuration": {**self.configuration, **options.pop("configuration", {})},
        }
        if not by_position:
            block |= {"results": ["out"], "inputs": {}}
        for key in ("inputs", "results", "cell_id", "body", "cell_line", "guards", "sql_above"):
            if key in options:
                block[key] = options.pop(key)
        self.task = {
            "block": block,
            "block_run": "block_run",
            "token": self.count,
            "run": "run",
            "run_number": 7,
            "attempt": 1,
            "pipeline": "sales",
            "inputs": options.pop("inputs_of_task", None)
            or [
                {"block": block, "products": self._products(results)}
                for block, results in (above or {}).items()
            ],
            "execution_date": "2026-11-24T02:30:00Z",
            "idempotency_key": "once",
            "variables": {},
            "place": str(self.place),
            "folder": str(self.place),
            "cwd": str(self.place),
            "products": str(self.products),
            "output": f"run/{name}/_/{self.count}",
            **options,
        }
        self.log = self.root / f"{self.count}.jsonl"
        log = AttemptLog(str(self.log), name, 1)
        try:
            self.stored = Attempt(self.task, log).run()["products"]
        finally:
            log.close()
        return self.stored

    def _products(self, results: Any) -> list[dict[str, Any]]:
        return self.above(**results) if isinstance(results, dict) else list(results)

    def error(
        self, sql: str, above: dict[str, Any] | None = None, **options: Any
    ) -> dict[str, Any]:
        """Run a block that must fail; gives its error as the ledger keeps it."""
        try:
            self.run(sql, above, **options)
        except Exception as error:
            return describe(error, self.task)
        raise AssertionError(f"it did not fail: {sql}")


def rows(frame: Any) -> list[tuple[Any, ...]]:
    """Give a frame's rows as tuples, nothing as None."""
    return [
        tuple(None if value is None or value != value else value for value in row)
        for row in frame.itertuples(index=False, name=None)
    ]
