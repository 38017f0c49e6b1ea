"""What the blocks above gave, as tables and values for a SQL block."""

from __future__ import annotations

import re
from typing import Any, Callable, NamedTuple

from ..codecs.decode import Decoder
from ..failures import StatedError
from ..log import AttemptLog
from .names import clean_columns, unique

_DISPLAYED = "_display"
_DF = re.compile(r"df_(\d+)")


class Source(NamedTuple):
    """One result of a block above.

    ``pick`` is the place of the one value of it that this item of a fan-out takes; ``items`` are
    the products of all items of a block whose items are handed on together.
    """

    block: str
    product: dict[str, Any]
    pick: int | None = None
    items: tuple[dict[str, Any], ...] = ()


class Inputs:
    """Finds products of blocks above by the names that a SQL block may use.

    They are, the first that fits: a name that the export recorded; ``df_1``, ``df_2`` … for the
    blocks above that gave one result; a result's name; a block's name when it gave one result.

    Args:
        task: the attempt.
        decoder: loads products.
        log: where notes go.
    """

    def __init__(self, task: dict[str, Any], decoder: Decoder, log: AttemptLog) -> None:
        self._decoder = decoder
        self._log = log
        self._tables: dict[tuple[str, str], Any] = {}
        block = task["block"]
        guards = block.get("guards") or []
        self.recorded: dict[str, str] | None = block.get("inputs")
        self.above: list[tuple[str, list[Source]]] = [
            (upstream["block"], _sources(upstream))
            for upstream in task["inputs"]
            if upstream["block"] not in guards
        ]
        self._by_name: dict[str, list[Source]] = {}
        self._spelled: dict[str, str] = {}
        self._collect()

    def _collect(self) -> None:
        given = {
            (block, source.product["name"]): source
            for block, sources in self.above
            for source in sources
        }
        for name, address in (self.recorded or {}).items():
            block, _, result = address.rpartition(".")
            if (block, result) in given:
                self._add(name, given[block, result])
        taken = set(self._by_name)
        for place, (_, sources) in enumerate(self.above):
            if len(sources) == 1:
                self._add(f"df_{place + 1}", sources[0])
        for (_, result), source in given.items():
            if result.casefold() not in taken and not result.startswith("output_"):
                self._add(result, source)
        taken = set(self._by_name)
        for block, sources in self.above:
            if len(sources) == 1 and block.casefold() not in taken:
                self._add(block, sources[0])

    def _add(self, name: str, source: Source) -> None:
        sources = self._by_name.setdefault(name.casefold(), [])
        self._spelled.setdefault(name.casefold(), name)
        if source not in sources:
            sources.append(source)

    @property
    def names(self) -> list[str]:
        """Every name that stands for a product."""
        return list(self._spelled.values())

    def find(self, name: str) -> Source | None:
        """Give the product of a name; None when there is none.

        Raises:
            StatedError: when two blocks above give it.
        """
        sources = self._by_name.get(name.casefold(), [])
        if len(sources) > 1:
            blocks = " and ".join(source.block for source in sources)
            raise StatedError(
                "AmbiguousName",
                f"{name} is a result of {blocks}: name the block, or use {{{{ df_1 }}}}, "
                "{{ df_2 }} in the order of the blocks above.",
            )
        return sources[0] if sources else None

    def is_ambiguous(self, name: str) -> bool:
        """Say whether two blocks above give a name."""
        return len(self._by_name.get(name.casefold(), [])) > 1

    def is_table(self, source: Source) -> bool:
        """Say whether a result is a table: a plain value stands for itself in a template."""
        if source.pick is not None:
            return hasattr(self.value(source), "columns")
        return bool(source.items) or source.product["type"] in ("frame", "series")

    def value(self, source: Source) -> Any:
        """Give the value of a result."""
        if source.items:
            return [self._decoder.load(product) for product in source.items]
        value = self._decoder.load(source.product)
        if source.pick is None:
            return value
        from ..fanning import picked

        item = picked(value, source.pick)
        # a row of a frame is a value by its columns; a frame among the items stays a table
        is_row = (
            hasattr(item, "to_dict") and hasattr(item, "index") and not hasattr(item, "columns")
        )
        return item.to_dict() if is_row else item

    def table(self, source: Source, *, clean: bool = False) -> Any:
        """Give a product as an Arrow table; None when it is none.

        Lists of dicts, dicts of lists and plain lists become tables too.

        Args:
            source: the product.
            clean: whether columns get the names that Mage AI gives them.
        """
        key = (source.block, source.product["name"])
        if key not in self._tables:
            self._tables[key] = self._loaded(source)
        table = self._tables[key]
        if table is None or not table.num_columns:
            return None
        rename: Callable[[list[str]], list[str]] = clean_columns if clean else unique
        names = rename(table.schema.names)
        return table if names == table.schema.names else table.rename_columns(names)

    def _loaded(self, source: Source) -> Any:
        import pyarrow as pa

        if source.items:
            parts = [self._loaded(Source(source.block, product)) for product in source.items]
            tables = [part for part in parts if part is not None]
            return pa.concat_tables(tables, promote_options="permissive") if tables else None
        product = source.product
        table = None if source.pick is not None else self._decoder.table(product)
        if table is None:
            return from_value(self.value(source))
        self._log.line("info", f"read {product['name']}: {product['rows']:,} × {table.num_columns}")
        return plain_columns(table)

    def records(self, source: Source) -> Any:
        """Give a value with frames as lists of dicts, as ``block_output`` does."""
        if source.items:
            return [self.records(Source(source.block, product)) for product in source.items]
        table = None if source.pick is not None else self._decoder.table(source.product)
        return self.value(source) if table is None else table.to_pylist()

    def numbered(self, name: str) -> bool:
        """Say whether a name is one of ``df_1``, ``df_2`` and so on."""
        return _DF.fullmatch(name) is not None


def _sources(upstream: dict[str, Any]) -> list[Source]:
    """Give the results of a block above: not what it displayed."""
    block = upstream["block"]
    if upstream.get("items") is not None:
        by_name: dict[str, list[dict[str, Any]]] = {}
        for products in upstream["items"]:
            for product in products:
                by_name.setdefault(product["name"], []).append(product)
        found = [Source(block, items[0], items=tuple(items)) for items in by_name.values()]
    else:
        pick = upstream.get("pick")
        products = upstream["products"] if pick is None else upstream["products"][:1]
        found = [Source(block, product, pick) for product in products]
    return [one for one in found if not one.product["name"].startswith(_DISPLAYED)]


def from_value(value: Any) -> Any:
    """Give the table of a list of dicts, a dict of lists or values, or a list; None for others."""
    import pyarrow as pa

    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return pa.Table.from_pandas(value, preserve_index=False).replace_schema_metadata()

    try:
        if isinstance(value, dict) and value and all(isinstance(key, str) for key in value):
            columns = {k: v if isinstance(v, list) else [v] for k, v in value.items()}
            return pa.table(columns)
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            keys = dict.fromkeys(key for item in value for key in item)
            return pa.table({str(key): [item.get(key) for item in value] for key in keys})
        if isinstance(value, list) and value and not any(isinstance(i, list) for i in value):
            return pa.table({"value": value})
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None
    return None


def plain_columns(table: Any) -> Any:
    """Give a table whose columns have types that databases know: others become text."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        column = table.column(place)
        if pa.types.is_float16(field.type):
            column = column.cast(pa.float32())
        elif isinstance(field.type, pa.ExtensionType):
            shown = column.to_pandas()
            texts = [None if missing else str(v) for v, missing in zip(shown, shown.isna())]
            column = pa.chunked_array([pa.array(texts, pa.string())])
        else:
            continue
        table = table.set_column(place, field.name, column)
    return table
