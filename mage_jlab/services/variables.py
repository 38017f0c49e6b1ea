"""Runtime variables from outside: texts and JSON values become what the pipeline's defaults are."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.word import Json

RESERVED = frozenset(
    {
        "block_uuid",
        "configuration",
        "context",
        "ds",
        "env",
        "event",
        "execution_date",
        "execution_partition",
        "hr",
        "idempotency_key",
        "interval_end_datetime",
        "interval_seconds",
        "interval_start_datetime",
        "interval_start_datetime_previous",
        "logger",
        "pipeline_run_id",
        "pipeline_uuid",
        "repo_path",
        "retry",
        "trigger_name",
    }
)
"""What every block is given by these names; a runtime variable of such a name would be hidden."""

_TRUTH = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(
    _DATE.pattern + r"[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?"
)


def parse_assignments(pairs: Iterable[str]) -> dict[str, str]:
    """Split ``NAME=VALUE`` texts; the value may hold further ``=``.

    Raises:
        BadInputError: when there is no ``=``, or no name before it.
    """
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise BadInputError(f"{pair!r} is no variable; write it as NAME=VALUE.")
        values[name] = text
    return values


def check_variables(values: Mapping[str, Json], defaults: Mapping[str, Json]) -> dict[str, Json]:
    """Give each value the type of the pipeline's default; what has no default stays as it is.

    A text is read as the default's type (``"500"`` for a default of 100 is 500); a value of another
    type is refused, but for a whole number where the default is a decimal one, and a date where it
    is a date with a time. A default that is an ISO 8601 date or time (YAML's own dates are read as
    such texts) wants one, and stays a text.

    Raises:
        BadInputError: with the variable, its value and what was expected.
    """
    checked: dict[str, Json] = {}
    for name, value in values.items():
        if not name.isidentifier():
            raise BadInputError(f"{name!r} cannot be the name of a runtime variable.")
        if name in RESERVED:
            raise BadInputError(f"The variable {name} is given by mage_jlab and cannot be set.")
        checked[name] = _fit(name, value, defaults[name]) if name in defaults else value
    return checked


def _fit(name: str, value: Json, default: Json) -> Json:
    if default is None or isinstance(default, str):
        if isinstance(default, str) and not isinstance(value, str):
            raise _wrong(name, value, _expected(default), default)
        return value if default is None else _like(name, str(value), default)
    if isinstance(value, str):
        return _parse(name, value, default)
    if isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(default, bool) and isinstance(value, bool)
    elif isinstance(default, float):
        fits = isinstance(value, (int, float))
    else:
        fits = isinstance(value, type(default))
    if not fits:
        raise _wrong(name, value, _expected(default), default)
    return float(value) if isinstance(default, float) else value


def _parse(name: str, text: str, default: Json) -> Json:
    try:
        if isinstance(default, bool):
            return _TRUTH[text.strip().lower()]
        if isinstance(default, int):
            return int(text)
        if isinstance(default, float):
            return _finite(text)
        value = json.loads(text)
    except (ValueError, KeyError):
        raise _wrong(name, text, _expected(default), default) from None
    if not isinstance(value, type(default)):
        raise _wrong(name, text, _expected(default), default)
    return value


def _like(name: str, text: str, default: str) -> str:
    """Give a text for a text: a date or time, written as the default is, where that is one."""
    expected = _expected(default)
    if expected == "a text":
        return text
    given = text.strip()
    moment = _moment(given)
    if moment is None or (expected == "a date" and not _DATE.fullmatch(given)):
        raise _wrong(name, text, expected, default)
    if expected == "a date":
        return given
    written = moment.isoformat(default[10])
    return written.removesuffix("+00:00") + "Z" if _is_zulu(default, moment) else written


def _is_zulu(default: str, moment: datetime) -> bool:
    offset = moment.utcoffset()
    return default.endswith("Z") and offset is not None and not offset


def _moment(text: str) -> datetime | None:
    """Read an ISO 8601 date, with or without a time; None for another text."""
    if not (_DATE.fullmatch(text) or _TIME.fullmatch(text)):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # JSON has no such number, and the ledger keeps JSON
        raise ValueError(text)
    return number


def _expected(default: Json) -> str:
    if isinstance(default, bool):
        return "true or false"
    if isinstance(default, int):
        return "a whole number"
    if isinstance(default, float):
        return "a number"
    if isinstance(default, str):
        if _moment(default) is None:
            return "a text"
        return "a date" if _DATE.fullmatch(default) else "a date with a time"
    return "a JSON list" if isinstance(default, list) else "a JSON object"


def _wrong(name: str, value: Json, expected: str, default: Json) -> BadInputError:
    return BadInputError(
        f"The variable {name} must be {expected}, like its default {default!r}; {value!r} is not."
    )
