"""Reading the ledger's feed of events."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select, text

from mage_jlab.domain.run import Event
from mage_jlab.store.ledger.access import page_limit
from mage_jlab.store.ledger.rows import event_word
from mage_jlab.store.ledger.tables import event

_AFTER = (
    select(event)
    .where(event.c.seq > bindparam("after"))
    .order_by(event.c.seq)
    .limit(bindparam("limit"))
)
# Sequences commit out of order: a number may still get a lower neighbour.
_SETTLED = _AFTER.where(text("xid < pg_snapshot_xmin(pg_current_snapshot())"))


def read_events(connection: Connection, after: int, limit: int) -> list[Event]:
    """Give events whose ``seq`` is above ``after``, oldest first, at most a page."""
    statement = _SETTLED if connection.dialect.name == "postgresql" else _AFTER
    rows = connection.execute(statement, {"after": after, "limit": page_limit(limit)})
    return [event_word(row) for row in rows]


def last_seq(connection: Connection) -> int:
    """Give the number of the newest event, 0 when there is none."""
    return connection.execute(select(func.max(event.c.seq))).scalar() or 0
