"""kill -9 of Jupyter Server while one block is done and another runs: the run goes on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.engine.client import EngineClient
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder

PIPELINE = """\
blocks:
- {{uuid: first, name: first, type: data_loader, language: python, upstream_blocks: []}}
- {{uuid: second, name: second, type: transformer, language: python, upstream_blocks: [first]}}
- {{uuid: third, name: third, type: transformer, language: python, upstream_blocks: [second]}}
name: slow
type: python
uuid: slow
"""
BLOCK = """\
import pathlib
import time

from mage_jlab import {type}


@{type}
def {name}({parameter}**kwargs):
    with open({notes!r}, "a") as file:
        file.write("{name}\\n")
    go = pathlib.Path({go!r})
    while {waits} and not go.exists():
        time.sleep(0.05)
    return {value}
"""


@dataclass
class Server:
    """A Jupyter Server in a process group of its own."""

    process: subprocess.Popen[bytes]
    port: int

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/mage/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "token secret"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def kill(self) -> None:
        """End it and all its children at once, as ``kill -9`` does."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start_server(root: Path, environ: dict[str, str]) -> Server:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyter_server",
        "--allow-root",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=secret",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.jpserver_extensions=mage_jlab=True",
    ]
    process = subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(process, port)
    until(lambda: answers(server), "the server to answer")
    return server


def answers(server: Server) -> bool:
    assert server.process.poll() is None
    try:
        server.call("GET", "engine")
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def until(true: Any, what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.05)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    notes, go = tmp_path / "notes", tmp_path / "go"
    files = {
        "metadata.yaml": "project_uuid: 0123456789abcdef0123456789abcdef\n"
        "variables_dir: .mage_data\n",
        "pipelines/slow/metadata.yaml": PIPELINE.replace("{{", "{").replace("}}", "}"),
    }
    blocks = [
        ("first", "data_loader", "", "[1, 2]", False),
        ("second", "transformer", "first, ", "[*first, 3]", True),
        ("third", "transformer", "second, ", "sum(second)", False),
    ]
    for name, type_, parameter, value, waits in blocks:
        files[f"{type_}s/{name}.py"] = BLOCK.format(
            name=name,
            type=type_,
            parameter=parameter,
            value=f'{{"{name}": {value}}}["{name}"]',
            waits=waits,
            notes=str(notes),
            go=str(go),
        )
    for path, text in files.items():
        (folder / "slow" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "slow" / path).write_text(text)
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment with its own home and state folder; the engine is stopped at the end."""
    names = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    for name in names:
        (tmp_path / name).mkdir()
    state = StateFolder(tmp_path / "state")
    yield (
        os.environ
        | {name: str(tmp_path / name) for name in names}
        | {"MAGE_JLAB_STATE_DIR": str(state.root)}
    )
    client = EngineClient(state)
    if client.running():
        client.command("stop", drain=False)


def test_a_run_goes_on_when_the_server_is_killed(
    tmp_path: Path, root: Path, environ: dict[str, str]
) -> None:
    server = start_server(root, environ)
    try:
        project = server.call("GET", "projects")["items"][0]["id"]
        run = server.call("POST", "runs", {"project": project, "pipeline": "slow"})

        def second_runs() -> bool:
            blocks = server.call("GET", f"runs/{run['id']}")["block_runs"]
            states = {block["block"]: block["state"] for block in blocks}
            return (states["first"], states["second"]) == ("success", "running")

        until(second_runs, "the second block to run")
    finally:
        server.kill()
    notes = tmp_path / "notes"
    assert notes.read_text().split() == ["first", "second"]

    (tmp_path / "go").touch()
    services = Services(StateFolder(tmp_path / "state"))
    until(lambda: services.runs.get(run["id"]).state.ended, "the run to end")
    assert services.runs.get(run["id"]).state == "success"
    # Each block ran once: what was done before the kill, and what ran during it.
    assert notes.read_text().split() == ["first", "second", "third"]

    # A new server shows the run and its product as if nothing had happened.
    server = start_server(root, environ)
    try:
        shown = server.call("GET", f"runs/{run['id']}")
        third = shown["block_runs"][2]
        product = server.call("GET", f"products/{third['products'][0]['id']}")
    finally:
        server.kill()
    assert [block["attempts"] for block in shown["block_runs"]] == [1, 1, 1]
    assert product["value"] == 6
