"""What the environment of cached blocks is: for R blocks, which R and which version of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mage_jlab.blocks.depending import environment_hash
from mage_jlab.blocks.snapshot import take_snapshot
from mage_jlab.blocks.worker.r.finding import find_rscript, r_version
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import Change, create_project

PIPELINE = """
blocks:
- type: data_loader
  uuid: load
  language: LANGUAGE
  upstream_blocks: []
  configuration: {cache: true}
name: sales
type: python
uuid: sales
"""


def _r(folder: Path, version: str) -> dict[str, str]:
    """Put an Rscript that says a version into a folder; gives the environment that finds it."""
    folder.mkdir(exist_ok=True)
    script = folder / "Rscript"
    script.write_text(f"#!/bin/sh\necho 'Rscript (R) version {version}'\n")
    script.chmod(0o755)
    return {"PATH": str(folder)}


def test_the_version_of_the_r_here_is_read() -> None:
    found = find_rscript(sys.executable, os.environ)
    assert found is not None
    said = subprocess.run(
        [found, "-e", "cat(paste(getRversion()))"], capture_output=True, text=True
    )
    assert said.stdout in r_version(found)
    assert r_version("/nowhere/Rscript") == ""


def test_r_is_found_beside_the_interpreter_then_in_its_home_then_on_the_path(
    tmp_path: Path,
) -> None:
    for name in ("env", "home", "path"):
        (tmp_path / name).mkdir()
    environ = {"R_HOME": str(tmp_path / "home"), **_r(tmp_path / "path", "4")}
    interpreter = str(tmp_path / "env" / "python")
    assert find_rscript(interpreter, environ) == str(tmp_path / "path" / "Rscript")
    _r(tmp_path / "home" / "bin", "4")
    assert find_rscript(interpreter, environ) == str(tmp_path / "home" / "bin" / "Rscript")
    _r(tmp_path / "env", "4")
    assert find_rscript(interpreter, environ) == str(tmp_path / "env" / "Rscript")
    assert find_rscript("/nowhere/python", {"PATH": "/nowhere"}) is None


def test_another_version_of_r_is_another_environment_for_r_alone(tmp_path: Path) -> None:
    interpreter = str(tmp_path / "bin" / "python")
    environ = _r(tmp_path / "r", "4.2.2")
    with_r = environment_hash(interpreter, environ, with_r=True)
    without = environment_hash(interpreter, environ)
    assert with_r == environment_hash(interpreter, environ, with_r=True)
    _r(tmp_path / "r", "4.4.1")
    assert with_r != environment_hash(interpreter, environ, with_r=True)
    assert without == environment_hash(interpreter, environ)


@pytest.mark.parametrize(("language", "same"), [("r", False), ("python", True)])
def test_a_plan_with_a_cached_r_block_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, same: bool
) -> None:
    files = create_project(tmp_path / "shop")
    file = f"data_loaders/load.{'r' if language == 'r' else 'py'}"
    text = PIPELINE.replace("LANGUAGE", language)
    files.write([Change("pipelines/sales/metadata.yaml", text), Change(file, "load <- 1\n")])
    state = StateFolder(tmp_path / "state")
    found = []
    for version in ("4.2.2", "4.4.1"):
        # beside the interpreter of the tests may be an R of its own; R_HOME comes right after it
        monkeypatch.setenv("R_HOME", str(tmp_path / "r"))
        (tmp_path / "r").mkdir(exist_ok=True)
        _r(tmp_path / "r" / "bin", version)
        found.append(take_snapshot(state, files, "sales").plan.environment)
    assert found[0] != ""
    assert (found[0] == found[1]) is same
