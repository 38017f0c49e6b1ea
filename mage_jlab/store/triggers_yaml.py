"""A pipeline's ``triggers.yaml`` with Mage AI's keys, and what our own file adds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.domain.trigger import CatchUp, Overlap, TriggerKind, TriggerSpec
from mage_jlab.domain.word import rfc3339
from mage_jlab.store.record_yaml import TriggerRecord
from mage_jlab.store.yaml_text import plain, read_mapping, rewrite_yaml

FILE = "triggers.yaml"
ENVS = ("dev", "prod", "staging", "test", "test_mage")
"""What Mage AI allows in ``envs``."""

_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 1",
    "@monthly": "0 0 1 * *",
}
_ALWAYS_ON = "@always_on"


def parse_triggers(
    text: str | None, path: str, pipeline: str, records: Mapping[str, TriggerRecord]
) -> list[TriggerSpec]:
    """Read the triggers of a pipeline.

    Mage AI's ``@always_on`` becomes an interval of a minute that skips while a run is going; an
    entry without a schedule is a draft and left out.

    Args:
        text: the file's text, or None when there is none.
        path: the file, relative to the project, for errors.
        pipeline: the pipeline's name.
        records: what our own file says of them, by name.

    Raises:
        UnreadableFileError: when it is no YAML or an entry makes no sense.
    """
    if not text:
        return []
    specs: list[TriggerSpec] = []
    for entry in _entries(read_mapping(text, path), path):
        record = records.get(str(entry["name"]), TriggerRecord())
        try:
            spec = _spec(entry, pipeline, record)
        except (ValidationError, ValueError) as error:
            problem = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
            raise UnreadableFileError(
                f"{path}: trigger {entry['name']}: {problem}.", path
            ) from error
        if spec is not None:
            specs.append(spec)
    return specs


def write_trigger(
    text: str | None, path: str, spec: TriggerSpec, now: datetime | None = None
) -> str:
    """Add or change a trigger; unknown keys, comments and the other triggers stay.

    Args:
        text: the file's present text, or None.
        path: the file, relative to the project, for errors.
        spec: the trigger as it shall be.
        now: the moment that an active one was enabled at, when it was not before.

    Raises:
        UnreadableFileError: when the present text is no YAML mapping.
    """
    moment = (now or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0, tzinfo=None)

    def change(tree: Any) -> None:
        if not tree.get("triggers"):
            tree["triggers"] = []
        entry = next((e for e in tree["triggers"] if e.get("name") == spec.name), None)
        if entry is None:
            entry = _new_entry(spec)
            tree["triggers"].append(entry)
        values = _values(spec, entry)
        if spec.active and not entry.get("last_enabled_at"):
            values["last_enabled_at"] = moment
        for key, value in values.items():
            if key not in entry or plain(entry[key]) != plain(value):
                entry[key] = value

    return rewrite_yaml(text or "", path, change)


def drop_trigger(text: str | None, path: str, name: str) -> str:
    """Take a trigger out of the file's text.

    Raises:
        UnreadableFileError: when the present text is no YAML mapping.
    """

    def change(tree: Any) -> None:
        entries = tree.get("triggers") or []
        for index in reversed([i for i, e in enumerate(entries) if e.get("name") == name]):
            del entries[index]

    return rewrite_yaml(text or "", path, change)


def trigger_record(spec: TriggerSpec) -> TriggerRecord:
    """Give what our own file keeps of a trigger; defaults are left out."""
    return TriggerRecord(
        tz=None if spec.tz == "UTC" else spec.tz,
        every=spec.spec if spec.kind is TriggerKind.INTERVAL else None,
        catch_up=None if spec.catch_up is CatchUp.LATEST else spec.catch_up,
        overlap=None if spec.overlap is Overlap.QUEUE_ONE else spec.overlap,
        signal=spec.spec if spec.kind is TriggerKind.SIGNAL else None,
    )


def interval_cron(every: str) -> str | None:
    """Give the cron that fires at the times of an interval (``15m``), if there is one."""
    match = re.fullmatch(r"(\d+)([smhd])", every.strip())
    if not match:
        return None
    count, unit = int(match[1]), match[2]
    if count == 0:
        return None
    if unit == "s" and count % 60 == 0:
        count, unit = count // 60, "m"
    if unit == "m" and count % 60 == 0:
        count, unit = count // 60, "h"
    if unit == "h" and count % 24 == 0:
        count, unit = count // 24, "d"
    if unit == "m" and 60 % count == 0:
        return "* * * * *" if count == 1 else f"*/{count} * * * *"
    if unit == "h" and 24 % count == 0:
        return "0 * * * *" if count == 1 else f"0 */{count} * * *"
    return "0 0 * * *" if unit == "d" and count == 1 else None


def _entries(values: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    entries = values.get("triggers") or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableFileError(f"{path}: triggers should be a list of entries.", path)
    for entry in entries:
        if not entry.get("name"):
            raise UnreadableFileError(f"{path}: a trigger has no name.", path)
    return entries


def _spec(entry: Mapping[str, Any], pipeline: str, record: TriggerRecord) -> TriggerSpec | None:
    found = _schedule(entry, record)
    if found is None:
        return None
    kind, text = found
    settings = entry.get("settings") or {}
    overlap = record.overlap
    if overlap is None and (
        settings.get("skip_if_previous_running") or entry.get("schedule_interval") == _ALWAYS_ON
    ):
        overlap = Overlap.SKIP
    envs = [str(env) for env in entry.get("envs") or []]
    strange = [env for env in envs if env not in ENVS]
    if strange:
        raise ValueError(f"{strange[0]!r} is none of the envs {', '.join(ENVS)}")
    return TriggerSpec(
        name=str(entry["name"]),
        pipeline=pipeline,
        kind=kind,
        spec=text,
        tz=record.tz or "UTC",
        active=str(entry.get("status") or "inactive") == "active",
        variables=plain(entry.get("variables") or {}),
        catch_up=record.catch_up or CatchUp.LATEST,
        overlap=overlap or Overlap.QUEUE_ONE,
        envs=envs,
        description=entry.get("description") or None,
    )


def _schedule(entry: Mapping[str, Any], record: TriggerRecord) -> tuple[TriggerKind, str] | None:
    kind = str(entry.get("schedule_type") or "time")
    if kind == "api":
        return TriggerKind.API, ""
    if kind == "event":
        return TriggerKind.SIGNAL, record.signal or ""
    if kind != "time":
        raise ValueError(f"{kind!r} is no schedule_type")
    interval = entry.get("schedule_interval")
    if record.every and interval in (interval_cron(record.every), _ALWAYS_ON, None):
        return TriggerKind.INTERVAL, record.every
    if interval == "@once":
        start = entry.get("start_time")
        return (TriggerKind.ONCE, rfc3339(_moment(start))) if start else None
    if interval == _ALWAYS_ON:
        return TriggerKind.INTERVAL, "1m"
    return (TriggerKind.CRON, _NAMED.get(str(interval), str(interval))) if interval else None


def _moment(value: Any) -> datetime:
    """Read a time of Mage AI's files, where one without a zone is UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        raise ValueError(f"{value!r} is no time")  # noqa: TRY004  # the caller turns it into a place in the file
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _values(spec: TriggerSpec, entry: Any) -> dict[str, Any]:
    """The keys of Mage AI's that say what ``spec`` does."""
    settings = dict(entry.get("settings") or {})
    skips = spec.overlap is Overlap.SKIP
    if bool(settings.get("skip_if_previous_running")) != skips:
        settings["skip_if_previous_running"] = skips
    values: dict[str, Any] = {
        "description": spec.description,
        "envs": list(spec.envs),
        "settings": settings or None,
        "status": "active" if spec.active else "inactive",
        "variables": dict(spec.variables),
    }
    if not _says(entry, spec):
        types = {TriggerKind.API: "api", TriggerKind.SIGNAL: "event"}
        values["schedule_type"] = types.get(spec.kind, "time")
        values["schedule_interval"] = _interval(spec)
        if spec.kind is TriggerKind.ONCE:
            moment = _moment(spec.spec.replace("Z", "+00:00"))
            values["start_time"] = moment.astimezone(UTC).replace(tzinfo=None)
    if entry.get("settings") == {} and not settings:
        del values["settings"]
    return values


def _says(entry: Any, spec: TriggerSpec) -> bool:
    """Whether the entry's schedule is the spec's already (``@daily`` is a cron too)."""
    if not entry.get("schedule_type"):
        return False
    interval = entry.get("schedule_interval")
    if spec.kind is TriggerKind.INTERVAL and interval != _ALWAYS_ON:
        return bool(entry["schedule_type"] == "time" and interval == _interval(spec))
    try:
        return _schedule(entry, trigger_record(spec)) == (spec.kind, spec.spec)
    except ValueError:
        return False


def _interval(spec: TriggerSpec) -> str | None:
    if spec.kind is TriggerKind.CRON:
        return spec.spec
    if spec.kind is TriggerKind.INTERVAL:
        return interval_cron(spec.spec)
    return "@once" if spec.kind is TriggerKind.ONCE else None


def _new_entry(spec: TriggerSpec) -> dict[str, Any]:
    return {
        "description": None,
        "envs": [],
        "last_enabled_at": None,
        "name": spec.name,
        "pipeline_uuid": spec.pipeline,
        "schedule_interval": None,
        "schedule_type": "",
        "settings": None,
        "sla": None,
        "start_time": None,
        "status": "",
        "token": None,
        "variables": {},
    }
