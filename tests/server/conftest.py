"""A Jupyter server with the extension, its own state folder, and a small project in its root."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from mage_jlab.engine.client import EngineClient
from mage_jlab.store.paths import StateFolder

sys.path.insert(0, str(Path(__file__).parent))

from shop import write_project

Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StateFolder]:
    """The state folder of this test; an engine that was started in it is stopped."""
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "state"))
    folder = StateFolder.from_environ()
    yield folder
    client = EngineClient(folder)
    if client.running():
        client.command("stop", drain=False)


@pytest.fixture
def jp_server_config(state: StateFolder) -> dict[str, Any]:
    """Only this extension."""
    return {"ServerApp": {"jpserver_extensions": {"mage_jlab": True}}}


@pytest.fixture
def call(jp_fetch: Callable[..., Awaitable[HTTPResponse]]) -> Call:
    """Call the API: ``await call("GET", "runs", {"limit": 1})`` gives the status and the JSON."""

    async def ask(
        method: str, path: str, body: Any = None, *, raw: str | None = None, **more: Any
    ) -> tuple[int, Any]:
        if method in ("GET", "DELETE"):
            more.setdefault("params", body)
        else:
            more["body"] = raw if raw is not None else json.dumps(body or {})
        try:
            answer = await jp_fetch(
                "mage", *path.split("/"), method=method, request_timeout=60, **more
            )
        except HTTPClientError as error:
            answer = cast("HTTPResponse", error.response)
        text = answer.body.decode() if answer.body else ""
        return answer.code, json.loads(text) if text else None

    return ask


@pytest.fixture
def project(jp_root_dir: Path) -> Path:
    """A project in the server's root: ``load`` gives two rows, ``total`` adds them up."""
    return write_project(jp_root_dir / "shop")
