"""From ready block runs to an executor and back: one transaction for each block of a chain."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.exc import DBAPIError

from mage_jlab.domain.attempt import Outcome, OutcomeKind
from mage_jlab.domain.run import BlockError
from mage_jlab.engine.executors.base import Executor, OnOutcome, OnWorker
from mage_jlab.engine.pace import Pace
from mage_jlab.engine.tasks import block_task
from mage_jlab.store.failpoints import Point, reach
from mage_jlab.store.ledger import nodes
from mage_jlab.store.ledger.claiming import Claim, claim, claim_items
from mage_jlab.store.ledger.completing import complete_all, record_worker
from mage_jlab.store.ledger.nodes import NodeRow
from mage_jlab.store.ledger.reusing import without_reused
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.writer import Writer

log = logging.getLogger(__name__)

MakeExecutor = Callable[[OnOutcome, OnWorker], Executor]
Key = tuple[str, int]
SETTLE_S = 0.05
"""How long an attempt runs before its process is written down; short ones never cost that row."""
AGAIN_S = 1.0
"""How long to wait after the ledger could not be written."""


MOST_AT_ONCE = 100
"""How many attempts one transaction completes at most."""


@dataclass
class _Step:
    """One transaction: attempts completed, and new claims. Undone when it fails."""

    outcomes: list[Outcome] = field(default_factory=list)
    done: list[Claim] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)


class Dispatcher:
    """Keeps an executor's slots full with the block runs that it claims for this node.

    What is in flight is changed on the writer's thread alone.

    Args:
        writer: the ledger's writer.
        node: this engine's node.
        make_executor: makes the executor, given its two callbacks.
        on_timer: called when a timer was set.
    """

    def __init__(
        self,
        writer: Writer,
        node: NodeRow,
        make_executor: MakeExecutor,
        on_timer: Callable[[], None],
    ) -> None:
        self._writer = writer
        self._node = node
        self._on_timer = on_timer
        self._in_flight: dict[Key, Claim] = {}
        self._overdue: set[Key] = set()
        self._paused = False
        self._lock = threading.Lock()
        self._unwritten: list[Outcome] = []
        self._ended: list[Outcome] = []
        self._pace = Pace()
        self._workers: dict[Key, tuple[int, int, float]] = {}
        self._wake = threading.Event()
        self._closed = threading.Event()
        self.trouble: str | None = None
        self.executor = make_executor(self.on_outcome, self.on_worker)
        self._thread = threading.Thread(target=self._follow_up, name="dispatcher", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> int:
        """How many attempts are in flight."""
        return len(self._in_flight)

    def kick(self) -> None:
        """Claim what is ready, as far as slots are free; returns at once."""
        self._submit(_Step())

    def pause(self) -> None:
        """Claim nothing more."""
        self._paused = True

    def stop_attempts(self, keys: list[Key]) -> None:
        """Stop attempts because their run is being cancelled."""
        for key in keys:
            self.executor.cancel(*key)

    def expire(self, keys: list[Key]) -> None:
        """Stop attempts whose time is over; they end as timed out."""
        for key in keys:
            if key in self._in_flight:
                self._overdue.add(key)
                self.executor.cancel(*key)

    def close(self) -> None:
        """Stop every worker and give the block runs back: another engine goes on with them."""
        self.pause()
        self.executor.close()
        self._closed.set()
        self._wake.set()
        self._thread.join()

    def on_outcome(self, outcome: Outcome) -> None:
        """Take the end of an attempt; called by the executor."""
        reach(Point.OUTCOME_RECEIVED)
        key = (outcome.block_run, outcome.token)
        if key in self._overdue:
            self._overdue.discard(key)
            if outcome.kind is OutcomeKind.CANCELLED:
                outcome = _timed_out(outcome)
        with self._lock:
            self._ended.append(outcome)
        # Whichever step comes first takes all that have ended by then.
        self._submit(_Step())

    def on_worker(self, block_run: str, token: int, pid: int, group: int, start: float) -> None:
        """Take the process that runs an attempt; called by the executor."""
        with self._lock:
            self._workers[(block_run, token)] = (pid, group, start)
        self._wake.set()

    def _submit(self, step: _Step) -> None:
        self._writer.submit(
            lambda tx: self._write(tx, step),
            lambda _none: self._written(step),
            lambda error: self._failed(step, error),
        )

    def _write(self, tx: Transaction, step: _Step) -> None:
        self._undo(step)
        if not step.outcomes:
            with self._lock:
                step.outcomes = self._ended[:MOST_AT_ONCE]
                del self._ended[:MOST_AT_ONCE]
        ended = []
        for outcome in step.outcomes:
            done = self._in_flight.pop((outcome.block_run, outcome.token), None)
            if done is not None:
                step.done.append(done)
                ended.append((done, outcome))
        for superseded in complete_all(tx, ended):
            log.warning("An attempt of %s was superseded; it is discarded.", superseded.block)
        if ended:
            reach(Point.END_WRITTEN)
        if self._paused:
            return
        free = self.executor.slots - len(self._in_flight)
        if free > 0:
            going = step.done[-1].facts.id if step.done else None

            def claims(count: int) -> list[Claim]:
                return claim(tx, self._node.id, self._node.epoch, count, going)

            step.claims = self._claimed(without_reused(tx, claims(free), claims))
        self._claim_ahead(tx, step, ended)
        if step.claims:
            reach(Point.CLAIM_WRITTEN)

    def _claim_ahead(
        self, tx: Transaction, step: _Step, ended: list[tuple[Claim, Outcome]]
    ) -> None:
        """Claim more items of a fan-out than there are slots, where each takes next to no time."""
        last = self._pace.take(ended)
        if last is None:
            return
        wanted = self.executor.slots * self._pace.ahead(last) - len(self._in_flight)
        if wanted > 0:

            def more(count: int) -> list[Claim]:
                return claim_items(tx, self._node.id, self._node.epoch, count, last)

            step.claims += self._claimed(without_reused(tx, more(wanted), more))

    def _claimed(self, claims: list[Claim]) -> list[Claim]:
        self._in_flight.update({item.key: item for item in claims})
        return claims

    def _written(self, step: _Step) -> None:
        if self.trouble is not None:
            log.info("The ledger can be written again; work goes on.")
            self.trouble = None
            self._release_unknown()
        if step.outcomes:
            reach(Point.ENDED)
        if step.claims:
            reach(Point.CLAIMED)
        timers = any(outcome.kind is not OutcomeKind.SUCCESS for outcome in step.outcomes)
        timers = timers or any(outcome.opened is not None for outcome in step.outcomes)
        for item in step.claims:
            timers = timers or item.plan.blocks[item.block].timeout is not None
            self._start(item)
        if step.claims:
            reach(Point.STARTED)
        if timers:
            self._on_timer()

    def _start(self, item: Claim) -> None:
        try:
            self.executor.submit(block_task(item))
        except Exception as error:
            log.exception("The block %s could not be started.", item.block)
            self.on_outcome(_broken(item.block_run, item.token, error))

    def _undo(self, step: _Step) -> None:
        """Take back what a step did that was not committed."""
        for item in step.claims:
            self._in_flight.pop(item.key, None)
        self._in_flight.update({item.key: item for item in step.done})
        step.done, step.claims = [], []

    def _failed(self, step: _Step, error: BaseException) -> None:
        self._undo(step)
        stored = isinstance(error, DBAPIError)
        if stored:
            if self.trouble is None:
                log.error("The ledger cannot be written, so no block starts: %s", _words(error))
            self.trouble = f"The ledger cannot be written: {_words(error)}"
        else:
            log.error("A step of a run failed.", exc_info=error)
        outcomes = step.outcomes
        if not stored and len(outcomes) > 1:
            # one of them brought all others down: each stands or falls on its own
            for outcome in outcomes:
                self._submit(_Step([outcome]))
            return
        with self._lock:
            for outcome in outcomes:
                broken = not stored and outcome.kind is not OutcomeKind.FAILED
                ended = (outcome.block_run, outcome.token)
                self._unwritten.append(_broken(*ended, error) if broken else outcome)
        self._wake.set()

    def _follow_up(self) -> None:
        """Write down the processes of longer attempts, and try again what could not be written."""
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            self._closed.wait(SETTLE_S)
            with self._lock:
                workers, self._workers = self._workers, {}
            live = {key: worker for key, worker in workers.items() if key in self._in_flight}
            if live:
                self._writer.submit(partial(_record, workers=live))
            if self.trouble is not None or self._unwritten:
                self._closed.wait(AGAIN_S)
                with self._lock:
                    outcomes, self._unwritten = self._unwritten, []
                for outcome in outcomes:
                    self._submit(_Step([outcome]))
                if not outcomes and not self._closed.is_set():
                    self._submit(_Step())

    def _release_unknown(self) -> None:
        """Give back block runs that the ledger says are here, and that are not.

        A claim whose commit seemed to fail may have been committed all the same.
        """
        self._writer.submit(
            lambda tx: nodes.release(tx, self._node.id, frozenset(self._in_flight)),
            lambda released: self.kick() if released else None,
        )


def _record(tx: Transaction, workers: dict[Key, tuple[int, int, float]]) -> None:
    for (block_run, token), (pid, group, start) in workers.items():
        record_worker(tx, block_run, token, pid, group, start)


def _timed_out(outcome: Outcome) -> Outcome:
    error = BlockError(type="Timeout", message="The block ran longer than its timeout.")
    return outcome.model_copy(update={"kind": OutcomeKind.TIMEOUT, "error": error})


def _broken(block_run: str, token: int, error: BaseException) -> Outcome:
    told = BlockError(type=type(error).__name__, message=f"The engine could not run it: {error}")
    return Outcome(block_run=block_run, token=token, kind=OutcomeKind.FAILED, error=told)


def _words(error: BaseException) -> str:
    """Give the database's own sentence, without the statement."""
    return str(getattr(error, "orig", None) or error)
