"""How long Jupyter Server takes to answer with the extension, and without it."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROUNDS = 7
GOAL = 1.15
"""The most times as long that a start with the extension may take."""


def seconds_to_start(folder: Path, *, extension: bool) -> float:
    """Start a server, wait for its first answer, end it; give the seconds until the answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = {"HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "MAGE_JLAB_STATE_DIR"}
    environ = os.environ | {name: str(folder / name.lower()) for name in names}
    command = [
        sys.executable,
        "-m",
        "jupyter_server",
        "--allow-root",
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=bench",
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.jpserver_extensions=mage_jlab={extension}",
    ]
    begun = time.perf_counter()
    server = subprocess.Popen(
        command,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{port}/api"
        while server.poll() is None:
            try:
                urllib.request.urlopen(url, timeout=5).close()
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.005)
            else:
                seconds = time.perf_counter() - begun
                _must_be_there(f"http://127.0.0.1:{port}/mage/nowhere", extension=extension)
                return seconds
        raise RuntimeError("the server did not start")
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _must_be_there(url: str, *, extension: bool) -> None:
    """Make sure that the right thing was measured: only the extension refuses its own addresses."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
        status = 200
    except urllib.error.HTTPError as error:
        status = error.code
    assert (status == 403) is extension, status


def main() -> bool:
    """Measure, print one line, and say whether the goal is reached."""
    times: dict[bool, list[float]] = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        for warm in (True, False):  # bytecode and the disk's cache
            seconds_to_start(Path(folder), extension=warm)
        for _ in range(ROUNDS):
            for extension, measured in times.items():
                measured.append(seconds_to_start(Path(folder), extension=extension))
    on, off = (statistics.median(times[extension]) for extension in (True, False))
    print(
        f"server start: {on:.3f} s with the extension, {off:.3f} s without, "
        f"ratio {on / off:.2f} (goal {GOAL})"
    )
    return on / off <= GOAL


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
