"""Callbacks: which of their functions are called for how a block ended, and with what."""

from __future__ import annotations

import inspect
from typing import Any, Callable

from . import arguments, decorators

KINDS = {"success": "success", "cancelled": "cancelled"}
"""What a callback's decorator is given for a state of the guarded block; ``failure`` otherwise."""


class BlockFailedError(Exception):
    """The error of a guarded block, as a callback finds it in ``__error``.

    Args:
        error: the error as the run keeps it; its ``type``, ``message`` and ``traceback`` are
            attributes.
    """

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['type']}: {error['message']}")
        self.type: str = error["type"]
        self.message: str = error["message"]
        self.traceback: str = error.get("traceback") or ""


class PipelineRun:
    """The run, as callbacks and conditions find it in ``pipeline_run``.

    Args:
        task: the attempt.
        context: what the block's keyword arguments are.
    """

    def __init__(self, task: dict[str, Any], context: dict[str, Any]) -> None:
        state = (task.get("guarded") or {}).get("state", "success")
        self.id: int = task["run_number"]
        self.run_id: str = task["run"]
        self.pipeline_uuid: str = task["pipeline"]
        self.status = "running" if state == "success" else state
        self.execution_date = context["execution_date"]
        self.variables: dict[str, Any] = dict(task.get("variables", {}))
        self.trigger_name = task.get("trigger")

    def __repr__(self) -> str:
        return f"<run {self.id} of {self.pipeline_uuid}: {self.status}>"


def wanted(functions: list[Callable[..., Any]], state: str) -> list[Callable[..., Any]]:
    """Choose the callbacks of a file that are called for a state; a bare one means success."""
    kind = KINDS.get(state, "failure")
    return [one for one in functions if kind in (_said(one) or ("success",))]


def call(function: Callable[..., Any], value: Any, context: dict[str, Any]) -> Any:
    """Call a callback as Mage AI does.

    Args:
        function: the callback. A bare ``@callback`` gets nothing at all; one that takes keyword
            arguments alone finds what its block gave in ``__input``.
        value: what the guarded block gave, ``[]`` when it failed.
        context: given to ``**kwargs``.
    """
    if not _said(function) and not arguments.accepts_keywords(function):
        return function()
    kinds = [p.kind for p in inspect.signature(function).parameters.values()]
    takes = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
    )
    inputs = [value] if any(kind in takes for kind in kinds) else []
    context = {**context, "__input": value}
    return arguments.call_by_position(function, inputs, context, "the callback")


def _said(function: Callable[..., Any]) -> tuple[Any, ...]:
    said: tuple[Any, ...] = getattr(function, decorators.ARGUMENTS, ())
    return said
