"""The node's lease: renewed from a thread of its own; nodes that let theirs run out are reaped."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from mage_jlab.store.ledger import nodes
from mage_jlab.store.ledger.nodes import LEASE_S, NodeRow
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.writer import Writer

log = logging.getLogger(__name__)

JUMP_S = 10.0
"""A wall clock that ran ahead of the monotonic one by more means that the machine slept."""
MARGIN_S = 5.0
"""How long before the lease's end a node that cannot renew gives up."""


class Lease:
    """Renews this node's lease and judges the others'.

    Args:
        writer: the ledger's writer.
        node: this engine's node.
        renew_s: seconds between renewals.
        shared: whether other engines may work on this ledger.
        on_lost: called when this node has been declared dead, or must take itself for dead.
        on_reaped: called when another node's blocks were taken back.
    """

    def __init__(
        self,
        writer: Writer,
        node: NodeRow,
        renew_s: float,
        *,
        shared: bool,
        on_lost: Callable[[], None],
        on_reaped: Callable[[], None],
    ) -> None:
        self._writer = writer
        self._node = node
        self._renew_s = renew_s
        self._shared = shared
        self._on_lost = on_lost
        self._on_reaped = on_reaped
        self._renewed = time.monotonic()
        self._drift = time.time() - time.monotonic()
        self._judge_from = 0.0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="lease", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop renewing."""
        self._closed.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join()

    def _loop(self) -> None:
        while not self._closed.wait(self._renew_s):
            if not self.turn():
                self._on_lost()
                return

    def turn(self) -> bool:
        """Renew once and reap whose lease has run out; False when this node must stop."""
        drift = time.time() - time.monotonic()
        if drift - self._drift > JUMP_S:
            # The machine slept: every lease gets one fresh life before it is judged.
            self._judge_from = time.monotonic() + LEASE_S
        self._drift = drift
        try:
            if not self._writer.do(lambda tx: nodes.renew(tx, self._node.id, self._node.epoch)):
                log.error("This engine was taken for dead by another; it stops.")
                return False
            self._renewed = time.monotonic()
            judging = self._shared and self._renewed >= self._judge_from
            if judging and self._writer.do(self._reap_expired):
                self._on_reaped()
        except DBAPIError as error:
            overdue = time.monotonic() - self._renewed > LEASE_S - MARGIN_S
            if self._shared and overdue:
                log.exception("The lease could not be renewed (%s); the engine stops.", error.orig)
                return False
        return True

    def _reap_expired(self, tx: Transaction) -> int:
        reaped = 0
        for other in nodes.others(tx, self._node.id):
            if other.expires_at < tx.now:
                log.warning("The engine on %s was lost; its blocks are taken over.", other.host)
                reaped += nodes.reap(tx, other.id, "The machine that ran the block was lost.")
        return reaped
