"""Starts real database servers on free ports of this machine, in folders of their own.

Each is a context manager that gives a ``DatabaseServer`` and ends the server with its whole process
group. A test suite starts one in a fixture of the session.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60.0
INITDB = ("-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
INSTALL_DB = ("--auth-root-authentication-method=normal", "--skip-test-db")


@dataclass(frozen=True)
class DatabaseServer:
    """Where a server listens, and who may ask it."""

    host: str
    port: int
    user: str
    password: str
    database: str
    log: Path


@contextmanager
def postgres() -> Iterator[DatabaseServer]:
    """Start PostgreSQL; its superuser asks with any password."""
    home = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
    bin_ = str(home or Path(_program("postgres")).parent)
    with _folder("postgres") as folder:
        data, log = folder / "data", folder / "server.log"
        as_user = _as_user("postgres")
        _must_run(
            [*as_user, f"{bin_}/initdb", "-D", str(data), *INITDB],
            folder,
        )
        port = free_port()
        command = [*as_user, f"{bin_}/postgres", "-D", str(data), "-h", "127.0.0.1"]
        command += ["-p", str(port), "-k", "", "-c", "fsync=off"]
        # SIGINT: it does not wait for clients that are still connected
        with _running(command, folder, log, port, signal.SIGINT):
            yield DatabaseServer("127.0.0.1", port, "postgres", "pw", "postgres", log)


@contextmanager
def mariadb() -> Iterator[DatabaseServer]:
    """Start MariaDB with the database ``shop``; the user ``tester`` may do all."""
    with _folder("mysql") as folder:
        data, log = folder / "data", folder / "server.log"
        user = ["--user=mysql"] if os.getuid() == 0 else []
        _must_run(
            [
                _program("mariadb-install-db"),
                "--no-defaults",
                *user,
                f"--datadir={data}",
                *INSTALL_DB,
            ],
            folder,
        )
        first = folder / "first.sql"
        first.write_text(
            "CREATE DATABASE shop CHARACTER SET utf8mb4;\n"
            "CREATE USER tester@'127.0.0.1' IDENTIFIED BY 'pw';\n"
            "GRANT ALL ON *.* TO tester@'127.0.0.1';\n"
        )
        port = free_port()
        command = [
            _program("mariadbd"),
            "--no-defaults",
            *user,
            f"--datadir={data}",
            f"--port={port}",
        ]
        command += ["--bind-address=127.0.0.1", f"--socket={folder}/s", f"--init-file={first}"]
        command += ["--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]
        with _running(command, folder, log, port, signal.SIGTERM):
            yield DatabaseServer("127.0.0.1", port, "tester", "pw", "shop", log)


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _program(name: str) -> str:
    """Find a server's program: a user's path need not lead to those of the system."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    return shutil.which(name, path=path) or name


def _as_user(name: str) -> list[str]:
    """Give what lets a command run as a user: these servers refuse to run as root."""
    return [_program("runuser"), "-u", name, "--"] if os.getuid() == 0 else []


@contextmanager
def _folder(owner: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"mage_jlab-{owner}-"))
    folder.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(folder, owner)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _must_run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"


@contextmanager
def _running(
    command: Sequence[str], folder: Path, log: Path, port: int, stop: signal.Signals
) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + START_S
        while not _answers(port, log):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, f"{command[0]} did not answer: {log.read_text()}"
            time.sleep(0.05)
        yield
    finally:
        os.killpg(process.pid, stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(port: int, log: Path) -> bool:
    if "ready" not in log.read_text(errors="replace"):
        return False
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
