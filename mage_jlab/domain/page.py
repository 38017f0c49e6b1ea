"""Pages of lists: newest first, with a cursor to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

HARD_CAP = 500
"""The most items that one page holds, whatever is asked for."""


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items and the cursor of the next page, or None when this is the last."""

    items: list[Item]
    next: str | None = None
