"""What an attempt's outcome means for its block run: pure rules, no database."""

from __future__ import annotations

from dataclasses import dataclass

from mage_jlab.domain.attempt import Outcome, OutcomeKind
from mage_jlab.domain.plan import PlannedBlock, Retry
from mage_jlab.domain.run import BlockRunState


@dataclass(frozen=True)
class Verdict:
    """The next state of a block run, and how its budgets of errors and crashes change.

    ``delay`` is how long it waits for its next try, in seconds.
    """

    state: BlockRunState
    errors: int = 0
    crashes: int = 0
    delay: float = 0.0


def retry_delay(retry: Retry, errors: int) -> float:
    """Give the seconds to wait after the n-th error: doubled each time, never above the maximum."""
    delay = retry.delay * (2 ** (errors - 1) if retry.exponential_backoff else 1)
    return float(min(delay, retry.max_delay))


def judge(
    outcome: Outcome, planned: PlannedBlock, *, errors: int, crashes: int, cancelling: bool
) -> Verdict:
    """Decide what becomes of a block run.

    Args:
        outcome: how its attempt ended.
        planned: the block, with its budgets.
        errors: the errors that were counted before.
        crashes: the crashes that were counted before.
        cancelling: whether the run is being cancelled; nothing is tried again then.
    """
    if outcome.kind is OutcomeKind.SUCCESS:
        return Verdict(BlockRunState.SUCCESS)
    if outcome.kind is OutcomeKind.CANCELLED:
        return Verdict(BlockRunState.CANCELLED)
    if outcome.kind is OutcomeKind.CRASHED:
        return crash_verdict(planned, crashes, cancelling)
    if cancelling or errors >= planned.retry.retries:
        return Verdict(BlockRunState.FAILED, errors=1)
    return Verdict(BlockRunState.RETRY_WAIT, errors=1, delay=retry_delay(planned.retry, errors + 1))


def crash_verdict(planned: PlannedBlock, crashes: int, cancelling: bool) -> Verdict:
    """Decide what becomes of a block run whose worker, engine or machine died."""
    if cancelling:
        return Verdict(BlockRunState.CANCELLED, crashes=1)
    if planned.at_most_once:
        return Verdict(BlockRunState.NEEDS_ATTENTION, crashes=1)
    if crashes >= planned.crash_retries:
        return Verdict(BlockRunState.FAILED, crashes=1)
    return Verdict(BlockRunState.READY, crashes=1)
