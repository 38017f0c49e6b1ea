"""Notebooks over HTTP: their text comes in the body, or through the contents manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import verb

if TYPE_CHECKING:
    from mage_jlab.api.wire import CheckNotebook
    from mage_jlab.domain.export import Export
    from mage_jlab.services.notebooks import Text


class NotebookHandler(MageHandler):
    """What the verbs about notebooks have in common."""

    async def notebook(self, body: CheckNotebook) -> Text:
        """Give the unsaved notebook of a request, or the one that the server has at its path."""
        if body.notebook is not None:
            return body.notebook
        path = body.path.strip("/")
        manager: Any = self.contents_manager  # a site's own class may be behind it, sync or async
        model = await ensure_async(manager.get(path, content=True, type="notebook"))
        content: dict[str, Any] = model["content"]
        return content


class CheckHandler(NotebookHandler):
    """What pipeline a notebook is."""

    @verb("Checked", body="CheckNotebook", action="read", errors=(400, 404, 413))
    @web.authenticated
    @authorized(action="read")
    async def post(self) -> None:
        """Analyse a notebook; nothing is written."""
        from mage_jlab.api.wire import CheckNotebook

        body = self.body(CheckNotebook)
        notebook = await self.notebook(body)

        def check() -> dict[str, Any]:
            found = self.services.notebooks.checked(body.path, notebook=notebook)
            project = found.project.to_json() if found.project else None
            return {"analysis": found.analysis.to_json(), "project": project}

        await self.answer(check)


class TagHandler(NotebookHandler):
    """Which cells are blocks."""

    @verb("Tagged", body="TagNotebook", action="read", errors=(400, 404, 413, 422))
    @web.authenticated
    @authorized(action="read")
    async def post(self) -> None:
        """Guess which cells are blocks, and of which type; nothing is written.

        With ``choices`` the answer is the notebook as these make it.
        """
        from mage_jlab.api.wire import TagNotebook

        body = self.body(TagNotebook)
        notebook = await self.notebook(body)

        def tag() -> Any:
            if body.choices is None:
                return self.services.notebooks.guess(body.path, notebook=notebook)
            return self.services.notebooks.choose(body.path, body.choices, notebook=notebook)

        await self.answer(tag)


class FixHandler(NotebookHandler):
    """A diagnostic mended."""

    @verb("Fixed", body="FixNotebook", action="read", errors=(400, 404, 413, 422))
    @web.authenticated
    @authorized(action="read")
    async def post(self) -> None:
        """Carry out one fix of a diagnostic on a copy of the notebook; nothing is written."""
        from mage_jlab.api.wire import FixNotebook

        body = self.body(FixNotebook)
        notebook = await self.notebook(body)
        await self.answer(
            lambda: self.services.notebooks.fix(
                body.path, notebook=notebook, diagnostic=body.diagnostic, fix=body.fix
            )
        )


class ExportHandler(NotebookHandler):
    """Cells to files."""

    @verb("Exported", body="ExportNotebook", action="write", errors=(400, 404, 409, 413, 422))
    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Export a notebook, all or nothing, or say what an export would do.

        409 and 422 carry the outcome as well: what stands in the way, and the error diagnostics.
        """
        from mage_jlab.api.wire import ExportNotebook

        body = self.body(ExportNotebook)
        notebook = await self.notebook(body)

        def export() -> dict[str, Any]:
            outcome = self.services.notebooks.exported(
                body.path,
                notebook=notebook,
                pipeline=body.pipeline,
                dry_run=body.dry_run,
                diff=body.diff,
                expected=body.expected,
            )
            said = {**outcome.export.to_json(), "project": outcome.project.to_json()}
            return said if body.dry_run else said | _refusal(outcome.export)

        await self.answer(export, lambda said: _STATUS.get(said.get("reason"), 200))


_STATUS = {"conflict": 409, "unprocessable": 422}


def _refusal(export: Export) -> dict[str, str]:
    """Say why nothing was written, when nothing was."""
    problems = [d for d in export.diagnostics if d.severity == "error"]
    if problems:
        message = f"Nothing was written: {problems[0].message}"
        return {"message": message, "reason": "unprocessable"}
    if export.conflicts:
        message = f"Nothing was written: {export.conflicts[0].message}"
        return {"message": message, "reason": "conflict"}
    return {}


class OpenHandler(MageHandler):
    """A pipeline as a notebook."""

    @verb("notebook", body="OpenNotebook", action="write", errors=(400, 404, 409, 422))
    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Give the notebook that a pipeline is written in, made where there is none."""
        from mage_jlab.api.wire import OpenNotebook

        body = self.body(OpenNotebook)

        def opened() -> dict[str, str]:
            project = self.services.projects.get(body.project)
            path = self.services.notebooks.open(body.project, body.pipeline)
            return {"notebook": f"{project.path}/{path}" if project.path else path}

        await self.answer(opened)
