"""What happens by the clock: schedules fire, timers come due. The rows are the truth."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from mage_jlab.domain.errors import MageError, UnreadableFileError
from mage_jlab.domain.misfire import decide
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockError
from mage_jlab.domain.schedule import parse_spec
from mage_jlab.engine.dispatcher import Dispatcher
from mage_jlab.store.failpoints import Point, reach
from mage_jlab.store.ledger import firing, timers
from mage_jlab.store.ledger.firing import DueSchedule, Fired, Firing
from mage_jlab.store.ledger.following import make_items
from mage_jlab.store.ledger.ids import SECOND, moment
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.writer import Writer

log = logging.getLogger(__name__)

TakeSnapshot = Callable[[str, str], Snapshot]
"""Takes the snapshot of a pipeline: (the project's folder, the pipeline's name)."""


class Scheduler:
    """A thread that sleeps until something is due, at most a tick, and can be woken.

    Args:
        writer: the ledger's writer.
        dispatcher: gets what became ready.
        take_snapshot: reads the files that a schedule's run runs.
        tick_s: the longest sleep, in seconds.
    """

    def __init__(
        self, writer: Writer, dispatcher: Dispatcher, take_snapshot: TakeSnapshot, tick_s: float
    ) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._take_snapshot = take_snapshot
        self._tick_s = tick_s
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the clock's rows now: one of them changed."""
        self._wake.set()

    def close(self) -> None:
        """Stop, after what is under way."""
        self._closed.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _loop(self) -> None:
        while not self._closed.is_set():
            self._wake.clear()
            try:
                self.turn()
                pause = self._pause()
            except Exception:
                # A ledger that cannot be written now may be writable at the next turn.
                log.exception("The scheduler's turn failed; it tries again.")
                pause = 1.0
            self._wake.wait(pause)

    def turn(self) -> None:
        """Fire what is due now."""
        due = self._writer.do(_fire_timers)
        if due.woken or due.expand:
            reach(Point.TIMERS_FIRED)
        self._dispatcher.expire(due.overdue)
        for run in due.expand:
            self._writer.do(partial(make_items, run_id=run))
        now, schedules = self._writer.do(lambda tx: (tx.now, firing.due_schedules(tx)))
        fired = Fired([], [])
        if schedules:
            firings = self._decide(schedules, now)
            fired = self._writer.do(lambda tx: _fire(tx, firings))
            reach(Point.FIRED)
            self._dispatcher.stop_attempts(fired.stop)
        if due.woken or due.expand or fired.runs:
            self._dispatcher.kick()

    def _decide(self, schedules: list[DueSchedule], now: int) -> list[Firing]:
        files: dict[tuple[str, str], Snapshot | BlockError] = {}
        firings = []
        for due in schedules:
            schedule = parse_spec(due.kind, due.spec, due.tz)
            decision = decide(schedule, due.since, moment(now), due.catch_up)
            key = (due.place, due.pipeline)
            if decision.runs and key not in files:
                files[key] = self._files(*key)
            firings.append(Firing(due, decision, files.get(key)))
        return firings

    def _files(self, place: str, pipeline: str) -> Snapshot | BlockError:
        """Take a snapshot, or say why the files cannot be read."""
        try:
            return self._take_snapshot(place, pipeline)
        except UnreadableFileError as error:
            log.warning("%s cannot run: %s", pipeline, error.message)
            return BlockError(
                type="UnreadableFile",
                message=error.message,
                file=error.path,
                file_line=error.line,
                line=error.line,
            )
        except MageError as error:
            log.warning("%s cannot run: %s", pipeline, error.message)
            return BlockError(type=type(error).__name__, message=error.message)
        except OSError as error:
            log.warning("%s cannot run: %s", pipeline, error)
            return BlockError(type=type(error).__name__, message=str(error))

    def _pause(self) -> float:
        """Give how long nothing is due, in seconds."""
        due = [at for at in self._writer.do(_next) if at is not None]
        if not due:
            return self._tick_s
        wait = (min(due) - time.time_ns() // 1000) / SECOND
        return min(max(wait, 0.0), self._tick_s)


def _fire(tx: Transaction, firings: list[Firing]) -> Fired:
    fired = firing.fire(tx, firings)
    reach(Point.FIRE_WRITTEN)
    return fired


def _fire_timers(tx: Transaction) -> timers.Due:
    due = timers.fire_due(tx)
    if due.woken or due.expand:
        reach(Point.TIMERS_WRITTEN)
    return due


def _next(tx: Transaction) -> tuple[int | None, int | None]:
    return firing.next_fire_at(tx), timers.next_due(tx)
