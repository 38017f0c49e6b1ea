"""What every handler has: the services, bodies, queries, and answers made off the loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_server.base.handlers import APIHandler
from tornado import web

from mage_jlab.api.errors import ErrorAnswers, TooLargeError
from mage_jlab.domain.errors import BadInputError

if TYPE_CHECKING:
    from mage_jlab.domain.word import Word
    from mage_jlab.services.services import Services

    Body = TypeVar("Body", bound=Word)

AUTH_RESOURCE = "mage"
"""What the authoriser is asked about: to read, to write or to execute it."""


class MageHandler(ErrorAnswers, APIHandler):
    """The base of the handlers.

    Reads are not counted as activity: the lab polls, and an open tab must not keep a server alive.
    """

    auth_resource = AUTH_RESOURCE
    services: Services
    largest_body: int

    def initialize(self, services: Services, largest_body: int) -> None:
        """Take what the app hands over."""
        self.services = services
        self.largest_body = largest_body

    async def prepare(self) -> None:  # type: ignore[override] # as APIHandler's own
        """Leave reads out of the server's activity."""
        self._track_activity = self.request.method not in ("GET", "HEAD")
        await super().prepare()

    async def answer(
        self, use_case: Callable[[], Any], status: int | Callable[[Any], int] = 200
    ) -> None:
        """Carry out a use case in a thread and answer with the JSON of what it gives.

        Args:
            use_case: gives a word, a page, a sequence of words, a dict, or None for no content.
            status: the status when it works, or what gives it from the outcome.
        """

        def carry_out() -> tuple[int, str | None]:
            outcome = use_case()
            if outcome is None:
                return 204, None
            text = json.dumps(_plain(outcome), ensure_ascii=False)
            return status(outcome) if callable(status) else status, text

        code, text = await asyncio.to_thread(carry_out)
        self.set_status(code)
        await self.finish(*([] if text is None else [text]))

    def json_body(self) -> dict[str, Any]:
        """Give the request's JSON object; ``{}`` when nothing was sent.

        Raises:
            BadInputError: when it is no JSON object.
            TooLargeError: when it is too large.
        """
        if len(self.request.body) > self.largest_body:
            size = f"{self.largest_body / 1024 / 1024:g} MB"
            raise TooLargeError(f"The request is larger than {size}.")
        if not self.request.body.strip():
            return {}
        try:
            body = json.loads(self.request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise BadInputError(f"The request's body is no JSON: {error}.") from None
        if not isinstance(body, dict):
            raise BadInputError("The request's body must be a JSON object.")
        return body

    def body(self, word: type[Body]) -> Body:
        """Give the request's body as a word; what does not fit is refused with the field's name."""
        return word.model_validate(self.json_body())

    def text(self, name: str) -> str | None:
        """Give a text of the query; None when it is missing or empty."""
        return self.get_query_argument(name, None) or None

    def number(self, name: str, default: int) -> int:
        """Give a whole number of the query that is not negative."""
        text = self.text(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 15:
            raise BadInputError(f"{name} must be a whole number from 0, not {text!r}.")
        return int(text)


class UnknownHandler(MageHandler):
    """Answers what no route knows, after asking who wants to know."""

    async def prepare(self) -> None:  # type: ignore[override] # as APIHandler's own
        """Refuse strangers first, then say that there is nothing here."""
        await super().prepare()
        if self.current_user is None:
            raise web.HTTPError(403)
        raise web.HTTPError(404, "There is nothing at this address.")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _plain(answer: Any) -> Any:
    from mage_jlab.domain.page import Page
    from mage_jlab.domain.word import Word

    if isinstance(answer, Word):
        return answer.to_json()
    if isinstance(answer, Page):
        return {"items": [_plain(item) for item in answer.items], "next": answer.next}
    if isinstance(answer, (list, tuple)):
        return {"items": [_plain(item) for item in answer], "next": None}
    return answer
