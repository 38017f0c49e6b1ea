"""Starting, replacing and refusing engines, as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mage_jlab.domain.errors import EngineUnavailableError
from mage_jlab.engine import client as client_module
from mage_jlab.engine.client import EngineClient
from mage_jlab.engine.exits import ALREADY, HOPELESS
from mage_jlab.store.ledger.database import parse_url, writing_engine
from mage_jlab.store.migrations import schema

from .conftest import Site

ROOT = Path(client_module.__file__).parents[2]


def _engine(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "MAGE_JLAB_STATE_DIR": str(site.state.root)}
    if site.state.database_url_override:
        environ["MAGE_JLAB_DATABASE_URL"] = site.state.database_url_override
    return subprocess.run(
        [sys.executable, "-m", "mage_jlab.engine", *arguments],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_many_clients_that_start_one_at_once_share_it(site: Site) -> None:
    clients = [EngineClient(site.state) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(EngineClient.ensure, clients))
    assert len({client.status().pid for client in clients}) == 1
    assert site.log().count("is up") == 1


def _set_version(site: Site, version: str) -> None:
    engine = writing_engine(parse_url(site.state.database_url))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    engine.dispose()


def test_a_second_engine_leaves_at_once(site: Site) -> None:
    site.start()
    ended = _engine(site, "--foreground")
    assert ended.returncode == ALREADY
    assert "serves" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert site.client.running()


def test_a_newer_ledger_is_refused_with_a_sentence(site: Site) -> None:
    site.start()
    site.client.command("stop")
    _set_version(site, "0099")
    with pytest.raises(EngineUnavailableError, match="written by a newer mage_jlab"):
        site.client.ensure()
    assert _engine(site).returncode == HOPELESS
    _set_version(site, schema.HEAD)


def test_an_idle_engine_of_another_version_is_replaced(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.start()
    first = site.engine().pid
    hello = EngineClient._hello
    other = {"version": "0.0.9"}

    def older(client: EngineClient) -> dict[str, object] | None:
        found = hello(client)
        return found and ({**found, **other} if site.client.status().pid == first else found)

    monkeypatch.setattr(EngineClient, "_hello", older)
    site.client.ensure()
    assert site.client.status().pid != first


def test_a_busy_engine_of_another_version_ends_its_block_first(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = site.folder / "go"
    wait = f"[time.sleep(0.05) for _ in iter(lambda: Path({str(flag)!r}).exists(), True)]"
    taken = site.snapshot({"a": ([], wait), "b": (["a"], "pass")})
    site.start()
    run = site.run(taken)
    site.until(run, lambda word: "a began" in site.lines())
    first = site.engine().pid
    monkeypatch.setattr(client_module, "REPLACE_S", 0.5)
    monkeypatch.setattr(client_module, "__version__", "9.9.9")
    with pytest.raises(EngineUnavailableError, match="finishing its blocks"):
        site.client.ensure()
    assert site.client.status().state == "draining"
    flag.touch()
    deadline = time.monotonic() + 10
    while site.client.running():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert site.states(run) == {"a": "success", "b": "ready"}
    monkeypatch.undo()
    site.client.ensure()
    assert site.wait(run).state == "success"
    assert site.engine().pid != first
    assert site.lines().count("a began") == 1


def test_stopping_kills_the_workers_and_the_next_engine_goes_on(site: Site) -> None:
    flag = site.folder / "go"
    taken = site.snapshot(
        {"a": ([], "pass"), "b": (["a"], f"time.sleep(0 if Path({str(flag)!r}).exists() else 60)")}
    )
    site.start()
    run = site.run(taken)
    site.until(run, lambda word: "b began" in site.lines())
    site.client.command("stop")
    assert site.states(run) == {"a": "success", "b": "ready"}
    assert site.client.status().state == "stopped"
    flag.touch()
    site.client.ensure()
    assert site.wait(run).state == "success"
    assert site.lines().count("a began") == 1
    assert site.lines().count("b ended") == 1


def test_long_polls_do_not_hold_commands_up(site: Site) -> None:
    site.start()
    waiting = [threading.Thread(target=site.client.events, args=(10**6, 3.0)) for _ in range(20)]
    for thread in waiting:
        thread.start()
    began = time.monotonic()
    assert site.client.status().state == "running"
    assert time.monotonic() - began < 2
    for thread in waiting:
        thread.join()


def test_a_path_that_is_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    site = Site(deep)
    assert len(str(site.state.socket)) <= 100
    try:
        site.start()
        assert site.client.running()
    finally:
        site.close()
    assert not site.state.socket.exists()
