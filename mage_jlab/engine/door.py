"""The engine's door: JSON over HTTP on a Unix socket, for this user's processes alone."""

from __future__ import annotations

import json
import logging
import os
import socket
import socketserver
import stat
import struct
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from mage_jlab.domain.errors import BadInputError, ConflictError, MageError, NotFoundError
from mage_jlab.engine import wire

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024 * 1024
_LOCAL_PEERCRED = 1
"""macOS's name for the peer's credentials."""


class Host(Protocol):
    """What stands behind the door."""

    def hello(self) -> dict[str, Any]:
        """Say who answers: protocol, schema, version."""
        ...

    def command(self, body: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command."""
        ...

    def events(self, after: int, timeout: float) -> dict[str, Any]:
        """Wait for events after a number, for so many seconds."""
        ...


class _Handler(BaseHTTPRequestHandler):
    """Answers one client; errors of the domain travel as JSON."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == wire.HELLO:
            self._answer(self.server.host.hello)
        elif url.path == wire.EVENTS:
            self._answer(lambda: self._events(parse_qs(url.query)))
        else:
            self._answer(self._nothing)

    def do_POST(self) -> None:
        if urlsplit(self.path).path == wire.COMMAND:
            self._answer(lambda: self.server.host.command(self._body()))
        else:
            self._answer(self._nothing)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class names it so
        log.debug(format, *args)

    def _nothing(self) -> dict[str, Any]:
        raise NotFoundError(f"The engine has no {self.path}.")

    def _events(self, query: dict[str, list[str]]) -> dict[str, Any]:
        try:
            after = int(query.get("after", ["0"])[0])
            timeout = float(query.get("timeout", ["0"])[0])
        except ValueError as error:
            raise BadInputError("after and timeout are numbers.") from error
        return self.server.host.events(after, min(max(timeout, 0.0), wire.EVENTS_WAIT_S))

    def _body(self) -> dict[str, Any]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            raise BadInputError("The command is too large.")
        try:
            body = json.loads(self.rfile.read(length))
        except ValueError as error:
            raise BadInputError("The command is no JSON.") from error
        if not isinstance(body, dict) or not isinstance(body.get("name"), str):
            raise BadInputError("A command is an object with a name.")
        spoken = self.headers.get("X-Mage-Protocol")
        if spoken != str(wire.PROTOCOL) and body["name"] not in ("status", "stop"):
            raise ConflictError(
                f"The client speaks protocol {spoken}, this engine {wire.PROTOCOL}.",
                "other-protocol",
            )
        return body

    def _answer(self, make: Callable[[], dict[str, Any]]) -> None:
        status = 200
        try:
            answer = make()
        except MageError as error:
            status, answer = error.status, {"error": wire.write_error(error)}
        except Exception as error:
            log.exception("A request failed.")
            told = MageError(f"The engine failed at it: {error}", "engine-error")
            status, answer = 500, {"error": wire.write_error(told)}
        data = json.dumps(answer).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            # The client has left; what it asked for is done all the same.
            self.close_connection = True


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, path: str, host: Host) -> None:
        self.host = host
        super().__init__(path, _Handler)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 http.server gives it
        """Let nobody in but this user."""
        return peer_uid(request) == os.getuid()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 http.server gives it
        """Write a broken conversation to the log, not to stderr."""
        log.debug("A conversation broke off.")


def peer_uid(connection: socket.socket) -> int:
    """Give the user id of the process at the other end of a Unix socket."""
    if sys.platform == "darwin":
        data = connection.getsockopt(0, _LOCAL_PEERCRED, struct.calcsize("IIh16I"))
        return int(struct.unpack_from("II", data)[1])
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", data)[1])


class Door:
    """The socket and the threads that answer on it; only the holder of the engine's lock opens one.

    Args:
        path: the socket's file.
        host: what stands behind it.
    """

    def __init__(self, path: Path, host: Host) -> None:
        self._path = path
        _own_folder(path.parent)
        path.unlink(missing_ok=True)
        umask = os.umask(0o177)
        try:
            self._server = _Server(str(path), host)
        finally:
            os.umask(umask)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="door", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more."""
        self._path.unlink(missing_ok=True)
        self._server.shutdown()
        self._server.server_close()


def _own_folder(folder: Path) -> None:
    """Make a folder that nobody else can enter, or make sure that it is one.

    Raises:
        ConflictError: when another user has made it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ConflictError(f"{folder} belongs to somebody else: the socket cannot lie in it.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
