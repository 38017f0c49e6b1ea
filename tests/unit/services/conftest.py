"""Services over a state folder of their own and a project of Mage's layout; no engine runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder

PIPELINE = """\
# kept
blocks:
- configuration: {}
  language: python
  name: load
  type: data_loader
  upstream_blocks: []
  uuid: load
- configuration: {}
  language: python
  name: clean
  type: transformer
  upstream_blocks: [load]
  uuid: clean
name: sales
type: python
uuid: sales
variables:
  limit: 500
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder that every project must lie in."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def services(tmp_path: Path, root: Path) -> Services:
    """Services of that root."""
    return Services(StateFolder(tmp_path / "state"), root=root)


@pytest.fixture
def project(root: Path) -> Path:
    """A project with the pipeline ``sales`` of two blocks."""
    place = root / "shop"
    files = {
        "metadata.yaml": "project_uuid: 0123456789abcdef0123456789abcdef\n"
        "variables_dir: .mage_data\n",
        "pipelines/sales/metadata.yaml": PIPELINE,
        "data_loaders/load.py": "@data_loader\ndef load(**kwargs):\n    return 1\n",
        "transformers/clean.py": "@transformer\ndef clean(load):\n    return load\n",
    }
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    return place
