"""A run's log: the lines of its attempts' files, merged by time, and a cursor to read on from."""

from __future__ import annotations

import base64
import hashlib
import heapq
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.run import LogLine, LogPage, Run

if TYPE_CHECKING:
    from mage_jlab.store.ledger.rows import AttemptRow

MOST_FILES = 200
"""How many attempts' files are open at a time; more are read one after the other."""

LONGEST_LINE = 64 * 1024
"""The most characters of one line that are given."""

Placed = tuple[datetime, int, int, LogLine]
"""A line with what it is sorted by: its time, its file's number, and the offset after it."""


def read_log(
    run: Run,
    attempts: Sequence[AttemptRow],
    block: str | None,
    after: str | None,
    limit: int,
) -> LogPage:
    """Read lines of a run's log.

    A line that its block has not finished writing is left for the next page.

    Args:
        run: the run, read before this: once it has ended, its files are complete.
        attempts: its attempts (of one block, when ``block`` is given).
        block: the one block that is asked for, or None.
        after: the cursor of the page before, or None for the start.
        limit: at most so many lines.

    Raises:
        BadInputError: when the cursor was not given by this function.
    """
    states = [b.state for b in run.block_runs if block is None or b.block == block]
    over = run.state.ended or (block is not None and all(state.ended for state in states))
    if len(attempts) > MOST_FILES:
        lines, cursor, full = _one_after_the_other(attempts, after, limit, over=over)
        return LogPage(lines=lines, next=cursor, ended=over and not full)
    offsets = _decode(after)
    keys = [_key(attempt.block_run, attempt.token) for attempt in attempts]
    streams = [
        _lines(attempt.log, attempt.item, number, offsets.get(key, 0))
        for number, (attempt, key) in enumerate(zip(attempts, keys, strict=True))
    ]
    lines = []
    full = False
    for _, number, offset, line in heapq.merge(*streams, key=lambda placed: placed[:3]):
        if len(lines) == limit:
            full = True
            break
        lines.append(line)
        offsets[keys[number]] = offset
    return LogPage(lines=lines, next=_encode(offsets), ended=over and not full)


def _one_after_the_other(
    attempts: Sequence[AttemptRow], after: str | None, limit: int, *, over: bool
) -> tuple[list[LogLine], str, bool]:
    """Read the files of very many attempts in the order in which they began, each to its end.

    Returns:
        The lines, the cursor behind them, and whether there are more.
    """
    try:
        number, offset = map(int, after[1:].split("+")) if after and after[0] == "~" else (0, 0)
    except ValueError:
        raise BadInputError("after must be the next of the page before.") from None
    lines: list[LogLine] = []
    while number < len(attempts):
        attempt = attempts[number]
        for _, _, offset_after, line in _lines(attempt.log, attempt.item, number, offset):
            if len(lines) == limit:
                return lines, f"~{number}+{offset}", True
            lines.append(line)
            offset = offset_after
        if attempt.ended_at is None and not over:
            break
        number, offset = number + 1, 0
    return lines, f"~{number}+{offset}", False


def _lines(path: Path, item: str | None, number: int, offset: int) -> Iterator[Placed]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # the worker has not opened it yet
    with file:
        file.seek(offset)
        for raw in file:
            if not raw.endswith(b"\n"):
                return
            offset += len(raw)
            line = _parse(raw, item)
            if line is not None:
                yield line.at, number, offset, line


def _parse(raw: bytes, item: str | None) -> LogLine | None:
    try:
        found = json.loads(raw)
        return LogLine(
            at=found["at"],
            block=found["block"],
            item=item,
            attempt=found["attempt"],
            level=found["level"],
            text=found["text"][:LONGEST_LINE],
        )
    except (ValueError, KeyError, TypeError):
        return None  # torn by a crash in the middle of a write


def _key(block_run: str, token: int) -> str:
    digest = hashlib.sha256(f"{block_run}:{token}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:6]).decode()


def _encode(offsets: dict[str, int]) -> str:
    return ".".join(f"{key}{offset:x}" for key, offset in offsets.items()) or "0"


def _decode(cursor: str | None) -> dict[str, int]:
    if cursor in (None, "", "0"):
        return {}
    try:
        offsets = {part[:8]: int(part[8:], 16) for part in str(cursor).split(".")}
    except ValueError:
        offsets = {"": -1}
    if min(offsets.values()) < 0:
        raise BadInputError("after must be the next of the page before.")
    return offsets
