"""Draws a chart block: its frame, its code's variables and its configuration as one picture."""

from __future__ import annotations

from typing import Any, Callable

from . import aggregates
from .settings import BUCKETS, LARGEST, Settings
from .specification import field, specification

MARKS = {"bar": "bar", "line": "line", "area": "area", "scatter": "point"}
METRIC = "metric"
VALUE = "value"
TABLE_ROWS = 10


class Drawing:
    """Draws one chart.

    Args:
        settings: its configuration.
        frame: the pandas frame of the block above, or None.
        variables: what the code left, which goes before columns of the same name.
    """

    def __init__(self, settings: Settings, frame: Any, variables: dict[str, Any]) -> None:
        self._settings = settings
        self._frame = frame
        self._variables = variables

    def drawn(self) -> dict[str, Any]:
        """Give the specification.

        Raises:
            StatedError: when a column or variable is not there, or does not fit.
        """
        chart = self._settings.chart
        if chart == "histogram":
            return self._histogram()
        if chart == "pie chart":
            return self._pie()
        if chart == "table":
            return self._table()
        if chart.startswith("time series"):
            return self._time_series("bar" if "bar" in chart else "line")
        return self._points(MARKS[chart.split()[0]])

    def _histogram(self) -> dict[str, Any]:
        name = self._one("x")
        values = self._column(name)
        rows = aggregates.bins(values, self._settings.count("buckets", BUCKETS))
        kind = "temporal" if values.dtype.kind == "M" else "quantitative"
        x = field("from", kind, self._title("x", name), bin={"binned": True})
        return specification(
            "bar",
            rows,
            {"x": x, "x2": {"field": "to"}, "y": field("rows", "quantitative", self._title("y"))},
        )

    def _pie(self) -> dict[str, Any]:
        name = self._one("x")
        rows = aggregates.shares(self._column(name), self._settings.count("buckets", BUCKETS))
        encoding = {
            "theta": field("rows", "quantitative"),
            "color": field("value", "nominal", name, sort=None),
        }
        return specification("arc", rows, encoding)

    def _table(self) -> dict[str, Any]:
        import pandas as pd

        most = self._settings.count("limit", TABLE_ROWS)
        x, y = self._settings.text("x"), self._settings.text("y")
        if x in self._variables and y in self._variables:
            frame = pd.DataFrame(self._variables[y], columns=list(self._variables[x])).head(most)
        else:
            frame = self._whole().head(most)
            frame = frame[self._settings.names("x")] if x else frame
        names = [str(name) for name in frame.columns]
        rows = [
            {"row": place, "column": name, "value": _shown(value)}
            for place, values in enumerate(frame.itertuples(index=False, name=None))
            for name, value in zip(names, values)
        ]
        encoding = {
            "x": field(
                "column", "nominal", "", sort=names, axis={"orient": "top", "labelAngle": 0}
            ),
            "y": field("row", "ordinal", "", axis=None),
            "text": field("value", "nominal"),
        }
        return specification("text", rows[:LARGEST], encoding)

    def _time_series(self, mark: str) -> dict[str, Any]:
        import pandas as pd

        name, metrics = self._grouping()
        moments = self._column(name)
        if moments.dtype.kind != "M" and not isinstance(moments.dtype, pd.DatetimeTZDtype):
            moments = pd.to_datetime(moments, errors="coerce", utc=True)
        parts = aggregates.time_parts(moments, str(self._settings.interval))
        found = aggregates.grouped(self._whole(), [parts], metrics).tail(LARGEST)
        return self._melted(mark, found, name, "temporal", None)

    def _points(self, mark: str) -> dict[str, Any]:
        import pandas as pd

        if self._settings.group_by and self._settings.metrics:
            name, metrics = self._grouping()
            keys = [aggregates.without_blanks(self._column(n)) for n in self._settings.group_by]
            found = aggregates.grouped(self._whole(), keys, metrics)
            if len(keys) > 1:
                found.index = [" · ".join(map(str, key)) for key in found.index]
                name = " · ".join(self._settings.group_by)
            kind = "nominal" if mark == "bar" or found.index.dtype == object else _kind(found.index)
            return self._melted(mark, self._ordered(found), name, kind, None)
        name, lines = self._one("x"), self._settings.names("y")
        x = self._column(name)
        columns = {name: pd.Series(x).reset_index(drop=True)}
        for line in lines:
            for place, values in enumerate(self._lines(line)):
                label = line if place == 0 else f"{line} {place + 1}"
                columns[label if label != name else f"{label} "] = values.reset_index(drop=True)
        if not lines:
            raise self._settings.wrong("y is not set: name a column or a variable.")
        found = aggregates.thinned(pd.DataFrame(columns).set_index(name))
        found = self._ordered(found)
        kind = "nominal" if mark == "bar" else _kind(found.index)
        return self._melted(mark, found, name, kind, None)

    def _ordered(self, found: Any) -> Any:
        if self._settings.order:
            up = self._settings.order == "ascending"
            found = found.sort_values(found.columns[0], ascending=up, kind="stable")
        return found.head(self._settings.count("limit", LARGEST))

    def _melted(self, mark: str, found: Any, name: str, kind: str, sort: Any) -> dict[str, Any]:
        rows = [
            {name: x, METRIC: str(metric), VALUE: value}
            for metric in found.columns
            for x, value in zip(found.index, found[metric].tolist())
        ]
        titles = [str(metric) for metric in found.columns]
        encoding = {
            "x": field(name, kind, self._title("x", name), sort=sort),
            "y": field(VALUE, "quantitative", self._title("y", titles[0] if titles else "")),
        }
        if len(titles) > 1:
            encoding["y"]["title"] = self._settings.text("y_axis_label") or VALUE
            encoding["color"] = field(METRIC, "nominal", "", sort=titles)
            if mark == "bar":
                encoding["xOffset"] = {"field": METRIC}
        return specification(mark, rows[:LARGEST], encoding)

    def _grouping(self) -> tuple[str, list[tuple[str, str]]]:
        if not self._settings.group_by or not self._settings.metrics:
            raise self._settings.wrong("group_by and metrics are needed: name columns in both.")
        for _, column in self._settings.metrics:
            self._checked(column)
        return self._settings.group_by[0], self._settings.metrics

    def _one(self, key: str) -> str:
        names = self._settings.names(key) or self._settings.group_by
        if not names:
            raise self._settings.wrong(f"{key} is not set: name a column or a variable.")
        return names[0]

    def _title(self, axis: str, otherwise: str = "rows") -> str:
        return self._settings.text(f"{axis}_axis_label") or otherwise

    def _whole(self) -> Any:
        if self._frame is None:
            raise self._settings.wrong("there is no frame: set a block above that gives one.")
        return self._frame

    def _column(self, name: str) -> Any:
        """Give a variable of the code, or else a column of the frame, as a pandas column."""
        import pandas as pd

        if name in self._variables:
            return pd.Series(self._variables[name])
        return self._whole()[self._checked(name)]

    def _lines(self, name: str) -> list[Any]:
        """Give one column for each metric: a variable may hold a list of lists."""
        import pandas as pd

        held = self._variables.get(name)
        if isinstance(held, (list, tuple)) and held and isinstance(held[0], (list, tuple)):
            return [pd.Series(one) for one in held]
        return [self._column(name)]

    def _checked(self, name: str) -> str:
        columns = list(self._whole().columns)
        if name not in columns:
            shown = ", ".join(map(str, columns[:20]))
            raise self._settings.wrong(f"there is no column {name!r}; there are: {shown}.")
        return name


def as_frame(value: Any, settings: Settings) -> Any:
    """Give what the block above gave as a pandas frame; None when there is no such block.

    Raises:
        StatedError: when it is no frame and cannot be one.
    """
    import pandas as pd

    if value is None or isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, pd.Series):
        return value.to_frame()
    if isinstance(value, dict) and "vega-lite" in str(value.get("$schema", "")):
        raise settings.wrong("the block above is a chart: set it below the block with the data.")
    convert: Callable[[], Any] | None = getattr(value, "to_pandas", None)
    try:
        return convert() if convert is not None else pd.DataFrame(value)
    except (TypeError, ValueError) as error:
        kind = type(value).__name__
        raise settings.wrong(f"the block above gave a {kind}, which is no frame.") from error


def _kind(index: Any) -> str:
    if index.dtype.kind == "M":
        return "temporal"
    return "quantitative" if index.dtype.kind in "ifu" else "nominal"


def _shown(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
