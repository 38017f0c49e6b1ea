"""A desk for each test that runs R blocks; one warm R serves a whole module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mage_jlab.blocks.worker.r import session
from tests.unit.blocks.r.desk import RDesk


@pytest.fixture(scope="module", autouse=True)
def warm() -> Iterator[None]:
    """Start R in a known locale, and end the R process of this module's tests after them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LC_ALL", raising=False)
        patch.setenv("LANG", "C.UTF-8")
        yield
    if session._session is not None:
        session._session.close()
        session._session = None


@pytest.fixture
def desk(tmp_path: Path) -> RDesk:
    return RDesk(tmp_path)
