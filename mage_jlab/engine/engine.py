"""The engine put together: lock, ledger, node, dispatcher, scheduler, door; and its end."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import DBAPIError

from mage_jlab import __version__
from mage_jlab.domain.engine import EngineState, EngineStatus
from mage_jlab.domain.errors import EngineUnavailableError
from mage_jlab.engine import wire
from mage_jlab.engine.collector import Collector
from mage_jlab.engine.commands import Commands
from mage_jlab.engine.dispatcher import Dispatcher
from mage_jlab.engine.door import Door
from mage_jlab.engine.executors.base import Executor, OnOutcome, OnWorker
from mage_jlab.engine.lease import Lease
from mage_jlab.engine.lock import EngineLock
from mage_jlab.engine.recovery import take_over
from mage_jlab.engine.scheduler import Scheduler, TakeSnapshot
from mage_jlab.engine.settings import EngineSettings
from mage_jlab.store.ledger import nodes, ops, timers
from mage_jlab.store.ledger.access import Access
from mage_jlab.store.ledger.database import parse_url, writing_engine
from mage_jlab.store.ledger.ids import maybe_moment
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.ledger.reading_events import read_events
from mage_jlab.store.ledger.standing import Standing, standing
from mage_jlab.store.ledger.writer import Writer
from mage_jlab.store.migrations import schema
from mage_jlab.store.paths import StateFolder

log = logging.getLogger(__name__)

MakeExecutor = Callable[[int, OnOutcome, OnWorker], Executor]
"""Makes the executor: (slots, on_outcome, on_worker)."""
EVENTS_PAGE = 500
TIDY_S = 3600.0
"""How often rows are dropped that nobody needs any more, in seconds."""
GATHER_S = 0.02
"""How long an answer to a long poll waits for what follows at once, in seconds."""
WATCH_S = 1.0
"""How often the engine looks whether it is still needed, in seconds."""


class AlreadyRunningError(Exception):
    """Another process is the engine of this state folder."""


class Engine:
    """The one engine of a state folder.

    Args:
        state: the state folder.
        settings: how it behaves.
        make_executor: makes what runs the blocks.
        take_snapshot: reads the files that schedules run.

    Raises:
        AlreadyRunningError: when another process holds the lock.
        ConflictError: when the ledger was written by a newer version.
    """

    def __init__(
        self,
        state: StateFolder,
        settings: EngineSettings,
        make_executor: MakeExecutor,
        take_snapshot: TakeSnapshot,
    ) -> None:
        self._state = state
        self._settings = settings
        self._started_at = datetime.now(UTC)
        self._last_client = time.monotonic()
        self._stopping = threading.Event()
        self._draining = False
        self._lost = False
        self._tidy_at = 0.0
        self._news = threading.Condition()
        self._told = 0
        state.make()
        self._lock = EngineLock(state.lock)
        if not self._lock.take():
            raise AlreadyRunningError
        url = parse_url(state.database_url)
        alone = url.get_backend_name() == "sqlite"
        database = writing_engine(url)
        try:
            schema.upgrade(database)
        except BaseException:
            database.dispose()
            self._lock.release()
            raise
        self._access = Access(state)
        self._writer = Writer(database, self._announce)
        self._node = take_over(self._writer, alone=alone)
        self._dispatcher = Dispatcher(
            self._writer,
            self._node,
            lambda on_outcome, on_worker: make_executor(settings.slots, on_outcome, on_worker),
            lambda: self._scheduler.wake(),
        )
        self._scheduler = Scheduler(self._writer, self._dispatcher, take_snapshot, settings.tick_s)
        self._commands = Commands(
            self._writer, self._dispatcher, self._scheduler, take_snapshot, settings.env
        )
        self._lease = Lease(
            self._writer,
            self._node,
            settings.renew_s,
            shared=not alone,
            on_lost=self._give_up,
            on_reaped=self._dispatcher.kick,
        )
        self._reader = LedgerReader(state)
        self._collector = Collector(
            self._writer,
            self._access,
            self._reader.projects,
            settings.collect_first_s,
            settings.collect_s,
        )
        self._door = Door(state.socket, self)
        self._dispatcher.kick()
        self._scheduler.start()
        self._lease.start()
        self._collector.start()
        log.info("The engine %s is up (%d blocks at a time).", __version__, settings.slots)

    def run(self) -> bool:
        """Serve until somebody stops it, or nobody needs it any more; then leave in order.

        Returns:
            False when it was taken for dead by another engine: it should be started anew.
        """
        try:
            while not self._stopping.wait(WATCH_S):
                self._tidy()
                if self._draining and self._dispatcher.busy == 0:
                    log.info("Its blocks have ended: the engine stops.")
                    break
                if self._unneeded():
                    log.info("No client, no run, no trigger: the engine stops.")
                    break
        finally:
            self.close()
        return not self._lost

    def stop(self) -> None:
        """Ask it to end now: running blocks are stopped and run again in the next engine."""
        self._stopping.set()

    def close(self) -> None:
        """Leave in order: nothing is lost, and nothing is left running."""
        self._door.close()
        self._collector.close()
        self._scheduler.close()
        self._lease.close()
        self._dispatcher.close()
        try:
            self._writer.do(lambda tx: nodes.release(tx, self._node.id))
            self._writer.do(lambda tx: nodes.set_state(tx, self._node.id, nodes.DEAD))
        except DBAPIError as error:
            # The next engine finds the node's process gone and does the same.
            log.warning("The engine could not sign off: %s", error.orig)
        self._writer.close()
        self._access.close()
        self._reader.close()
        self._lock.release()
        self._announce()
        log.info("The engine has stopped.")

    def hello(self) -> dict[str, Any]:
        """Say who answers; the first message of every client."""
        self._last_client = time.monotonic()
        return {
            "protocol": wire.PROTOCOL,
            "schema": schema.HEAD,
            "version": __version__,
            "leaving": self._leaving,
        }

    def command(self, body: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command; see `Commands`."""
        self._last_client = time.monotonic()
        name, arguments = body["name"], body.get("arguments") or {}
        if name == "status":
            return self.status().to_json()
        if name == "stop":
            return self._ask_to_stop(drain=bool(arguments.get("drain")))
        if name == "prune_products":
            given = self._collector.prune(self._reader.project(arguments["project"]))
            return {"given_up": [one.to_json() for one in given]}
        op_id = str(body.get("op_id") or uuid.uuid4().hex)
        actor = str(body.get("actor") or "unknown")
        try:
            return self._commands.carry_out(name, op_id, actor, arguments)
        except DBAPIError as error:
            raise EngineUnavailableError(
                f"The ledger cannot be written: {error.orig}. Nothing was changed.",
                "ledger-trouble",
            ) from error

    def events(self, after: int, timeout: float) -> dict[str, Any]:
        """Wait until there are events after a number, for at most ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            self._last_client = time.monotonic()
            seen = self._told
            found = self._read_events(after)
            left = deadline - time.monotonic()
            if found or left <= 0 or self._stopping.is_set():
                return {"events": found}
            with self._news:
                # On a shared ledger others append too: look again each second.
                told = self._told != seen or self._news.wait(min(left, WATCH_S))
            if told:
                time.sleep(GATHER_S)

    def status(self) -> EngineStatus:
        """Say what it does."""
        now = self._standing()
        return EngineStatus(
            state=EngineState.DRAINING if self._leaving else EngineState.RUNNING,
            pid=self._node.pid,
            version=__version__,
            running_blocks=now.running,
            queued_blocks=now.queued,
            live_runs=now.live_runs,
            next_fire_at=maybe_moment(now.next_fire_at),
            next_fire_pipeline=now.next_pipeline,
            started_at=self._started_at,
            trouble=self._dispatcher.trouble,
        )

    @property
    def _leaving(self) -> bool:
        return self._draining or self._stopping.is_set()

    def _standing(self) -> Standing:
        with self._access.connection() as connection:
            assert connection is not None  # this engine has made the ledger
            return standing(connection)

    def _ask_to_stop(self, *, drain: bool) -> dict[str, Any]:
        if drain:
            self._dispatcher.pause()
            self._draining = True
            self._writer.do(lambda tx: nodes.set_state(tx, self._node.id, nodes.DRAINING))
            log.info("The engine drains: blocks that run may end, no new one starts.")
        else:
            self._stopping.set()
        return {"stopping": True, "pid": self._node.pid, "running_blocks": self._dispatcher.busy}

    def _unneeded(self) -> bool:
        if time.monotonic() - self._last_client < self._settings.idle_s:
            return False
        return self._standing().idle

    def _tidy(self) -> None:
        """Drop rows that only grow, now and then."""
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + TIDY_S
            self._writer.submit(ops.forget_old)
            self._writer.submit(timers.forget_done)

    def _give_up(self) -> None:
        self._lost = True
        self._stopping.set()

    def _announce(self) -> None:
        with self._news:
            self._told += 1
            self._news.notify_all()

    def _read_events(self, after: int) -> list[dict[str, Any]]:
        with self._access.connection() as connection:
            if connection is None:
                return []
            return [event.to_json() for event in read_events(connection, after, EVENTS_PAGE)]
