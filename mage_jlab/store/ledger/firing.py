"""Firing schedules: for each nominal time exactly one run, or its place in one recorded miss."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from mage_jlab.domain.misfire import OVERLAP, Decision, MissRange
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockError, RunState
from mage_jlab.domain.schedule import Occurrence
from mage_jlab.domain.trigger import CatchUp, Overlap
from mage_jlab.store.ledger.creating import NewRun, create_run, record_failed_run
from mage_jlab.store.ledger.ids import micros, moment, new_id
from mage_jlab.store.ledger.stopping import cancel_run
from mage_jlab.store.ledger.tables import miss, project, run, schedule, trigger
from mage_jlab.store.ledger.transaction import Transaction

BATCH = 500
"""The most schedules that one transaction fires."""
_LIVE = [RunState.QUEUED.value, RunState.RUNNING.value]

_DUE = (
    select(
        schedule,
        trigger.c.name,
        trigger.c.project_id,
        trigger.c.pipeline,
        trigger.c.variables,
        project.c.place,
    )
    .join(trigger, trigger.c.id == schedule.c.trigger_id)
    .join(project, project.c.id == trigger.c.project_id)
    .where(schedule.c.next_fire_at <= bindparam("now"))
    .order_by(schedule.c.next_fire_at, schedule.c.id)
    .limit(BATCH)
)
_NEXT = select(func.min(schedule.c.next_fire_at))
MOVE = (
    update(schedule)
    .where(
        schedule.c.id == bindparam("b_id"),
        schedule.c.rev == bindparam("b_rev"),
        schedule.c.last_nominal == bindparam("b_since"),
        schedule.c.next_fire_at.is_not(None),
    )
    .values(last_nominal=bindparam("b_last"), next_fire_at=bindparam("b_next"))
)
_LIVE_RUNS = (
    select(run.c.id, run.c.held)
    .where(run.c.trigger_id == bindparam("t"), run.c.state.in_(_LIVE))
    .order_by(run.c.id)
)
_EXTEND = (
    update(miss)
    .where(
        miss.c.schedule_id == bindparam("b_schedule"),
        miss.c.to_nominal == bindparam("b_before"),
        miss.c.reason == bindparam("b_reason"),
    )
    .values(
        to_nominal=bindparam("b_to"),
        count=miss.c.count + bindparam("b_count"),
        at=bindparam("b_at"),
    )
)


@dataclass(frozen=True)
class DueSchedule:
    """A schedule whose time has come, with what its trigger says."""

    id: str
    rev: int
    kind: str
    spec: str
    tz: str
    catch_up: CatchUp
    overlap: Overlap
    since: datetime
    trigger: str
    name: str
    project: str
    pipeline: str
    place: str
    variables: dict[str, Any]


@dataclass(frozen=True)
class Firing:
    """A due schedule, what was decided about it, and the files to run or their fault."""

    due: DueSchedule
    decision: Decision
    files: Snapshot | BlockError | None


@dataclass
class Fired:
    """What a firing did: the runs it made, and the attempts that others must stop for them."""

    runs: list[str]
    stop: list[tuple[str, int]]


def due_schedules(tx: Transaction) -> list[DueSchedule]:
    """Give the schedules whose time has come, the longest due first."""
    found = []
    for row in tx.execute(_DUE, {"now": tx.now}):
        policy = json.loads(row.policy)
        found.append(
            DueSchedule(
                id=row.id,
                rev=row.rev,
                kind=row.kind,
                spec=row.spec,
                tz=row.tz,
                catch_up=CatchUp(policy["catch_up"]),
                overlap=Overlap(policy["overlap"]),
                since=moment(row.last_nominal),
                trigger=row.trigger_id,
                name=row.name,
                project=row.project_id,
                pipeline=row.pipeline,
                place=row.place,
                variables=json.loads(row.variables),
            )
        )
    return found


def next_fire_at(tx: Transaction) -> int | None:
    """Give when the next schedule is due, in microseconds."""
    due: int | None = tx.execute(_NEXT).scalar()
    return due


def fire(tx: Transaction, firings: list[Firing]) -> Fired:
    """Carry out what was decided; a schedule that another has moved on meanwhile is left alone."""
    fired = Fired([], [])
    for firing in firings:
        due, decision = firing.due, firing.decision
        last = decision.last
        moved = tx.execute(
            MOVE,
            {
                "b_id": due.id,
                "b_rev": due.rev,
                "b_since": micros(due.since),
                "b_last": micros(last if last is not None else due.since),
                "b_next": None if decision.next is None else micros(decision.next),
            },
        )
        if moved.rowcount == 0:
            continue
        if decision.missed is not None:
            record_miss(tx, due, decision.missed)
        before = due.since if decision.missed is None else decision.missed.last
        for occurrence, caught_up in decision.runs:
            _fire_one(tx, firing, occurrence, caught_up, before, fired)
            before = occurrence.at
    return fired


def _fire_one(
    tx: Transaction,
    firing: Firing,
    occurrence: Occurrence,
    caught_up: bool,
    before: datetime,
    fired: Fired,
) -> None:
    due = firing.due
    # What is caught up in a row is throttled: one run after the other.
    many = caught_up and due.catch_up is CatchUp.ALL
    overlap = Overlap.QUEUE_ALL if many else due.overlap
    rows = tx.execute(_LIVE_RUNS, {"t": due.trigger}).all()
    if overlap is Overlap.CANCEL_RUNNING and rows:
        for row in rows:
            fired.stop += cancel_run(tx, row.id, "engine")
        rows = tx.execute(_LIVE_RUNS, {"t": due.trigger}).all()
    going = any(not row.held for row in rows)
    waiting = any(row.held for row in rows)
    if going and (overlap is Overlap.SKIP or (overlap is Overlap.QUEUE_ONE and waiting)):
        record_miss(tx, due, MissRange(occurrence.at, occurrence.at, 1, OVERLAP), before)
        return
    following = firing.decision.next
    later = [o.at for o, _ in firing.decision.runs if o.at > occurrence.at]
    ends = min(later) if later else following
    new = NewRun(
        project=due.project,
        pipeline=due.pipeline,
        variables=due.variables,
        trigger=due.trigger,
        trigger_name=due.name,
        schedule=due.id,
        nominal_key=occurrence.key,
        nominal_at=micros(occurrence.at),
        interval_end=None if ends is None else micros(ends),
        held=going and overlap is not Overlap.ALLOW,
    )
    if isinstance(firing.files, Snapshot):
        run_id = create_run(tx, new, firing.files)
    else:
        error = firing.files or BlockError(type="Error", message="There is no snapshot to run.")
        run_id = record_failed_run(tx, new, error)
    if run_id is not None:
        fired.runs.append(run_id)


def record_miss(
    tx: Transaction, due: DueSchedule, missed: MissRange, before: datetime | None = None
) -> None:
    """Record times that passed without a run; a range that goes on where the last ended is one row.

    Args:
        tx: the change.
        due: the schedule.
        missed: the times and the reason.
        before: the nominal time right before them.
    """
    values = {
        "b_schedule": due.id,
        "b_before": None if before is None else micros(before),
        "b_reason": missed.reason,
        "b_to": micros(missed.last),
        "b_count": missed.count,
        "b_at": tx.now,
    }
    if before is None or tx.execute(_EXTEND, values).rowcount == 0:
        tx.execute(
            insert(miss),
            {
                "id": new_id(),
                "schedule_id": due.id,
                "project_id": due.project,
                "pipeline": due.pipeline,
                "trigger": due.name,
                "from_nominal": micros(missed.first),
                "to_nominal": micros(missed.last),
                "count": missed.count,
                "reason": missed.reason,
                "at": tx.now,
            },
        )
    tx.event(
        "miss",
        project=due.project,
        pipeline=due.pipeline,
        trigger=due.trigger,
        payload={"count": missed.count, "reason": missed.reason},
    )
