"""Triggers: when or how a pipeline runs."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.word import Json, Moment, Word


class TriggerKind(StrEnum):
    """How a trigger fires."""

    CRON = "cron"
    INTERVAL = "interval"
    ONCE = "once"
    API = "api"
    SIGNAL = "signal"


class CatchUp(StrEnum):
    """What happens to nominal times that passed while no engine was up."""

    LATEST = "latest"
    ALL = "all"
    NONE = "none"


class Overlap(StrEnum):
    """What happens when a nominal time comes while a run of the same trigger is still going."""

    QUEUE_ONE = "queue_one"
    SKIP = "skip"
    QUEUE_ALL = "queue_all"
    ALLOW = "allow"
    CANCEL_RUNNING = "cancel_running"


class TriggerSpec(Word):
    """A trigger as a project's files define it.

    ``spec`` is the cron expression, the interval (``15m``), or the RFC 3339 time, by ``kind``.
    ``active`` is the file's intent; whether it fires on this engine is the ledger's to say.
    """

    name: str
    pipeline: str
    kind: TriggerKind
    spec: str
    tz: str = "UTC"
    active: bool = True
    variables: dict[str, Json] = {}
    catch_up: CatchUp = CatchUp.LATEST
    overlap: Overlap = Overlap.QUEUE_ONE
    envs: list[str] = []
    description: str | None = None


class Trigger(Word):
    """A trigger with its state here: whether this engine fires it, its next and last times."""

    id: str
    name: str
    project: str
    pipeline: str
    kind: TriggerKind
    spec: str
    tz: str
    enabled: bool
    active: bool = True
    next_at: Moment | None = None
    last_at: Moment | None = None
    last_run: str | None = None
    last_state: str | None = None
    variables: dict[str, Json] = {}
    catch_up: CatchUp
    overlap: Overlap
    description: str | None = None


class FireTime(Word):
    """One coming time of a schedule.

    ``at`` is the instant, ``local`` its RFC 3339 form in the trigger's zone, ``zone`` the zone's
    abbreviation then, ``note`` a sentence when a change of the clock moved or merged it.
    """

    at: Moment
    local: str
    zone: str
    note: str | None = None


class Miss(Word):
    """A range of nominal times that passed without a run, as one row with its reason."""

    pipeline: str
    trigger: str
    from_: Moment
    to: Moment
    count: int
    reason: str
