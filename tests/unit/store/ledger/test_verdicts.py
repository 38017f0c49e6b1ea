"""What an outcome means: budgets, delays, and only legal changes of state."""

from __future__ import annotations

import itertools

import pytest

from mage_jlab.domain.attempt import Outcome, OutcomeKind
from mage_jlab.domain.plan import Retry
from mage_jlab.domain.run import LEGAL_CHANGES, BlockRunState, RunState
from mage_jlab.store.ledger.ending import run_end
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.verdicts import judge, retry_delay

from .conftest import planned

S = BlockRunState


def _outcome(kind: OutcomeKind) -> Outcome:
    return Outcome(block_run="b", token=1, kind=kind)


def test_every_verdict_is_a_legal_change() -> None:
    blocks = [planned("a"), planned("b", at_most_once=True), planned("c", retry={"retries": 1})]
    cases = itertools.product(OutcomeKind, blocks, range(4), range(4), (False, True))
    for kind, block, errors, crashes, cancelling in cases:
        verdict = judge(
            _outcome(kind), block, errors=errors, crashes=crashes, cancelling=cancelling
        )
        assert verdict.state in LEGAL_CHANGES[S.RUNNING]
        assert (verdict.state is S.SUCCESS) == (kind is OutcomeKind.SUCCESS)
        if cancelling:
            assert verdict.state.ended


@pytest.mark.parametrize(
    ("kind", "errors", "crashes", "state"),
    [
        ("failed", 0, 0, S.RETRY_WAIT),
        ("failed", 1, 5, S.RETRY_WAIT),
        ("failed", 2, 0, S.FAILED),
        ("timeout", 1, 0, S.RETRY_WAIT),
        ("timeout", 2, 0, S.FAILED),
        ("crashed", 9, 1, S.READY),
        ("crashed", 0, 2, S.FAILED),
        ("cancelled", 0, 0, S.CANCELLED),
    ],
)
def test_errors_and_crashes_are_counted_apart(
    kind: str, errors: int, crashes: int, state: BlockRunState
) -> None:
    block = planned("a", retry={"retries": 2})
    verdict = judge(
        _outcome(OutcomeKind(kind)), block, errors=errors, crashes=crashes, cancelling=False
    )
    assert verdict.state is state
    assert verdict.crashes == (kind == "crashed")
    assert verdict.errors == (kind in ("failed", "timeout"))


def test_delays_double_up_to_their_maximum() -> None:
    retry = Retry(retries=9, delay=5, max_delay=30)
    assert [retry_delay(retry, n) for n in range(1, 6)] == [5, 10, 20, 30, 30]
    even = retry.model_copy(update={"exponential_backoff": False})
    assert [retry_delay(even, n) for n in (1, 2, 3)] == [5, 5, 5]


@pytest.mark.parametrize(
    ("states", "cancelling", "end"),
    [
        ([S.SUCCESS, S.CONDITION_FALSE], False, RunState.SUCCESS),
        ([S.SUCCESS, S.FAILED, S.UPSTREAM_FAILED], False, RunState.FAILED),
        ([S.FAILED, S.NEEDS_ATTENTION], False, RunState.NEEDS_ATTENTION),
        ([S.SUCCESS, S.CANCELLED], False, RunState.CANCELLED),
        ([S.FAILED, S.CANCELLED], True, RunState.CANCELLED),
        ([S.FAILED, S.CANCELLED], False, RunState.FAILED),
        ([S.SUCCESS, S.SUCCESS], True, RunState.SUCCESS),
    ],
)
def test_how_a_run_ends(states: list[BlockRunState], cancelling: bool, end: RunState) -> None:
    blocks = {(f"b{n}", "transformer"): state for n, state in enumerate(states)}
    assert run_end(blocks, cancelling) is end
    assert run_end({**blocks, ("plot", "chart"): S.FAILED}, cancelling) is end


def test_guards_come_from_the_one_table() -> None:
    assert set(sources(S.RUNNING)) == {"ready"}
    assert set(sources(S.PENDING, ended=True)) == {
        "failed", "upstream_failed", "cancelled", "needs_attention",
    }  # fmt: skip
    assert "success" not in {state for target in S for state in sources(target)}
