"""A full disk: nothing is lost, no block starts on what cannot be written, and work goes on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mage_jlab.store.project_files import create_project

from .scene import Answer, Cell, Scene, code, until

SIZE = 24 * 1024 * 1024


def _may_mount() -> bool:
    """Whether this user may mount a small disk; else the limit of a file's size stands in."""
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]
    try:
        done = subprocess.run(probe, check=False, capture_output=True)
    except OSError:
        return False
    return os.geteuid() == 0 and done.returncode == 0


class Disk:
    """A folder that can be made full, and free again, under a running engine."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.is_mounted = kind == "mounted"
        folder.mkdir()
        if self.is_mounted:
            command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
            subprocess.run(command, check=True)

    def fill(self, engine: int) -> None:
        """Leave no room; where nothing is mounted, for the files of the engine."""
        if self.is_mounted:
            command = ["dd", "if=/dev/zero", f"of={self.folder / 'full'}", "bs=4k"]
            subprocess.run(command, check=False, capture_output=True)
            assert os.statvfs(self.folder).f_bavail == 0
        else:
            self._limit(engine, 0)

    def free(self, engine: int) -> None:
        """Make room again."""
        if self.is_mounted:
            (self.folder / "full").unlink()
        else:
            self._limit(engine, resource.RLIM_INFINITY)

    @staticmethod
    def _limit(engine: int, size: int) -> None:
        process = psutil.Process(engine)
        hard = process.rlimit(psutil.RLIMIT_FSIZE)[1]
        process.rlimit(psutil.RLIMIT_FSIZE, (size, hard))

    def close(self) -> None:
        """Take it away."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@pytest.fixture(params=["mounted", "limited"] if _may_mount() else ["limited"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A small disk."""
    made = Disk(tmp_path / "disk", request.param)
    yield made
    made.close()


@pytest.fixture
def small(disk: Disk, tmp_path: Path) -> Iterator[Scene]:
    """A project whose engine keeps its ledger on the small disk."""
    made = Scene(tmp_path, disk.folder / "state")
    create_project(made.place)
    yield made
    made.close()


def _chain(folder: Path) -> list[Cell]:
    """A block that waits for a sign, and one below it; each notes that it ran."""
    note = f"with open({str(folder / 'notes')!r}, 'a') as file:\n    file.write('{{}}\\n')\n"
    go = str(folder / "go")
    wait = f"import os\nimport time\nwhile not os.path.exists({go!r}):\n    time.sleep(0.05)\n"
    return [
        code("first", wait + note.format("first") + "a = 1", "custom", name="first"),
        code("second", note.format("second") + "b = a + 1", "custom", name="second"),
    ]


def test_a_full_state_folder_stops_the_claiming_and_is_said(
    small: Scene, disk: Disk, tmp_path: Path
) -> None:
    small.notebook("chain", _chain(tmp_path))
    small.good("export", "notebooks/chain.ipynb")
    run = small.good("run", "chain", "--no-wait")["id"]
    until(lambda: small.reader.run(run).block_runs[0].state == "running", "the first block")
    pid = small.good("engine", "status")["pid"]
    disk.fill(pid)
    (tmp_path / "go").touch()
    trouble = until(lambda: small.good("engine", "status")["trouble"], "the engine to say so")
    assert "The ledger cannot be written" in trouble
    said = small.mage("engine", "status")
    assert said.status == 0
    assert trouble in said.out
    assert (tmp_path / "notes").read_text() == "first\n"
    states = [item.state.value for item in small.reader.run(run).block_runs]
    assert states == ["running", "pending"]
    # a new run is refused whole, with the cause
    refused = small.mage("run", "chain", "--json").refusal
    assert "cannot be written" in refused or "space" in refused
    disk.free(pid)
    until(lambda: small.reader.run(run).state.ended, "the run to go on")
    assert small.reader.run(run).state == "success"
    assert (tmp_path / "notes").read_text() == "first\nsecond\n"
    status = small.good("engine", "status")
    assert (status["pid"], status["trouble"]) == (pid, None)
    assert len(small.good("runs", "list")["runs"]) == 1
    assert small.good("run", "chain")["state"] == "success"


def test_an_engine_that_finds_no_room_to_start_says_so(small: Scene, disk: Disk) -> None:
    small.state.make()
    command = [sys.executable, "-m", "mage_jlab", "engine", "start", "--json"]
    if disk.is_mounted:
        disk.fill(0)
    else:
        command = ["sh", "-c", 'ulimit -S -f 0; exec "$@"', "sh", *command]
    done = subprocess.run(
        command, env=small.environ, capture_output=True, text=True, check=False, timeout=100
    )
    refused = Answer(done.returncode, done.stdout, done.stderr).refusal
    assert "cannot be written" in refused
    assert str(small.state.root) in refused
    assert not small.client.running()
    if disk.is_mounted:
        disk.free(0)
    assert small.good("engine", "start")["state"] == "running"


BIG = """\
import os
import numpy as np
{limit}
big = np.random.default_rng(1).random(6_000_000)
small = {{"n": len(big)}}
"""
LIMIT = """\
import resource
if not os.path.exists({room!r}):
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
"""


def test_a_full_variables_folder_fails_the_block_and_leaves_nothing(
    scene: Scene, disk: Disk
) -> None:
    """48 MB do not fit. What other blocks give does, and a retry goes on once there is room."""
    settings = scene.place / "metadata.yaml"
    settings.write_text(
        settings.read_text().replace("variables_dir: .mage_data", f"variables_dir: {disk.folder}")
    )
    room = scene.folder / "room"
    limit = "" if disk.is_mounted else LIMIT.format(room=str(room))
    cells = [
        code("big", BIG.format(limit=limit), "custom", name="big"),
        code("count", "count = small['n'] + big[0] * 0", "custom", name="count"),
        code("fine", "fine = 'x' * 50_000", "custom", name="fine"),
    ]
    scene.notebook("big", cells)
    scene.good("export", "notebooks/big.ipynb")
    ran = scene.mage("run", "big", "--json")
    assert ran.status == 1
    states = {block["block"]: block["state"] for block in ran.document["block_runs"]}
    assert states == {"big": "failed", "count": "upstream_failed", "fine": "success"}
    error = next(b["error"] for b in ran.document["block_runs"] if b["block"] == "big")
    if disk.is_mounted:
        assert error["type"] == "DiskFull"
        assert "There is no space left" in error["message"]
        assert str(disk.folder) in error["message"]
    else:
        assert "too large" in error["message"]
    files = [path for path in disk.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if "products" in path.parts and "big" in path.parts]
    assert sum(path.stat().st_size for path in files) < 1_000_000
    room.touch()
    if disk.is_mounted:
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk.folder)], check=True)
    scene.good("runs", "retry", ran.document["id"])
    until(lambda: scene.reader.run(ran.document["id"]).state.ended, "the retry to end")
    run = scene.good("runs", "show", ran.document["id"])
    assert run["state"] == "success"
    assert [b["attempts"] for b in run["block_runs"] if b["block"] in ("big", "fine")] == [2, 1]
