"""Holds what a ledger says happened against what its engine promises."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, select

from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger.access import Access
from mage_jlab.store.ledger.tables import attempt, block_run, miss, node, pool, product, run, timer
from mage_jlab.store.paths import StateFolder

LIVE = {RunState.QUEUED.value, RunState.RUNNING.value}
UNDER_WAY = {
    state.value
    for state in (
        BlockRunState.PENDING,
        BlockRunState.READY,
        BlockRunState.RUNNING,
        BlockRunState.RETRY_WAIT,
    )
}
GOOD = {BlockRunState.SUCCESS.value, BlockRunState.CONDITION_FALSE.value}


def violations(state: StateFolder, upstream: dict[str, list[str]] | None = None) -> list[str]:
    """Give in words every promise that a ledger breaks.

    Args:
        state: the state folder of the ledger.
        upstream: the blocks above each block, where all runs have the same plan.
    """
    access = Access(state)
    try:
        with access.connection() as connection:
            if connection is None:
                return []
            return [
                *_fired_once(connection),
                *_committed_once(connection),
                *_owned(connection),
                *_in_order(connection, upstream or {}),
                *_within_limits(connection),
            ]
    finally:
        access.close()


def _rows(connection: Connection, table: Any) -> list[Any]:
    return list(connection.execute(select(table)))


def _fired_once(connection: Connection) -> list[str]:
    """One run, or one recorded miss, for a nominal time."""
    found = []
    runs = [row for row in _rows(connection, run) if row.schedule_id is not None]
    times = Counter((row.schedule_id, row.nominal_key) for row in runs)
    found += [f"{count} runs of {key}" for key, count in times.items() if count > 1]
    for missed in _rows(connection, miss):
        found += [
            f"run {row.id} stands in a miss too"
            for row in runs
            if row.schedule_id == missed.schedule_id
            and missed.from_nominal <= row.nominal_at <= missed.to_nominal
        ]
    return found


def _committed_once(connection: Connection) -> list[str]:
    """A product is of the attempt that succeeded, and only that one committed."""
    found = []
    attempts = _rows(connection, attempt)
    good = Counter(row.block_run_id for row in attempts if row.outcome == OutcomeKind.SUCCESS.value)
    found += [f"{count} attempts of {key} succeeded" for key, count in good.items() if count > 1]
    outcomes = {(row.block_run_id, row.token): row.outcome for row in attempts}
    blocks = {row.id: row for row in _rows(connection, block_run)}
    for row in _rows(connection, product):
        owner = blocks[row.block_run_id]
        if owner.cached:
            continue
        if outcomes.get((row.block_run_id, row.token)) != OutcomeKind.SUCCESS.value:
            found.append(f"product {row.name} of {owner.block} is of no attempt that succeeded")
        if row.token != owner.token:
            found.append(f"product {row.name} of {owner.block} has a superseded token")
    return found


def _owned(connection: Connection) -> list[str]:
    """All that is not finished has an engine, a timer, or something that it waits for."""
    found = []
    live = {row.id for row in _rows(connection, node) if row.state != "dead"}
    timed = {row.ref for row in _rows(connection, timer) if not row.done}
    runs = {row.id: row for row in _rows(connection, run)}
    by_run: dict[str, list[Any]] = {}
    for row in _rows(connection, block_run):
        by_run.setdefault(row.run_id, []).append(row)
        if row.state == BlockRunState.RUNNING.value and row.owner_node not in live:
            found.append(f"{row.block} runs on no live engine")
        if row.state == BlockRunState.RETRY_WAIT.value and row.id not in timed:
            found.append(f"{row.block} waits for no timer")
        if row.state in UNDER_WAY and runs[row.run_id].state not in LIVE:
            found.append(f"{row.block} is {row.state} in a run that has ended")
    for run_id, rows in by_run.items():
        under_way = any(row.state in UNDER_WAY for row in rows)
        if runs[run_id].state in LIVE and not runs[run_id].held and not under_way:
            found.append(f"run {run_id} is live, and nothing in it is under way")
    return found


def _in_order(connection: Connection, upstream: dict[str, list[str]]) -> list[str]:
    """A block's successful attempt began after all above it had ended well."""
    found = []
    blocks: dict[str, dict[str, Any]] = {}
    for row in _rows(connection, block_run):
        if row.item == "":
            blocks.setdefault(row.run_id, {})[row.block] = row
    began: dict[str, int] = {}
    for row in _rows(connection, attempt):
        began[row.block_run_id] = min(row.started_at, began.get(row.block_run_id, row.started_at))
    for run_id, rows in blocks.items():
        for name, row in rows.items():
            for parent in upstream.get(name, []):
                above = rows[parent]
                if row.id not in began:
                    continue
                if above.state not in GOOD or above.ended_at > began[row.id]:
                    found.append(f"{name} of run {run_id} began before {parent} had succeeded")
    return found


def _within_limits(connection: Connection) -> list[str]:
    """No pool has more attempts at any moment than it has slots."""
    found = []
    slots = {row.name: row.slots for row in _rows(connection, pool)}
    pools = {row.id: row.pool for row in _rows(connection, block_run)}
    steps: dict[str, list[tuple[int, int]]] = {}
    for row in _rows(connection, attempt):
        if row.ended_at is not None:
            of = steps.setdefault(pools[row.block_run_id], [])
            of += [(row.started_at, 1), (row.ended_at, -1)]
    for name, changes in steps.items():
        busy = 0
        for _, change in sorted(changes):
            busy += change
            if slots[name] is not None and busy > slots[name]:
                found.append(f"pool {name} had {busy} of {slots[name]} slots in use")
    return found
