"""Triggers: the files say what they are, the ledger whether they fire here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mage_jlab.domain.run import Run
from mage_jlab.domain.trigger import FireTime, Trigger, TriggerKind, TriggerSpec
from mage_jlab.services.doors import Doors
from mage_jlab.services.projects import Projects


class Triggers:
    """Reads and changes triggers; a change goes into the file and the ledger, or into neither.

    Args:
        doors: the ways to the ledger and the engine.
        projects: the projects.
    """

    def __init__(self, doors: Doors, projects: Projects) -> None:
        self._doors = doors
        self._projects = projects

    def list(self, project_id: str, pipeline: str | None = None) -> Sequence[Trigger]:
        """Give the triggers of a project's files, each with its state here; by pipeline and name.

        One that a file brought (a clone, a pull) is not enabled here until somebody enables it.
        """
        raise NotImplementedError

    def get(self, ref: str, project_id: str | None = None) -> Trigger:
        """Give a trigger by its id, its name (when no other in the project has it) or ``pipeline/name``.

        Raises:
            NotFoundError: when there is none.
            BadInputError: when the name is not unique.
        """
        raise NotImplementedError

    def add(self, project_id: str, spec: TriggerSpec, enabled: bool = True) -> Trigger:
        """Add a trigger; one added by hand is enabled here.

        Raises:
            ConflictError: when the pipeline has a trigger of this name.
            BadInputError: when its times, zone or variables cannot be read.
        """
        raise NotImplementedError

    def update(
        self, ref: str, changes: Mapping[str, Any], project_id: str | None = None
    ) -> Trigger:
        """Change fields of a trigger; it keeps its id.

        Args:
            ref: the trigger.
            changes: new values of ``TriggerSpec`` fields, and of ``enabled``.
            project_id: the project that a name is looked up in.
        """
        raise NotImplementedError

    def enable(self, ref: str, project_id: str | None = None) -> Trigger:
        """Let a trigger fire on this engine."""
        return self.update(ref, {"enabled": True}, project_id)

    def disable(self, ref: str, project_id: str | None = None) -> Trigger:
        """Keep a trigger from firing on this engine."""
        return self.update(ref, {"enabled": False}, project_id)

    def remove(self, ref: str, project_id: str | None = None) -> None:
        """Take a trigger out of its file and off this engine."""
        raise NotImplementedError

    def fire(self, ref: str, project_id: str | None = None) -> Run:
        """Run a trigger's pipeline now, with the trigger's variables."""
        raise NotImplementedError

    def next(
        self,
        kind: TriggerKind | str,
        spec: str,
        tz: str = "UTC",
        count: int = 10,
        after: datetime | None = None,
    ) -> Sequence[FireTime]:
        """Give the coming times of a schedule, which need not be a trigger yet.

        Args:
            kind: cron, interval or once.
            spec: the cron expression, the interval (``15m``), or the time.
            tz: the zone that a cron is read in.
            count: how many.
            after: only times after this one; by default now.

        Raises:
            BadInputError: when the schedule or the zone cannot be read, with what is wrong.
        """
        raise NotImplementedError
