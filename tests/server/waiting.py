"""Waiting in tests: for a run's end, for something to become true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

ENDED = ("success", "failed", "cancelled", "needs_attention")


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    """Give what ``true`` gives as soon as that is true; fail when it does not become so in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await true():
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"it did not become true within {seconds} s")


async def ended(call: Any, run_id: str) -> dict[str, Any]:
    """Give a run once it has ended."""

    async def look() -> dict[str, Any] | None:
        status, run = await call("GET", f"runs/{run_id}")
        assert status == 200, run
        return run if run["state"] in ENDED else None

    run: dict[str, Any] = await until(look)
    return run
