"""Whatever byte of a product's file changes, looking at it gives a page or says what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib.figure
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import shapely

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.store.products import FILES, read_preview

VALUES = {
    "frame": pd.DataFrame(
        {
            "n": [1, None, 3],
            "t": ["a", "ü", None],
            "c": pd.Categorical(["x", "y", "x"]),
            "l": [[1], [], None],
        },
        index=pd.Index(["i", "j", "k"], name="key"),
    ),
    "geography": gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)], crs=4326),
    "array": np.arange(6.0).reshape(2, 3),
    "texts": np.array(["a", "bc"]),
    "sparse": scipy.sparse.csr_array(np.eye(3)),
    "blocks": scipy.sparse.bsr_array(np.eye(4)),
    "masked": np.ma.masked_array([1, 2], mask=[0, 1]),
    "json": {"a": ["x" * 100] * 170},
    "text": "ü" * 9000,
    "bytes": b"abc",
    "figure": matplotlib.figure.Figure((0.1, 0.1)),
    "object": {1, 2},
}


def _reason(root: Path, stored: StoredProduct) -> str | None:
    """Give why a product cannot be looked at, or None when it can."""
    try:
        read_preview(root, stored)
    except NotFoundError as error:
        return error.reason
    return None


@pytest.mark.parametrize("name", VALUES)
def test_a_changed_byte_never_breaks_a_view(tmp_path: Path, name: str) -> None:
    value: Any = VALUES[name]
    [manifest] = Encoder(OutputFolder(str(tmp_path), "run/block")).encode({"x": value})
    stored = StoredProduct.model_validate(manifest)
    assert stored.uri is not None
    file = "value.codec" if stored.codec else FILES[stored.type]
    path = tmp_path / stored.uri / file
    whole = path.read_bytes()
    whole_view = read_preview(tmp_path, stored)
    step = max(1, len(whole) // 500)
    for at in range(0, len(whole), step):
        for change in (0xFF, 1 << at % 7):
            altered = bytearray(whole)
            altered[at] ^= change
            path.write_bytes(altered)
            assert _reason(tmp_path, stored) in (None, "product-lost")
    for length in {0, 1, 8, len(whole) // 2, len(whole) - 1}:
        path.write_bytes(whole[:length])
        if name not in ("object", "bytes"):
            with pytest.raises(NotFoundError, match="was altered"):
                read_preview(tmp_path, stored)
    path.write_bytes(whole)
    assert read_preview(tmp_path, stored) == whole_view
