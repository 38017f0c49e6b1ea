"""Blocks that go wrong: the cause stands where its user looks, and nobody else is hurt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.store.project_files import create_project

from .scene import Scene, Server, code, until

CELLS = [
    code("fine", "fine = 'x' * 50_000", "custom", name="fine"),
    code("raises", "# first\nrow = {}\nvalue = row['amount']", "custom", name="raises"),
    code("below", "twice = value * 2", "custom", name="below"),
    code("quits", "import sys\n\nleft = 1\nsys.exit('enough')", "custom", name="quits"),
    code(
        "gates", "import sys\n\nkept = 'y' * 50_000\ngate = sys._getframe()", "custom", name="gates"
    ),
    code("reads", "is_there = gate is not None and kept", "custom", name="reads"),
    code(
        "prints",
        "for number in range(50):\n    print(number, 'x' * 1_000_000)\nsaid = number",
        "custom",
        name="prints",
    ),
    code("kills", "import os\n\nos.kill(os.getpid(), 9)\ngone = 1", "custom", name="kills"),
    code(
        "hogs",
        "import resource\n\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.RLIM_INFINITY))\n"
        "hog = bytearray(64 << 30)",
        "custom",
        name="hogs",
    ),
]


class Trouble:
    """One run in which each block goes wrong in a way of its own, seen from every side."""

    def __init__(self, stage: Scene, server: Server) -> None:
        self.stage = stage
        self.server = server
        for cell in CELLS:
            cell["metadata"]["tags"] = ["block:custom", "parallel"]
        stage.notebook("trouble", CELLS)
        stage.good("export", "notebooks/trouble.ipynb")
        stage.good("engine", "start")
        self.engine = stage.client.status().pid
        ran = stage.mage("run", "trouble", "--json", "--timeout", "2m")
        assert ran.status == 1
        self.id = ran.document["id"]
        self.run = server.call("GET", f"runs/{self.id}")[1]
        self.shown = stage.mage("runs", "show", self.id).out

    def block(self, name: str) -> dict[str, Any]:
        """Give a block's run as the API has it."""
        return next(block for block in self.run["block_runs"] if block["block"] == name)

    def stored(self, name: str) -> list[Path]:
        """Give the files of a block's products."""
        data = self.stage.place / ".mage_data"
        return [path for path in data.glob(f"**/products/*/{name}/**/*") if path.is_file()]


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trouble]:
    """Run it once for all tests."""
    stage = Scene(tmp_path_factory.mktemp("blocks"))
    create_project(stage.place)
    yield Trouble(stage, stage.serve().ready())
    stage.close()


def test_a_block_that_raises(trouble: Trouble) -> None:
    raises = trouble.block("raises")
    error = raises["error"]
    assert (raises["state"], raises["attempts"]) == ("failed", 1)
    assert (error["type"], error["message"]) == ("KeyError", "'amount'")
    assert (error["cell_id"], error["line"]) == ("raises", 3)
    assert "row['amount']" in error["traceback"]
    assert "KeyError" in trouble.shown
    assert "cell raises, line 3" in trouble.shown
    assert trouble.block("below")["state"] == "upstream_failed"


def test_a_block_that_calls_sys_exit(trouble: Trouble) -> None:
    quits = trouble.block("quits")
    error = quits["error"]
    assert (quits["state"], quits["attempts"]) == ("failed", 1)
    assert "sys.exit('enough')" in error["message"]
    assert (error["cell_id"], error["line"]) == ("quits", 4)
    assert "sys.exit('enough')" in trouble.shown


def test_a_block_that_returns_what_cannot_be_stored(trouble: Trouble) -> None:
    gates = trouble.block("gates")
    assert gates["state"] == "failed"
    message = "The result gate is a frame, which cannot be stored"
    assert gates["error"]["message"].startswith(message)
    assert message in " ".join(trouble.shown.split())
    assert gates["products"] == []
    assert trouble.stored("gates") == [], "the other result of a failed attempt goes, too"
    assert trouble.stored("fine")
    assert trouble.block("reads")["state"] == "upstream_failed"


def test_a_block_that_prints_50_mb(trouble: Trouble) -> None:
    assert trouble.block("prints")["state"] == "success"
    lines, after = [], ""
    while True:
        query = f"?block=prints&limit=500{after}"
        status, page = trouble.server.call("GET", f"runs/{trouble.id}/log{query}")
        assert status == 200
        lines += page["lines"]
        if not page["lines"]:
            break
        after = f"&after={page['next']}"
    assert lines[0]["text"].startswith("0 xxx")
    assert lines[-1]["text"] == "More than 10 MB were written: the rest is left out."
    assert sum(len(line["text"]) for line in lines) < 11_000_000


def test_a_block_that_the_system_kills(trouble: Trouble) -> None:
    kills = trouble.block("kills")
    assert (kills["state"], kills["attempts"]) == ("failed", 3)
    assert "SIGKILL" in kills["error"]["message"]
    assert kills["error"]["cell_id"] == "kills"
    assert "SIGKILL" in trouble.shown
    assert trouble.stored("kills") == []


def test_a_block_that_runs_out_of_memory(trouble: Trouble) -> None:
    hogs = trouble.block("hogs")
    assert hogs["state"] == "failed"
    assert hogs["error"]["type"] == "MemoryError"
    assert "memory" in hogs["error"]["message"]
    assert (hogs["error"]["cell_id"], hogs["error"]["line"]) == ("hogs", 4)


def test_the_others_and_the_engine_go_on(trouble: Trouble) -> None:
    assert trouble.run["state"] == "failed"
    assert trouble.block("fine")["state"] == "success"
    status = trouble.stage.client.status()
    assert (status.pid, status.trouble, status.running_blocks) == (trouble.engine, None, 0)


def test_a_retry_goes_on_with_what_has_not_succeeded(trouble: Trouble) -> None:
    """Once the cause is mended, the same run ends well without running a finished block again."""
    stage = trouble.stage
    cells = [
        code(
            "first",
            f"with open({str(stage.folder / 'ran')!r}, 'a') as file:\n"
            "    file.write('first\\n')\na = 1",
            "custom",
            name="first",
        ),
        code("second", "b = a / 0", "custom", name="second"),
    ]
    stage.notebook("mended", cells)
    stage.good("export", "notebooks/mended.ipynb")
    failed = stage.mage("run", "mended", "--json").document
    assert failed["state"] == "failed"
    cells[1]["source"] = "b = a / 1"
    stage.notebook("mended", cells)
    stage.good("export", "notebooks/mended.ipynb")
    assert stage.good("runs", "retry", failed["id"], "--code", "current")["id"] == failed["id"]
    until(lambda: stage.reader.run(failed["id"]).state.ended, "the retry to end")
    assert trouble.server.call("GET", f"runs/{failed['id']}")[1]["state"] == "success"
    assert (stage.folder / "ran").read_text() == "first\n"
