"""Results of a block as stored products."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any, Callable

from ..failures import StatedError
from . import pickles
from .exact import json_keeps, npy_keeps
from .figures import bundle_of, is_figure, plain, unpacked
from .files import OutputFolder, write_text
from .layout import shown_columns
from .refusals import cannot, try_alone, type_name
from .rows import Rows
from .statistics import summary
from .tabular import arrow_table

INLINE_LIMIT = 16 * 1024
"""The longest JSON text that stands in the ledger's own row, in bytes."""

LONGEST_PARAMETER = 200
"""A parameter of a model is shown up to this length, in characters."""

SHARED = "@objects"
"""The folder of the results that are pickled together, so that what they share stays shared."""


class Encoder:
    """Stores the results of one attempt.

    Args:
        folder: where files go.
        as_chart: whether a Vega-Lite specification counts as a figure.
    """

    def __init__(self, folder: OutputFolder, as_chart: bool = False) -> None:
        self._folder = folder
        self._as_chart = as_chart
        self._seen: set[int] = set()

    def encode(self, results: dict[str, Any]) -> list[dict[str, Any]]:
        """Store results and give their manifests, in the same order.

        Raises:
            StatedError: when one cannot be stored, with its name and type.
        """
        stored: dict[str, dict[str, Any]] = {}
        rest: dict[str, Any] = {}
        for name, value in results.items():
            try:
                product = self._own_form(name, value)
            except StatedError:
                raise
            except (OSError, MemoryError):
                raise
            except Exception as error:
                raise cannot(name, value, error) from error
            if product is None:
                rest[name] = value
            else:
                stored[name] = {"name": name, **product}
        stored.update(self._pickled(rest))
        return [stored[name] for name in results]

    def bundle(self, name: str, bundle: dict[str, Any]) -> dict[str, Any]:
        """Store a MIME bundle, as what a block displayed."""
        return {"name": name, **self._figure(name, bundle, None, None)}

    def _own_form(self, name: str, value: Any) -> dict[str, Any] | None:
        """Store a value in the form made for its type; None when there is none."""
        kind = type(value)
        if kind is str:
            return self._text(name, value)
        if kind is bytes:
            return self._file(name, "bytes", value, "value.bin", lambda f: f.write(value))
        if self._as_chart and _is_vega(value):
            return self._figure(name, bundle_of(value), value, None)
        if kind is Rows:
            return self._rows(name, value)
        if json_keeps(value, self._seen):
            return self._json(name, value)
        if is_figure(value):
            return self._figure(name, bundle_of(value), None, pickles.dump(unpacked(value)))
        module = kind.__module__.split(".")[0]
        own = None
        if module not in sys.modules:
            return None
        if module == "numpy":
            own = self._array(name, value)
        elif module in ("pandas", "geopandas", "pyarrow", "polars"):
            kept = arrow_table(name, value)
            own = None if kept is None else self._arrow(name, kept[0], value, kept[1])
        return own if own is not None or module == "builtins" else self._by_codec(name, value)

    def _by_codec(self, name: str, value: Any) -> dict[str, Any] | None:
        """Store a value as a codec of its package does; None when there is none."""
        from . import registry

        codec = registry.codec_for(value)
        if codec is None:
            return None
        stored = self._file(name, codec.form, value, registry.FILE, lambda f: codec.write(value, f))
        stored["codec"] = codec.name
        if hasattr(codec, "describe"):
            stored.update(codec.describe(value))
        return stored

    def _json(self, name: str, value: Any) -> dict[str, Any]:
        text = json.dumps(value, separators=(",", ":"))
        if len(text) > INLINE_LIMIT:
            return self._file(name, "json", value, "value.json", lambda f: write_text(f, text))
        return _in_row("json", value, text)

    def _text(self, name: str, value: str) -> dict[str, Any]:
        text = json.dumps(value) if len(value) <= INLINE_LIMIT else None
        if text is None or len(text) > INLINE_LIMIT:
            return self._file(name, "text", value, "value.txt", lambda f: write_text(f, value))
        return _in_row("text", value, text)

    def _figure(
        self, name: str, bundle: dict[str, Any], value: Any, pickled: bytes | None
    ) -> dict[str, Any]:
        """Store a bundle on one line, with the value after it: as JSON in the line, or pickled."""
        head: dict[str, Any] = {"mime": bundle, "pickled": len(pickled or b"")}
        if value is not None:
            head["value"] = value
        text = json.dumps(head)
        shown = bundle if value is None else value
        if pickled is None and len(text) <= INLINE_LIMIT:
            return _in_row("figure", shown, text)

        def fill(file: Any) -> None:
            file.write(text.encode() + b"\n")
            file.write(pickled or b"")

        return self._file(name, "figure", shown, "value.figure", fill)

    def _array(self, name: str, value: Any) -> dict[str, Any] | None:
        import numpy as np

        if type(value) is not np.ndarray or not npy_keeps(value.dtype):
            return None

        def fill(file: Any) -> None:
            # the third version holds any field's name; left to itself numpy warns of it
            version = (3, 0) if value.dtype.names else None
            np.lib.format.write_array(file, value, version, allow_pickle=False)

        stored = self._file(name, "array", value, "value.npy", fill)
        stored["rows"] = int(value.shape[0]) if value.ndim else None
        shape = "×".join(map(str, value.shape)) or "scalar"
        stored["schema"] = [{"name": "value", "type": f"{value.dtype} [{shape}]"}]
        return stored

    def _arrow(self, name: str, form: str, value: Any, table: Any) -> dict[str, Any]:
        import pyarrow as pa

        def fill(file: Any) -> None:
            sink = pa.PythonFile(file, mode="w")
            with sink, pa.ipc.new_file(sink, table.schema) as writer:
                writer.write_table(table.combine_chunks())

        stored = self._file(name, form, value, "data.arrow", fill)
        columns = shown_columns(table.schema)
        stored["schema"] = [{"name": c.name, "type": c.type} for c in columns]
        stored["rows"] = table.num_rows
        stored["statistics"] = summary(table, columns)
        return stored

    def _rows(self, name: str, rows: Rows) -> dict[str, Any]:
        import pyarrow as pa

        schema, batches = rows.read()
        count = 0

        def fill(file: Any) -> None:
            nonlocal count
            sink = pa.PythonFile(file, mode="w")
            with sink, pa.ipc.new_file(sink, schema) as writer:
                for batch in batches:
                    writer.write_batch(batch.cast(schema) if batch.schema != schema else batch)
                    count += batch.num_rows

        written = self._folder.write(name, "data.arrow", fill)
        columns = shown_columns(schema)
        with pa.memory_map(self._folder.path(written["uri"], "data.arrow")) as source:
            statistics = summary(pa.ipc.open_file(source).read_all(), columns)
        return {
            "type": "frame",
            "type_name": rows.type_name,
            **written,
            "schema": [{"name": c.name, "type": c.type} for c in columns],
            "rows": count,
            "statistics": statistics,
        }

    def _file(
        self, name: str, form: str, value: Any, file: str, fill: Callable[[Any], Any]
    ) -> dict[str, Any]:
        written = self._folder.write(name, file, fill)
        return {"type": form, "type_name": type_name(value), **written}

    def _pickled(self, rest: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Pickle what is left as one dict by name."""
        if not rest:
            return {}
        try:
            data = pickles.dump(rest)
        except StatedError:
            raise
        except Exception as error:
            for name, value in rest.items():
                try_alone(name, value)
            name, value = next(iter(rest.items()))
            raise cannot(name, value, error) from error
        written = self._folder.write(SHARED, "value.pkl", lambda f: f.write(data))
        return {
            name: {
                "name": name,
                "type_name": type_name(value),
                **written,
                **_object_form(value),
            }
            for name, value in rest.items()
        }


def _is_vega(value: Any) -> bool:
    return type(value) is dict and "vega-lite" in str(value.get("$schema", ""))


def _object_form(value: Any) -> dict[str, Any]:
    """Say whether a pickled value is a model; of a model its parameters are shown."""
    kind = type(value)
    acts = ("predict", "transform", "fit_predict")
    if not callable(getattr(kind, "fit", None)) or not any(hasattr(kind, act) for act in acts):
        return {"type": "object"}
    try:
        parameters = value.get_params(deep=False)
        shown = {str(key): _parameter(item) for key, item in parameters.items()}
    except Exception:
        # a model of another library, which has its own words for its parameters
        return {"type": "model"}
    return {"type": "model", "shown": shown}


def _parameter(value: Any) -> Any:
    """Give a parameter as short JSON: itself, or its text."""
    if json_keeps(value) and len(json.dumps(value)) <= LONGEST_PARAMETER:
        return value
    return plain(value)[:LONGEST_PARAMETER]


def _in_row(form: str, value: Any, text: str) -> dict[str, Any]:
    """Give the manifest of a short value, whose text stands in it."""
    return {
        "type": form,
        "type_name": type_name(value),
        "inline": text,
        "bytes": len(text),
        "checksum": hashlib.sha256(text.encode()).hexdigest(),
    }
