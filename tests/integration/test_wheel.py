"""The wheel, installed alone in an empty environment, works in JupyterLab and runs the demo."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Environment:
    """A virtual environment with nothing but the wheel and what it depends on.

    Args:
        place: where it is made.
        wheel: the wheel.
    """

    def __init__(self, place: Path, wheel: Path) -> None:
        self.bin = place / "venv/bin"
        self.place = place
        home = place / "home"
        home.mkdir()
        kept = {
            name: value
            for name, value in os.environ.items()
            if "CERT" in name or "PROXY" in name.upper()
        }
        self.environ = {
            **kept,
            "HOME": str(home),
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "MAGE_JLAB_STATE_DIR": str(place / "state"),
        }
        uv = [str(Path(sys.executable).with_name("uv"))]
        self.call(*uv, "venv", "--python", sys.executable, str(place / "venv"))
        # the lock keeps what is tried the same from day to day; the wheel itself has ranges
        constraints = ["--constraint", str(ROOT / "constraints.txt")]
        system = ["--system-certs"]
        self.call(
            *uv,
            "pip",
            "install",
            "--python",
            str(self.bin / "python"),
            *system,
            *constraints,
            str(wheel),
        )

    def call(self, *command: str, cwd: Path | None = None) -> str:
        """Run a command of the environment and give what it wrote."""
        done = subprocess.run(
            command,
            cwd=cwd or self.place,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (command, done.stdout[-2000:], done.stderr[-2000:])
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the repository as it is."""
    out = tmp_path_factory.mktemp("wheel")
    assert (ROOT / "mage_jlab/labextension/static/style.js").is_file(), "`make install` builds it"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(out),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Iterator[Environment]:
    """Install the wheel alone; stop its engine and remove it at the end."""
    place = tmp_path_factory.mktemp("alone")
    made = Environment(place, wheel)
    yield made
    made.call(str(made.bin / "jupyter-mage"), "engine", "stop")
    shutil.rmtree(place / "venv")


def test_what_the_wheel_holds(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("mage_jlab/demo/data/flights.parquet") for name in names)
    assert any(name.endswith("mage_jlab/blocks/worker/r/loop.r") for name in names)
    assert any(name.endswith("mage_jlab/demo/notebooks/flight_delays.ipynb") for name in names)
    assert any(
        name.endswith("share/jupyter/labextensions/mage-jlab/package.json") for name in names
    )
    assert any(name.endswith("labextensions/mage-jlab/install.json") for name in names)
    assert any(name.endswith("jupyter_server_config.d/mage_jlab.json") for name in names)
    assert not [name for name in names if "tests/" in name or name.endswith((".pyc", ".db"))]


def test_jupyterlab_has_the_extension(environment: Environment) -> None:
    listed = environment.call(str(environment.bin / "jupyter"), "labextension", "list")
    (line,) = [line for line in listed.splitlines() if "mage-jlab" in line]
    assert "enabled" in line
    assert "OK" in line


def test_jupyter_server_has_the_extension(environment: Environment) -> None:
    listed = environment.call(str(environment.bin / "jupyter"), "server", "extension", "list")
    lines = [line for line in listed.splitlines() if "mage_jlab" in line]
    assert any("enabled" in line for line in lines)
    assert any("OK" in line for line in lines)


def test_the_demo_runs(environment: Environment) -> None:
    mage = str(environment.bin / "jupyter-mage")
    project = environment.place / "flights"
    environment.call(str(environment.bin / "jupyter"), "mage", "init", str(project), "--demo")
    environment.call(mage, "export", "notebooks/flight_delays.ipynb", cwd=project)
    done = subprocess.run(
        [mage, "run", "flight_delays", "--json"],
        cwd=project,
        env=environment.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["state"] == "success"
    assert (project / "data/flight_delays.db").is_file()
