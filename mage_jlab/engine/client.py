"""How everybody else speaks to the engine: start it when needed, command it, follow its events."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from mage_jlab import __version__
from mage_jlab.domain.engine import EngineState, EngineStatus
from mage_jlab.domain.errors import EngineUnavailableError
from mage_jlab.domain.run import Event
from mage_jlab.engine import wire
from mage_jlab.store.paths import StateFolder

AGAIN_S = 5.0
"""How long before it tries again: the engine that held the lock may have been leaving."""
START_S = 30.0
"""How long a client waits for an engine to come up."""
REPLACE_S = 30.0
"""How long a client waits for an engine of another version to finish its blocks."""
STOP_S = 20.0
"""How long a client waits for an engine that it stopped to be gone."""
COMMAND_S = 120.0
"""How long one command may take."""
BACK_S = 10.0
"""How long a command whose engine died before it answered waits for the next engine."""
NEVER_ASKED = (FileNotFoundError, ConnectionRefusedError, TimeoutError)
"""Errors after which nobody is at work on what was asked."""
ROOM_BYTES = 1024 * 1024
"""How much room an engine needs to start: about a new ledger and its log."""


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket's file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._path)
        except OSError:
            self.sock.close()
            raise


class EngineClient:
    """Speaks to the engine of a state folder; safe from any thread.

    Args:
        state: the state folder.
        actor: who acts, for the ledger's events; by default the system's user.
    """

    def __init__(self, state: StateFolder, actor: str | None = None) -> None:
        self._state = state
        self._actor = actor or os.environ.get("USER") or str(os.getuid())

    def ensure(self) -> None:
        """Make sure that an engine of this version answers; start one when none is up.

        An engine of another version is replaced when it is idle, and drained first when it is not;
        one that is leaving is waited for.

        Raises:
            EngineUnavailableError: when it does not come up, with the last line of its log.
        """
        hello = self._hello()
        if hello is not None and not self._is_other(hello) and not hello.get("leaving"):
            return
        if hello is not None:
            self._replace(hello)
        self._start()

    def running(self) -> bool:
        """Whether an engine answers; never starts one."""
        return self._hello() is not None

    def status(self) -> EngineStatus:
        """Give the engine's state; never starts it."""
        try:
            return EngineStatus.model_validate(self.command("status"))
        except EngineUnavailableError:
            return self._last_status()

    def command(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        """Carry out a command on the engine that is up.

        Args:
            name: the command.
            arguments: its arguments, as JSON values; ``actor`` overrides this client's.

        Raises:
            EngineUnavailableError: when no engine answers.
            MageError: what the command raises, of the same class.
        """
        body = {
            "op_id": uuid.uuid4().hex,
            "actor": arguments.pop("actor", None) or self._actor,
            "name": name,
            "arguments": arguments,
        }
        patience = 0.0 if name in ("status", "stop") else BACK_S
        answer = self._request("POST", wire.COMMAND, body, COMMAND_S, patience)
        if name == "stop" and not arguments.get("drain"):
            self._wait_until_gone(STOP_S, answer.get("pid"))
        return answer

    def events(self, after: int, timeout: float = wire.EVENTS_WAIT_S) -> list[Event]:
        """Wait for events whose ``seq`` is above ``after``; empty when none came in time (seconds).

        Raises:
            EngineUnavailableError: when no engine answers.
        """
        path = f"{wire.EVENTS}?after={after}&timeout={timeout}"
        answer = self._request("GET", path, None, timeout + 10)
        return [Event.model_validate(item) for item in answer["events"]]

    def _request(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        timeout: float,
        patience: float = 0.0,
    ) -> dict[str, Any]:
        """Ask the engine; where it dies before it answers, ask the one that follows it."""
        text = None if body is None else json.dumps(body)
        until: float | None = None
        while True:
            connection = _UnixConnection(str(self._state.socket), timeout)
            try:
                connection.request(
                    method,
                    path,
                    text,
                    {"Content-Type": "application/json", "X-Mage-Protocol": str(wire.PROTOCOL)},
                )
                response = connection.getresponse()
                answer = json.loads(response.read())
            except (OSError, http.client.HTTPException, ValueError) as error:
                if until is None and not isinstance(error, NEVER_ASKED):
                    # A command has an op_id: asked again, it is not done again.
                    until = time.monotonic() + patience
                if until is not None and time.monotonic() < until:
                    time.sleep(0.05)
                    continue
                raise EngineUnavailableError(
                    "The engine does not answer. Start it with `jupyter mage engine start`."
                ) from error
            finally:
                connection.close()
            if "error" in answer:
                raise wire.read_error(answer["error"])
            return dict(answer)

    def _hello(self) -> dict[str, Any] | None:
        try:
            return self._request("GET", wire.HELLO, None, 10)
        except EngineUnavailableError:
            return None

    @staticmethod
    def _is_other(hello: dict[str, Any]) -> bool:
        return hello.get("protocol") != wire.PROTOCOL or hello.get("version") != __version__

    def _replace(self, hello: dict[str, Any]) -> None:
        """Let the engine that is up end its blocks and leave; its runs go on in the next one."""
        try:
            pid = self.command("stop", drain=True).get("pid")
        except EngineUnavailableError:
            return  # it has left just now
        if not self._wait_until_gone(REPLACE_S, pid):
            raise EngineUnavailableError(
                f"The engine that is up (mage_jlab {hello.get('version')}) is finishing its blocks "
                "before it leaves. Try again when they have ended.",
                "engine-draining",
            )

    def _wait_until_gone(self, timeout: float, pid: int | None) -> bool:
        """Wait until an engine is gone; False when it is still there after so many seconds."""
        deadline = time.monotonic() + timeout
        while self._hello() is not None or (pid != os.getpid() and _exists(pid)):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _start(self) -> None:
        self._make_state()
        log_from = self._log_size()
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            self._spawn()
            again = time.monotonic() + AGAIN_S
            while time.monotonic() < min(again, deadline):
                if self._hello() is not None:
                    return
                if self._hopeless(log_from):
                    deadline = 0.0
                time.sleep(0.02)
        raise EngineUnavailableError(f"The engine did not start. {self._last_words()}")

    def _make_state(self) -> None:
        """Make the state folder, and see that there is room: an engine without it cannot log why.

        Raises:
            EngineUnavailableError: when the folder cannot be written.
        """
        probe = self._state.root / f"room.{os.getpid()}.tmp"
        try:
            self._state.make()
            probe.write_bytes(bytes(ROOM_BYTES))
        except OSError as error:
            raise EngineUnavailableError(
                f"The engine cannot start: {self._state.root} cannot be written "
                f"({error.strerror}). Free some space there, or name another folder in "
                "MAGE_JLAB_STATE_DIR.",
                "ledger-trouble",
            ) from error
        finally:
            with contextlib.suppress(OSError):
                probe.unlink(missing_ok=True)

    def _spawn(self) -> None:
        """Start a supervisor; where an engine holds the lock it ends at once."""
        environ = {**os.environ, "MAGE_JLAB_STATE_DIR": str(self._state.root)}
        if self._state.database_url_override:
            environ["MAGE_JLAB_DATABASE_URL"] = self._state.database_url_override
        # The supervisor detaches itself at once: it is nobody's child and outlives its starter.
        subprocess.run(
            [sys.executable, "-m", "mage_jlab.engine.supervisor"],
            check=False,
            env=environ,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_S,
        )

    def _log_size(self) -> int:
        try:
            return self._state.log.stat().st_size
        except OSError:
            return 0

    def _hopeless(self, log_from: int) -> bool:
        """Whether the log says, since a place in it, that no engine will come up."""
        if self._log_size() <= log_from:
            return False
        with self._state.log.open("rb") as log:
            log.seek(log_from)
            return b'"level": "CRITICAL"' in log.read()

    def _last_words(self) -> str:
        """Give the last line of the engine's log as a sentence."""
        try:
            lines = self._state.log.read_text(errors="replace").splitlines()
        except OSError:
            return f"Its log {self._state.log} cannot be read."
        if not lines:
            return f"Its log {self._state.log} is empty."
        try:
            text = json.loads(lines[-1])["text"]
        except (ValueError, KeyError, TypeError):
            text = lines[-1]
        return f"Its log ends with: {text}"

    def _last_status(self) -> EngineStatus:
        from mage_jlab.store.ledger.reader import LedgerReader

        reader = LedgerReader(self._state)
        try:
            last = reader.last_engine()
        finally:
            reader.close()
        return EngineStatus(
            state=EngineState.STOPPED, stopped_at=last.last_seen if last is not None else None
        )


def _exists(pid: int | None) -> bool:
    """Whether a process lives; one that has ended and whose parent never asked counts as gone."""
    if pid is None:
        return False
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
