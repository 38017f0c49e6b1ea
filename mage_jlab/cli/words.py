"""How the terminal says states, durations, sizes, counts and times: as the lab does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from mage_jlab.domain.run import BlockRun, BlockRunState

MARKS: dict[str, str] = {
    "queued": "◎",
    "ready": "◎",
    "pending": "○",
    "running": "◐",
    "success": "●",
    "cached": "◉",
    "failed": "■",
    "upstream_failed": "□",
    "retry_wait": "↻",
    "needs_attention": "▲",
    "condition_false": "◇",
    "cancelled": "⊘",
}
"""A shape for each state, so that it reads without colour."""

WORDS: dict[str, str] = {
    "queued": "Queued",
    "ready": "Queued",
    "pending": "Pending",
    "running": "Running",
    "success": "Success",
    "cached": "Reused",
    "failed": "Failed",
    "upstream_failed": "Not started",
    "retry_wait": "Retrying",
    "needs_attention": "Needs you",
    "condition_false": "Skipped",
    "cancelled": "Cancelled",
}
"""A word for each state."""

STYLES: dict[str, str] = {
    "success": "green",
    "cached": "green",
    "failed": "bold red",
    "upstream_failed": "red",
    "running": "bold blue",
    "retry_wait": "yellow",
    "needs_attention": "bold yellow",
}
"""The colours of the states that have one."""


def shown_state(block_run: BlockRun) -> str:
    """Give the state as it is shown: a success that another run computed is ``cached``."""
    reused = block_run.cached and block_run.state is BlockRunState.SUCCESS
    return "cached" if reused else block_run.state.value


def duration(seconds: float) -> str:
    """Write a duration: 0.02 s, 4.1 s, 42 s, 1 m 04 s, 2 h 05 m, 3 d 4 h."""
    if seconds < 1:
        return f"{seconds:.2f} s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} m {whole % 60:02} s"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60:02} m"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def between(start: datetime | None, end: datetime | None) -> float | None:
    """Give the seconds from start to end (to now, when it has not ended); None before the start."""
    if start is None:
        return None
    return max(0.0, ((end or datetime.now(UTC)) - start).total_seconds())


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """Write a moment as lists do: ``12 s ago``, ``in 3 min``, or the local day and time."""
    if moment is None:
        return "–"
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    distance = abs(seconds)
    if distance < 1:
        return "now"
    if distance < 60:
        text = f"{distance:.0f} s"
    elif distance < 3600:
        text = f"{distance // 60:.0f} min"
    elif distance < 86400:
        text = f"{distance // 3600:.0f} h"
    else:
        return moment.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"{text} ago" if seconds > 0 else f"in {text}"


def size(count: int) -> str:
    """Write a number of bytes in SI units: 48.2 MB."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.1f} {unit}" if unit != "B" and value < 100 else f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def extent(rows: int | None, columns: int | None, count: int) -> str:
    """Say how large a product is: ``325,819 × 28`` for a frame, its rows, or its bytes."""
    if rows is None:
        return size(count)
    return f"{rows:,} × {columns}" if columns is not None else f"{rows:,}"


def table(
    head: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> str:
    """Lay out rows under their heads, columns as wide as their widest cell.

    Args:
        head: the columns' names.
        rows: the cells.
        right: the columns (from 0) that are aligned at their right.
    """
    from rich.cells import cell_len

    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(cell_len(line[at]) for line in lines) for at in range(len(head))]

    def cell(text: str, at: int) -> str:
        gap = " " * (widths[at] - cell_len(text))
        return gap + text if at in right else text + gap

    return "\n".join(
        "  ".join(cell(text, at) for at, text in enumerate(line)).rstrip() for line in lines
    )
