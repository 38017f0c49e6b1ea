"""The two doors to the ledger: it is read by a reader, and changed by the engine alone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mage_jlab.store.paths import StateFolder

if TYPE_CHECKING:
    from mage_jlab.engine.client import EngineClient
    from mage_jlab.store.ledger.reader import LedgerReader


class Doors:
    """Opens each door when it is first used: a command that needs neither pays for neither.

    Args:
        state: the state folder with the ledger and the engine's socket.
    """

    def __init__(self, state: StateFolder) -> None:
        self.state = state

    @cached_property
    def ledger(self) -> LedgerReader:
        """The reader of the ledger."""
        from mage_jlab.store.ledger.reader import LedgerReader

        return LedgerReader(self.state)

    @cached_property
    def engine(self) -> EngineClient:
        """The client of the engine."""
        from mage_jlab.engine.client import EngineClient

        return EngineClient(self.state)
