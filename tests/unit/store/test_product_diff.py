"""Two products compared: frames by key and as bags of rows, texts, JSON and arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.cli.product_difference import difference
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.product_diff import ProductDiff
from mage_jlab.store.product_diff import Side, compare_products


@pytest.fixture
def compare(tmp_path: Path) -> Any:
    """Store two values as two runs do, and compare them."""

    def side(run: str, value: Any) -> Side:
        encoder = Encoder(OutputFolder(str(tmp_path), run))
        return run, tmp_path, StoredProduct.model_validate(encoder.encode({"x": value})[0])

    count = iter(range(100))

    def compared(before: Any, after: Any) -> ProductDiff:
        number = next(count)
        found = compare_products(side(f"before{number}", before), side(f"after{number}", after))
        assert ProductDiff.model_validate(found.to_json()) == found
        return found

    return compared


FRAME = pd.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "x": [0.5, None, 2.5, 3.5],
        "s": ["a", "b", None, "d"],
        "old": [1, 1, 1, 1],
    }
)


def test_frames_are_compared_by_a_key(compare: Any) -> None:
    after = pd.DataFrame(
        {"id": [5, 4, 3, 2], "x": [9.0, 3.5, 2.0, None], "s": ["e", "d", "c", "b"], "new": 0}
    )
    found = compare(FRAME, after)
    assert found.key == ["id"]
    assert found.rows.to_json() == {"before": 4, "after": 4, "added": 1, "removed": 1, "changed": 1}
    assert {column.name: column.changed for column in found.columns} == {
        "id": 0,
        "x": 1,
        "s": 1,
        "new": None,
        "old": None,
    }
    assert [column.name for column in found.schema_.added] == ["new"]
    assert [column.name for column in found.schema_.removed] == ["old"]
    assert found.sample.added == [{"id": 5, "x": 9.0, "s": "e", "new": 0}]
    assert found.sample.removed == [{"id": 1, "x": 0.5, "s": "a", "old": 1}]
    (changed,) = found.sample.changed
    assert (changed.before["s"], changed.after["s"]) == (None, "c")
    text = difference(found)
    assert "Rows: 1 added, 1 removed, 1 changed." in text
    assert "+ column new  int64" in text
    assert "x: 1 changed" in text


def test_without_a_key_equal_rows_are_counted(compare: Any) -> None:
    before = pd.DataFrame({"k": ["a", "a", "b", None], "v": [1.0, 1.0, 2.0, np.nan]})
    after = pd.DataFrame({"k": [None, "a", "c", "a", "a"], "v": [np.nan, 1.0, 2.0, 1.0, 1.0]})
    found = compare(before, after)
    assert found.key is None
    assert found.rows.to_json() == {
        "before": 4,
        "after": 5,
        "added": 2,
        "removed": 1,
        "changed": None,
    }
    assert found.sample.added == [{"k": "a", "v": 1.0}, {"k": "c", "v": 2.0}]
    assert found.sample.removed == [{"k": "b", "v": 2.0}]


def test_another_type_of_equal_numbers_is_no_change_of_values(compare: Any) -> None:
    found = compare(FRAME, FRAME.astype({"old": "float32"}))
    assert [change.to_json() for change in found.schema_.changed] == [
        {"name": "old", "before": "int64", "after": "float"}
    ]
    assert not found.same
    assert found.rows.changed == 0


def test_lists_are_equal_or_not_compared(compare: Any) -> None:
    before = pa.table({"id": [1, 2], "l": [[1], [2]], "n": [1, 2]})
    equal = compare(before, pa.table({"id": [1, 2], "l": [[1], [2]], "n": [1, 3]}))
    assert {column.name: column.changed for column in equal.columns} == {"id": 0, "l": 0, "n": 1}
    other = compare(before, pa.table({"id": [1, 2], "l": [[1], [3]], "n": [1, 2]}))
    assert {column.name: column.changed for column in other.columns}["l"] is None


def test_equal_checksums_answer_without_reading(tmp_path: Path) -> None:
    stored = StoredProduct.model_validate(
        Encoder(OutputFolder(str(tmp_path), "r")).encode({"x": FRAME})[0]
    )
    nowhere = tmp_path / "gone"
    found = compare_products(("a", nowhere, stored), ("b", nowhere, stored))
    assert found.same
    assert found.rows is not None
    assert found.rows.changed == 0
    other = stored.model_copy(update={"checksum": "other"})
    with pytest.raises(NotFoundError, match="is gone") as error:
        compare_products(("a", nowhere, stored), ("b", nowhere, other))
    assert error.value.reason == "product-lost"


def test_texts_and_json_are_compared_by_lines(compare: Any) -> None:
    found = compare({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3]})
    assert found.rows is None
    assert "-  2" in found.text
    assert "+  3" in found.text
    long = "\n".join(map(str, range(20_000)))
    changed = compare(long, long.replace("777\n", "seven\n", 1))
    assert "+seven" in changed.text
    assert difference(changed).startswith("The contents differ.\n--- before/x")
    large = "x" * 2_000_000
    assert "too large" in compare(large, large + "y").summary


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (np.zeros(3), np.zeros((3, 1)), "The shape differs: (3,), then (3, 1)."),
        (np.array([1.0, np.nan]), np.array([1.5, np.nan]), "1 of 2 values differ, by 0.5 at most."),
        (np.array([1, 2]), np.array([1.0, 2.0]), "int64, then float64. 0 of 2 values differ."),
        (b"a", b"bc", "The contents differ: 1 bytes, then 2."),
        (1, np.zeros(1), "The type differs: json, then array."),
    ],
)
def test_others_are_said_in_a_sentence(compare: Any, before: Any, after: Any, said: str) -> None:
    assert said in compare(before, after).summary
