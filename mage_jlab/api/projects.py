"""Projects over HTTP."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import verb


class ProjectsHandler(MageHandler):
    """All projects."""

    @verb("Project[]")
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """List the projects that lie inside the server's root and are known, or near at hand."""
        await self.answer(lambda: self.services.projects.list())

    @verb("Project", body="OpenProject", action="write", errors=(400, 404, 409))
    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Open a folder as a project, or make a project of it."""
        from mage_jlab.api.wire import OpenProject

        body = self.body(OpenProject)
        projects = self.services.projects
        if body.create:
            await self.answer(lambda: projects.create(body.path, body.name, body.demo), 201)
        else:
            await self.answer(lambda: projects.open(body.path))


class ProjectHandler(MageHandler):
    """One project."""

    @verb("Project", errors=(404,))
    @web.authenticated
    @authorized
    async def get(self, project: str) -> None:
        """Give a project."""
        await self.answer(lambda: self.services.projects.get(project))
