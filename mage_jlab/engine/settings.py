"""How one engine behaves; the defaults are what users get."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def default_slots() -> int:
    """Give how many blocks run at the same time: one a core, at least two."""
    return max(2, os.cpu_count() or 2)


@dataclass(frozen=True)
class EngineSettings:
    """Times in seconds; ``env`` is the environment's name (``ENV``), which arms triggers."""

    slots: int = field(default_factory=default_slots)
    idle_s: float = 600.0
    renew_s: float = 5.0
    tick_s: float = 5.0
    collect_first_s: float = 60.0
    collect_s: float = 3600.0
    env: str | None = field(default_factory=lambda: os.environ.get("ENV") or None)
