"""What an attempt's outcome means for its block run: pure rules, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from mage_jlab.domain.attempt import Outcome, OutcomeKind
from mage_jlab.domain.plan import PlannedBlock, Retry
from mage_jlab.domain.run import BlockError, BlockRunState


@dataclass(frozen=True)
class Verdict:
    """The next state of a block run, and how its budgets of errors and crashes change.

    ``delay`` is how long it waits for its next try, in seconds; ``error`` is why the engine itself
    ends it.
    """

    state: BlockRunState
    errors: int = 0
    crashes: int = 0
    delay: float = 0.0
    error: BlockError | None = None

    def told(self, outcome: Outcome) -> Outcome:
        """Give an outcome as its attempt keeps it."""
        if self.error is None:
            return outcome
        ended = outcome.ended_at or datetime.now(UTC)
        change = {"kind": OutcomeKind.TIMEOUT, "error": self.error, "ended_at": ended}
        return outcome.model_copy(update=change)


def retry_delay(retry: Retry, errors: int) -> float:
    """Give the seconds to wait after the n-th error: doubled each time, never above the maximum."""
    delay = retry.delay * (2 ** (errors - 1) if retry.exponential_backoff else 1)
    return float(min(delay, retry.max_delay))


def judge(
    outcome: Outcome,
    planned: PlannedBlock,
    *,
    errors: int,
    crashes: int,
    cancelling: bool,
    waited: float | None = None,
) -> Verdict:
    """Decide what becomes of a block run.

    Args:
        outcome: how its attempt ended.
        planned: the block, with its budgets.
        errors: the errors that were counted before.
        crashes: the crashes that were counted before.
        cancelling: whether the run is being cancelled; nothing is tried again then.
        waited: how long a sensor has been asked by now, in seconds.
    """
    if outcome.kind is OutcomeKind.SUCCESS:
        return Verdict(BlockRunState.SUCCESS)
    error = None
    if outcome.kind is OutcomeKind.WAITING:
        if cancelling:
            return Verdict(BlockRunState.CANCELLED)
        left = None if planned.timeout is None else planned.timeout - (waited or 0.0)
        if left is None or left > 0:
            pause = outcome.again or 0.0
            pause = pause if left is None else min(pause, left)
            return Verdict(BlockRunState.RETRY_WAIT, delay=pause)
        error = _waited_too_long(planned)
    if outcome.kind is OutcomeKind.CANCELLED:
        return Verdict(BlockRunState.CANCELLED)
    if outcome.kind is OutcomeKind.CRASHED:
        return crash_verdict(planned, crashes, cancelling)
    if cancelling or errors >= planned.retry.retries:
        return Verdict(BlockRunState.FAILED, errors=1, error=error)
    delay = retry_delay(planned.retry, errors + 1)
    return Verdict(BlockRunState.RETRY_WAIT, errors=1, delay=delay, error=error)


def _waited_too_long(planned: PlannedBlock) -> BlockError:
    return BlockError(
        type="Timeout",
        message=f"The sensor {planned.name} did not say yes within its timeout of "
        f"{planned.timeout:g} s.",
        file=planned.file,
        cell_id=planned.cell_id,
    )


def crash_verdict(planned: PlannedBlock, crashes: int, cancelling: bool) -> Verdict:
    """Decide what becomes of a block run whose worker, engine or machine died."""
    if cancelling:
        return Verdict(BlockRunState.CANCELLED, crashes=1)
    if planned.at_most_once:
        return Verdict(BlockRunState.NEEDS_ATTENTION, crashes=1)
    if crashes >= planned.crash_retries:
        return Verdict(BlockRunState.FAILED, crashes=1)
    return Verdict(BlockRunState.READY, crashes=1)
