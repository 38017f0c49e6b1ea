"""Sparse and masked arrays, geometries, models and other packages' values as a view shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import LinearRegression

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.store.products import read_preview, read_rows
from mage_jlab.store.products_export import export_product


def _stored(root: Path, value: Any) -> StoredProduct:
    [manifest] = Encoder(OutputFolder(str(root), "run/block")).encode({"x": value})
    return StoredProduct.model_validate(manifest)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
def test_the_entries_of_a_sparse_array(tmp_path: Path, form: str) -> None:
    dense = np.array([[0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4], [5, 0, 6, 0]])
    value = getattr(scipy.sparse, f"{form}_array")(dense)
    if form == "bsr":
        value = scipy.sparse.bsr_array(dense, blocksize=(2, 2))
    stored = _stored(tmp_path, value)
    page = read_rows(tmp_path, stored, 0, 100)
    assert [column.name for column in page.columns] == ["row", "column", "value"]
    inside = [row for row in page.rows if row[2]]
    assert sorted(inside) == [[r, c, dense[r, c]] for r, c in np.argwhere(dense)]
    assert read_rows(tmp_path, stored, 1, 2).rows == page.rows[1:3]
    assert read_rows(tmp_path, stored, page.total, 5).rows == []
    assert read_preview(tmp_path, stored).rows == page.rows[:10]


def test_the_entries_of_sparse_arrays_of_one_and_three_axes(tmp_path: Path) -> None:
    line = _stored(tmp_path / "1", scipy.sparse.csr_array(np.array([0, 7, 0, 8])))
    assert read_rows(tmp_path / "1", line).rows == [[1, 7], [3, 8]]
    cube = _stored(tmp_path / "3", scipy.sparse.coo_array(np.arange(8).reshape(2, 2, 2)))
    page = read_rows(tmp_path / "3", cube)
    assert [column.name for column in page.columns] == ["axis 0", "axis 1", "axis 2", "value"]
    assert page.rows[-1] == [1, 1, 1, 7]
    empty = _stored(tmp_path / "0", scipy.sparse.csr_array((0, 3)))
    assert read_rows(tmp_path / "0", empty).rows == []


def test_what_is_masked_is_missing(tmp_path: Path) -> None:
    value = np.ma.masked_array(np.asfortranarray([[1, 2], [3, 4]]), mask=[[0, 1], [0, 0]])
    stored = _stored(tmp_path, value)
    assert read_rows(tmp_path, stored).rows == [[1, None], [3, 4]]
    assert read_preview(tmp_path, stored).rows == [[1, None], [3, 4]]


def test_a_model_shows_its_parameters(tmp_path: Path) -> None:
    stored = _stored(tmp_path, LinearRegression(positive=True))
    assert read_preview(tmp_path, stored).value["positive"] is True


def test_values_of_other_packages_are_named(tmp_path: Path) -> None:
    own = _stored(tmp_path, np.ma.masked_array([1]))
    changed = {"codec": "star-map", "type_name": "stars.Map", "type": "frame"}
    stored = StoredProduct.model_validate({**own.to_json(), **changed})
    assert read_preview(tmp_path, stored).value == f"stars.Map, {stored.bytes:,} bytes"
    with pytest.raises(BadInputError, match="kept by the codec star-map: it has no rows"):
        read_rows(tmp_path, stored)
    with pytest.raises(BadInputError, match="cannot be written"):
        export_product(tmp_path, stored, tmp_path / "x.npy")


def test_a_newer_form_is_refused(tmp_path: Path) -> None:
    stored = _stored(tmp_path, np.arange(3)).model_copy(update={"version": 2})
    with pytest.raises(NotFoundError, match="x was stored by a newer mage_jlab: update"):
        read_rows(tmp_path, stored)
