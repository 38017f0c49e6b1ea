"""Scenes for these tests: one for each that breaks something, one for all that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mage_jlab.store.project_files import create_project

from .scene import Scene, Server, sales


def _with_project(folder: Path) -> Scene:
    scene = Scene(folder)
    create_project(scene.place)
    return scene


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A new project without a pipeline; whatever ran in it is ended."""
    made = _with_project(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A project with the pipeline ``sales`` that ran once; tests leave it as it is."""
    made = _with_project(tmp_path_factory.mktemp("shop"))
    made.notebook("sales", sales())
    made.good("export", "notebooks/sales.ipynb")
    made.good("run", "sales")
    yield made
    made.close()


@pytest.fixture(scope="package")
def server(shop: Scene) -> Server:
    """A server over that project."""
    return shop.serve().ready()
