"""A value's portrait: all that can be told of it, as plain JSON, so that processes can compare.

What must be equal is in it: types, labels, order, each number exactly, and which parts of a value
are one object. What may differ between a notebook and its blocks is not: addresses, the module of a
class that a cell defined, and caches, which are computed again. A function is told by its name and
parameters, since a block's functions are compiled as inner ones; what they do shows in the results
of those who call them. A figure is told by the pixels that it draws.
"""

from __future__ import annotations

import datetime as dt
import decimal
import fractions
import functools
import hashlib
import io
import json
import pathlib
import re
import sys
import types
import uuid
import weakref
from collections.abc import Callable, Iterable
from typing import Any

Portrait = Any
"""Nested lists, dicts and texts."""

DEEPEST = 40
LONGEST = 200
"""A longer sequence is told by its length, a hash and its beginning."""

_PLAIN = (
    *(int, float, complex, str, bytes, bool, type(None), type(Ellipsis), type(NotImplemented)),
    *(range, slice, dt.date, dt.time, dt.timedelta, dt.tzinfo, decimal.Decimal),
    *(fractions.Fraction, pathlib.PurePath, re.Pattern, uuid.UUID),
)
_OPAQUE = (
    *(types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, types.FrameType),
    *(weakref.ref, weakref.ProxyType, io.IOBase),
)
_NOTES = {"statsmodels": {"table", "predict_start", "predict_end", "predict_dates"}}
"""Public attributes in which objects of a library note what they computed last: the table that
``summary_frame`` also returns, and the dates of a prediction, which each prediction writes anew
before it reads them. No value depends on which block wrote them last, so they count as private."""
_OF_THE_NOTEBOOK = re.compile(r"__main__$|mage_jlab_block_|[\w.]*\butils\.")


def portrait(value: Any) -> Portrait:
    """Tell a value."""
    return _Painter().tell(value, 0)


def digest(told: Portrait) -> str:
    """Give a short text that is equal for equal portraits."""
    text = json.dumps(told, separators=(",", ":"))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def public(told: Portrait) -> Portrait:
    """Give a portrait without the private state of objects of libraries."""
    if isinstance(told, dict):
        return {key: public(part) for key, part in told.items() if key != "private"}
    return [public(part) for part in told] if isinstance(told, list) else told


def difference(one: Portrait, other: Portrait, also: Portrait = None) -> str | None:
    """Say where two portraits first differ, or None.

    Args:
        one: the first.
        other: the second.
        also: the first as another run told it: what differs between those two is not compared.
    """
    return _difference(one, other, one if also is None else also, "")


def _difference(one: Portrait, other: Portrait, also: Portrait, path: str) -> str | None:
    if one == other:
        return None
    if type(one) is type(other) is dict and one.keys() == other.keys():
        parts: Iterable[Any] = one
    elif type(one) is type(other) is list and len(one) == len(other):
        parts = range(len(one))
    else:
        return None if one != also else f"{path or 'value'}: {_short(one)} and {_short(other)}"
    like = type(also) is type(one) and len(also) == len(one)
    for key in parts:
        try:
            again = also[key] if like else None
        except KeyError:
            again = None
        found = _difference(one[key], other[key], again, f"{path}/{key}")
        if found is not None:
            return found
    return None


def _short(told: Portrait) -> str:
    text = json.dumps(told)
    return text if len(text) <= 160 else f"{text[:160]}…"


class _Painter:
    """Tells one value; an object that was met before is told by its place."""

    def __init__(self) -> None:
        self._met: dict[int, int] = {}
        self._kept: list[Any] = []

    def tell(self, value: Any, depth: int) -> Portrait:
        """Tell a part of the value."""
        kind = type(value)
        if kind in (int, float, str, bool, types.NoneType):
            return [kind.__name__, _text(repr(value))]
        if isinstance(value, _OPAQUE):
            return ["opaque", kind.__name__]
        if isinstance(value, _PLAIN) and _module_of(kind) != "notebook":
            return [kind.__name__, _text(repr(value))]
        if isinstance(value, types.ModuleType):
            return ["module", value.__name__]
        if isinstance(value, type):
            return ["class", _name_of(value)]
        if depth > DEEPEST:
            return ["deep", kind.__name__]
        if not (kind in (tuple, frozenset) or _is_index(value)):
            if id(value) in self._met:
                return ["same", self._met[id(value)]]
            self._met[id(value)] = len(self._met)
            self._kept.append(value)
        try:
            return self._own_form(value, depth + 1)
        except RecursionError:
            return ["deep", kind.__name__]

    def _own_form(self, value: Any, depth: int) -> Portrait:
        kind = type(value)
        if kind in (list, tuple):
            return [kind.__name__, self._row(value, depth)]
        if kind in (set, frozenset):
            told = sorted((self.tell(item, depth) for item in value), key=json.dumps)
            return [kind.__name__, _long(told)]
        if kind is dict:
            return ["dict", self._row([*value.items()], depth)]
        if isinstance(value, types.FunctionType | functools.partial):
            return self._function(value, depth)
        if isinstance(value, types.MethodType):
            return ["method", value.__name__, self.tell(value.__self__, depth)]
        if isinstance(value, types.BuiltinFunctionType | types.MethodWrapperType):
            return ["function", value.__name__]
        for module, form in _FORMS.items():
            if module in sys.modules:
                told = form(sys.modules[module], value, lambda part: self.tell(part, depth))
                if told is not None:
                    return told
        return self._object(value, depth)

    def _row(self, values: Any, depth: int) -> Portrait:
        kinds = {type(value) for value in values} if len(values) > LONGEST else set()
        if len(kinds) == 1 and kinds <= {int, float, str, bool}:
            return ["long", len(values), _hash(json.dumps([repr(value) for value in values]))]
        return _long([self.tell(value, depth) for value in values])

    def _function(self, value: Any, depth: int) -> Portrait:
        if isinstance(value, functools.partial):
            parts = [value.func, value.args, value.keywords]
            return ["partial", *(self.tell(part, depth) for part in parts)]
        code = value.__code__
        names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        defaults = [value.__defaults__, value.__kwdefaults__]
        return ["function", value.__name__, names, [self.tell(one, depth) for one in defaults]]

    def _object(self, value: Any, depth: int) -> Portrait:
        kind = type(value)
        name = _name_of(kind)
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:
            reduced = (kind, (), getattr(value, "__dict__", None))
        if isinstance(reduced, str):
            return ["global", reduced]
        make, arguments, state, items, pairs = (*reduced, None, None, None)[:5]
        if arguments and arguments[0] is kind:
            arguments = arguments[1:]
        told: dict[str, Portrait] = {"object": name}
        if make is not kind and getattr(make, "__module__", "") != "copyreg":
            told["made by"] = getattr(make, "__name__", type(make).__name__)
        if arguments:
            told["arguments"] = self.tell(arguments, depth)
        if type(state) is tuple and len(state) == 2 and type(state[1]) is dict:
            state = {**(state[0] or {}), **state[1]}
        if isinstance(value, dict) and isinstance(state, dict):
            # attributes that are its items again, as a bunch has them
            state = {key: part for key, part in state.items() if value.get(key) is not part}
        if type(state) is dict:
            kept = {str(key): part for key, part in state.items() if not _is_cache(kind, key)}
            hidden = {key for key in kept if _is_private(kind, key)}
            for label, keys in (("state", kept.keys() - hidden), ("private", hidden)):
                told[label] = {key: self.tell(kept[key], depth) for key in kept if key in keys}
        elif state is not None:
            told["state"] = self.tell(state, depth)
        for label, parts in (("items", items), ("pairs", pairs)):
            if parts is not None:
                told[label] = self._row(list(parts), depth)
        return told


def _long(told: list[Portrait]) -> Portrait:
    if len(told) <= LONGEST:
        return told
    return ["long", len(told), _hash(json.dumps(told)), told[:3]]


def _text(text: str) -> str:
    return text if len(text) <= 500 else f"{text[:200]}… {len(text)} {_hash(text)}"


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _module_of(kind: type) -> str:
    module = getattr(kind, "__module__", None) or ""
    return "notebook" if _OF_THE_NOTEBOOK.match(module) else module


def _name_of(kind: type) -> str:
    return f"{_module_of(kind)}.{kind.__qualname__.rsplit('<locals>.', 1)[-1]}"


def _is_index(value: Any) -> bool:
    """Say whether a value is an index of pandas, which cannot change: frames share or copy it."""
    return "pandas" in sys.modules and isinstance(value, sys.modules["pandas"].Index)


def _is_private(kind: type, name: str) -> bool:
    module = _module_of(kind)
    notes = _NOTES.get(module.partition(".")[0], ())
    return module != "notebook" and (name.startswith("_") or name in notes)


def _is_cache(kind: type, name: Any) -> bool:
    if not isinstance(name, str):
        return False
    found = next((vars(one)[name] for one in kind.__mro__ if name in vars(one)), None)
    if name == "_random_state" and any("scipy.stats" in one.__module__ for one in kind.__mro__):
        # numpy's global generator, which is no part of a distribution
        return True
    return "cache" in name or isinstance(found, functools.cached_property)


def _numpy(numpy: Any, value: Any, tell: Callable[[Any], Portrait]) -> Portrait | None:
    if isinstance(value, numpy.generic):
        return [type(value).__name__, _text(repr(value))]
    if isinstance(value, numpy.dtype):
        return ["dtype", str(value)]
    if isinstance(value, numpy.ufunc):
        return ["ufunc", value.__name__]
    if not isinstance(value, numpy.ndarray):
        return None
    told = [type(value).__name__, str(value.dtype), list(value.shape)]
    if isinstance(value, numpy.ma.MaskedArray):
        return [*told, tell(numpy.asarray(value.data)), tell(numpy.ma.getmaskarray(value))]
    if value.dtype.hasobject:
        return [*told, _long([tell(item) for item in value.ravel().tolist()])]
    plain = numpy.asarray(value)
    if plain.size <= 30 and plain.dtype.names is None:
        return [*told, [_text(repr(item)) for item in plain.ravel().tolist()]]
    data = numpy.ascontiguousarray(plain).tobytes()
    start = [repr(item) for item in plain.ravel()[:3].tolist()]
    return [*told, hashlib.blake2b(data, digest_size=12).hexdigest(), start]


def _pandas(pandas: Any, value: Any, tell: Callable[[Any], Portrait]) -> Portrait | None:
    if isinstance(value, pandas.DataFrame):
        columns = [_column(pandas, value.iloc[:, at], tell) for at in range(value.shape[1])]
        axes = [tell(value.columns), tell(value.index)]
        return {_name_of(type(value)): axes, "columns": columns, "attrs": tell(value.attrs)}
    if isinstance(value, pandas.Series):
        told = _column(pandas, value, tell)
        return {_name_of(type(value)): [tell(value.name), tell(value.index)], "values": told}
    if isinstance(value, pandas.MultiIndex):
        return {"MultiIndex": tell(list(value.names)), "values": tell(value.to_list())}
    if isinstance(value, pandas.RangeIndex):
        return {"RangeIndex": [str(value), tell(value.name)]}
    if isinstance(value, pandas.Index):
        told = _column(pandas, value.to_series(), tell)
        named = [tell(value.name), str(getattr(value, "freq", None))]
        return {type(value).__name__: named, "values": told}
    if isinstance(value, pandas.api.extensions.ExtensionArray):
        told = _column(pandas, pandas.Series(value), tell)
        return {type(value).__name__: told}
    if isinstance(value, pandas.api.extensions.ExtensionDtype | pandas.Timestamp):
        return [type(value).__name__, repr(value)]
    if value is pandas.NA or value is pandas.NaT:
        return ["missing", repr(value)]
    if isinstance(value, pandas.Timedelta | pandas.Period | pandas.Interval | pandas.DateOffset):
        return [type(value).__name__, repr(value)]
    return None


def _column(pandas: Any, column: Any, tell: Callable[[Any], Portrait]) -> Portrait:
    kind = str(column.dtype)
    if isinstance(column.dtype, pandas.CategoricalDtype):
        categories = tell(column.cat.categories)
        return [kind, column.cat.ordered, categories, tell(column.cat.codes.to_numpy())]
    values = column.to_numpy()
    if values.dtype.hasobject:
        return [kind, tell(values.tolist())]
    return [kind, tell(values)]


def _polars(polars: Any, value: Any, tell: Callable[[Any], Portrait]) -> Portrait | None:
    if isinstance(value, polars.DataFrame):
        return {"polars": str(value.schema), "columns": tell(value.to_dict(as_series=False))}
    if isinstance(value, polars.Series):
        return {"polars": str(value.dtype), "values": tell([value.name, value.to_list()])}
    return None


def _matplotlib(matplotlib: Any, value: Any, tell: Callable[[Any], Portrait]) -> Portrait | None:
    if isinstance(value, matplotlib.figure.FigureBase):
        return ["figure", _drawn(value)]
    if isinstance(value, matplotlib.artist.Artist):
        figure = value.figure
        while figure is not None and getattr(figure, "figure", figure) is not figure:
            figure = figure.figure
        return ["artist", type(value).__name__, "alone" if figure is None else _drawn(figure)]
    if isinstance(value, matplotlib.container.Container):
        return ["drawing", type(value).__name__, [tell(item) for item in value]]
    return None


_drawings: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()


def _drawn(figure: Any) -> str:
    """Hash what a figure draws; one that did not change since is not drawn again."""
    if figure in _drawings and not figure.stale:
        return _drawings[figure]
    buffer = io.BytesIO()
    matplotlib = sys.modules["matplotlib"]
    # what a session has set is in the figure already, or should not show in it now
    default = {key: value for key, value in matplotlib.rcParamsDefault.items() if key[:4] != "back"}
    try:
        with matplotlib.rc_context(default):
            figure.savefig(buffer, format="raw", dpi=40)
        told = hashlib.blake2b(buffer.getvalue(), digest_size=12).hexdigest()
    except Exception as problem:
        told = f"cannot be drawn: {type(problem).__name__}"
    figure.stale = False
    _drawings[figure] = told
    return told


def _altair(altair: Any, value: Any, tell: Callable[[Any], Portrait]) -> Portrait | None:
    if isinstance(value, altair.TopLevelMixin):
        return ["chart", tell(value.to_dict())]
    return None


def _plotly(plotly: Any, value: Any, tell: Callable[[Any], Portrait]) -> Portrait | None:
    if isinstance(value, plotly.basedatatypes.BaseFigure):
        return ["chart", json.loads(value.to_json())]
    return None


_FORMS: dict[str, Callable[[Any, Any, Callable[[Any], Portrait]], Portrait | None]] = {
    "numpy": _numpy,
    "pandas": _pandas,
    "polars": _polars,
    "matplotlib.figure": lambda _, value, tell: _matplotlib(sys.modules["matplotlib"], value, tell),
    "altair": _altair,
    "plotly.basedatatypes": lambda _, value, tell: _plotly(sys.modules["plotly"], value, tell),
}
