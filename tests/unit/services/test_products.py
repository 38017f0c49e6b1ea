"""Which product of a block is meant when several are there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.product import ProductType
from mage_jlab.services.products import _choose
from mage_jlab.services.services import Services
from mage_jlab.store.ledger.rows import ProductRow


def rows(*names: str) -> list[ProductRow]:
    return [
        ProductRow(
            id=f"id-{name}",
            stored=StoredProduct(name=name, type=ProductType.JSON, inline="1"),
            root=Path("/products"),
            run="r",
            run_number=1,
            project="p",
            pipeline="sales",
            block="clean",
            block_run="b",
            token=1,
            code="",
            created_at=datetime(2026, 11, 24, tzinfo=UTC),
        )
        for name in names
    ]


@pytest.mark.parametrize(
    ("names", "asked", "found"),
    [
        (["df"], None, "df"),
        (["df", "clean"], None, "clean"),
        (["df", "_display"], None, "df"),
        (["_display"], None, "_display"),
        (["df", "_display"], "_display", "_display"),
        (["df", "other"], "other", "other"),
    ],
)
def test_the_one_that_is_meant(names: list[str], asked: str | None, found: str) -> None:
    assert _choose(rows(*names), "clean", asked).id == f"id-{found}"


def test_when_none_is_meant_the_names_are_said() -> None:
    with pytest.raises(BadInputError, match="df, other"):
        _choose(rows("df", "other", "_display"), "clean", None)
    with pytest.raises(NotFoundError, match="it has df"):
        _choose(rows("df"), "clean", "none")


def test_before_any_run_a_project_has_none(services: Services, project: Path) -> None:
    (found,) = services.projects.list()
    assert services.products.list(project_id=found.id) == []
    with pytest.raises(NotFoundError, match="none"):
        services.products.list(project_id=found.id, pipeline="none")
    with pytest.raises(BadInputError):
        services.products.list()
    with pytest.raises(NotFoundError, match="load"):
        services.products.show(found.id, "sales", "load")
    with pytest.raises(NotFoundError):
        services.products.get("none")
