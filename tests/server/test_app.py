"""The extension itself: its traits, what it costs, and what it does without an engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.extension.utils import validate_extension

from mage_jlab.app import MageApp


@pytest.fixture
def jp_server_config(state: Any, tmp_path: Path) -> dict[str, Any]:
    return {
        "ServerApp": {"jpserver_extensions": {"mage_jlab": True}},
        "MageApp": {"state_dir": str(tmp_path / "elsewhere"), "keep_alive": "none"},
    }


def test_traits_reach_the_services(jp_serverapp: Any, tmp_path: Path, jp_root_dir: Path) -> None:
    app: MageApp = next(iter(jp_serverapp.extension_manager.extension_apps["mage_jlab"]))
    assert app.services.state.root == tmp_path / "elsewhere"
    assert app.services.root == jp_root_dir.resolve()
    assert app.keep_alive == "none"
    assert app.current_activity() is None


def test_the_extension_is_valid() -> None:
    assert validate_extension("mage_jlab")


def test_the_server_loads_nothing_heavy() -> None:
    code = (
        "import jupyter_server.serverapp, sys; import mage_jlab.app; "
        "print([m for m in ('pydantic', 'sqlalchemy', 'ruamel.yaml', 'pandas', 'pyarrow', "
        "'alembic', 'croniter', 'cloudpickle') if m in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() == "[]"


async def test_starting_and_stopping_the_extension_starts_no_engine(
    jp_serverapp: Any, call: Any
) -> None:
    app: MageApp = next(iter(jp_serverapp.extension_manager.extension_apps["mage_jlab"]))
    await app._start_jupyter_server_extension(jp_serverapp)
    status, engine = await call("GET", "engine")
    assert (status, engine["state"]) == (200, "stopped")
    status, log = await call("GET", "engine/log", {"lines": 10})
    assert (status, log) == (200, {"lines": []})
    await app.stop_extension()
    assert not app.services.state.socket.exists()
