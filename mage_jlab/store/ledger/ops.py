"""Commands that are done once: each leaves its id and its answer in the transaction it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from mage_jlab.store.ledger.ids import SECOND
from mage_jlab.store.ledger.tables import op
from mage_jlab.store.ledger.transaction import Transaction

KEPT_S = 7 * 24 * 3600
"""How long an answer is kept for a command that is asked again."""

_FIND = select(op.c.result).where(op.c.op_id == bindparam("o"))
_OLD = delete(op).where(op.c.at < bindparam("b_before"))


def once(
    tx: Transaction, op_id: str, change: Callable[[Transaction], dict[str, Any]]
) -> dict[str, Any]:
    """Do a command, or give the answer that it had when it was done already."""
    found = tx.execute(_FIND, {"o": op_id}).scalar()
    if found is not None:
        return dict(json.loads(found))
    result = change(tx)
    tx.execute(insert(op), {"op_id": op_id, "result": json.dumps(result), "at": tx.now})
    return result


def forget_old(tx: Transaction) -> None:
    """Drop the answers that nobody asks for any more."""
    tx.execute(_OLD, {"b_before": tx.now - KEPT_S * SECOND})
