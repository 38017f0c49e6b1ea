"""The one WebSocket: a run's log as it is written."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from mage_jlab.api.base import AUTH_RESOURCE
from mage_jlab.api.describe import verb
from mage_jlab.api.errors import ErrorAnswers, explain

if TYPE_CHECKING:
    from mage_jlab.domain.run import LogPage
    from mage_jlab.services.services import Services

PAUSE = 0.25
"""How long to wait before looking for new lines, in seconds."""


class LogTailHandler(WebSocketMixin, ErrorAnswers, WebSocketHandler):
    """Sends pages of a run's log until the run has ended, then closes.

    Reading a log is reading: the authoriser is asked to read, where Jupyter asks to execute for a
    kernel's socket. A foreign origin is refused by the mixin.
    """

    auth_resource = AUTH_RESOURCE
    services: Services
    _task: asyncio.Task[None] | None = None

    def initialize(self, services: Services, **_: Any) -> None:
        """Take what the app hands over."""
        self.services = services

    @verb(
        "LogPage",
        query={
            "block": "One block's lines only.",
            "after": "The `next` of a page, to read on.",
        },
        status=101,
        errors=(400, 404),
    )
    @ws_authenticated
    @authorized(action="read")
    async def get(self, run: str) -> None:  # type: ignore[override] # its own path's arguments
        """Open a WebSocket that sends a run's log as it is written, a page a message."""
        if not self.check_origin():
            raise HTTPError(403, "Another site may not read this log.")
        block, after = self._argument("block"), self._argument("after")
        # Asked before the upgrade, so that an unknown run or block is an answer with a status.
        await asyncio.to_thread(
            lambda: self.services.runs.log(run, block=block, after=after, limit=1)
        )
        await super().get(run)

    def open(self, run: str) -> None:
        """Start sending."""
        super().open(run)
        self._task = asyncio.create_task(self._send(run))

    def on_message(self, message: str | bytes) -> None:
        """Take no notice: the browser has nothing to say here."""

    def on_close(self) -> None:
        """Stop sending."""
        if self._task is not None:
            self._task.cancel()

    async def _send(self, run: str) -> None:
        block, after = self._argument("block"), self._argument("after")
        first = True
        while True:
            try:
                page = await asyncio.to_thread(self._page, run, block, after)
                if page.lines or page.ended or first:
                    await self.write_message(json.dumps(page.to_json(), ensure_ascii=False))
            except WebSocketClosedError:
                return
            except Exception as error:  # noqa: BLE001 - nobody above this task would hear of it
                self._give_up(error)
                return
            if page.ended:
                self.close(1000, "The run has ended.")
                return
            first, after = False, page.next
            if not page.lines:
                await asyncio.sleep(PAUSE)

    def _page(self, run: str, block: str | None, after: str | None) -> LogPage:
        return self.services.runs.log(run, block=block, after=after)

    def _give_up(self, error: Exception) -> None:
        found = explain(error)
        if found is None:
            self.log.error("The log of a run cannot be read", exc_info=error)
        self.close(1011, (found[1] if found else "The log cannot be read.")[:100])

    def _argument(self, name: str) -> str | None:
        return self.get_query_argument(name, None) or None
