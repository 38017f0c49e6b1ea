"""A chart's configuration, checked: Mage AI's keys (mage-format §8)."""

from __future__ import annotations

from typing import Any

from ..failures import StatedError

TYPES = (
    "bar chart",
    "line chart",
    "area chart",
    "scatter plot",
    "histogram",
    "pie chart",
    "table",
    "time series bar chart",
    "time series line chart",
)
AGGREGATIONS = (
    "average",
    "count",
    "count_distinct",
    "max",
    "median",
    "min",
    "mode",
    "sum",
)
INTERVALS = ("original", "second", "minute", "hour", "day", "week", "month", "year")
ORDERS = ("ascending", "descending")
BUCKETS = 40
"""How many bars a histogram, and slices a pie, has by default."""

LARGEST = 5_000
"""The most marks that a chart has; a lab that draws more stands still."""


class Settings:
    """Reads the configuration of one chart.

    Args:
        given: the block's configuration.
        block: its name, for errors.

    Raises:
        StatedError: when the type of chart, or a value that it reads, makes no sense.
    """

    def __init__(self, given: dict[str, Any], block: str) -> None:
        self._given = given
        self._block = block
        self.chart = str(self.one_of("chart_type", TYPES, None))
        self.order = self.one_of("y_sort_order", ORDERS, None)
        self.interval = self.one_of("time_interval", INTERVALS, "original")
        self.group_by = self._texts("group_by")
        self.metrics = self._metrics()

    def text(self, key: str) -> str | None:
        """Give a key's text, or None when it is not set.

        Raises:
            StatedError: when it is set to something else.
        """
        value = self._given.get(key)
        if value is not None and not isinstance(value, str):
            raise self.wrong(f"{key} is {value!r}: give a text.")
        return value or None

    def names(self, key: str) -> list[str]:
        """Give a key's name or names as a list."""
        return self._texts(key)

    def count(self, key: str, default: int) -> int:
        """Give a whole number from 1, at most :data:`LARGEST`.

        Raises:
            StatedError: when it is no such number.
        """
        value = self._given.get(key)
        if value in (None, ""):
            return default
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = 0
        if isinstance(value, bool) or number < 1:
            raise self.wrong(f"{key} is {value!r}: give a whole number from 1.")
        return min(number, LARGEST)

    def one_of(self, key: str, choices: tuple[str, ...], default: str | None) -> str | None:
        """Give a key's value, which must be one of some words."""
        value = self._given.get(key) or default
        if value in choices or (value is None and key != "chart_type"):
            return value
        raise self.wrong(f"{key} is {value!r}; there are {', '.join(choices)}.")

    def wrong(self, what: str) -> StatedError:
        """Give the error that says what is wrong in this configuration."""
        return StatedError("WrongConfiguration", f"In the chart {self._block}, {what}")

    def _texts(self, key: str) -> list[str]:
        value = self._given.get(key)
        values = value if isinstance(value, list) else [] if value in (None, "") else [value]
        if not all(isinstance(one, str) for one in values):
            raise self.wrong(f"{key} is {value!r}: give names.")
        return list(values)

    def _metrics(self) -> list[tuple[str, str]]:
        found = []
        for metric in self._given.get("metrics") or []:
            if not isinstance(metric, dict) or not isinstance(metric.get("column"), str):
                raise self.wrong(f"the metric {metric!r} has no column.")
            if metric.get("aggregation") not in AGGREGATIONS:
                raise self.wrong(
                    f"the aggregation is {metric.get('aggregation')!r}; "
                    f"there are {', '.join(AGGREGATIONS)}."
                )
            found.append((metric["aggregation"], metric["column"]))
        return found
