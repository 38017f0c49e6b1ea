"""Ports in use, engines that are up already, and engines of another version."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mage_jlab import __version__
from mage_jlab.blocks.snapshot import take_snapshot
from mage_jlab.store.project_files import ProjectFiles, create_project

from .scene import Scene, code, free_port, sales, until

OLDER = (
    "import sys, mage_jlab; mage_jlab.__version__ = '0.0.1'; "
    "from mage_jlab.engine.main import main; sys.exit(main(['--foreground']))"
)
"""An engine that says to be of another version, and is one for all that its clients can see."""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Scene]:
    """A second person's project and state folder on the same machine."""
    made = Scene(tmp_path / "other")
    create_project(made.place)
    yield made
    made.close()


@pytest.fixture
def older(scene: Scene) -> Iterator[subprocess.Popen[str]]:
    """An engine of another version, up on the scene's state folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", OLDER],
        env=scene.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    until(scene.client.running, "the older engine to be up")
    assert scene.good("engine", "status")["version"] == "0.0.1"
    yield process
    process.kill()
    process.wait()


def test_a_port_in_use_is_said_and_leaves_nothing_behind(scene: Scene, other: Scene) -> None:
    port = free_port()
    first = scene.serve(port).ready()
    second = other.serve(port)
    assert second.process.wait(timeout=60) != 0
    assert str(port) in second.log.read_text()
    assert not other.client.running()
    assert not other.state.lock.exists()
    assert first.call("GET", "engine")[0] == 200


def test_two_servers_that_want_one_port_serve_their_own_engines(scene: Scene, other: Scene) -> None:
    """The engine needs no port: Jupyter takes the next one, and nobody sees the other's runs."""
    port = free_port()
    servers = []
    for place in (scene, other):
        place.notebook("sales", sales())
        place.good("export", "notebooks/sales.ipynb")
        servers.append(place.serve(port, retries=50).ready())
    assert servers[0].port == port
    assert servers[1].port != port
    for server in servers:
        project = server.call("GET", "projects")[1]["items"][0]["id"]
        body = {"project": project, "pipeline": "sales"}
        status, run = server.call("POST", "runs", body)
        assert status == 201, run
        assert server.state_of(run["id"]) == "success"
    pids = [server.call("GET", "engine")[1]["pid"] for server in servers]
    assert len(set(pids)) == 2
    for server, listed in zip(servers, (scene, other), strict=True):
        runs = server.call("GET", "runs")[1]["items"]
        assert [run["number"] for run in runs] == [1]
        assert [run["id"] for run in listed.good("runs", "list")["runs"]] == [runs[0]["id"]]


def test_an_engine_already_up_makes_every_other_start_its_client(scene: Scene) -> None:
    first = scene.good("engine", "start")
    again = scene.mage("engine", "start")
    assert again.status == 0
    assert "already" in again.err
    assert f"pid {first['pid']}" in again.out
    server = scene.serve().ready()
    status, started = server.call("POST", "engine/start")
    assert (status, started["pid"]) == (200, first["pid"])
    refused = scene.mage("engine", "start", "--foreground", "--json").refusal
    assert str(first["pid"]) in refused
    assert "jupyter mage engine stop" in refused
    alone = subprocess.run(
        [sys.executable, "-m", "mage_jlab.engine", "--foreground"],
        env=scene.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert alone.returncode != 0
    assert str(scene.state.root) in alone.stderr
    assert "Traceback" not in alone.stderr
    assert scene.good("engine", "status")["pid"] == first["pid"]
    assert psutil.pid_exists(first["pid"])


def test_an_idle_engine_of_another_version_is_replaced(
    scene: Scene, older: subprocess.Popen[str]
) -> None:
    scene.notebook("sales", sales())
    scene.good("export", "notebooks/sales.ipynb")
    ran = scene.good("run", "sales")
    assert ran["state"] == "success"
    status = scene.good("engine", "status")
    assert (status["version"], status["state"]) == (__version__, "running")
    assert older.wait(timeout=10) == 0


def test_a_busy_engine_of_another_version_ends_its_block_first(
    scene: Scene, older: subprocess.Popen[str]
) -> None:
    notes, go = scene.folder / "notes", scene.folder / "go"
    note = f"with open({str(notes)!r}, 'a') as file:\n    file.write('{{}}\\n')\n"
    wait = f"import os\nimport time\nwhile not os.path.exists({str(go)!r}):\n    time.sleep(0.05)\n"
    cells = [
        code("first", note.format("first") + wait + "a = 1", "custom", name="first"),
        code("second", note.format("second") + "b = a + 1", "custom", name="second"),
    ]
    scene.notebook("chain", cells)
    scene.good("export", "notebooks/chain.ipynb")
    # asked past the services, which would replace the engine while it is idle
    files = ProjectFiles.open(scene.place)
    word = files.word
    opened = scene.client.command(
        "open_project",
        uuid=word.uuid,
        place=str(scene.place),
        name=word.name,
        data_root=str(files.data_root),
    )
    snapshot = take_snapshot(scene.state, files, "chain").to_json()
    run = scene.client.command(
        "create_run", project=opened["project"], pipeline="chain", snapshot=snapshot
    )["run"]
    until(lambda: notes.exists() and notes.read_text(), "the block to begin")
    starting = subprocess.Popen(
        [sys.executable, "-m", "mage_jlab", "engine", "start", "--json"],
        env=scene.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: scene.client.status().state == "draining", "the older engine to drain")
    assert older.poll() is None
    go.touch()
    out, err = starting.communicate(timeout=60)
    assert starting.returncode == 0, err
    assert f'"version": "{__version__}"' in out
    until(lambda: scene.reader.run(str(run)).state.ended, "the run to end on the new engine")
    assert scene.reader.run(str(run)).state == "success"
    assert notes.read_text() == "first\nsecond\n"
    assert older.wait(timeout=10) == 0


def test_what_a_newer_version_wrote_is_refused_with_a_sentence(scene: Scene) -> None:
    """Going back to an older mage_jlab must not touch what a newer one keeps in another form."""
    scene.good("engine", "start")
    scene.good("engine", "stop")
    until(lambda: not scene.client.running(), "the engine to be gone")
    ledger = sqlite3.connect(scene.state.ledger)
    with ledger:
        ledger.execute("UPDATE alembic_version SET version_num = '0099'")
    ledger.close()
    before = scene.state.ledger.read_bytes()
    refused = scene.mage("engine", "start", "--json").refusal
    assert "newer mage_jlab" in refused
    assert scene.state.ledger.read_bytes() == before
