"""Triggers: the files say what they are, the ledger whether they fire here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    EngineUnavailableError,
    MageError,
    NotFoundError,
    UnprocessableError,
)
from mage_jlab.domain.page import Page
from mage_jlab.domain.run import Run
from mage_jlab.domain.trigger import FireTime, Miss, Trigger, TriggerKind, TriggerSpec
from mage_jlab.services import trigger_refs
from mage_jlab.services.doors import Doors
from mage_jlab.services.pipelines import page_size
from mage_jlab.services.projects import Projects
from mage_jlab.services.variables import check_variables
from mage_jlab.store.project_files import ProjectFiles

BUILT = (TriggerKind.CRON, TriggerKind.INTERVAL, TriggerKind.ONCE)
"""The kinds that can be added: those that time fires."""


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

        Raises:
            NotFoundError: when there is no such project or pipeline.
        """
        files = self._projects.files(project_id)
        if pipeline is not None and pipeline not in files.pipelines():
            raise NotFoundError(f"There is no pipeline {pipeline} in this project.")
        specs, unreadable = _specs(files)
        if not unreadable:
            self._sync(files, specs)
        return self._merged(files, specs, unreadable, pipeline)

    def get(self, ref: str, project_id: str | None = None) -> Trigger:
        """Give a trigger by its id, its name (unique in the project) or ``pipeline/name``.

        Raises:
            NotFoundError: when there is none.
            BadInputError: when several have this name.
        """
        brought = trigger_refs.read(ref)
        if brought is not None:
            project_id, pipeline, name = brought
            for trigger in self.list(project_id, pipeline):
                if trigger.name == name:
                    return trigger
            raise NotFoundError(f"The pipeline {pipeline} has no trigger {name}.")
        if project_id is None:
            found = self._doors.ledger.trigger(ref)
            if not self._projects.allows(found.project):
                raise NotFoundError(f"There is no trigger {ref} here.")
            for trigger in self.list(found.project):
                if trigger.id == ref:
                    return trigger
            raise NotFoundError(f"The trigger {found.name} is no longer in {found.pipeline}.")
        return trigger_refs.choose(ref, self.list(project_id))

    def add(self, project_id: str, spec: TriggerSpec, enabled: bool = True) -> Trigger:
        """Add a trigger; one added by hand is enabled here.

        Raises:
            ConflictError: when the pipeline has a trigger of this name.
            BadInputError: when its times, zone or variables cannot be read.
        """
        files = self._projects.files(project_id)
        spec = self._checked(files, spec.model_copy(update={"active": enabled}))
        if any(other.name == spec.name for other in files.triggers(spec.pipeline)):
            raise ConflictError(
                f"The pipeline {spec.pipeline} has a trigger {spec.name} already.", "name-taken"
            )
        self._projects.register(files)
        files.save_trigger(spec)
        try:
            self._set(files, spec, enabled)
        except BaseException:
            files.remove_trigger(spec.pipeline, spec.name)
            raise
        return self._by_name(project_id, spec.pipeline, spec.name)

    def update(
        self, ref: str, changes: Mapping[str, Any], project_id: str | None = None
    ) -> Trigger:
        """Change fields of a trigger; it keeps its id.

        Args:
            ref: the trigger.
            changes: new values of ``TriggerSpec`` fields, and of ``enabled``.
            project_id: the project that a name is looked up in.

        Raises:
            ConflictError: when the new name is taken.
            BadInputError: when the new times, zone or variables cannot be read.
        """
        trigger = self.get(ref, project_id)
        files = self._projects.files(trigger.project)
        before = self._spec(files, trigger)
        enabled = trigger.enabled if changes.get("enabled") is None else bool(changes["enabled"])
        fields = {name: value for name, value in changes.items() if name != "enabled"}
        if "enabled" in changes:
            fields["active"] = enabled
        after = TriggerSpec.model_validate(before.model_dump() | fields)
        # What nobody can read can still be switched off.
        only_off = not enabled and fields.keys() == {"active"}
        if not only_off:
            after = self._checked(files, after)
        if after.pipeline != before.pipeline:
            raise BadInputError("A trigger cannot move to another pipeline; add one there.")
        if after.name != before.name and any(
            other.name == after.name for other in files.triggers(after.pipeline)
        ):
            raise ConflictError(
                f"The pipeline {after.pipeline} has a trigger {after.name} already.", "name-taken"
            )
        self._projects.register(files)
        trigger = self._known(files, trigger)
        _rewrite(files, before, after)
        try:
            if only_off:
                self._doors.engine.command("disable_trigger", trigger=trigger.id)
            else:
                self._set(files, after, enabled, trigger.id)
        except BaseException:
            _rewrite(files, after, before)
            raise
        return self._by_name(trigger.project, after.pipeline, after.name)

    def enable(self, ref: str, project_id: str | None = None) -> Trigger:
        """Let a trigger fire on this engine."""
        return self.update(ref, {"enabled": True}, project_id)

    def disable(self, ref: str, project_id: str | None = None) -> Trigger:
        """Keep a trigger from firing on this engine."""
        return self.update(ref, {"enabled": False}, project_id)

    def remove(self, ref: str, project_id: str | None = None) -> None:
        """Take a trigger out of its file and off this engine."""
        trigger = self.get(ref, project_id)
        files = self._projects.files(trigger.project)
        spec = self._spec(files, trigger)
        self._projects.register(files)
        trigger = self._known(files, trigger)
        files.remove_trigger(spec.pipeline, spec.name)
        try:
            self._doors.engine.command("remove_trigger", trigger=trigger.id)
        except BaseException:
            files.save_trigger(spec)
            raise

    def fire(self, ref: str, project_id: str | None = None) -> Run:
        """Run a trigger's pipeline now, with the trigger's variables."""
        trigger = self.get(ref, project_id)
        files = self._projects.files(trigger.project)
        self._projects.register(files)
        trigger = self._known(files, trigger)
        answer = self._doors.engine.command("fire_trigger", trigger=trigger.id)
        run = answer["run"]
        return self._doors.ledger.run(str(run["id"] if isinstance(run, Mapping) else run))

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
            count: how many, at most 500.
            after: only times after this one; by default now.

        Raises:
            BadInputError: when the schedule or the zone cannot be read, with what is wrong.
        """
        from mage_jlab.domain.schedule import fire_times

        return fire_times(_kind(kind), spec, tz, after or datetime.now(UTC), page_size(count))

    def misses(
        self,
        *,
        project_id: str | None = None,
        pipeline: str | None = None,
        limit: int = 50,
        before: str | None = None,
    ) -> Page[Miss]:
        """Give the ranges of nominal times that passed without a run, newest first."""
        return self._doors.ledger.misses(
            project=project_id, pipeline=pipeline, limit=page_size(limit), before=before
        )

    def _checked(self, files: ProjectFiles, spec: TriggerSpec) -> TriggerSpec:
        if not spec.name.strip() or "/" in spec.name:
            raise BadInputError("A trigger needs a name, without a slash in it.")
        defaults = files.pipeline(spec.pipeline).variables
        variables = check_variables(spec.variables, defaults)
        self.next(spec.kind, spec.spec, spec.tz, 1)
        return spec.model_copy(update={"variables": variables})

    def _spec(self, files: ProjectFiles, trigger: Trigger) -> TriggerSpec:
        for spec in files.triggers(trigger.pipeline):
            if spec.name == trigger.name:
                return spec
        raise NotFoundError(
            f"The trigger {trigger.name} is no longer in the files of {trigger.pipeline}."
        )

    def _set(
        self, files: ProjectFiles, spec: TriggerSpec, enabled: bool, trigger: str | None = None
    ) -> None:
        self._doors.engine.command(
            "set_trigger",
            project=files.word.id,
            spec=spec.to_json(),
            enabled=enabled,
            trigger=trigger,
        )

    def _known(self, files: ProjectFiles, trigger: Trigger) -> Trigger:
        """Give a trigger as the ledger has it, brought there first when only a file has it."""
        if trigger_refs.read(trigger.id) is None:
            return trigger
        specs, unreadable = _specs(files)
        if unreadable:
            raise UnprocessableError(
                f"The triggers of {', '.join(sorted(unreadable))} cannot be read; mend that file "
                "first.",
                "unreadable-file",
            )
        self._sync(files, specs)
        return self._by_name(trigger.project, trigger.pipeline, trigger.name)

    def _by_name(self, project_id: str, pipeline: str, name: str) -> Trigger:
        for trigger in self._doors.ledger.triggers(project=project_id, pipeline=pipeline):
            if trigger.name == name:
                return trigger
        raise NotFoundError(f"The pipeline {pipeline} has no trigger {name}.")

    def _sync(self, files: ProjectFiles, specs: Sequence[TriggerSpec]) -> None:
        """Bring what the files say into the ledger, when an engine is up and something differs."""
        known = self._doors.ledger.triggers(project=files.word.id)
        if sorted(map(_face, specs)) == sorted(map(_face, known)):
            return
        try:
            self._projects.introduce(files)
            self._doors.engine.command(
                "sync_triggers",
                project=files.word.id,
                triggers=[spec.to_json() for spec in specs],
            )
        except EngineUnavailableError:
            return  # it learns of them when it is up and somebody looks again

    def _merged(
        self,
        files: ProjectFiles,
        specs: Sequence[TriggerSpec],
        unreadable: set[str],
        pipeline: str | None,
    ) -> Sequence[Trigger]:
        project_id = files.word.id
        known = {
            (trigger.pipeline, trigger.name): trigger
            for trigger in self._doors.ledger.triggers(project=project_id)
        }
        merged = [
            trigger_refs.merge(project_id, spec, known.get((spec.pipeline, spec.name)))
            for spec in specs
        ]
        # A broken file hides nothing: its triggers stay as the ledger knows them.
        merged += [trigger for trigger in known.values() if trigger.pipeline in unreadable]
        shown = [t for t in merged if pipeline is None or t.pipeline == pipeline]
        return sorted(shown, key=lambda trigger: (trigger.pipeline, trigger.name))


def _specs(files: ProjectFiles) -> tuple[Sequence[TriggerSpec], set[str]]:
    """Give the triggers of all pipelines, and the pipelines whose triggers cannot be read."""
    specs: list[TriggerSpec] = []
    unreadable: set[str] = set()
    for pipeline in files.pipelines():
        try:
            specs += files.triggers(pipeline)
        except MageError:
            unreadable.add(pipeline)
    return specs, unreadable


def _rewrite(files: ProjectFiles, before: TriggerSpec, after: TriggerSpec) -> None:
    files.save_trigger(after)
    if before.name != after.name:
        files.remove_trigger(before.pipeline, before.name)


def _face(trigger: TriggerSpec | Trigger) -> str:
    """Give all that a file says of a trigger, as one text to compare."""
    return repr(
        (
            trigger.pipeline,
            trigger.name,
            str(trigger.kind),
            trigger.spec,
            trigger.tz,
            trigger.active,
            sorted(trigger.variables.items()),
            str(trigger.catch_up),
            str(trigger.overlap),
            trigger.description,
        )
    )


def _kind(kind: TriggerKind | str) -> TriggerKind:
    if kind not in list(BUILT):
        raise BadInputError(f"{kind!r} is no schedule; there are {', '.join(BUILT)}.")
    return TriggerKind(kind)
