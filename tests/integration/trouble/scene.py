"""What these tests stand on: a project, a state folder, the command line and servers, all real."""

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
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from mage_jlab.engine.client import EngineClient
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.paths import StateFolder

Found = TypeVar("Found")
Cell = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """How a command of the command line ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The sentence of a command that was refused: exit 2, one line, no traceback.

        ``run`` may have said before that the workbench differs from the files.
        """
        assert self.status == 2, self
        *notes, sentence = self.err.splitlines()
        assert all(note.endswith("--export exports it first.") for note in notes), self
        error = self.document["error"]
        assert error["code"] != "fault", self
        assert error["message"] == sentence
        return str(error["message"])


class Server:
    """A Jupyter Server with the extension, in a process group of its own.

    Args:
        root: the folder that it serves.
        port: the port that it is told to take.
        environ: its environment.
        log: the file that takes what it writes.
        retries: how many ports above it may try when that one is taken.
    """

    def __init__(
        self, root: Path, port: int, environ: dict[str, str], log: Path, retries: int = 0
    ) -> None:
        self.log = log
        self.runtime = Path(environ["JUPYTER_RUNTIME_DIR"])
        command = [
            *(sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"),
            *(f"--ServerApp.port_retries={retries}", "--IdentityProvider.token=secret"),
            *(f"--ServerApp.root_dir={root}", "--ServerApp.jpserver_extensions=mage_jlab=True"),
        ]
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                command, env=environ, stdout=file, stderr=file, start_new_session=True
            )

    @property
    def port(self) -> int:
        """The port that it took, as it wrote it down itself."""
        found = list(self.runtime.glob(f"jpserver-{self.process.pid}.json"))
        return int(json.loads(found[0].read_text())["port"]) if found else 0

    def ready(self) -> Server:
        """Wait until it answers."""

        def answers() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            try:
                return self.call("GET", "engine")[0] == 200
            except (OSError, ValueError):
                return False

        until(answers, "the server to answer")
        return self

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call the API; gives the status and the JSON."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/mage/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "token secret"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Make a call that must be refused; gives the status and the sentence."""
        status, said = self.call(method, path, body)
        assert status in (400, 404, 409, 422), said
        assert said["reason"]
        return status, str(said["message"])

    def state_of(self, run: str) -> str:
        """Wait for the end of a run; gives its state."""

        def state() -> str:
            found = self.call("GET", f"runs/{run}")[1]
            return str(found["state"]) if found["ended_at"] else ""

        return until(state, "the run to end")

    def close(self) -> None:
        """End it and its children."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Scene:
    """A project and a state folder of a test's own.

    Args:
        folder: where all of it lies.
        state: the state folder, where it shall lie elsewhere.
    """

    def __init__(self, folder: Path, state: Path | None = None) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.place = self.root / "shop"
        self.state = StateFolder(state or folder / "state")
        self.client = EngineClient(self.state)
        self.reader = LedgerReader(self.state)
        self._servers: list[Server] = []
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.environ = {
            **kept,
            "HOME": str(folder / "home"),
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "MAGE_JLAB_STATE_DIR": str(self.state.root),
        }
        for made in (self.root, folder / "home"):
            made.mkdir(parents=True, exist_ok=True)

    def mage(self, *arguments: str, cwd: Path | None = None, timeout: float = 120) -> Answer:
        """Run ``jupyter mage`` in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "mage_jlab", *arguments],
            cwd=cwd or (self.place if self.place.is_dir() else self.root),
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def good(self, *arguments: str) -> Any:
        """Run a command that must work; gives its JSON."""
        answer = self.mage(*arguments, "--json")
        assert answer.status == 0, answer
        return answer.document

    def notebook(self, name: str, cells: list[Cell], **mage: str) -> Path:
        """Write a notebook of the project; ``mage`` is its own metadata's key."""
        path = self.place / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(cells, **mage), indent=1))
        return path

    def serve(self, port: int | None = None, *, retries: int = 0) -> Server:
        """Start a server over the folder of the project, without waiting for it."""
        log = self.folder / f"server{len(self._servers)}.log"
        server = Server(self.root, port or free_port(), self.environ, log, retries)
        self._servers.append(server)
        return server

    def tree(self, folder: Path | None = None) -> dict[str, bytes]:
        """Give all files of the project but its data, with their content."""
        top = folder or self.place
        return {
            str(path.relative_to(top)): path.read_bytes()
            for path in sorted(top.rglob("*"))
            if path.is_file() and ".mage_data" not in path.parts
        }

    def close(self) -> None:
        """End the servers and the engine."""
        for server in self._servers:
            server.close()
        if self.client.running():
            self.client.command("stop")
        self.reader.close()


def code(cell_id: str, source: str, type_: str | None = None, **mage: Any) -> Cell:
    """Give a code cell; with a type it is a block, ``mage`` is its metadata's key."""
    metadata: dict[str, Any] = {"tags": [f"block:{type_}"]} if type_ else {}
    if mage:
        metadata["mage"] = mage
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def parameters(source: str) -> Cell:
    """Give the cell of the runtime variables."""
    cell = code("params", source)
    cell["metadata"]["tags"] = ["parameters"]
    return cell


def document(cells: list[Cell], **mage: str) -> dict[str, Any]:
    """Give a notebook of format 4.5."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata: dict[str, Any] = {"kernelspec": kernel, "language_info": {"name": "python"}}
    if mage:
        metadata["mage"] = mage
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def sales() -> list[Cell]:
    """A chain of two blocks that nothing is wrong with."""
    return [
        parameters('market = "CA"\nfactor = 2'),
        code("load", "raw = [1, 2, 3]", "data_loader", name="load"),
        code("total", "total = sum(raw) * factor", "transformer", name="total"),
    ]


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until(true: Callable[[], Found], what: str, seconds: float = 60) -> Found:
    """Wait until something holds; gives it."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, f"waited too long for {what}"
        time.sleep(0.05)
    return found
