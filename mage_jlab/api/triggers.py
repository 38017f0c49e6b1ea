"""Triggers and schedules over HTTP."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import verb
from mage_jlab.domain.errors import BadInputError

COUNT = {"count": "How many times; by default 10, at most 500."}


class ProjectTriggersHandler(MageHandler):
    """The triggers of a project."""

    @verb("Trigger[]", query={"pipeline": "One pipeline's only."}, errors=(404,))
    @web.authenticated
    @authorized
    async def get(self, project: str) -> None:
        """List a project's triggers, each with its state on this engine."""
        pipeline = self.text("pipeline")
        await self.answer(lambda: self.services.triggers.list(project, pipeline))

    @verb("Trigger", body="NewTrigger", status=201, action="write", errors=(400, 404, 409, 503))
    @web.authenticated
    @authorized
    async def post(self, project: str) -> None:
        """Add a trigger to a pipeline."""
        from mage_jlab.api.wire import NewTrigger
        from mage_jlab.domain.trigger import TriggerSpec

        body = self.body(NewTrigger)
        spec = TriggerSpec.model_validate(body.model_dump(exclude={"enabled"}))
        await self.answer(lambda: self.services.triggers.add(project, spec, body.enabled), 201)


class TriggerHandler(MageHandler):
    """One trigger."""

    @verb("Trigger", errors=(404,))
    @web.authenticated
    @authorized
    async def get(self, trigger: str) -> None:
        """Give a trigger."""
        await self.answer(lambda: self.services.triggers.get(trigger))

    @verb("Trigger", body="ChangeTrigger", action="write", errors=(400, 404, 409, 503))
    @web.authenticated
    @authorized
    async def patch(self, trigger: str) -> None:
        """Change fields of a trigger; it keeps its id."""
        from mage_jlab.api.wire import ChangeTrigger

        changes = self.body(ChangeTrigger).given()
        await self.answer(lambda: self.services.triggers.update(trigger, changes))

    @verb(None, status=204, action="write", errors=(404, 503))
    @web.authenticated
    @authorized
    async def delete(self, trigger: str) -> None:
        """Remove a trigger from its file and from this engine."""
        await self.answer(lambda: self.services.triggers.remove(trigger))


class FireHandler(MageHandler):
    """Firing a trigger by hand."""

    @verb("Run", status=201, action="execute", errors=(404, 422, 503))
    @web.authenticated
    @authorized(action="execute")
    async def post(self, trigger: str) -> None:
        """Run a trigger's pipeline now, with the trigger's variables."""
        await self.answer(lambda: self.services.triggers.fire(trigger), 201)


class NextHandler(MageHandler):
    """The coming times of a trigger."""

    @verb("FireTime[]", query=COUNT, errors=(400, 404))
    @web.authenticated
    @authorized
    async def get(self, trigger: str) -> None:
        """Give the next times of a trigger."""
        count = self.number("count", 10)

        def times() -> object:
            found = self.services.triggers.get(trigger)
            return self.services.triggers.next(found.kind, found.spec, found.tz, count)

        await self.answer(times)


class ScheduleHandler(MageHandler):
    """The coming times of a schedule that is not saved yet."""

    @verb(
        "FireTime[]",
        query={
            "kind": "cron, interval or once.",
            "spec": "The cron expression, the interval, or the time.",
            "tz": "The zone; by default UTC.",
            **COUNT,
        },
        errors=(400,),
    )
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Give the next times of a schedule, or say why it cannot be read."""
        kind, spec, tz = self.text("kind"), self.text("spec"), self.text("tz") or "UTC"
        count = self.number("count", 10)
        if kind is None or spec is None:
            raise BadInputError("A schedule needs a kind and a spec.")
        await self.answer(lambda: self.services.triggers.next(kind, spec, tz, count))
