"""Triggers in the ledger: what the files say, and whether each fires on this engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.misfire import next_after, skipped
from mage_jlab.domain.schedule import parse_spec
from mage_jlab.domain.trigger import TriggerKind, TriggerSpec
from mage_jlab.store.ledger.firing import DueSchedule, record_miss
from mage_jlab.store.ledger.ids import micros, moment, new_id
from mage_jlab.store.ledger.tables import project, schedule, trigger
from mage_jlab.store.ledger.transaction import Transaction

TIMED = (TriggerKind.CRON, TriggerKind.INTERVAL, TriggerKind.ONCE)
"""The kinds that fire by the clock."""

_ALL = select(trigger).where(trigger.c.project_id == bindparam("p"))
_ONE = select(trigger).where(trigger.c.id == bindparam("i"))
_SCHEDULE = select(schedule).where(schedule.c.trigger_id == bindparam("i"))
_PLACE = select(project.c.place).where(project.c.id == bindparam("p"))
_COMING = select(schedule).where(schedule.c.next_fire_at > bindparam("now"))


def sync_triggers(
    tx: Transaction, project_id: str, specs: Sequence[TriggerSpec], env: str | None, actor: str
) -> dict[str, str]:
    """Bring the ledger's triggers of a project in line with its files.

    New ones do not fire here until a person enables them, unless their ``envs`` name this
    engine's; those that the files have no more are removed.

    Returns:
        The id of each trigger by ``pipeline/name``.
    """
    rows = {(row.pipeline, row.name): row for row in tx.execute(_ALL, {"p": project_id})}
    ids: dict[str, str] = {}
    for spec in specs:
        row = rows.pop((spec.pipeline, spec.name), None)
        armed = env is not None and env in spec.envs
        enabled = armed if row is None else row.enabled_here
        ids[f"{spec.pipeline}/{spec.name}"] = _put(tx, project_id, spec, row, enabled, actor)
    for row in rows.values():
        _remove(tx, row, actor)
    return ids


def set_trigger(
    tx: Transaction,
    project_id: str,
    spec: TriggerSpec,
    enabled: bool | None,
    trigger_id: str | None,
    actor: str,
) -> str:
    """Add a trigger or change one, found by its id (a new name keeps it), else by its name.

    Args:
        tx: the change.
        project_id: the project.
        spec: the trigger.
        enabled: whether it fires on this engine; None leaves that as it is (a new one: no).
        trigger_id: the trigger to change.
        actor: who does it.

    Raises:
        NotFoundError: when there is no such trigger or project.
        BadInputError: when its schedule cannot be read, or its time has passed.
    """
    if tx.execute(_PLACE, {"p": project_id}).scalar() is None:
        raise NotFoundError(f"No project {project_id} was opened on this engine.")
    if spec.kind in TIMED:
        times = parse_spec(spec.kind, spec.spec, spec.tz)
        if enabled and next_after(times, moment(tx.now)) is None:
            raise BadInputError(f"{spec.spec} has passed: give a time to come.", "time-passed")
    row: Row[Any] | None
    if trigger_id is not None:
        row = get_trigger(tx, trigger_id)
    else:
        named = trigger.c.pipeline == spec.pipeline, trigger.c.name == spec.name
        row = tx.execute(_ALL.where(*named), {"p": project_id}).first()
    if enabled is None:
        enabled = row is not None and row.enabled_here
    return _put(tx, project_id, spec, row, enabled, actor)


def enable_trigger(tx: Transaction, trigger_id: str, enabled: bool, actor: str) -> None:
    """Let a trigger fire on this engine, or not any more; times it skipped meanwhile are a miss.

    Raises:
        NotFoundError: when there is no such trigger.
    """
    row = get_trigger(tx, trigger_id)
    spec = trigger_spec(row).model_copy(update={"active": enabled})
    _put(tx, row.project_id, spec, row, enabled, actor)


def remove_trigger(tx: Transaction, trigger_id: str, actor: str) -> None:
    """Remove a trigger; its runs and misses stay.

    Raises:
        NotFoundError: when there is no such trigger.
    """
    _remove(tx, get_trigger(tx, trigger_id), actor)


def get_trigger(tx: Transaction, trigger_id: str) -> Row[Any]:
    """Give the row of a trigger.

    Raises:
        NotFoundError: when there is none.
    """
    row = tx.execute(_ONE, {"i": trigger_id}).first()
    if row is None:
        raise NotFoundError(f"There is no trigger {trigger_id}.")
    return row


def trigger_spec(row: Row[Any]) -> TriggerSpec:
    """Give a row as the files define it."""
    return TriggerSpec(
        name=row.name,
        pipeline=row.pipeline,
        kind=row.kind,
        spec=row.spec,
        tz=row.tz,
        active=row.active,
        variables=json.loads(row.variables),
        catch_up=row.catch_up,
        overlap=row.overlap,
        envs=json.loads(row.envs),
        description=row.description,
    )


def recompute_times(tx: Transaction) -> int:
    """Compute all coming times anew (the zones' rules may have changed); gives how many moved."""
    changed = 0
    for row in tx.execute(_COMING, {"now": tx.now}).all():
        at = next_after(parse_spec(row.kind, row.spec, row.tz), moment(tx.now))
        value = None if at is None else micros(at)
        if value != row.next_fire_at:
            changed += 1
            tx.execute(update(schedule).where(schedule.c.id == row.id).values(next_fire_at=value))
    return changed


def _put(
    tx: Transaction,
    project_id: str,
    spec: TriggerSpec,
    row: Row[Any] | None,
    enabled: bool,
    actor: str,
) -> str:
    values = {
        "project_id": project_id,
        "pipeline": spec.pipeline,
        "name": spec.name,
        "kind": spec.kind.value,
        "spec": spec.spec,
        "tz": spec.tz,
        "active": spec.active,
        "enabled_here": enabled,
        "variables": json.dumps(spec.variables),
        "catch_up": spec.catch_up.value,
        "overlap": spec.overlap.value,
        "envs": json.dumps(spec.envs),
        "description": spec.description,
    }
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return str(row.id)
    if row is None:
        trigger_id = new_id()
        tx.execute(insert(trigger), {**values, "id": trigger_id, "rev": 1, "created_at": tx.now})
    else:
        trigger_id = row.id
        tx.execute(
            update(trigger).where(trigger.c.id == trigger_id).values(**values, rev=row.rev + 1)
        )
    _put_schedule(tx, project_id, trigger_id, spec, enabled and spec.active)
    tx.event(
        "trigger",
        actor=actor,
        project=project_id,
        pipeline=spec.pipeline,
        trigger=trigger_id,
        state="enabled" if enabled and spec.active else "disabled",
    )
    return trigger_id


def _put_schedule(
    tx: Transaction, project_id: str, trigger_id: str, spec: TriggerSpec, fires: bool
) -> None:
    row = tx.execute(_SCHEDULE, {"i": trigger_id}).first()
    if spec.kind not in TIMED:
        if row is not None:
            tx.execute(delete(schedule).where(schedule.c.id == row.id))
        return
    try:
        times = parse_spec(spec.kind, spec.spec, spec.tz)
    except BadInputError:
        # A file may say what nobody can read: the trigger is shown, and has no times.
        times, fires = None, False
    same = row is not None and (row.kind, row.spec, row.tz) == (spec.kind, spec.spec, spec.tz)
    since = row.last_nominal if row is not None and same else None
    now = moment(tx.now)
    values: dict[str, Any] = {
        "kind": spec.kind.value,
        "spec": spec.spec,
        "tz": spec.tz,
        "policy": json.dumps({"catch_up": spec.catch_up, "overlap": spec.overlap}),
    }
    if not fires or times is None:
        values |= {"last_nominal": since, "next_fire_at": None}
    elif row is None or since is None or row.next_fire_at is None:
        at = next_after(times, now)
        values |= {"last_nominal": tx.now, "next_fire_at": None if at is None else micros(at)}
        if since is not None and row is not None:
            missed = skipped(times, moment(since), now)
            if missed is not None:
                due = _as_due(row, project_id, spec)
                record_miss(tx, due, missed)
    if row is None:
        tx.execute(insert(schedule), {**values, "id": new_id(), "trigger_id": trigger_id, "rev": 1})
    else:
        tx.execute(
            update(schedule).where(schedule.c.id == row.id).values(**values, rev=row.rev + 1)
        )


def _as_due(row: Row[Any], project_id: str, spec: TriggerSpec) -> DueSchedule:
    return DueSchedule(
        id=row.id,
        rev=row.rev,
        kind=row.kind,
        spec=row.spec,
        tz=row.tz,
        catch_up=spec.catch_up,
        overlap=spec.overlap,
        since=moment(row.last_nominal),
        trigger=row.trigger_id,
        name=spec.name,
        project=project_id,
        pipeline=spec.pipeline,
        place="",
        variables={},
    )


def _remove(tx: Transaction, row: Row[Any], actor: str) -> None:
    tx.execute(delete(schedule).where(schedule.c.trigger_id == row.id))
    tx.execute(delete(trigger).where(trigger.c.id == row.id))
    tx.event(
        "trigger",
        actor=actor,
        project=row.project_id,
        pipeline=row.pipeline,
        trigger=row.id,
        state="removed",
    )
