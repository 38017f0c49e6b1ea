"""One YAML block: what its file says, read or written."""

from __future__ import annotations

import os
from typing import Any

from ..codecs.decode import Decoder
from ..failures import StatedError
from ..inputs import Inputs
from ..log import AttemptLog
from ..sql.functions import Secrets, block_functions
from ..sql.inputs import Inputs as Tables
from . import files
from .settings import Settings
from .tables import TableBlock


class ConfiguredBlock:
    """Runs the YAML of one attempt.

    Args:
        task: the attempt.
        context: runtime variables and what the run says.
        inputs: what the blocks above gave.
        decoder: loads products.
        log: where notes go.
    """

    def __init__(
        self,
        task: dict[str, Any],
        context: dict[str, Any],
        inputs: Inputs,
        decoder: Decoder,
        log: AttemptLog,
    ) -> None:
        self._task = task
        self._block = task["block"]
        self._context = context
        self._inputs = inputs
        self._decoder = decoder
        self._log = log
        self._secrets = Secrets()
        self._table: TableBlock | None = None

    def close(self, done: bool) -> None:
        """Commit or roll back where there is a database.

        Args:
            done: whether all went well.
        """
        if self._table is not None:
            self._table.close(done)

    def results(self) -> dict[str, Any]:
        """Run the block and give what it read by the name of its result; an exporter has none.

        Raises:
            StatedError: when the file says what cannot be done, or a file or database says no.
        """
        settings = self._settings()
        writes = self._block["type"] == "data_exporter"
        if writes:
            self._check_above()
        if settings.goal != "file":
            self._table = TableBlock(
                self._task, self._context, self._decoder, self._log, settings, self._secrets
            )
            return self._table.results()
        named = settings.text("file") or ""
        kind = files.format_of(named, settings.text("format"))
        path = files.resolved(named, self._task)
        if writes:
            ((above, value),) = self._inputs.positional()
            frame = files.as_frame(value, above)
            files.write(frame, path, kind, self._task["token"])
            self._log.line("info", f"wrote {named}: {len(frame):,} × {frame.shape[1]}")
            return {}
        return {(self._block.get("results") or ["output_0"])[0]: files.read(path, kind)}

    def _settings(self) -> Settings:
        path = os.path.join(self._task["folder"], self._block["file"])
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
        tables = Tables(self._task, self._decoder, self._log)
        functions = block_functions(self._secrets, self._context, tables)
        return Settings(self._block, text, self._context, functions)

    def _check_above(self) -> None:
        guards = self._block.get("guards") or []
        above = [one["block"] for one in self._task["inputs"] if one["block"] not in guards]
        if len(above) != 1:
            raise StatedError(
                "WrongInputs",
                f"{self._block['name']} writes what one block above gave, and has "
                f"{' and '.join(above) or 'none'} above it.",
            )
