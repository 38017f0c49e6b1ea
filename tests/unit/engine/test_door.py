"""The engine's door: who may come in, and what is said there."""

from __future__ import annotations

import http.client
import json
import os
import socket
import stat
from pathlib import Path

import pytest

from mage_jlab.domain import errors
from mage_jlab.domain.errors import ConflictError, EngineUnavailableError, UnreadableFileError
from mage_jlab.engine import client as client_module
from mage_jlab.engine import door as door_module
from mage_jlab.engine import wire
from mage_jlab.engine.door import Door, peer_uid

from .conftest import Bench

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.MageError)
]


def _ask(bench: Bench, text: bytes, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
    connection = client_module._UnixConnection(str(bench.state.socket), 5)
    try:
        connection.request("POST", wire.COMMAND, text, headers)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_the_socket_is_this_users_alone(bench: Bench) -> None:
    bench.start()
    assert stat.S_IMODE(bench.state.socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(bench.state.socket.parent.stat().st_mode) == 0o700


def test_the_peers_uid_is_known() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_uid(ours) == os.getuid()


def test_another_user_is_not_let_in(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.start()
    monkeypatch.setattr(door_module, "peer_uid", lambda _: os.getuid() + 1)
    with pytest.raises(EngineUnavailableError):
        bench.client.command("status")
    monkeypatch.undo()
    assert bench.client.running()


def test_the_first_message_says_protocol_schema_and_version(bench: Bench) -> None:
    bench.start()
    hello = bench.client._hello()
    assert hello == {
        "protocol": 1, "schema": "0003", "version": "0.1.0", "leaving": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "headers", "status", "reason"),
    [
        (b"{", {"X-Mage-Protocol": "1"}, 400, "bad-input"),
        (b"[]", {"X-Mage-Protocol": "1"}, 400, "bad-input"),
        (b'{"name": "cancel_run"}', {"X-Mage-Protocol": "9"}, 409, "other-protocol"),
        (b'{"name": "cancel_run"}', {"X-Mage-Protocol": "1"}, 400, "bad-input"),
        (b'{"name": "status"}', {"X-Mage-Protocol": "9"}, 200, None),
    ],
)
def test_what_cannot_be_read_is_answered(
    bench: Bench, text: bytes, headers: dict[str, str], status: int, reason: str | None
) -> None:
    bench.start()
    found, answer = _ask(bench, text, headers)
    assert found == status
    error = answer.get("error")
    assert (error["reason"] if isinstance(error, dict) else None) == reason


def test_a_socket_left_by_a_dead_engine_is_no_obstacle(bench: Bench) -> None:
    bench.state.make()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(bench.state.socket))
    assert not bench.client.running()
    bench.start()
    assert bench.client.running()


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = os.getuid()
    monkeypatch.setattr(door_module.os, "getuid", lambda: uid + 1)
    with pytest.raises(ConflictError, match="belongs to somebody else"):
        Door(tmp_path / "x.sock", None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_the_domain_survives_the_wire(kind: type[errors.MageError]) -> None:
    error = kind("why", "x.yaml") if kind is UnreadableFileError else kind("why", "because")
    back = wire.read_error(json.loads(json.dumps(wire.write_error(error))))
    assert type(back) is kind
    assert (back.message, back.reason) == (error.message, error.reason)
    assert vars(back) == vars(error)


def test_an_unknown_error_is_still_one() -> None:
    back = wire.read_error({"type": "os", "message": "m", "reason": "r"})
    assert type(back) is errors.MageError


def _hello(connection: http.client.HTTPConnection) -> None:
    connection.request("GET", wire.HELLO)
    connection.getresponse()


def test_an_engine_that_breaks_off_is_not_available(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.state.make()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(bench.state.socket))
        server.listen()
        server.settimeout(5)
        connection = client_module._UnixConnection(str(bench.state.socket), 0.2)
        with pytest.raises((TimeoutError, http.client.HTTPException)):
            _hello(connection)
        connection.close()
    with pytest.raises(EngineUnavailableError):
        bench.client.command("status")
    bench.reader.close()
