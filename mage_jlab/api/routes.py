"""All addresses of mage_jlab, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tornado.web import RequestHandler

from mage_jlab.api import (
    blocks,
    engine,
    logs,
    notebooks,
    pipelines,
    products,
    projects,
    runs,
    triggers,
)
from mage_jlab.api.base import UnknownHandler


@dataclass(frozen=True)
class Route:
    """One address below ``mage/``; ``{name}`` stands for one part of a path, percent-encoded."""

    path: str
    handler: type[RequestHandler]

    @property
    def pattern(self) -> str:
        """The address as a regular expression below the server's base URL."""
        parts = self.path.split("/")
        return "/".join(["/mage", *("([^/]+)" if p.startswith("{") else p for p in parts)])


_PIPELINE = "projects/{project}/pipelines/{pipeline}"

ROUTES = [
    Route("projects", projects.ProjectsHandler),
    Route("projects/{project}", projects.ProjectHandler),
    Route("projects/{project}/pipelines", pipelines.PipelinesHandler),
    Route("projects/{project}/blocks", blocks.NewBlockHandler),
    Route("block_templates", blocks.TemplatesHandler),
    Route(_PIPELINE, pipelines.PipelineHandler),
    Route(f"{_PIPELINE}/blocks", blocks.BlocksHandler),
    Route(f"{_PIPELINE}/blocks/{{block}}", blocks.BlockHandler),
    Route("projects/{project}/triggers", triggers.ProjectTriggersHandler),
    Route("triggers/{trigger}", triggers.TriggerHandler),
    Route("triggers/{trigger}/fire", triggers.FireHandler),
    Route("triggers/{trigger}/next", triggers.NextHandler),
    Route("schedule", triggers.ScheduleHandler),
    Route("runs", runs.RunsHandler),
    Route("runs/{run}", runs.RunHandler),
    Route("runs/{run}/block_runs", runs.BlockRunsHandler),
    Route("runs/{run}/attempts", runs.AttemptsHandler),
    Route("runs/{run}/log", runs.RunLogHandler),
    Route("runs/{run}/log/tail", logs.LogTailHandler),
    Route("runs/{run}/cancel", runs.CancelHandler),
    Route("runs/{run}/retry", runs.RetryHandler),
    Route("products/diff", products.DiffHandler),
    Route("products/{product}", products.ProductHandler),
    Route("products/{product}/rows", products.RowsHandler),
    Route("products/{product}/profile", products.ProfileHandler),
    Route("products/{product}/tree", products.TreeHandler),
    Route("products/{product}/file", products.FileHandler),
    Route("notebooks/check", notebooks.CheckHandler),
    Route("notebooks/export", notebooks.ExportHandler),
    Route("notebooks/tag", notebooks.TagHandler),
    Route("notebooks/fix", notebooks.FixHandler),
    Route("notebooks/open", notebooks.OpenHandler),
    Route("engine", engine.EngineHandler),
    Route("engine/start", engine.EngineStartHandler),
    Route("engine/stop", engine.EngineStopHandler),
    Route("engine/log", engine.EngineLogHandler),
]
"""Every address, with the handler that answers there."""


def rules(**handed: Any) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """Give the server's rules, the last of which answers what no other knows.

    Args:
        handed: what every handler is given by the app.
    """
    known = [(route.pattern, route.handler, handed) for route in ROUTES]
    return [*known, (r"/mage(?:/.*)?", UnknownHandler, handed)]
