"""Real JupyterLabs for the browser's tests, each with its own home, state folder and port."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
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

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "mage_jlab" / "labextension"
START_SECONDS = 60.0


@dataclass
class Server:
    """A running JupyterLab, its root folder, and what it takes to talk to it."""

    url: str
    token: str
    root: Path
    environ: dict[str, str]
    process: subprocess.Popen[bytes]
    log: Path

    def mage(self, *arguments: str) -> None:
        """Run the command line in the root folder, with this server's state folder."""
        subprocess.run(
            [sys.executable, "-m", "mage_jlab", *arguments],
            cwd=self.root,
            env=self.environ,
            check=True,
            capture_output=True,
        )

    def api(self, method: str, path: str, body: object = None) -> object:
        """Call the server's own API, outside the browser."""
        request = urllib.request.Request(
            f"{self.url}mage/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def stop(self) -> None:
        """End the server with its kernels; the engine has a session of its own."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()


def free_port() -> int:
    """Give a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(home: Path, prefix: Path) -> dict[str, str]:
    """Make an environment without the settings, workspaces and ledger of the developer."""
    config = home / "config"
    overrides = {
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        }
    }
    (config / "labconfig").mkdir(parents=True)
    (config / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(overrides))
    (config / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"mage_jlab": True}}})
    )
    folders = {
        "HOME": home,
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "JUPYTER_PATH": prefix / "share" / "jupyter",
        "MAGE_JLAB_STATE_DIR": home / "state",
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "MAGE_", "JPY_"))}
    python = str(Path(sys.executable).parent)
    return {
        **kept,
        **{name: str(folder) for name, folder in folders.items()},
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TZ": "America/New_York",
    }


@contextlib.contextmanager
def serve(folder: Path, root: Path, *, environ: dict[str, str] | None = None) -> Iterator[Server]:
    """Start a JupyterLab on ``root`` and wait for it; stop it and its engine at the end."""
    if environ is None:
        extensions = folder / "prefix" / "share" / "jupyter" / "labextensions"
        extensions.mkdir(parents=True)
        (extensions / "mage-jlab").symlink_to(BUILT)
        environ = environment(folder / "home", folder / "prefix")
    port, token = free_port(), secrets.token_hex(8)
    log = folder / "server.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser"),
                *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
                *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}"),
                "--LabApp.expose_app_in_browser=True",
            ],
            cwd=root,
            env=environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}/", token, root, environ, process, log)
    try:
        _wait(server)
        yield server
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            server.mage("engine", "stop")
        server.stop()


def _wait(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{server.url}api", timeout=2).close()
            return
        time.sleep(0.1)
    message = f"JupyterLab did not start:\n{server.log.read_text()[-4000:]}"
    raise RuntimeError(message)


def chromium() -> str:
    """Give the browser: the one of ``CHROMIUM``, else the system's."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(found).exists():
        message = f"There is no Chromium at {found}: install it, or name one in CHROMIUM."
        raise RuntimeError(message)
    return found
