"""Reading triggers, their next and last times, and what was missed."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, func, select, tuple_

from mage_jlab.domain.page import Page
from mage_jlab.domain.trigger import CatchUp, Miss, Overlap, Trigger, TriggerKind
from mage_jlab.store.ledger.access import page_limit, read_cursor, write_cursor
from mage_jlab.store.ledger.ids import maybe_moment, moment
from mage_jlab.store.ledger.tables import miss, run, schedule, trigger


def triggers(
    connection: Connection, project: str | None, pipeline: str | None, trigger_id: str | None
) -> list[Trigger]:
    """Give triggers by pipeline and name, each with its next time and its last run."""
    last = (
        select(run.c.id)
        .where(run.c.trigger_id == trigger.c.id)
        .order_by(run.c.created_at.desc(), run.c.id.desc())
        .limit(1)
        .correlate(trigger)
        .scalar_subquery()
    )
    statement = (
        select(
            trigger,
            schedule.c.next_fire_at,
            run.c.id.label("last_run"),
            run.c.state.label("last_state"),
            func.coalesce(run.c.nominal_at, run.c.created_at).label("last_at"),
        )
        .outerjoin(schedule, schedule.c.trigger_id == trigger.c.id)
        .outerjoin(run, run.c.id == last)
        .order_by(trigger.c.pipeline, trigger.c.name)
    )
    if project is not None:
        statement = statement.where(trigger.c.project_id == project)
    if pipeline is not None:
        statement = statement.where(trigger.c.pipeline == pipeline)
    if trigger_id is not None:
        statement = statement.where(trigger.c.id == trigger_id)
    return [
        Trigger(
            id=row.id,
            name=row.name,
            project=row.project_id,
            pipeline=row.pipeline,
            kind=TriggerKind(row.kind),
            spec=row.spec,
            tz=row.tz,
            enabled=row.enabled_here,
            active=row.active,
            next_at=maybe_moment(row.next_fire_at),
            last_at=maybe_moment(row.last_at),
            last_run=row.last_run,
            last_state=row.last_state,
            variables=json.loads(row.variables),
            catch_up=CatchUp(row.catch_up),
            overlap=Overlap(row.overlap),
            description=row.description,
        )
        for row in connection.execute(statement)
    ]


def next_times(connection: Connection, project: str) -> dict[str, datetime]:
    """Give the next time at which a schedule fires, by pipeline."""
    rows = connection.execute(
        select(trigger.c.pipeline, func.min(schedule.c.next_fire_at))
        .join(schedule, schedule.c.trigger_id == trigger.c.id)
        .where(trigger.c.project_id == project, schedule.c.next_fire_at.is_not(None))
        .group_by(trigger.c.pipeline)
    )
    return {pipeline: moment(at) for pipeline, at in rows}


def misses(
    connection: Connection,
    project: str | None,
    pipeline: str | None,
    limit: int,
    before: str | None,
) -> Page[Miss]:
    """Give what was missed, newest first."""
    count = page_limit(limit)
    statement = select(miss).order_by(miss.c.at.desc(), miss.c.id.desc()).limit(count + 1)
    if project is not None:
        statement = statement.where(miss.c.project_id == project)
    if pipeline is not None:
        statement = statement.where(miss.c.pipeline == pipeline)
    if before is not None:
        at, last_id = read_cursor(before)
        statement = statement.where(tuple_(miss.c.at, miss.c.id) < tuple_(at, last_id))
    rows = connection.execute(statement).all()
    shown = rows[:count]
    return Page(
        [
            Miss(
                pipeline=row.pipeline,
                trigger=row.trigger,
                from_=moment(row.from_nominal),
                to=moment(row.to_nominal),
                count=row.count,
                reason=row.reason,
            )
            for row in shown
        ],
        write_cursor(shown[-1].at, shown[-1].id) if len(rows) > count else None,
    )
