"""What the engine does when it is asked to: one method a command, its arguments by name.

``open_project {uuid, place, name, data_root} -> {project}`` ·
``create_run {project, pipeline, snapshot, variables, blocks, reuse, trigger} -> {run}`` ·
``cancel_run {run}`` · ``retry_run {run, snapshot} -> {run}`` ·
``record_failed_run {project, pipeline, error} -> {run}`` ·
``sync_triggers {project, triggers} -> {ids}`` ·
``set_trigger {project, spec, enabled, trigger} -> {trigger}`` ·
``enable_trigger``, ``disable_trigger``, ``remove_trigger {trigger}`` ·
``fire_trigger {trigger, variables} -> {run}`` · ``prune_products {project} -> {given_up}`` ·
``status`` · ``stop {drain}``.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockError
from mage_jlab.domain.trigger import TriggerSpec
from mage_jlab.engine.dispatcher import Dispatcher
from mage_jlab.engine.scheduler import Scheduler, TakeSnapshot
from mage_jlab.store.failpoints import Point, reach
from mage_jlab.store.ledger import arming, ops, stopping
from mage_jlab.store.ledger.creating import NewRun, create_run, record_failed_run
from mage_jlab.store.ledger.opening import open_project, place_of
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.writer import Writer

Answer = dict[str, Any]


class Commands:
    """Carries out commands, each in one transaction together with its ``op_id``.

    Args:
        writer: the ledger's writer.
        dispatcher: is told when something became ready.
        scheduler: is told when a trigger changed.
        take_snapshot: reads the files of a trigger that is fired by hand.
        env: the environment's name, which arms triggers.
    """

    def __init__(
        self,
        writer: Writer,
        dispatcher: Dispatcher,
        scheduler: Scheduler,
        take_snapshot: TakeSnapshot,
        env: str | None,
    ) -> None:
        self._writer = writer
        self._dispatcher = dispatcher
        self._scheduler = scheduler
        self._take_snapshot = take_snapshot
        self._env = env
        self._known: dict[str, Callable[..., Answer]] = {
            "open_project": self._open_project,
            "create_run": self._create_run,
            "cancel_run": self._cancel_run,
            "retry_run": self._retry_run,
            "record_failed_run": self._record_failed_run,
            "sync_triggers": self._sync_triggers,
            "set_trigger": self._set_trigger,
            "enable_trigger": self._enable_trigger,
            "disable_trigger": self._disable_trigger,
            "remove_trigger": self._remove_trigger,
            "fire_trigger": self._fire_trigger,
        }

    def carry_out(self, name: str, op_id: str, actor: str, arguments: Mapping[str, Any]) -> Answer:
        """Carry out a command.

        Args:
            name: the command.
            op_id: what makes it be done once, however often it is asked.
            actor: who asks.
            arguments: its arguments.

        Raises:
            NotFoundError: when there is no such command.
            BadInputError: when its arguments are not those it takes.
            MageError: what the command itself raises.
        """
        command = self._known.get(name)
        if command is None:
            raise NotFoundError(f"The engine has no command {name}.")
        try:
            inspect.signature(command).bind(op_id, actor, **arguments)
        except TypeError as error:
            raise BadInputError(f"{name} takes other arguments: {error}.") from error
        try:
            return command(op_id, actor, **arguments)
        except ValidationError as error:
            raise BadInputError(f"{name} was given what it cannot read: {error}") from error

    def _once(self, op_id: str, change: Callable[[Transaction], Answer]) -> Answer:
        return self._writer.do(lambda tx: ops.once(tx, op_id, change))

    def _open_project(
        self, op_id: str, _actor: str, *, uuid: str, place: str, name: str, data_root: str
    ) -> Answer:
        return self._once(
            op_id, lambda tx: {"project": open_project(tx, uuid, place, name, data_root)}
        )

    def _create_run(
        self,
        op_id: str,
        actor: str,
        *,
        project: str,
        pipeline: str,
        snapshot: Mapping[str, Any],
        variables: dict[str, Any] | None = None,
        blocks: Sequence[str] | None = None,
        reuse: Mapping[str, Sequence[str]] | None = None,
        trigger: str | None = None,
    ) -> Answer:
        taken = Snapshot.model_validate(snapshot)

        def change(tx: Transaction) -> Answer:
            name = None if trigger is None else arming.get_trigger(tx, trigger).name
            new = NewRun(
                project=project,
                pipeline=pipeline,
                variables=variables or {},
                blocks=blocks,
                reuse=reuse or {},
                actor=actor,
                trigger=trigger,
                trigger_name=name,
            )
            return {"run": create_run(tx, new, taken)}

        answer = self._once(op_id, change)
        reach(Point.RUN_CREATED)
        self._dispatcher.kick()
        return answer

    def _record_failed_run(
        self,
        op_id: str,
        actor: str,
        *,
        project: str,
        pipeline: str,
        error: Mapping[str, Any],
        variables: dict[str, Any] | None = None,
    ) -> Answer:
        new = NewRun(project=project, pipeline=pipeline, variables=variables or {}, actor=actor)
        told = BlockError.model_validate(error)
        return self._once(op_id, lambda tx: {"run": record_failed_run(tx, new, told)})

    def _cancel_run(self, op_id: str, actor: str, *, run: str) -> Answer:
        def change(tx: Transaction) -> Answer:
            stop = stopping.cancel_run(tx, run, actor)
            reach(Point.CANCEL_WRITTEN)
            return {"stop": stop}

        answer = self._once(op_id, change)
        reach(Point.CANCELLED)
        self._dispatcher.stop_attempts([(str(b), int(t)) for b, t in answer["stop"]])
        self._dispatcher.kick()
        return {"run": run}

    def _retry_run(
        self, op_id: str, actor: str, *, run: str, snapshot: Mapping[str, Any] | None = None
    ) -> Answer:
        taken = None if snapshot is None else Snapshot.model_validate(snapshot)

        def change(tx: Transaction) -> Answer:
            stopping.retry_run(tx, run, taken, actor)
            return {"run": run}

        answer = self._once(op_id, change)
        self._dispatcher.kick()
        return answer

    def _sync_triggers(
        self, op_id: str, actor: str, *, project: str, triggers: Sequence[Mapping[str, Any]]
    ) -> Answer:
        specs = [TriggerSpec.model_validate(item) for item in triggers]

        def change(tx: Transaction) -> Answer:
            if place_of(tx, project) is None:
                raise NotFoundError(f"No project {project} was opened on this engine.")
            return {"ids": arming.sync_triggers(tx, project, specs, self._env, actor)}

        return self._armed(self._once(op_id, change))

    def _set_trigger(
        self,
        op_id: str,
        actor: str,
        *,
        project: str,
        spec: Mapping[str, Any],
        enabled: bool | None = None,
        trigger: str | None = None,
    ) -> Answer:
        read = TriggerSpec.model_validate(spec)

        def change(tx: Transaction) -> Answer:
            found = arming.set_trigger(tx, project, read, enabled, trigger, actor)
            return {"trigger": found}

        return self._armed(self._once(op_id, change))

    def _enable_trigger(self, op_id: str, actor: str, *, trigger: str) -> Answer:
        return self._enable(op_id, actor, trigger, enabled=True)

    def _disable_trigger(self, op_id: str, actor: str, *, trigger: str) -> Answer:
        return self._enable(op_id, actor, trigger, enabled=False)

    def _enable(self, op_id: str, actor: str, trigger: str, *, enabled: bool) -> Answer:
        def change(tx: Transaction) -> Answer:
            arming.enable_trigger(tx, trigger, enabled, actor)
            return {"trigger": trigger}

        return self._armed(self._once(op_id, change))

    def _remove_trigger(self, op_id: str, actor: str, *, trigger: str) -> Answer:
        def change(tx: Transaction) -> Answer:
            arming.remove_trigger(tx, trigger, actor)
            return {"trigger": trigger}

        return self._armed(self._once(op_id, change))

    def _fire_trigger(
        self, op_id: str, actor: str, *, trigger: str, variables: dict[str, Any] | None = None
    ) -> Answer:
        row = self._writer.do(lambda tx: arming.get_trigger(tx, trigger))
        place = self._writer.do(lambda tx: place_of(tx, row.project_id))
        taken = self._take_snapshot(str(place), row.pipeline)
        new = NewRun(
            project=row.project_id,
            pipeline=row.pipeline,
            variables={**json.loads(row.variables), **(variables or {})},
            actor=actor,
            trigger=trigger,
            trigger_name=row.name,
        )
        answer = self._once(op_id, lambda tx: {"run": create_run(tx, new, taken)})
        self._dispatcher.kick()
        return answer

    def _armed(self, answer: Answer) -> Answer:
        """Let the scheduler look at what a trigger's change brought."""
        self._scheduler.wake()
        return answer
