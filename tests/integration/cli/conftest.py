"""A project with three small pipelines, and an engine of these tests' own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_calling import call
from cli_notebooks import broken, sales, slow, write


@pytest.fixture(scope="session", autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the tests a state folder of their own, and stop its engine at the end."""
    folder = tmp_path_factory.mktemp("state")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAGE_JLAB_STATE_DIR", str(folder))
        yield folder
        assert call("engine", "stop", "--json").status == 0


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a project, export three notebooks and run the first."""
    folder = tmp_path_factory.mktemp("projects") / "shop"
    assert call("init", str(folder)).status == 0
    for name, cells in (("sales", sales()), ("broken", broken()), ("slow", slow())):
        write(folder / "notebooks" / f"{name}.ipynb", cells)
        exported = call("export", f"notebooks/{name}.ipynb", "--json", cwd=folder)
        assert exported.status == 0, exported
    ran = call("run", "sales", "--json", cwd=folder)
    assert ran.status == 0, ran
    return folder


@pytest.fixture
def here(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the project's folder."""
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a new project without a pipeline."""
    folder = tmp_path / "fresh"
    assert call("init", str(folder)).status == 0
    monkeypatch.chdir(folder)
    return folder
