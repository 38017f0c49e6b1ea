"""One column of a pandas frame as an Arrow array and a description that leads back exactly.

Each way of keeping a column is checked against what it gives back; what no way keeps is pickled
whole, beside a text of each value for people.
"""

from __future__ import annotations

from typing import Any

from .geometry import geometries, rebuilt_geometries
from .pandas_columns import extension, rebuilt_extension, rebuilt_zoned, zoned
from .plain_columns import numbers, objects, plain, rebuilt_objects, truth_values


def to_arrow(values: Any) -> tuple[Any, dict[str, Any]] | None:
    """Give an Arrow array and its description, or None when Arrow cannot keep the values.

    Args:
        values: a pandas array, index or series, or a numpy array of one dimension.
    """
    import numpy as np
    import pandas as pd

    dtype = values.dtype
    try:
        if isinstance(dtype, np.dtype):
            if dtype.kind == "O":
                return objects(list(values))
            return plain(np.asarray(values))
        array = values.array if hasattr(values, "array") else values
        if dtype.name == "geometry":
            return geometries(array)
        if isinstance(dtype, pd.CategoricalDtype):
            return _categorical(array)
        if isinstance(dtype, pd.DatetimeTZDtype):
            return zoned(array)
        return extension(array)
    except Exception:
        # whatever a type of somebody else's raises, the column can still be pickled
        return None


def from_arrow(column: Any, spec: dict[str, Any]) -> Any:
    """Rebuild the values of a column.

    Args:
        column: the chunked Arrow array.
        spec: its description.

    Returns:
        a numpy or pandas array; memory is shared with the Arrow buffers where that is exact.
    """
    return _FROM[spec["how"]](column, spec)


def _categorical(array: Any) -> tuple[Any, dict[str, Any]] | None:
    import numpy as np
    import pyarrow as pa

    categories = array.categories
    if not len(array):
        # a file without rows holds no dictionaries
        return None
    kept = to_arrow(categories)
    if kept is None or categories.name is not None or getattr(categories, "freq", None):
        return None
    codes = np.ascontiguousarray(array.codes)
    indices = pa.array(codes, mask=codes == -1)
    dictionary = pa.DictionaryArray.from_arrays(indices, kept[0], ordered=bool(array.ordered))
    spec = {
        "how": "categorical",
        "codes": codes.dtype.str,
        "ordered": bool(array.ordered),
        "categories": kept[1],
        "of": str(categories.dtype),
    }
    back = _rebuilt_categorical(pa.chunked_array([dictionary]), spec)
    return (dictionary, spec) if back.equals(array) and back.dtype == array.dtype else None


def _rebuilt_categorical(column: Any, spec: dict[str, Any]) -> Any:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    column = column.unify_dictionaries()
    dictionary = column.chunk(0).dictionary if column.num_chunks else column.type.value_type
    if not column.num_chunks:
        dictionary = pa.array([], dictionary)
    values = from_arrow(pa.chunked_array([dictionary]), spec["categories"])
    dtype = pd.CategoricalDtype(pd.Index(values, dtype=values.dtype), spec["ordered"])
    parts = [
        np.asarray(chunk.indices.fill_null(-1)).astype(spec["codes"], copy=False)
        for chunk in column.chunks
    ]
    codes = np.concatenate(parts) if parts else np.empty(0, spec["codes"])
    return pd.Categorical.from_codes(codes, dtype=dtype)


_FROM = {
    "numbers": numbers,
    "bool": truth_values,
    "objects": rebuilt_objects,
    "categorical": _rebuilt_categorical,
    "zoned": rebuilt_zoned,
    "extension": rebuilt_extension,
    "geometry": rebuilt_geometries,
}
