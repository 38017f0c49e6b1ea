"""Ids that sort by the time they were made (UUID version 7), and the ledger's form of time."""

from __future__ import annotations

import os
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
"""A second in the ledger's unit, the microsecond."""

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Make a UUIDv7; within one process each sorts after the one before it."""
    global _last
    fraction = time.time_ns() * 4096 // 1_000_000
    with _lock:
        _last = fraction = max(fraction, _last + 1)
    milliseconds, sub = divmod(fraction, 4096)
    random = int.from_bytes(os.urandom(8)) >> 2
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | sub << 64 | 0b10 << 62 | random))


def micros(moment: datetime) -> int:
    """Give an aware moment in microseconds since the epoch."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def moment(value: int) -> datetime:
    """Give the moment, in UTC, of a number of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=value)


def maybe_moment(value: int | None) -> datetime | None:
    """Give the moment of a nullable column."""
    return None if value is None else moment(value)
