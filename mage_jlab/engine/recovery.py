"""What a new engine does first: end what former engines of this machine left, and go on from it."""

from __future__ import annotations

import logging
import os
import socket
from functools import partial

from mage_jlab import __version__
from mage_jlab.engine import processes
from mage_jlab.store.failpoints import Point, reach
from mage_jlab.store.ledger import nodes
from mage_jlab.store.ledger.arming import recompute_times
from mage_jlab.store.ledger.nodes import NodeRow
from mage_jlab.store.ledger.writer import Writer

log = logging.getLogger(__name__)

REASON = "The engine that ran the block ended before the block did."


def take_over(writer: Writer, *, alone: bool) -> NodeRow:
    """Reap the former engines of this machine and enter this process as a node.

    Workers of a former engine are killed before their blocks are ready again, so that nothing
    runs twice at the same time.

    Args:
        writer: the ledger's writer.
        alone: whether this process holds the ledger's only lock: every other node is dead then.
    """
    host, boot = socket.gethostname(), processes.boot_id()
    for other in writer.do(nodes.others):
        alive = False if alone else processes.is_alive(other, host, boot)
        if alive is not False:
            continue
        if other.host == host and other.boot_id == boot:
            workers = writer.do(partial(nodes.workers_of, node_id=other.id))
            processes.end_workers(workers)
            reach(Point.WORKERS_ENDED)
        taken = writer.do(partial(nodes.reap, node_id=other.id, reason=REASON))
        reach(Point.REAPED)
        if taken:
            log.warning("A former engine ended while %d blocks ran; they are taken up.", taken)
    pid = os.getpid()
    start = processes.start_time(pid) or 0.0
    node = writer.do(
        lambda tx: nodes.register(
            tx, host=host, boot_id=boot, pid=pid, pid_start=start, version=__version__
        )
    )
    moved = writer.do(recompute_times)
    if moved:
        log.info("The rules of time zones have changed: %d schedules have new times.", moved)
    return node
