"""Graphs of names: order, what lies above and below, and cycles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Upstream = Mapping[str, Iterable[str]]
"""Each name with the names above it."""


def find_cycle(upstream: Upstream) -> list[str] | None:
    """Give one cycle, its first name repeated at the end, or None when there is none."""
    try:
        TopologicalSorter(upstream).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return None


def in_order(upstream: Upstream) -> list[str]:
    """Give the names so that each stands after all above it, in the given order where that is free.

    Raises:
        ValueError: when there is a cycle.
    """
    cycle = find_cycle(upstream)
    if cycle:
        raise ValueError(f"There is a cycle: {' → '.join(cycle)}.")
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in done and name in upstream:
            for parent in upstream[name]:
                visit(parent)
            done[name] = None

    for name in upstream:
        visit(name)
    return list(done)


def above(upstream: Upstream, name: str) -> set[str]:
    """Give all names that ``name`` waits for, directly or not."""
    found: set[str] = set()
    queue = [name]
    while queue:
        for parent in upstream.get(queue.pop(), ()):
            if parent not in found:
                found.add(parent)
                queue.append(parent)
    return found


def below(upstream: Upstream, name: str) -> set[str]:
    """Give all names that wait for ``name``, directly or not."""
    return {other for other in upstream if name in above(upstream, other)}
