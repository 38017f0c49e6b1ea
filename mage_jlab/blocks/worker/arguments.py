"""What a block's function is called with: recorded inputs by name, or inputs by position."""

from __future__ import annotations

import inspect
from typing import Any, Callable

from .failures import StatedError

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def accepts_keywords(function: Callable[..., Any]) -> bool:
    """Say whether a function has ``**kwargs``."""
    return _has(function, inspect.Parameter.VAR_KEYWORD)


def call_by_name(
    function: Callable[..., Any], values: dict[str, Any], context: dict[str, Any]
) -> Any:
    """Call a function with its recorded inputs by parameter.

    Args:
        function: the block's function.
        values: the inputs by parameter; one that is bound nowhere is given as None and unbound by
            the block's own code.
        context: runtime variables and the rest, given to ``**kwargs``; an input wins over it.
    """
    named = dict(values)
    positional = [
        named.pop(parameter.name)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY and parameter.name in named
    ]
    if accepts_keywords(function):
        named = {**context, **named}
    return function(*positional, **named)


def call_by_position(
    function: Callable[..., Any], inputs: list[Any], context: dict[str, Any], what: str
) -> Any:
    """Call a function with one argument for each block above, as Mage AI does.

    All parameters but ``*args`` and ``**kwargs`` count, also those with defaults.

    Args:
        function: the block's function.
        inputs: one value for each block above.
        context: given to ``**kwargs``.
        what: the block's name, for the message.

    Raises:
        StatedError: when the function takes another number of inputs.
    """
    parameters = list(inspect.signature(function).parameters.values())
    wanted = sum(parameter.kind not in _VARIADIC for parameter in parameters)
    variadic = len(parameters) > wanted
    if wanted > len(inputs) or (wanted < len(inputs) and not variadic):
        raise StatedError(
            "WrongArguments",
            f"{function.__name__} of {what} takes {wanted} input(s), and {len(inputs)} block(s) "
            "stand above it: give it one parameter for each block above.",
        )
    keywords = context if accepts_keywords(function) else {}
    if not _has(function, inspect.Parameter.VAR_POSITIONAL):
        inputs = inputs[:wanted]
    by_name = [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]
    if by_name:
        count = len(inputs) - len(by_name)
        keywords = {**keywords, **dict(zip(by_name, inputs[count:]))}
        inputs = inputs[:count]
    taken = {p.name for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD}
    return function(*inputs, **{k: v for k, v in keywords.items() if k not in taken})


def call_sensor(function: Callable[..., Any], inputs: list[Any], context: dict[str, Any]) -> Any:
    """Call a sensor that no export recorded: it gets inputs only when it also has ``*args``."""
    if not accepts_keywords(function):
        return function()
    given = inputs if _has(function, inspect.Parameter.VAR_POSITIONAL) else []
    return function(*given, **context)


def _has(function: Callable[..., Any], kind: Any) -> bool:
    return any(p.kind is kind for p in inspect.signature(function).parameters.values())
