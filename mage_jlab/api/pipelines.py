"""Pipelines over HTTP."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import PAGE, verb


class PipelinesHandler(MageHandler):
    """The pipelines of a project."""

    @verb("PipelineRow[]", query={"search": "A part of the name.", **PAGE}, errors=(400, 404))
    @web.authenticated
    @authorized
    async def get(self, project: str) -> None:
        """List a project's pipelines by name, each with its last runs."""
        search, before, limit = self.text("search"), self.text("before"), self.number("limit", 50)
        await self.answer(
            lambda: self.services.pipelines.rows(project, search=search, limit=limit, before=before)
        )

    @verb("Pipeline", body="NewPipeline", status=201, action="write", errors=(400, 404, 409))
    @web.authenticated
    @authorized
    async def post(self, project: str) -> None:
        """Make an empty pipeline."""
        from mage_jlab.api.wire import NewPipeline

        name = self.body(NewPipeline).name
        await self.answer(lambda: self.services.pipelines.create(project, name), 201)


class PipelineHandler(MageHandler):
    """One pipeline."""

    @verb("Pipeline", errors=(404, 422))
    @web.authenticated
    @authorized
    async def get(self, project: str, pipeline: str) -> None:
        """Give a pipeline with its blocks and edges."""
        await self.answer(lambda: self.services.pipelines.get(project, pipeline))
