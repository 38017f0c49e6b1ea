"""What a block may use at most: time, memory, items at a time, as its configuration says it."""

from __future__ import annotations

import math
import re
from typing import Any

from mage_jlab.domain.errors import UnprocessableError

MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMGT]?)(i?)B?")
POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}


def memory_limit(block: str, entry: dict[str, Any]) -> int | None:
    """Give how much memory a block may hold, in bytes; None without a limit.

    ``memory_limit`` in its configuration counts, else ``resource_limits.memory`` of its
    ``executor_config``, the words that Mage AI hands to Kubernetes.

    Args:
        block: the block's name.
        entry: the block's entry in the pipeline's YAML.

    Raises:
        UnprocessableError: when it is no amount of memory.
    """
    configuration = _mapping(entry.get("configuration"))
    limits = _mapping(_mapping(entry.get("executor_config")).get("resource_limits"))
    given = configuration.get("memory_limit")
    where, given = (
        ("memory_limit", given)
        if given is not None
        else ("executor_config.resource_limits.memory", limits.get("memory"))
    )
    if given is None:
        return None
    found = MEMORY.fullmatch(str(given).strip())
    amount = 0
    if found and not isinstance(given, bool):
        base = 1024 if found[3] else 1000
        amount = int(float(found[1]) * base ** POWERS[found[2]])
    if amount <= 0:
        raise UnprocessableError(
            f"{where} of {block} is {given!r}: give an amount of memory, as 500MB or 2GiB.",
            reason="limit-wrong",
        )
    return amount


def time_limit(block: str, entry: dict[str, Any]) -> float | None:
    """Give how long a block may take, in seconds; None without a limit.

    Args:
        block: the block's name.
        entry: the block's entry in the pipeline's YAML; ``timeout`` counts.

    Raises:
        UnprocessableError: when it is no number of seconds.
    """
    given = entry.get("timeout")
    if not given:
        return None
    try:
        seconds = float(given)
    except (TypeError, ValueError):
        seconds = math.nan
    if isinstance(given, bool) or not 0 < seconds < math.inf:
        raise UnprocessableError(
            f"timeout of {block} is {given!r}: give a number of seconds.", reason="limit-wrong"
        )
    return seconds


def concurrency(block: str, entry: dict[str, Any]) -> int | None:
    """Give how many items of a block may run at a time in one run; None without a limit.

    Args:
        block: the block's name.
        entry: the block's entry in the pipeline's YAML; its configuration's ``concurrency``
            counts.

    Raises:
        UnprocessableError: when it is no whole number above 0.
    """
    given = _mapping(entry.get("configuration")).get("concurrency")
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise UnprocessableError(
            f"concurrency of {block} is {given!r}: give how many of its items may run at a time, "
            "a whole number from 1.",
            reason="limit-wrong",
        )
    return given


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
