"""pandas frames and series as one Arrow file, and back."""

from __future__ import annotations

import json
import pickle
from typing import Any, Callable

from . import geometry
from .columns import from_arrow, to_arrow
from .exact import json_keeps
from .layout import LAYOUT, OBJECT
from .queried import HOW, queried

PICKLED = b"mage_jlab.pickled"
"""The key with what JSON cannot keep; only workers and kernels read it."""


def to_table(value: Any, dump: Callable[[Any], bytes]) -> Any:
    """Give the Arrow table of a pandas frame or series.

    Args:
        value: the frame or series, of pandas's own class.
        dump: pickles what Arrow cannot keep.
    """
    import pandas as pd
    import pyarrow as pa

    is_series = isinstance(value, pd.Series)
    layout: dict[str, Any] = {"of": "series" if is_series else "frame", "columns": [], "index": []}
    pickled: dict[str, Any] = {}
    fields: list[tuple[str, Any, dict[bytes, bytes] | None]] = []
    columns = [value] if is_series else [value.iloc[:, i] for i in range(value.shape[1])]
    labels = [value.name] if is_series else list(value.columns)
    for label, column in zip(labels, columns):
        layout["columns"].append(_add_column(fields, _text(label), column, dump, pickled))
    _add_labels(value, is_series, layout, pickled)
    _add_index(value.index, fields, layout, pickled)
    for key, kept in (("attrs", value.attrs), ("flags", _flags(value))):
        if kept and json_keeps(kept):
            layout[key] = kept
        elif kept:
            pickled[key] = kept
    if type(value).__module__.startswith("geopandas."):
        layout["geo"] = geometry.active(value)
    layout["shown"] = _shown(fields, layout)
    metadata = {LAYOUT: json.dumps(layout).encode()}
    if pickled:
        metadata[PICKLED] = dump(pickled)
    schema = pa.schema(
        [pa.field(name, array.type, metadata=extra) for name, array, extra in fields], metadata
    )
    return pa.Table.from_arrays([array for _, array, _ in fields], schema=schema)


def to_value(table: Any, load: Callable[[bytes], Any] = pickle.loads) -> tuple[Any, Any]:
    """Rebuild a frame or series.

    Args:
        table: the Arrow table, usually memory-mapped.
        load: unpickles what ``dump`` pickled.

    Returns:
        the value, and what must be kept alive as long as the value is in use: while it lives, a
        change of the value copies the column first instead of writing to the read-only file.
    """
    import pandas as pd

    metadata = table.schema.metadata
    layout = json.loads(metadata[LAYOUT])
    pickled = load(metadata[PICKLED]) if PICKLED in metadata else {}
    arrays = [_column(table, spec, load, pickled) for spec in layout["columns"]]
    index = pickled["index"] if "index" in pickled else _index(table, layout)
    parts = {
        place: pd.Series(array, dtype=array.dtype, copy=False) for place, array in enumerate(arrays)
    }
    base: Any
    if layout["of"] == "series":
        base = parts[0]
        base.index = index
        base.name = pickled["name"] if "name" in pickled else layout["name"]
    else:
        base = pd.DataFrame(parts, copy=False) if parts else pd.DataFrame(index=index)
        base.index = index
        base.columns = pickled["labels"] if "labels" in pickled else _labels(layout)
    base.attrs = pickled.get("attrs", layout.get("attrs", {}))
    for flag, setting in layout.get("flags", {}).items():
        setattr(base.flags, flag, setting)
    if int(pd.__version__.split(".")[0]) < 3:
        value, base = base.copy(), None
    else:
        value = base.copy(deep=False)
    return geometry.geographic(value, layout["geo"]) if "geo" in layout else value, base


def _shown(fields: list[Any], layout: dict[str, Any]) -> list[list[Any]]:
    """List the places and names of what a reader sees, index levels that say something first.

    An index level says something when it has a name or is not a number: the row numbers that a
    filter leaves behind are no data.
    """
    import pyarrow as pa

    shown = []
    for level, spec in enumerate(layout["index"]):
        label = layout["names"][level]
        if label is not None or not pa.types.is_integer(fields[spec["field"]][1].type):
            plain = "index" if len(layout["index"]) == 1 else f"level_{level}"
            shown.append([spec["field"], plain if label is None else str(label)])
    for spec in layout["columns"]:
        name = fields[spec["field"]][0]
        shown.append(
            [spec["field"], "value" if layout["of"] == "series" and name == "None" else name]
        )
    return shown


def _flags(value: Any) -> dict[str, Any]:
    return {} if value.flags.allows_duplicate_labels else {"allows_duplicate_labels": False}


def _add_column(
    fields: list[Any],
    name: str,
    column: Any,
    dump: Callable[[Any], bytes],
    pickled: dict[str, Any],
) -> dict[str, Any]:
    """Add the fields of one column; gives its description."""
    import pyarrow as pa

    kept = to_arrow(column)
    if kept is not None:
        fields.append((name, kept[0], geometry.field_metadata(kept[1])))
        return {**kept[1], "field": len(fields) - 1}
    shown = [None if missing else _text(item) for item, missing in zip(column, column.isna())]
    fields.append((name, pa.array(shown, pa.large_string()), OBJECT))
    place = len(fields) - 1
    if not len(column):
        pickled[f"column {place}"] = column.array
        return {"how": "pickled", "field": place}
    # the whole column is one pickle in the first row, so that what its values share stays shared
    whole = pa.array([dump(column.array), *[None] * (len(column) - 1)], pa.large_binary())
    fields.append((f"__pickled_{place}__", whole, None))
    return {"how": "pickled", "field": place}


def _text(value: Any) -> str:
    try:
        return str(value)[:1000].encode("utf-8", "backslashreplace").decode()
    except Exception:
        return f"<{type(value).__name__}>"


def _column(
    table: Any, spec: dict[str, Any], load: Callable[[bytes], Any], pickled: dict[str, Any]
) -> Any:
    if spec["how"] == HOW:
        return queried(table.column(spec["field"]))
    if spec["how"] != "pickled":
        return from_arrow(table.column(spec["field"]), spec)
    empty = pickled.get(f"column {spec['field']}")
    array = load(table.column(spec["field"] + 1)[0].as_py()) if empty is None else empty
    return array.to_numpy() if str(array.dtype) == "object" else array


def _add_labels(
    value: Any, is_series: bool, layout: dict[str, Any], pickled: dict[str, Any]
) -> None:
    if is_series:
        layout["name"] = None
        if json_keeps(value.name):
            layout["name"] = value.name
        else:
            pickled["name"] = value.name
        return
    import pandas as pd

    labels = value.columns
    plain = type(labels) is pd.Index and all(type(label) is str for label in labels)
    if plain and json_keeps(labels.name) and (_labels_again(labels)).dtype == labels.dtype:
        layout["labels"] = list(labels)
        layout["labels_name"] = labels.name
        layout["labels_dtype"] = str(labels.dtype)
    else:
        pickled["labels"] = labels


def _labels_again(labels: Any) -> Any:
    import pandas as pd

    return pd.Index(list(labels), dtype=str(labels.dtype))


def _labels(layout: dict[str, Any]) -> Any:
    import pandas as pd

    return pd.Index(layout["labels"], dtype=layout["labels_dtype"], name=layout["labels_name"])


def _add_index(
    index: Any, fields: list[Any], layout: dict[str, Any], pickled: dict[str, Any]
) -> None:
    """Keep the index: a range as three numbers, else one field a level, else pickled."""
    import pandas as pd

    names = list(index.names)
    if not json_keeps(names):
        pickled["index"] = index
        return
    if type(index) is pd.RangeIndex:
        layout["range"] = [index.start, index.stop, index.step]
        layout["names"] = names
        return
    levels = [index.get_level_values(level) for level in range(index.nlevels)]
    kept = [pair for pair in map(to_arrow, levels) if pair is not None]
    freq = None
    if not isinstance(index, pd.PeriodIndex) and getattr(index, "freq", None) is not None:
        freq = index.freqstr
    if len(kept) < index.nlevels or not _index_comes_back(index, kept, freq):
        pickled["index"] = index
        return
    for number, (array, spec) in enumerate(kept):
        fields.append((f"__index_{number}__", array, None))
        layout["index"].append({**spec, "field": len(fields) - 1})
    layout["names"] = names
    layout["freq"] = freq


def _index_comes_back(index: Any, kept: list[Any], freq: str | None) -> bool:
    import pyarrow as pa

    arrays = [
        from_arrow(array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array]), spec)
        for array, spec in kept
    ]
    try:
        again = _built_index(arrays, list(index.names), freq)
    except ValueError:
        # a frequency whose name does not say all of it
        return False
    return _same_index(again, index)


def _same_index(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or not one.equals(other):
        return False
    if getattr(one, "freq", None) != getattr(other, "freq", None):
        return False
    if one.nlevels > 1:
        return list(one.dtypes) == list(other.dtypes)
    return bool(one.dtype == other.dtype)


def _index(table: Any, layout: dict[str, Any]) -> Any:
    import pandas as pd

    if "range" in layout:
        start, stop, step = layout["range"] or (0, table.num_rows, 1)
        return pd.RangeIndex(start, stop, step, name=layout["names"][0])
    arrays = [from_arrow(table.column(spec["field"]), spec) for spec in layout["index"]]
    return _built_index(arrays, layout["names"], layout["freq"])


def _built_index(arrays: list[Any], names: list[Any], freq: str | None) -> Any:
    import pandas as pd

    if len(arrays) > 1:
        indexes = [pd.Index(array, dtype=array.dtype) for array in arrays]
        return pd.MultiIndex.from_arrays(indexes, names=names)
    index = pd.Index(arrays[0], dtype=arrays[0].dtype, name=names[0], copy=False)
    if freq is not None:
        kind: Any = type(index)
        index = kind(index, freq=freq, name=names[0])
    return index
