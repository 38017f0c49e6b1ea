"""Runs over HTTP."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import PAGE, verb
from mage_jlab.domain.page import HARD_CAP

FILTERS = {
    "project": "A project's id.",
    "pipeline": "A pipeline's name.",
    "state": "A run's state.",
    "trigger": "A trigger's name.",
    "search": "A part of the pipeline's name, or a run's number.",
}


class RunsHandler(MageHandler):
    """All runs."""

    @verb("Run[]", query={**FILTERS, **PAGE}, errors=(400,))
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List runs, newest first, without their block runs."""
        filters = {name: self.text(name) for name in FILTERS}
        limit, before = self.number("limit", 50), self.text("before")
        await self.answer(lambda: self.services.runs.list(**filters, limit=limit, before=before))

    @verb("Run", body="StartRun", status=201, action="execute", errors=(400, 404, 409, 422, 503))
    @web.authenticated
    @authorized(action="execute")
    async def post(self) -> None:
        """Run a pipeline's files, all of them or a part."""
        from mage_jlab.api.wire import StartRun

        body = self.body(StartRun)
        await self.answer(
            lambda: self.services.runs.start(
                body.project,
                body.pipeline,
                variables=body.variables,
                block=body.block,
                upto=body.upto,
                from_=body.from_,
                of=body.of,
            ),
            201,
        )


class RunHandler(MageHandler):
    """One run."""

    @verb("Run", errors=(404,))
    @web.authenticated
    @authorized
    async def get(self, run: str) -> None:
        """Give a run with its block runs."""
        await self.answer(lambda: self.services.runs.get(run))


class BlockRunsHandler(MageHandler):
    """The block runs of a run."""

    @verb(
        "BlockRun[]",
        query={"block": "One block's only: one for each of its items.", **PAGE},
        errors=(400, 404),
    )
    @web.authenticated
    @authorized
    async def get(self, run: str) -> None:
        """List the block runs of a run; those of a large fan-out stand as one, with counts."""
        block, before = self.text("block"), self.text("before")
        limit = self.number("limit", HARD_CAP)
        await self.answer(lambda: self.services.runs.block_runs(run, block, limit, before))


class AttemptsHandler(MageHandler):
    """The attempts of a run."""

    @verb("Attempt[]", query={"block": "One block's only."}, errors=(404,))
    @web.authenticated
    @authorized
    async def get(self, run: str) -> None:
        """List every try of a run's blocks, oldest first."""
        block = self.text("block")
        await self.answer(lambda: self.services.runs.attempts(run, block))


class RunLogHandler(MageHandler):
    """The log of a run."""

    @verb(
        "LogPage",
        query={
            "block": "One block's lines only.",
            "after": "The `next` of the page before, to read on.",
            "limit": "The most lines; never more than 500.",
        },
        errors=(400, 404),
    )
    @web.authenticated
    @authorized
    async def get(self, run: str) -> None:
        """Give lines of a run's log, oldest first."""
        block, after, limit = self.text("block"), self.text("after"), self.number("limit", 500)
        await self.answer(
            lambda: self.services.runs.log(run, block=block, after=after, limit=limit)
        )


class CancelHandler(MageHandler):
    """Stopping a run."""

    @verb("Run", action="execute", errors=(404, 409, 503))
    @web.authenticated
    @authorized(action="execute")
    async def post(self, run: str) -> None:
        """Stop a run: blocks under way are ended, the others do not start."""
        await self.answer(lambda: self.services.runs.cancel(run))


class RetryHandler(MageHandler):
    """Letting a run go on."""

    @verb("Run", body="RetryRun", action="execute", errors=(400, 404, 409, 422, 503))
    @web.authenticated
    @authorized(action="execute")
    async def post(self, run: str) -> None:
        """Let the same run go on with what has not succeeded."""
        from mage_jlab.api.wire import RetryRun

        code = self.body(RetryRun).code
        await self.answer(lambda: self.services.runs.retry(run, code))
