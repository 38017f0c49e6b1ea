"""The one thread that writes the ledger: a queue of changes, committed in groups."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from mage_jlab.store.ledger.facts import RunBook
from mage_jlab.store.ledger.plans import PlanBook
from mage_jlab.store.ledger.transaction import Transaction

Result = TypeVar("Result")
Change = Callable[[Transaction], Result]
log = logging.getLogger(__name__)
GROUP_LIMIT = 64
"""The most changes that share one commit."""


@dataclass
class _Waiting:
    change: Change[Any]
    future: Future[Any]
    done: Callable[[Any], None] | None
    failed: Callable[[BaseException], None] | None


class Writer:
    """Carries out changes one after the other, each whole or not at all.

    Changes that wait at the same time share a commit; each then has a savepoint of its own, so
    that one that fails takes nothing with it.

    Args:
        engine: the writing connection's engine; this object disposes of it.
        on_events: called after a commit that appended events, on the writer's thread.
    """

    def __init__(self, engine: Engine, on_events: Callable[[], None] | None = None) -> None:
        self._engine = engine
        self._on_events = on_events
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._plans = PlanBook()
        self._runs = RunBook()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(
        self,
        change: Change[Result],
        done: Callable[[Result], None] | None = None,
        failed: Callable[[BaseException], None] | None = None,
    ) -> Future[Result]:
        """Queue a change.

        Args:
            change: what to do in the transaction; it may be asked again after a lost connection.
            done: called with its result after the commit, on the writer's thread; must be quick.
            failed: called with the error when nothing of it was committed, on the writer's thread.
        """
        future: Future[Result] = Future()
        self._queue.put(_Waiting(change, future, done, failed))
        return future

    def do(self, change: Change[Result], timeout: float | None = None) -> Result:
        """Carry out a change and wait until it is committed; raises what the change raises."""
        return self.submit(change).result(timeout)

    def close(self) -> None:
        """Carry out what is queued, then end the thread and the connection."""
        self._queue.put(None)
        self._thread.join()
        self._engine.dispose()

    def _work(self) -> None:
        while True:
            group: list[_Waiting] = []
            item = self._queue.get()
            while item is not None:
                group.append(item)
                if len(group) == GROUP_LIMIT:
                    break
                try:
                    item = self._queue.get_nowait()
                except queue.Empty:
                    break
            if group:
                self._carry_out(group)
            if item is None:
                if self._connection is not None:
                    self._connection.close()
                return

    def _carry_out(self, group: list[_Waiting]) -> None:
        results: list[tuple[_Waiting, Any, BaseException | None]] = []
        events = False
        cause: BaseException | None = None
        try:
            connection = self._connection or self._engine.connect()
            self._connection = connection
            with connection.begin():
                for waiting in group:
                    transaction = Transaction(connection, self._plans, self._runs)
                    try:
                        if len(group) == 1:
                            result = waiting.change(transaction)
                            transaction.flush()
                        else:
                            with connection.begin_nested():
                                try:
                                    result = waiting.change(transaction)
                                    transaction.flush()
                                except DBAPIError as error:
                                    # A full disk takes the savepoint with it: this is the reason.
                                    cause = error
                                    raise
                    except Exception as error:
                        if len(group) == 1:
                            raise
                        results.append((waiting, None, error))
                    else:
                        events = events or transaction.has_events
                        results.append((waiting, result, None))
        except Exception as error:  # noqa: BLE001 - whatever it is goes to those who wait
            self._drop_connection()
            results = [(waiting, None, cause or error) for waiting in group]
            events = False
        for waiting, result, failure in results:
            self._tell(waiting, result, failure)
        if events and self._on_events is not None:
            self._on_events()

    @staticmethod
    def _tell(waiting: _Waiting, result: Any, failure: BaseException | None) -> None:
        try:
            if failure is not None and waiting.failed is not None:
                waiting.failed(failure)
            elif failure is None and waiting.done is not None:
                waiting.done(result)
        except Exception:
            # What follows a commit must never end the thread that commits.
            log.exception("What should follow a change of the ledger failed.")
        if failure is not None:
            waiting.future.set_exception(failure)
        else:
            waiting.future.set_result(result)

    def _drop_connection(self) -> None:
        """Forget a connection that may be broken; the next group opens a fresh one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
