"""How a notebook and its pipeline's files drift apart after an export."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.analysis import AnalysedBlock, Drift
from mage_jlab.services.services import Services

PATH = "shop/prices.ipynb"


def notebook(total: str = "total = sum(raw)") -> dict[str, Any]:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": identity,
            "source": source,
            "metadata": {"tags": [f"block:{kind}"]},
            "outputs": [],
            "execution_count": None,
        }
        for identity, source, kind in (
            ("a", "raw = [1, 2]", "data_loader"),
            ("b", total, "transformer"),
        )
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def file(services: Services, project: Path) -> Path:
    """Export the notebook, and give the file of its second block."""
    services.notebooks.export(PATH, notebook=notebook())
    return project / "transformers/total.py"


def checked(services: Services, document: dict[str, Any] | None = None) -> list[AnalysedBlock]:
    return services.notebooks.check(PATH, notebook=document or notebook()).blocks


def test_nothing_has_drifted_before_and_after_an_export(
    services: Services, project: Path, request: pytest.FixtureRequest
) -> None:
    assert {(tuple(b.drift), b.code) for b in checked(services)} == {((), None)}
    file = request.getfixturevalue("file")
    raw, total = checked(services)
    assert raw.drift == total.drift == []
    assert total.code == hashlib.sha256(file.read_bytes()).hexdigest()


def test_an_edited_cell_drifts_until_it_is_exported(services: Services, file: Path) -> None:
    edited = notebook("total = max(raw)")
    raw, total = checked(services, edited)
    assert (raw.drift, total.drift) == ([], [Drift.CELL])
    services.notebooks.export(PATH, notebook=edited)
    assert checked(services, edited)[1].drift == []


def test_an_edited_file_drifts_and_so_can_both(services: Services, file: Path) -> None:
    file.write_text(file.read_text().replace("sum", "min"))
    total = checked(services)[1]
    assert total.drift == [Drift.FILE]
    assert total.code == hashlib.sha256(file.read_bytes()).hexdigest()
    assert checked(services, notebook("total = 1"))[1].drift == [Drift.CELL, Drift.FILE]


def test_a_file_that_is_gone_or_no_text_says_nothing(services: Services, file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert (checked(services)[1].drift, checked(services)[1].code) == ([], None)
    file.unlink()
    assert (checked(services)[1].drift, checked(services)[1].code) == ([], None)


def test_a_record_that_cannot_be_read_leaves_the_analysis(
    services: Services, project: Path, file: Path
) -> None:
    (project / "pipelines/prices/metadata.yaml").write_text("blocks: [")
    assert [block.drift for block in checked(services)] == [[], []]
