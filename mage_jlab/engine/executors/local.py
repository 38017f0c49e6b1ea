"""The executor of this machine: a pool of warm worker processes, one thread that watches them."""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mage_jlab.domain.attempt import BlockTask, Outcome, OutcomeKind
from mage_jlab.domain.run import BlockError
from mage_jlab.engine.executors.base import OnOutcome, OnWorker
from mage_jlab.engine.executors.endings import crash_error, out_of_memory_count, stop_error
from mage_jlab.engine.executors.memory import group_memory
from mage_jlab.engine.executors.worker_process import WorkerProcess

GRACE = 5.0
"""How long an attempt that is asked to stop may take, in seconds."""

IDLE_LIMIT = 300.0
"""How long a worker is kept without work, in seconds."""

MOST_BLOCKS = 1000
"""How many blocks a worker runs before another takes over from it."""

MOST_GROWTH = 1 << 30
"""How much more than at its start a worker may hold between blocks, in bytes."""

LOOK_EVERY = 0.1
"""How often the memory of a block with a limit is looked at, in seconds."""


@dataclass
class _Attempt:
    """A submitted task and what became of it."""

    task: BlockTask
    worker: WorkerProcess | None = None
    started_at: datetime | None = None
    deadline: float | None = None
    kill_at: float | None = None
    stopped_as: OutcomeKind | None = None
    memory_peak: int | None = None

    @property
    def id(self) -> tuple[str, int]:
        return self.task.block_run, self.task.token


@dataclass
class _Reports:
    """What is to be told outside the lock, in order."""

    started: list[_Attempt] = field(default_factory=list)
    ended: list[Outcome] = field(default_factory=list)


class LocalExecutor:
    """Runs attempts in warm worker processes of this machine.

    Args:
        slots: how many attempts run at the same time, which is also the most workers there are.
        on_outcome: called once for each submitted task.
        on_worker: called when a task was given to a worker.
        grace: seconds between SIGTERM and SIGKILL.
        most_blocks: a worker that has run so many is replaced.
        most_growth: a worker that holds so many bytes more than at its start is replaced.
    """

    def __init__(
        self,
        slots: int,
        on_outcome: OnOutcome,
        on_worker: OnWorker,
        *,
        grace: float = GRACE,
        most_blocks: int = MOST_BLOCKS,
        most_growth: int = MOST_GROWTH,
    ) -> None:
        self._slots = slots
        self._on_outcome = on_outcome
        self._on_worker = on_worker
        self._grace = grace
        self._most_blocks = most_blocks
        self._most_growth = most_growth
        self._lock = threading.Lock()
        self._workers: list[WorkerProcess] = []
        self._waiting: deque[_Attempt] = deque()
        self._attempts: dict[tuple[str, int], _Attempt] = {}
        self._reports = _Reports()
        self._closed = False
        self._memory_kills = out_of_memory_count()
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        for descriptor in (self._wake_read, self._wake_write):
            os.set_blocking(descriptor, False)
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._loop, name="local-executor", daemon=True)
        self._thread.start()

    @property
    def slots(self) -> int:
        """How many attempts may run at the same time."""
        return self._slots

    def submit(self, task: BlockTask) -> None:
        """Start an attempt as soon as a worker is there; return at once."""
        attempt = _Attempt(task)
        with self._lock:
            if self._closed:
                return
            self._attempts[attempt.id] = attempt
            worker = next((w for w in self._workers if _is_idle(w) and w.key == task.key), None)
            if worker is None:
                self._waiting.append(attempt)
            else:
                self._give(worker, attempt)
        self._wake()

    def cancel(self, block_run: str, token: int) -> None:
        """Stop an attempt: SIGTERM, then SIGKILL after the grace; its outcome is ``cancelled``."""
        with self._lock:
            attempt = self._attempts.get((block_run, token))
            if attempt is not None:
                self._stop(attempt, OutcomeKind.CANCELLED)
        self._wake()

    def close(self) -> None:
        """Stop every worker and what its children left; attempts under way are abandoned."""
        with self._lock:
            self._closed = True
        self._wake()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _loop(self) -> None:
        while True:
            for key, _ in self._selector.select(self._pause()):
                if key.fd == self._wake_read:
                    with contextlib.suppress(BlockingIOError):
                        os.read(self._wake_read, 4096)
                else:
                    self._hear(key.data)
            with self._lock:
                if self._closed:
                    break
                self._keep_time()
                self._assign()
                reports, self._reports = self._reports, _Reports()
            self._tell(reports)
        for worker in list(self._workers):
            self._remove(worker)
        self._selector.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _tell(self, reports: _Reports) -> None:
        for attempt in reports.started:
            worker = attempt.worker
            if worker is not None:
                pid = worker.pid
                id_, token = attempt.id
                self._on_worker(id_, token, pid, worker.group, worker.started_at)
        for outcome in reports.ended:
            self._on_outcome(outcome)

    def _hear(self, worker: WorkerProcess) -> None:
        """Take what a worker sent, or its death."""
        if worker not in self._workers:
            return
        messages, closed = worker.receive()
        # the sentinel is asked after the pipe: what was sent before the death is not lost
        dead = closed or self._has_ended(worker)
        if dead and not closed:
            messages += worker.receive()[0]
        with self._lock:
            for message in messages:
                self._take(worker, message)
            if dead and worker in self._workers:
                self._died(worker)

    def _has_ended(self, worker: WorkerProcess) -> bool:
        if worker.sentinel is None:
            return False
        return os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _take(self, worker: WorkerProcess, message: dict[str, Any]) -> None:
        if "ready" in message:
            worker.get_ready()
            worker.idle_since = time.monotonic()
            self._retire()
            return
        attempt = worker.attempt
        worker.loaded = message.pop("loaded", [])
        worker.blocks += 1
        worker.attempt = None
        worker.idle_since = time.monotonic()
        if attempt is None or attempt.id != (message["block_run"], message["token"]):
            return
        if attempt.stopped_as is not None:
            # it ended just as it was stopped; the worker may have the signal still before it
            self._end(
                attempt,
                Outcome.model_validate(
                    {
                        **message,
                        "kind": attempt.stopped_as,
                        "products": [],
                        "error": stop_error(attempt.task, attempt.stopped_as, attempt.memory_peak),
                    }
                ),
            )
            self._remove(worker)
            return
        self._end(attempt, Outcome.model_validate(message))
        if worker.successor is None and worker.is_worn(self._most_blocks, self._most_growth):
            with contextlib.suppress(OSError):
                worker.successor = self._new_worker(worker.made_for, worker.loaded)
        self._retire()

    def _retire(self) -> None:
        """Take away worn workers without work whose successor is there, or could not start."""
        for worker in [one for one in self._workers if one.successor and _is_idle(one)]:
            if worker.successor not in self._workers or _is_idle(worker.successor):
                self._remove(worker)

    def _died(self, worker: WorkerProcess) -> None:
        status, words = self._remove(worker)
        count = out_of_memory_count()
        out_of_memory, self._memory_kills = count > self._memory_kills, count
        attempt = worker.attempt
        if attempt is not None:
            kind = attempt.stopped_as or OutcomeKind.CRASHED
            stopped = stop_error(attempt.task, attempt.stopped_as, attempt.memory_peak)
            error = stopped or crash_error(attempt.task, status, words, out_of_memory=out_of_memory)
            self._end(
                attempt,
                self._outcome(attempt, kind, None if kind is OutcomeKind.CANCELLED else error),
            )
        elif not worker.ready:
            message = words[-2000:] or f"It ended with exit status {status}."
            for waiting in [one for one in self._waiting if one.task.key == worker.key]:
                self._waiting.remove(waiting)
                # a signal says nothing about the interpreter: the attempt crashed before it began
                crash = crash_error(waiting.task, status, words, out_of_memory=out_of_memory)
                ended = self._outcome(waiting, OutcomeKind.CRASHED, crash)
                self._end(waiting, ended if status < 0 else self._not_started(waiting, message))

    def _remove(self, worker: WorkerProcess) -> tuple[int, str]:
        self._workers.remove(worker)
        for descriptor in (worker.results, worker.sentinel):
            if descriptor is not None:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(descriptor)
        return worker.bury()

    def _assign(self) -> None:
        """Give waiting attempts to workers, in order; start and evict workers as slots allow."""
        starting = [worker.key for worker in self._workers if not worker.ready]
        for attempt in list(self._waiting):
            key = attempt.task.key
            idle = [worker for worker in self._workers if _is_idle(worker)]
            same = next((worker for worker in idle if worker.key == key), None)
            if same is not None:
                self._waiting.remove(attempt)
                self._give(same, attempt)
                continue
            if key in starting:
                starting.remove(key)
                continue
            if len(self._workers) >= self._slots:
                if not idle:
                    continue
                self._remove(min(idle, key=lambda worker: worker.idle_since))
            self._start(attempt)

    def _start(self, attempt: _Attempt) -> None:
        try:
            self._new_worker(attempt.task)
        except OSError as error:
            self._waiting.remove(attempt)
            self._end(attempt, self._not_started(attempt, str(error)))

    def _new_worker(self, task: BlockTask, preloaded: Sequence[str] = ()) -> WorkerProcess:
        worker = WorkerProcess(task, preloaded)
        self._workers.append(worker)
        self._selector.register(worker.results, selectors.EVENT_READ, worker)
        if worker.sentinel is not None:
            self._selector.register(worker.sentinel, selectors.EVENT_READ, worker)
        return worker

    def _give(self, worker: WorkerProcess, attempt: _Attempt) -> None:
        attempt.worker = worker
        attempt.started_at = datetime.now(UTC)
        timeout = attempt.task.block.timeout
        attempt.deadline = None if timeout is None else time.monotonic() + timeout
        worker.attempt = attempt
        worker.send(attempt.task)
        self._reports.started.append(attempt)

    def _stop(self, attempt: _Attempt, kind: OutcomeKind) -> None:
        if attempt.stopped_as is not None:
            return
        attempt.stopped_as = kind
        attempt.deadline = None
        if attempt.worker is None:
            self._waiting.remove(attempt)
            self._end(attempt, self._outcome(attempt, kind, None))
        else:
            attempt.kill_at = time.monotonic() + self._grace
            attempt.worker.terminate()

    def _keep_time(self) -> None:
        now = time.monotonic()
        for attempt in list(self._attempts.values()):
            if attempt.deadline is not None and now >= attempt.deadline:
                self._stop(attempt, OutcomeKind.TIMEOUT)
            self._watch_memory(attempt)
            if attempt.kill_at is not None and now >= attempt.kill_at and attempt.worker:
                attempt.kill_at = None
                attempt.worker.kill()
        for worker in list(self._workers):
            if _is_idle(worker) and now - worker.idle_since > IDLE_LIMIT:
                self._remove(worker)

    def _watch_memory(self, attempt: _Attempt) -> None:
        limit = attempt.task.block.memory_limit
        if limit is None or attempt.worker is None or attempt.stopped_as is not None:
            return
        held = group_memory(attempt.worker.group, limit)
        attempt.memory_peak = max(held, attempt.memory_peak or 0)
        if held > limit:
            # at once: what is asked to stop goes on to take more
            attempt.stopped_as = OutcomeKind.FAILED
            attempt.deadline = None
            attempt.worker.kill()

    def _pause(self) -> float:
        """Give how long nothing has to be done, in seconds."""
        with self._lock:
            moments = [
                moment
                for attempt in self._attempts.values()
                for moment in (attempt.deadline, attempt.kill_at)
                if moment is not None
            ]
            moments += [w.idle_since + IDLE_LIMIT + 1 for w in self._workers if _is_idle(w)]
            if any(a.worker and a.task.block.memory_limit for a in self._attempts.values()):
                moments.append(time.monotonic() + LOOK_EVERY)
        return max(0.0, min(moments) - time.monotonic()) if moments else 3600.0

    def _end(self, attempt: _Attempt, outcome: Outcome) -> None:
        del self._attempts[attempt.id]
        self._reports.ended.append(outcome)

    def _outcome(self, attempt: _Attempt, kind: OutcomeKind, error: BlockError | None) -> Outcome:
        return Outcome(
            block_run=attempt.task.block_run,
            token=attempt.task.token,
            kind=kind,
            error=error,
            worker_pid=attempt.worker.pid if attempt.worker else None,
            peak_memory=attempt.memory_peak,
            started_at=attempt.started_at,
            ended_at=datetime.now(UTC),
        )

    def _not_started(self, attempt: _Attempt, why: str) -> Outcome:
        error = BlockError(
            type="InterpreterFailed",
            message=f"{attempt.task.interpreter} could not be started to run this block "
            f"(it must be Python 3.9 or newer): {why}",
            file=attempt.task.block.file,
        )
        return self._outcome(attempt, OutcomeKind.FAILED, error)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b".")


def _is_idle(worker: WorkerProcess) -> bool:
    return worker.ready and worker.attempt is None
