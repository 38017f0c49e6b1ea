"""A run as text: its head, its blocks with their errors, and its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mage_jlab.cli.words import MARKS, WORDS, between, duration, extent, shown_state
from mage_jlab.domain.run import BlockRun, Run

WIDTH = 48
"""The width of the bars, in characters."""
MOST_ROWS = 12
"""A fan-out of more items is one row."""
EIGHTHS = " ▏▎▍▌▋▊▉"


def title(run: Run) -> str:
    """Say how a run stands: ``● Run 3 of flight_delays: success, 4.1 s``."""
    seconds = between(run.started_at, run.ended_at)
    took = f", {duration(seconds)}" if seconds is not None else ""
    where = f" at {run.failed_block}" if run.failed_block else ""
    return (
        f"{MARKS[run.state]} Run {run.number} of {run.pipeline}: "
        f"{WORDS[run.state].lower()}{where}{took}"
    )


def remark(block_run: BlockRun) -> str:
    """Say in a few words how a block run stands: what it gave, why it failed, what it waits for."""
    state = block_run.state.value
    if block_run.items is not None:
        told = ", ".join(f"{n:,} {WORDS[s].lower()}" for s, n in block_run.items.items())
        return f"{sum(block_run.items.values()):,} items: {told}" if told else "no item"
    if block_run.error is not None and state in ("failed", "retry_wait", "needs_attention"):
        first = (block_run.error.message.splitlines() or [""])[0]
        return f"{block_run.error.type}: {first}"
    if state == "success":
        return ", ".join(
            f"{product.name} {extent(product.rows, product.columns, product.bytes)}"
            for product in block_run.products
            if not product.name.startswith("_")  # what the block displayed is no result
        )
    return "" if state in ("running", "cancelled") else WORDS[state].lower()


def took(block_run: BlockRun) -> str:
    """Say how long a block run has taken so far; nothing when it never started or was reused."""
    seconds = between(block_run.started_at, block_run.ended_at)
    return "" if seconds is None or block_run.cached else duration(seconds)


def rows(run: Run) -> list[BlockRun]:
    """Give the block runs to show: of a fan-out of many items one row that stands for them all."""
    many = {fan.block: fan for fan in run.fan_outs if sum(fan.items.values()) > MOST_ROWS}
    shown: list[BlockRun] = []
    for block_run in run.block_runs:
        fan = many.pop(block_run.block, None)
        if fan is not None:
            own = [one for one in run.block_runs if one.block == fan.block]
            ends = [one.ended_at for one in own if one.ended_at]
            begins = [one.started_at for one in own if one.started_at]
            failed = next((one for one in own if one.error is not None), block_run)
            whole = {
                "item": None,
                "state": fan.state,
                "items": fan.items,
                "started_at": min(begins, default=None),
                "ended_at": max(ends, default=None) if fan.state.ended else None,
                "error": failed.error,
            }
            shown.append(block_run.model_copy(update=whole))
        elif not any(one.block == block_run.block and one.items is not None for one in shown):
            shown.append(block_run)
    return shown


def label(block_run: BlockRun) -> str:
    """Name a block run: ``clean``, or ``clean:3`` for one of its items."""
    return block_run.block if block_run.item is None else f"{block_run.block}:{block_run.item}"


def timeline(run: Run) -> str:
    """Draw the run's blocks over its time: a line while one waits, a bar while it runs."""
    begin = run.started_at or run.created_at
    end = run.ended_at or datetime.now(UTC)
    total = max((end - begin).total_seconds(), 1e-6)
    shown = rows(run)
    names = max((len(label(block_run)) for block_run in shown), default=0)
    times = max((len(took(block_run)) for block_run in shown), default=0)
    lines = []
    for block_run in shown:
        bar = _bar(block_run, begin, end, total)
        name = f"{MARKS[shown_state(block_run)]} {label(block_run):<{names}}"
        line = f"{name}  {bar}  {took(block_run):>{times}}  {remark(block_run)}"
        lines.append(line.rstrip())
    return "\n".join([*lines, _scale(names, total)] if lines else [])


def failures(block_runs: Sequence[BlockRun]) -> str:
    """Show each error with the place it came from and the end of its traceback."""
    parts = []
    for block_run in block_runs:
        error = block_run.error
        if error is None or block_run.state.value == "success":
            continue
        place = (
            f"{error.file}, line {error.file_line}"
            if error.file and error.file_line
            else error.file
        )
        if error.cell_id and error.line:
            place = f"cell {error.cell_id}, line {error.line}" + (f" ({place})" if place else "")
        head = f"■ {label(block_run)}: {error.type}: {error.message}"
        parts.append(
            "\n".join(
                filter(None, [head, f"  at {place}" if place else "", error.traceback.rstrip()])
            )
        )
    return "\n\n".join(parts)


def _bar(block_run: BlockRun, begin: datetime, end: datetime, total: float) -> str:
    if block_run.started_at is None or block_run.cached:
        return " " * WIDTH

    def at(moment: datetime) -> float:
        share = (moment - begin).total_seconds() / total
        return min(max(share, 0.0), 1.0) * WIDTH

    ready = at(block_run.ready_at or block_run.started_at)
    start = at(block_run.started_at)
    stop = at(block_run.ended_at or end)
    first = min(int(start), WIDTH - 1)
    waits = min(int(ready), first)
    whole, rest = divmod(max(stop - first, 0.125), 1)
    filled = "█" * int(whole) + (EIGHTHS[int(rest * 8)] if int(rest * 8) else "")
    return (" " * waits + "─" * (first - waits) + filled)[:WIDTH].ljust(WIDTH)


def _scale(names: int, total: float) -> str:
    last = duration(total)
    return f"  {'':<{names}}  0{last:>{WIDTH - 1}}"
