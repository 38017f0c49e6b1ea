"""What a block's function finds in ``**kwargs``."""

from __future__ import annotations

import datetime as dt
import logging
import os
from typing import Any


class BlockLogger(logging.LoggerAdapter):  # type: ignore[type-arg]  # generic only since Python 3.11
    """A logger whose methods take tags as keywords, as Mage AI's does."""

    def process(self, msg: Any, kwargs: Any) -> tuple[Any, Any]:
        """Add the tags to the message."""
        known = ("exc_info", "stack_info", "stacklevel", "extra")
        tags = {key: value for key, value in kwargs.items() if key not in known}
        rest = {key: value for key, value in kwargs.items() if key in known}
        for key, value in tags.pop("tags", {}).items():
            tags.setdefault(key, value)
        text = " ".join(f"{key}={value!r}" for key, value in tags.items())
        return (f"{msg} {text}" if text else msg), rest


def moment(text: str | None) -> dt.datetime | None:
    """Read an RFC 3339 time as an aware one in UTC."""
    if text is None:
        return None
    read = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return read.astimezone(dt.timezone.utc)


def keywords(task: dict[str, Any]) -> dict[str, Any]:
    """Give the keyword arguments of an attempt: runtime variables and what the run says of itself.

    A runtime variable never hides what the run says: its names are reserved.
    """
    execution = moment(task["execution_date"])
    start, end = moment(task.get("interval_start")), moment(task.get("interval_end"))
    assert execution is not None
    logger = logging.getLogger("mage_jlab.block")
    length = (end - start).total_seconds() if start and end else None
    previous = start - (end - start) if start and end else None
    item = {} if task.get("index") is None else {"dynamic_block_index": task["index"]}
    return {
        **task.get("variables", {}),
        "execution_date": execution,
        "ds": execution.strftime("%Y-%m-%d"),
        "hr": execution.strftime("%H"),
        "interval_start_datetime": start,
        "interval_end_datetime": end,
        "interval_start_datetime_previous": previous,
        "interval_seconds": length,
        "env": os.environ.get("ENV", "prod" if task.get("trigger") else "dev"),
        "event": {},
        "execution_partition": f"{task['pipeline']}/{execution.strftime('%Y%m%dT%H%M%S_%f')}",
        "pipeline_run_id": task["run_number"],
        "trigger_name": task.get("trigger"),
        "pipeline_uuid": task["pipeline"],
        "block_uuid": task["block"]["name"],
        "repo_path": task["place"],
        "configuration": task["block"].get("configuration", {}),
        "context": {},
        "logger": BlockLogger(logger, {}),
        "retry": {"attempts": task["attempt"]},
        "idempotency_key": task["idempotency_key"],
        **item,
    }
