"""Products as text."""

from __future__ import annotations

from typing import Any

import pytest

from mage_jlab.cli.preview import LONGEST_VALUE, cell, head, shorten
from mage_jlab.domain.product import Column, Product, ProductType


def product(type_: ProductType, **fields: Any) -> Product:
    return Product(
        id="p1",
        block="clean",
        run="r1",
        run_number=3,
        pipeline="sales",
        name="clean",
        type=type_,
        bytes=9216,
        created_at="2026-11-24T02:30:00Z",
        code="c",
        **fields,
    )


def test_a_frame_is_a_table_with_numbers_at_the_right() -> None:
    shown = head(
        product(
            ProductType.FRAME,
            type_name="pandas.DataFrame",
            rows=336_776,
            schema_=[Column(name="carrier", type="string"), Column(name="late", type="double")],
            preview=[["AA", 17.15], ["B6", None]],
        )
    )
    assert shown.splitlines() == [
        "clean.clean  pandas.DataFrame  336,776 × 2  9.2 kB, run 3",
        "carrier   late",
        "AA       17.15",
        "B6        null",
    ]


def test_values_figures_and_the_rest() -> None:
    assert head(product(ProductType.JSON, value={"a": [1, "é"]})).endswith('\n{"a": [1, "é"]}')
    assert head(product(ProductType.TEXT, value="hello")).endswith("\nhello")
    assert head(product(ProductType.FIGURE, mime={"image/png": "…"})).endswith("\nimage/png")
    assert head(product(ProductType.MODEL, type_name="Forest")).splitlines() == [
        "clean.clean  Forest  9.2 kB, run 3"
    ]


def test_a_long_value_is_cut() -> None:
    shown = head(product(ProductType.TEXT, value="x" * 10_000))
    assert len(shown.splitlines()[1]) == LONGEST_VALUE
    assert shown.endswith("…")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "null"),
        (0.1 + 0.2, "0.3"),
        (27.0, "27.0"),
        (3, "3"),
        ("a\nb", "a⏎b"),
        ("x" * 40, "x" * 31 + "…"),
    ],
)
def test_cells(value: Any, said: str) -> None:
    assert cell(value) == said


def test_shorten_keeps_what_fits() -> None:
    assert shorten("abc", 3) == "abc"
    assert shorten("abcd", 3) == "ab…"
