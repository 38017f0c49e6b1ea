"""Tables and queries of YAML blocks, by the connections and the rules of SQL blocks."""

from __future__ import annotations

from typing import Any

from ..codecs.decode import Decoder
from ..codecs.rows import Rows
from ..failures import StatedError
from ..log import AttemptLog
from ..sql.block import SqlBlock
from ..sql.functions import Secrets
from ..sql.placing import place
from ..sql.statements import gives_rows
from ..sql.template import Rendered, plain
from .settings import Settings

FRAME = "mage_jlab_frame"
"""The name under which a connection sees the frame that is written."""


def configured(block: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Give the planned block as the SQL block that does the same.

    Raises:
        StatedError: when a value is none, or the table would be lost with the block's end.
    """
    keys = ("data_provider", "data_provider_profile", "database", "export_write_policy")
    own: dict[str, Any] = {key: text for key in keys if (text := settings.text(key)) is not None}
    table = settings.text("table")
    if table is None:
        own["use_raw_sql"] = True
    else:
        if not own.keys() & {"data_provider", "database"}:
            raise settings.error("table needs data_provider: or database:, where it stands.")
        *where, name = table.split(".")
        database, schema = [None, None, *where][-2:]
        own |= {
            "data_provider_table": name,
            "data_provider_schema": schema,
            "data_provider_database": database,
        }
    return {**block, "configuration": own, "results": block.get("results") or ["output_0"]}


class TableBlock(SqlBlock):
    """Reads or writes what the settings name.

    Args:
        task: the attempt.
        context: runtime variables and what the run says.
        decoder: loads products.
        log: where notes go.
        settings: what the block's file says.
        secrets: those that its templates read, which no message may show.
    """

    def __init__(
        self,
        task: dict[str, Any],
        context: dict[str, Any],
        decoder: Decoder,
        log: AttemptLog,
        settings: Settings,
        secrets: Secrets,
    ) -> None:
        block = configured(task["block"], settings)
        super().__init__({**task, "block": block}, context, decoder, log)
        self._settings = settings
        self._secrets = secrets

    def results(self) -> dict[str, Rows]:
        """Run the block and give its rows by the name of its result; an exporter has none.

        Raises:
            StatedError: when the settings, the profile or the database say no.
        """
        if self._settings.goal == "query":
            self._check_query()
            return super().results()
        self._profile = self._read_profile()
        if not self._persistent:
            raise self._settings.error("table stands in no file or server: name a database:.")
        writes = self._block["type"] == "data_exporter"
        if writes and self._profile.read_only:
            raise StatedError(
                "ReadOnly",
                f"The profile {self._profile.name} is read-only: nothing was written to "
                f"{self._target.name}.",
            )
        self._database = database = self._open([])
        if not writes:
            database.settle()
            query = f"SELECT * FROM {database.table(*self._target.place)}"  # noqa: S608  # quoted by the dialect
            return {self._block["results"][0]: self._target.read(database, query, "pandas")}
        table = self._frame()
        database.load(FRAME, table)
        names = table.schema.names
        (statement,) = place(plain(f"SELECT * FROM {FRAME}"), database.provider)  # noqa: S608  # ours
        self._target.fill(database, statement, names)
        self._log.line("info", f"wrote {self._target.name}: {table.num_rows:,} × {len(names)}")
        return {}

    def _check_query(self) -> None:
        statements = place(self._rendered(), self._provider)
        if len(statements) != 1 or not gives_rows(statements[0]):
            raise self._settings.error("query must be one statement that gives rows.")

    def _rendered(self) -> Rendered:
        return self._settings.query()

    def _frame(self) -> Any:
        source = self._inputs.find("df_1")
        table = source and self._inputs.table(source)
        if table is None:
            raise StatedError(
                "NoTable",
                f"{self._block['name']} writes one table, and the block above gave none.",
            )
        return table
