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


@dataclass
class _Done:
    waiting: _Waiting
    result: Any = None
    failure: BaseException | None = None
    events: bool = False


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
            change: what to do in the transaction; asked again when it was in a group that failed.
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
        try:
            connection = self._connection or self._engine.connect()
            self._connection = connection
            with connection.begin():
                if len(group) == 1:
                    done = [self._alone(connection, group[0])]
                else:
                    done = [self._in_savepoint(connection, waiting) for waiting in group]
        except Exception as error:  # noqa: BLE001 - whatever it is goes to those who wait
            if isinstance(error, DBAPIError):
                self._drop_connection()
            if len(group) > 1:
                # Nothing of the group was committed: each stands or falls on its own.
                for waiting in group:
                    self._carry_out([waiting])
                return
            done = [_Done(group[0], failure=error)]
        for item in done:
            self._tell(item)
        if any(item.events for item in done) and self._on_events is not None:
            self._on_events()

    def _alone(self, connection: Connection, waiting: _Waiting) -> _Done:
        transaction = Transaction(connection, self._plans, self._runs)
        result = waiting.change(transaction)
        transaction.flush()
        return _Done(waiting, result, events=transaction.has_events)

    def _in_savepoint(self, connection: Connection, waiting: _Waiting) -> _Done:
        reason: Exception | None = None
        try:
            with connection.begin_nested():
                try:
                    return self._alone(connection, waiting)
                except Exception as error:
                    reason = error
                    raise
        except Exception as error:
            if error is reason:
                return _Done(waiting, failure=error)
            # The savepoint is gone, and the whole transaction with it: a full disk does that.
            raise

    @staticmethod
    def _tell(item: _Done) -> None:
        waiting, failure = item.waiting, item.failure
        try:
            if failure is not None and waiting.failed is not None:
                waiting.failed(failure)
            elif failure is None and waiting.done is not None:
                waiting.done(item.result)
        except Exception:
            # What follows a commit must never end the thread that commits.
            log.exception("What should follow a change of the ledger failed.")
        if failure is not None:
            waiting.future.set_exception(failure)
        else:
            waiting.future.set_result(item.result)

    def _drop_connection(self) -> None:
        """Forget a connection that may be broken; the next group opens a fresh one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
