"""Pipelines and blocks as their files hold them; one that is broken hides no other."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from mage_jlab.domain.errors import BadInputError, ConflictError, NotFoundError
from mage_jlab.domain.page import HARD_CAP
from mage_jlab.services.pipelines import page_size
from mage_jlab.services.services import Services


@pytest.fixture
def project_id(services: Services, project: Path) -> str:
    (found,) = services.projects.list()
    return found.id


def test_rows_are_paged_and_searched_by_name(
    services: Services, project: Path, project_id: str
) -> None:
    for name in ("alpha", "beta", "sales_weekly"):
        services.pipelines.create(project_id, name)
    names: list[str] = []
    before = None
    while True:
        page = services.pipelines.rows(project_id, limit=3, before=before)
        names += [row.name for row in page.items]
        before = page.next
        if before is None:
            break
    assert names == ["alpha", "beta", "sales", "sales_weekly"]
    found = services.pipelines.rows(project_id, search="SALES")
    assert [row.name for row in found.items] == ["sales", "sales_weekly"]
    assert found.items[0].blocks == 2
    assert found.items[0].last_runs == []


def test_a_broken_pipeline_keeps_its_row_with_the_place(
    services: Services, project: Path, project_id: str
) -> None:
    (project / "pipelines/broken").mkdir()
    (project / "pipelines/broken/metadata.yaml").write_text("blocks:\n- uuid: [\n")
    broken, sales = services.pipelines.rows(project_id).items
    assert broken.problem is not None
    assert broken.problem.file == "pipelines/broken/metadata.yaml"
    assert broken.problem.line is not None
    assert sales.problem is None


def test_the_graph_has_blocks_and_edges(services: Services, project_id: str) -> None:
    graph = services.pipelines.graph(project_id, "sales")
    assert [block.name for block in graph.blocks] == ["load", "clean"]
    assert [(edge.from_, edge.to) for edge in graph.edges] == [("load", "clean")]
    with pytest.raises(NotFoundError):
        services.pipelines.graph(project_id, "none")


def test_a_page_is_never_empty_by_wish_nor_over_the_cap() -> None:
    assert page_size(10_000) == HARD_CAP
    with pytest.raises(BadInputError):
        page_size(0)


def test_a_block_is_saved_only_over_what_was_read(
    services: Services, project: Path, project_id: str
) -> None:
    block = services.blocks.get(project_id, "sales", "load")
    assert block.code is not None
    assert block.hash == hashlib.sha256(block.code.encode()).hexdigest()
    saved = services.blocks.save(project_id, "sales", "load", block.code + "# x\n", block.hash)
    assert (project / "data_loaders/load.py").read_text() == saved.code
    with pytest.raises(ConflictError):
        services.blocks.save(project_id, "sales", "load", "# lost\n", block.hash)
    with pytest.raises(NotFoundError):
        services.blocks.get(project_id, "sales", "none")
    with pytest.raises(BadInputError, match="4 MB"):
        services.blocks.save(project_id, "sales", "load", "#" * 5_000_000, saved.hash or "")


def test_a_new_block_is_made_from_its_types_template(
    services: Services, project: Path, project_id: str
) -> None:
    made = services.blocks.new(project_id, "transformer", "tidy", pipeline="sales")
    file = made.file
    assert (made.name, file) == ("tidy", "transformers/tidy.py")
    assert made.written[-2:] == [file, "pipelines/sales/metadata.yaml"]
    assert "@transformer" in (project / file).read_text()
    assert "tidy" in [b.name for b in services.pipelines.get(project_id, "sales").blocks]
    with pytest.raises(ConflictError):
        services.blocks.new(project_id, "transformer", "tidy")
    with pytest.raises(BadInputError, match="data_loader"):
        services.blocks.new(project_id, "reader", "x")
    with pytest.raises(BadInputError, match="python"):
        services.blocks.new(project_id, "transformer", "x", "cobol")
