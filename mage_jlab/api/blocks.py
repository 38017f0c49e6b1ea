"""Blocks over HTTP."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import verb


class TemplatesHandler(MageHandler):
    """What a new block can start with."""

    @verb("BlockTemplate[]")
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the templates of every type and language."""
        await self.answer(self.services.blocks.templates)


class NewBlockHandler(MageHandler):
    """New blocks of a project."""

    @verb("MadeBlock", body="NewBlock", action="write", status=201, errors=(400, 404, 409))
    @web.authenticated
    @authorized
    async def post(self, project: str) -> None:
        """Make a block from a template, and add it to a pipeline when one is named."""
        from mage_jlab.api.wire import NewBlock

        body = self.body(NewBlock)
        await self.answer(
            lambda: self.services.blocks.new(
                project,
                body.type,
                body.name,
                body.language,
                body.pipeline,
                template=body.template,
                upstream=body.upstream,
            ),
            status=201,
        )


class BlocksHandler(MageHandler):
    """The blocks of a pipeline."""

    @verb("Block[]", errors=(404, 422))
    @web.authenticated
    @authorized
    async def get(self, project: str, pipeline: str) -> None:
        """List a pipeline's blocks, without their code."""
        await self.answer(lambda: self.services.pipelines.get(project, pipeline).blocks)


class BlockHandler(MageHandler):
    """One block."""

    @verb("Block", errors=(404, 422))
    @web.authenticated
    @authorized
    async def get(self, project: str, pipeline: str, block: str) -> None:
        """Give a block with its code and the hash of its file."""
        await self.answer(lambda: self.services.blocks.get(project, pipeline, block))

    @verb("Block", body="SaveBlock", action="write", errors=(400, 404, 409))
    @web.authenticated
    @authorized
    async def put(self, project: str, pipeline: str, block: str) -> None:
        """Replace a block's code, if its file is still the one that was read."""
        from mage_jlab.api.wire import SaveBlock

        body = self.body(SaveBlock)
        await self.answer(
            lambda: self.services.blocks.save(project, pipeline, block, body.code, body.hash)
        )
