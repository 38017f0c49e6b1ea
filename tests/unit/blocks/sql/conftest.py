"""A desk for each test that runs SQL blocks in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.blocks.sql.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.delenv("ENV", raising=False)
    return Desk(tmp_path)
