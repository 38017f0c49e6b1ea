"""The ledger's events on Jupyter's event bus, so that every change reaches the browser."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mage_jlab.domain.engine import EngineStatus
    from mage_jlab.domain.run import Event
    from mage_jlab.services.services import Services

SCHEMA_ID = "https://events.mage-jlab.org/changed/v1"
"""The id of the schema of every event of mage_jlab."""
SCHEMA_FILE = Path(__file__).parent / "changed.v1.yaml"

LOOK = 1.0
"""How often to look whether an engine has come up, in seconds: one look at a file."""
POLL = 5.0
"""How long one wait for events is, in seconds."""
GATHER = 0.05
"""How long events are gathered before the next wait, in seconds: a busy run makes many."""
STATUS_EVERY = 1.0
"""How often the engine's state is asked for at most, in seconds."""
RETOLD = 20
"""How many of the newest events are told when an engine is found: those of its first moments."""
LONGEST_BACKOFF = 30.0
"""The longest pause after failures, in seconds."""


class Bridge:
    """Follows the engine's events in a thread of its own and hands them to the server's loop.

    It never starts an engine: it listens while one is up.

    Args:
        services: the services of the server.
        emit: called on the loop's thread with the JSON of each event.
        on_status: called on the loop's thread with the engine's state, at least every few seconds
            while one is up.
        log: where trouble is reported.
    """

    def __init__(
        self,
        services: Services,
        emit: Callable[[dict[str, Any]], None],
        on_status: Callable[[EngineStatus], None],
        log: logging.Logger | logging.LoggerAdapter[Any],
    ) -> None:
        self._services = services
        self._emit = emit
        self._on_status = on_status
        self._log = log
        self._stopped = threading.Event()
        self._asked = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._follow, name="mage_jlab-events", daemon=True)

    def start(self) -> None:
        """Start following; call this on the loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        """Stop following; the thread ends with its current wait."""
        self._stopped.set()

    def _follow(self) -> None:
        cursor: int | None = None
        backoff = LOOK
        while not self._stopped.is_set():
            if not self._services.state.socket.exists():
                self._stopped.wait(LOOK)
                continue
            try:
                cursor = self._next(cursor)
                backoff = LOOK
            except Exception as error:  # noqa: BLE001 - the thread must outlive any trouble
                self._log.debug("The engine's events cannot be read: %s", error)
                self._stopped.wait(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)

    def _next(self, cursor: int | None) -> int:
        # An engine that has just come up may have begun a run before it was found.
        newest = (
            max(0, self._services.doors.ledger.last_seq() - RETOLD) if cursor is None else cursor
        )
        events = self._services.doors.engine.events(newest, timeout=POLL)
        for event in events:
            if self._concerns_us(event):
                self._on_loop(self._emit, event.to_json())
        if not events or time.monotonic() - self._asked > STATUS_EVERY:
            self._asked = time.monotonic()
            self._on_loop(self._on_status, self._services.doors.engine.status())
        self._stopped.wait(GATHER)
        return events[-1].seq if events else newest

    def _concerns_us(self, event: Event) -> bool:
        return event.project is None or self._services.projects.allows(event.project)

    def _on_loop(self, call: Callable[[Any], None], argument: Any) -> None:
        if self._loop is None or self._stopped.is_set():
            return
        try:
            self._loop.call_soon_threadsafe(call, argument)
        except RuntimeError:  # the loop is closed: the server is gone
            self._stopped.set()
