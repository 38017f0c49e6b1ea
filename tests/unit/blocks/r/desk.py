"""Runs R blocks in this process, with real R, and gives what they stored and wrote."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

from mage_jlab.blocks.worker.attempt import Attempt
from mage_jlab.blocks.worker.failures import describe
from mage_jlab.blocks.worker.log import AttemptLog
from tests.unit.blocks.sql.desk import Desk

_OF_BLOCK = ("type", "inputs", "results", "optional", "configuration", "body", "cell_id")


class RDesk(Desk):
    """A project's folders and the R blocks that are run in them."""

    def given(self, r: str, above: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Run a block and give its products by name, displayed ones too.

        Args:
            r: its text.
            above: values of the block ``up`` above, by the name of its results; they are recorded
                as the inputs unless the options say otherwise.
            options: keys of the planned block, and others of the task.
        """
        self.count += 1
        name = f"block{self.count}"
        file = Path(f"transformers/{name}.r")
        (self.place / file).parent.mkdir(exist_ok=True)
        (self.place / file).write_bytes(textwrap.dedent(r).encode())
        block = {"name": name, "type": "transformer", "language": "r", "file": str(file)}
        block |= {"code": "c" * 64, "configuration": {}, "results": ["out"]}
        block["inputs"] = {name: f"up.{name}" for name in above or {}}
        block |= {key: options.pop(key) for key in _OF_BLOCK if key in options}
        products = self.above(**above) if above else []
        self.task = {
            "block": block,
            "block_run": "block_run",
            "token": self.count,
            "run": "run",
            "run_number": 7,
            "attempt": 1,
            "pipeline": "sales",
            "inputs": [{"block": "up", "products": products}] if above else [],
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
        return {product["name"]: self.load(product) for product in self.stored}

    def out(self, r: str, above: dict[str, Any] | None = None, **options: Any) -> Any:
        """Run a block and give its result ``out``."""
        return self.given(r, above, **options)["out"]

    def fails(self, r: str, above: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        """Run a block that must fail; gives its error as the ledger keeps it."""
        try:
            self.given(r, above, **options)
        except Exception as error:
            return describe(error, self.task)
        raise AssertionError(f"it did not fail: {r}")

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What the last block logged: level and text, without what mage_jlab notes of frames."""
        if not self.log.exists():
            return []
        read = [json.loads(line) for line in self.log.read_text().splitlines()]
        pairs = [(line["level"], line["text"]) for line in read]
        return [pair for pair in pairs if not pair[1].startswith(("read ", "stored "))]
