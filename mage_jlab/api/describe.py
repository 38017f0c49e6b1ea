"""What a verb takes and gives, said once beside it: ``openapi.yaml`` is made from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

ATTRIBUTE = "mage_verb"
"""The attribute of a handler's method that holds its description."""


@dataclass(frozen=True)
class Verb:
    """What a verb takes and gives.

    Args:
        answer: the name of a word; with ``[]`` at its end a page of them; None for no content.
        body: the name of a wire model, or None.
        query: each parameter of the query with a sentence.
        status: the status when it works.
        action: what the authoriser is asked for.
        errors: the statuses of the errors that a caller must expect.
        media: the type of the answer.
    """

    answer: str | None
    body: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    status: int = 200
    action: str = "read"
    errors: tuple[int, ...] = ()
    media: str = "application/json"


def verb(
    answer: str | None,
    *,
    body: str | None = None,
    query: dict[str, str] | None = None,
    status: int = 200,
    action: str = "read",
    errors: tuple[int, ...] = (),
    media: str = "application/json",
) -> Callable[[Method], Method]:
    """Describe a verb; the method itself stays as it is."""
    described = Verb(answer, body, tuple((query or {}).items()), status, action, errors, media)

    def mark(method: Method) -> Method:
        setattr(method, ATTRIBUTE, described)
        return method

    return mark


PAGE = {
    "limit": "The most items of a page; never more than 500.",
    "before": "The `next` of the page before, to read on.",
}
"""The query of paged lists."""
