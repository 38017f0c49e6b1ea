"""An engine of its own for a measurement, with one project opened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mage_jlab.engine.client import EngineClient
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.paths import StateFolder


@contextmanager
def running_engine(folder: Path) -> Iterator[tuple[EngineClient, LedgerReader, str]]:
    """Start an engine and open a project in a folder; the engine is stopped at the end.

    Yields:
        What commands the engine, what reads its ledger, and the project's id.
    """
    state = StateFolder(folder / "state")
    client = EngineClient(state)
    client.ensure()
    reader = LedgerReader(state)
    try:
        opened = client.command(
            "open_project", uuid="bench", place=str(folder), name="bench", data_root=str(folder)
        )
        yield client, reader, opened["project"]
    finally:
        reader.close()
        client.command("stop")
