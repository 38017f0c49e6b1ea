"""The engine over HTTP."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from mage_jlab.api.base import MageHandler
from mage_jlab.api.describe import verb


class EngineHandler(MageHandler):
    """The engine's state."""

    @verb("EngineStatus")
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Say whether an engine is up; asking never starts one."""
        await self.answer(lambda: self.services.engine.status())


class EngineStartHandler(MageHandler):
    """Starting the engine."""

    @verb("EngineStatus", action="execute", errors=(503,))
    @web.authenticated
    @authorized(action="execute")
    async def post(self) -> None:
        """Start the engine, if none is up."""
        await self.answer(lambda: self.services.engine.start())


class EngineStopHandler(MageHandler):
    """Stopping the engine."""

    @verb("EngineStatus", body="StopEngine", action="execute", errors=(400, 503))
    @web.authenticated
    @authorized(action="execute")
    async def post(self) -> None:
        """Stop the engine, if one is up."""
        from mage_jlab.api.wire import StopEngine

        drain = self.body(StopEngine).drain
        await self.answer(lambda: self.services.engine.stop(drain))


class EngineLogHandler(MageHandler):
    """The engine's own log."""

    @verb("lines", query={"lines": "How many; by default 200."}, errors=(400,))
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Give the last lines of the engine's log."""
        lines = self.number("lines", 200)
        await self.answer(lambda: {"lines": self.services.engine.log(lines)})
