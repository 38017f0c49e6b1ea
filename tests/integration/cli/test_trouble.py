"""What blocks can do wrong, end to end: each is named where its user looks, and hurts no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_calling import call
from cli_notebooks import code, write

CUSTOM = "block:custom"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run a pipeline of blocks that go wrong in every way, beside one that does not."""
    folder = tmp_path_factory.mktemp("trouble") / "shop"
    assert call("init", str(folder)).status == 0
    cells = [
        code("ok", "fine = 1", CUSTOM, name="fine"),
        code("quits", "import sys\n\nleft = 1\nsys.exit(3)", CUSTOM, name="quits"),
        code("kills", "import os\n\nos.kill(os.getpid(), 9)\ngone = 1", CUSTOM, name="kills"),
        code("gates", "import sys\n\ngate = sys._getframe()", CUSTOM, name="gates"),
        code("reads", "is_there = gate is not None", CUSTOM, name="reads"),
        code(
            "prints",
            'for _ in range(60):\n    print("x" * 1_000_000)\nsaid = True',
            CUSTOM,
            name="prints",
        ),
    ]
    for cell in cells:
        cell["metadata"]["tags"].append("parallel")
    write(folder / "notebooks/trouble.ipynb", cells)
    exported = call("export", "notebooks/trouble.ipynb", "--json", cwd=folder)
    assert exported.status == 0, exported.out
    ran = call("run", "trouble", "--json", "--timeout", "2m", cwd=folder)
    assert ran.status == 1
    document: dict[str, Any] = ran.document
    document["folder"] = str(folder)
    return document


def block(run: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(b for b in run["block_runs"] if b["block"] == name)
    return found


def test_the_others_go_on(run: dict[str, Any]) -> None:
    assert run["state"] == "failed"
    assert block(run, "fine")["state"] == "success"


def test_sys_exit_fails_the_block(run: dict[str, Any]) -> None:
    quits = block(run, "quits")
    assert quits["state"] == "failed"
    assert "sys.exit(3)" in quits["error"]["message"]
    assert (quits["error"]["cell_id"], quits["error"]["line"]) == ("quits", 4)


def test_a_killed_worker_is_tried_again_and_named(run: dict[str, Any]) -> None:
    kills = block(run, "kills")
    assert kills["state"] == "failed"
    assert kills["attempts"] == 3
    assert "SIGKILL" in kills["error"]["type"] + kills["error"]["message"]
    assert kills["error"]["cell_id"] == "kills"


def test_a_result_that_cannot_be_stored_is_named(run: dict[str, Any]) -> None:
    gates = block(run, "gates")
    assert gates["state"] == "failed"
    assert "gate" in gates["error"]["message"]
    assert "cannot be stored" in gates["error"]["message"]
    assert block(run, "reads")["state"] == "upstream_failed"


def test_a_flood_of_output_is_capped_with_a_note(run: dict[str, Any]) -> None:
    assert block(run, "prints")["state"] == "success"
    data = Path(run["folder"], ".mage_data")
    logs = [path for path in data.rglob("*") if path.is_file() and "logs" in path.parts]
    assert max(path.stat().st_size for path in logs) < 30_000_000
    largest = max(logs, key=lambda path: path.stat().st_size)
    with largest.open("rb") as file:
        file.seek(-2000, 2)
        assert b"the rest is left out" in file.read()
