"""What only a shared database can do to an engine: connections that break, and other engines."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mage_jlab.engine.client import EngineClient
from mage_jlab.store.paths import StateFolder
from tests.servers.database_server import DatabaseServer
from tests.servers.ledger_databases import administer

from .conftest import Site, kill

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

TAKEN_OVER_S = 30.0
"""How long the blocks of a lost machine may wait."""


@pytest.fixture
def other(site: Site) -> Iterator[EngineClient]:
    """Give the client of a second engine on the same ledger, with a state folder of its own."""
    client = EngineClient(StateFolder(site.folder / "other", site.state.database_url_override))
    yield client
    if client.running():
        client.command("stop")


def _cut_connections(server: DatabaseServer) -> None:
    administer(
        server,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE starts_with(datname, 'ledger_') AND pid <> pg_backend_pid()",
    )


def test_cut_connections_cost_time_and_nothing_else(site: Site, server: DatabaseServer) -> None:
    names = [f"b{place}" for place in range(8)]
    chain = {
        name: ([names[place - 1]] if place else [], "time.sleep(0.15)")
        for place, name in enumerate(names)
    }
    taken = site.snapshot(chain)
    site.start()
    run = site.run(taken)
    for _ in range(4):
        time.sleep(0.4)
        _cut_connections(server)
    word = site.wait(run, 60)
    assert word.state == "success", site.log()
    assert [len(item.products) for item in word.block_runs] == [1] * 8


def _one_held(site: Site) -> tuple[str, Path]:
    """Start a run whose one block is held until a file is there; wait until it is at work."""
    flag = site.folder / "go"
    taken = site.snapshot({"a": ([], f"time.sleep(0 if Path({str(flag)!r}).exists() else 60)")})
    site.start()
    run = site.run(taken)
    site.until(run, lambda word: word.block_runs[0].worker_pid is not None and bool(site.lines()))
    return run, flag


def test_a_dead_engines_blocks_are_taken_over_by_another(site: Site, other: EngineClient) -> None:
    run, flag = _one_held(site)
    other.ensure()
    engine = site.engine()
    supervisor = engine.parent()
    assert supervisor is not None
    flag.touch()
    kill(supervisor.pid)
    kill(engine.pid)
    began = time.monotonic()
    word = site.wait(run, TAKEN_OVER_S + 5)
    assert time.monotonic() - began < TAKEN_OVER_S
    assert word.state == "success", site.log()
    assert word.block_runs[0].attempts == 2
    assert other.running()
    assert not site.client.running()


def test_a_frozen_engine_that_wakes_commits_nothing(site: Site, other: EngineClient) -> None:
    run, flag = _one_held(site)
    other.ensure()
    engine = site.engine()
    os.kill(engine.pid, signal.SIGSTOP)
    flag.touch()
    try:
        word = site.wait(run, TAKEN_OVER_S + 5)
    finally:
        os.kill(engine.pid, signal.SIGCONT)
    assert word.state == "success", site.log()
    engine.wait(15)
    assert [item.outcome for item in site.reader.attempts(run, "a")].count("success") == 1
    assert len(site.reader.products(run=run)) == 1
