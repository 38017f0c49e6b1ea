"""Cron expressions: read with errors that name the field, and laid on local days.

Days are croniter's, asked on naive local time alone; the times of a day are the products of the
minute and hour fields. What a change of the clock does to them is `schedule`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from croniter import CroniterBadDateError, CroniterError, croniter

from mage_jlab.domain.errors import BadInputError

_FIELDS = (
    ("first", "minute", 0, 59),
    ("second", "hour", 0, 23),
    ("third", "day of the month", 1, 31),
    ("fourth", "month", 1, 12),
    ("fifth", "day of the week", 0, 7),
)
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_NAMES = {
    "fourth": ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    "fifth": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
}
_PART = re.compile(
    r"(?:\*|(?P<low>\w+)(?:-(?P<high>\w+))?)(?:/(?P<step>\w+))?(?:#(?P<nth>[1-5]|L))?", re.ASCII
)


@dataclass(frozen=True)
class Cron:
    """A cron expression of five fields.

    ``wildcard`` is true when its minute or hour field starts with ``*``: it then follows the
    clock; otherwise it names fixed local times.
    """

    text: str
    wildcard: bool
    times: tuple[time, ...]

    def days(self, first: date) -> Iterator[date]:
        """Give the days on which it comes, from ``first`` on, in order."""
        _minute, _hour, *days = self.text.split()
        start = datetime.combine(first, time()) - timedelta(seconds=1)
        cursor = croniter(f"0 0 {' '.join(days)}", start, ret_type=datetime)
        while True:
            try:
                yield cursor.get_next().date()
            except (CroniterBadDateError, OverflowError):
                return


def parse_cron(text: str) -> Cron:
    """Read a cron expression of five fields, or one of ``@hourly`` to ``@yearly``.

    Raises:
        BadInputError: with the field that is wrong and what it must be.
    """
    expanded = _ALIASES.get(text.strip().lower(), text.strip())
    fields = expanded.split()
    if len(fields) != len(_FIELDS):
        count = "nothing" if not fields else f"{len(fields)} field{'s' * (len(fields) > 1)}"
        raise BadInputError(
            "A cron has five fields, minute, hour, day, month and day of the week "
            f"(30 2 * * 1-5), and this one has {count}.",
            "bad-cron",
        )
    for field, bounds in zip(fields, _FIELDS, strict=True):
        _check_field(field, *bounds)
    try:
        minutes, hours, *_rest = croniter.expand(" ".join(fields))[0]
    except CroniterError as error:
        raise BadInputError(f"The cron {text!r} cannot be read: {error}.", "bad-cron") from error
    cron = Cron(
        " ".join(fields),
        any(field.startswith("*") for field in fields[:2]),
        tuple(
            time(hour, minute)
            for hour in _numbers(hours, range(24))
            for minute in _numbers(minutes, range(60))
        ),
    )
    if next(cron.days(date(2000, 1, 1)), None) is None:
        raise BadInputError(
            f"The cron {text!r} never comes: no month that it names has such a day.", "bad-cron"
        )
    return cron


def _numbers(expanded: Sequence[int | str], every: range) -> list[int]:
    return list(every) if "*" in expanded else sorted(int(value) for value in expanded)


def _check_field(field: str, ordinal: str, what: str, low: int, high: int) -> None:
    for part in field.split(","):
        if ordinal == "third" and part.lower() == "l":
            continue
        if ordinal == "fifth" and re.fullmatch(r"l[0-7]", part.lower()):
            continue
        found = _PART.fullmatch(part)
        if found is None or (found["nth"] and ordinal != "fifth"):
            raise BadInputError(
                f"The {ordinal} field ({what}) cannot be read: it is {field!r}.", "bad-cron"
            )
        ends = [
            _number(value, ordinal, low, high)
            for value in (found["low"], found["high"])
            if value is not None
        ]
        if len(ends) == 2 and ends[0] > ends[1]:
            raise BadInputError(
                f"The {ordinal} field must count upwards, and it is {part}.", "bad-cron"
            )
        step = found["step"]
        if step is not None and not (step.isdigit() and 0 < int(step) <= high):
            raise BadInputError(
                f"The step in the {ordinal} field must be 1 to {high}, and it is {step}.",
                "bad-cron",
            )


def _number(value: str, ordinal: str, low: int, high: int) -> int:
    names = _NAMES.get(ordinal, [])
    if value.lower() in names:
        return names.index(value.lower()) + low
    if not value.isdigit() or not low <= int(value) <= high:
        raise BadInputError(
            f"The {ordinal} field must be {low} to {high}, and it is {value}.", "bad-cron"
        )
    return int(value)
