"""JSON by its parts, and profiles of products that an earlier version wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.store.product_profiles import stored_profile
from mage_jlab.store.product_tree import LARGEST_TREE, tree_page

VALUE = {"a/b": {"~": [10, 2**60, "x" * 300]}, "many": list(range(20_000)), "no": None, "f": 1.5}


@pytest.fixture(params=["in a file", "in the ledger"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    value: Any = VALUE if request.param == "in a file" else {**VALUE, "many": list(range(200))}
    stored = StoredProduct.model_validate(
        Encoder(OutputFolder(str(tmp_path), "r")).encode({"x": value})[0]
    )
    assert (stored.inline is None) == (request.param == "in a file")
    return lambda *place: tree_page(tmp_path, stored, *place).to_json()


def test_a_part_gives_its_children_without_theirs(tree: Any) -> None:
    whole = tree()
    assert (whole["type"], whole["total"]) == ("object", 4)
    assert [item["key"] for item in whole["items"]] == ["a/b", "many", "no", "f"]
    first = whole["items"][0]
    assert first == {"key": "a/b", "path": "/a~1b", "type": "object", "size": 1, "value": None}
    (below,) = tree(first["path"])["items"]
    leaves = tree(below["path"])["items"]
    assert [leaf["type"] for leaf in leaves] == ["number", "number", "text"]
    assert [leaf["value"] for leaf in leaves][:2] == [10, str(2**60)]
    assert (leaves[2]["size"], len(leaves[2]["value"])) == (300, 201)
    assert tree("/f") == {"path": "/f", "type": "number", "offset": 0, "total": 0, "items": []}


def test_many_children_come_by_pages(tree: Any) -> None:
    page = tree("/many", 150, 3)
    assert [item["value"] for item in page["items"]] == [150, 151, 152]
    assert page["items"][0]["path"] == "/many/150"


@pytest.mark.parametrize("pointer", ["/none", "/many/x", "/many/99999999", "/f/0", "/many/-1"])
def test_what_is_not_there_is_not_found(tree: Any, pointer: str) -> None:
    with pytest.raises(NotFoundError, match=f"x has nothing at {pointer}"):
        tree(pointer)


def test_what_is_no_tree_is_refused(tree: Any, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="starts with a slash"):
        tree("many")
    text = StoredProduct.model_validate({"name": "t", "type": "text", "inline": '"a"'})
    with pytest.raises(BadInputError, match="only JSON"):
        tree_page(tmp_path, text)
    large = StoredProduct.model_validate(
        {"name": "l", "type": "json", "uri": "r", "bytes": LARGEST_TREE + 1}
    )
    with pytest.raises(BadInputError, match="download it"):
        tree_page(tmp_path, large)
    with pytest.raises(NotFoundError, match="is gone"):
        tree_page(tmp_path, large.model_copy(update={"bytes": 9}))


def test_an_earlier_manifest_has_fewer_words_of_a_column() -> None:
    stored = StoredProduct.model_validate(
        {
            "name": "x",
            "type": "frame",
            "schema": [
                {"name": "n", "type": "int64"},
                {"name": "n", "type": "float"},
                {"name": "late", "type": "int64"},
            ],
            "rows": 3,
            "statistics": {"n": {"nulls": 1, "min": 1, "max": 2}},
        }
    )
    (found,) = stored_profile(stored).profiles
    assert (found.type, found.nulls, found.max, found.distinct) == ("int64", 1, 2, None)
