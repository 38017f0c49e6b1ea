"""A Jupyter server with the extension, its own state folder, and a small project in its root."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPResponse

from mage_jlab.engine.client import EngineClient
from mage_jlab.store.paths import StateFolder

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
            assert error.response is not None
            answer = error.response
        text = answer.body.decode() if answer.body else ""
        return answer.code, json.loads(text) if text else None

    return ask


@pytest.fixture
def project(jp_root_dir: Path) -> Path:
    """A project in the server's root: ``load`` gives two rows, ``total`` adds them up and logs it."""
    return write_project(jp_root_dir / "shop")


def write_project(place: Path, total: str = "return sum(load['amount'])") -> Path:
    """Write the files of a project with one pipeline of two blocks."""
    files = {
        "metadata.yaml": "project_type: standalone\nproject_uuid: 0123456789abcdef0123456789abcdef\n"
        "variables_dir: .mage_data\n",
        "pipelines/sales/metadata.yaml": PIPELINE,
        "data_loaders/load.py": "import pandas as pd\nfrom mage_jlab import data_loader\n\n\n"
        "@data_loader\ndef load(**kwargs):\n    print('loading', kwargs['limit'])\n"
        "    return pd.DataFrame({'name': ['a', 'b'], 'amount': [1, kwargs['limit']]})\n",
        "transformers/total.py": "from mage_jlab import transformer\n\n\n"
        f"@transformer\ndef total(load, **kwargs):\n    print('adding up')\n    {total}\n",
    }
    for path, text in files.items():
        file = place / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return place


PIPELINE = """\
blocks:
- all_upstream_blocks_executed: true
  configuration: {}
  downstream_blocks: [total]
  language: python
  name: load
  type: data_loader
  upstream_blocks: []
  uuid: load
- all_upstream_blocks_executed: true
  configuration: {}
  downstream_blocks: []
  language: python
  name: total
  type: transformer
  upstream_blocks: [load]
  uuid: total
name: sales
type: python
uuid: sales
variables:
  limit: 500
  market: CA
"""
