"""The decorators of block files: each marks a function and leaves it callable as it was."""

from __future__ import annotations

from typing import Any, Callable, TypeVar, overload

Function = TypeVar("Function", bound=Callable[..., Any])

MARK = "__mage_jlab__"
"""The attribute that says what a function is marked as."""

ARGUMENTS = "__mage_jlab_arguments__"
"""The attribute with what the decorator was given, as in ``@callback("failure")``."""


class Decorator:
    """A decorator that marks a function with its name; used bare or called.

    Args:
        name: the mark, which is the block's type or a role such as ``test``.
    """

    def __init__(self, name: str) -> None:
        self.__name__ = name
        self.__doc__ = f"Mark a function as {name}."

    @overload
    def __call__(self, function: Function) -> Function: ...

    @overload
    def __call__(self, *arguments: Any, **options: Any) -> Callable[[Function], Function]: ...

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Mark the function, or give a decorator that does and keeps the arguments."""
        if len(arguments) == 1 and not options and callable(arguments[0]):
            setattr(arguments[0], MARK, self.__name__)
            return arguments[0]

        def mark(function: Function) -> Function:
            setattr(function, MARK, self.__name__)
            setattr(function, ARGUMENTS, arguments)
            return function

        return mark

    def __repr__(self) -> str:
        return f"<decorator {self.__name__}>"


data_loader = Decorator("data_loader")
transformer = Decorator("transformer")
data_exporter = Decorator("data_exporter")
sensor = Decorator("sensor")
custom = Decorator("custom")
scratchpad = Decorator("scratchpad")
chart = Decorator("chart")
condition = Decorator("condition")
callback = Decorator("callback")
test = Decorator("test")
preprocesser = Decorator("preprocesser")

ALL: dict[str, Any] = {
    decorator.__name__: decorator
    for decorator in (
        data_loader,
        transformer,
        data_exporter,
        sensor,
        custom,
        scratchpad,
        chart,
        condition,
        callback,
        test,
        preprocesser,
    )
}
"""Every decorator by its name."""


def _for_state(state: str) -> Callable[[Function], Function]:
    """Give an old name of a callback for one state, as Mage AI still has it."""

    def mark(function: Function) -> Function:
        return callback(state)(function)

    return mark


on_success = ALL["on_success"] = _for_state("success")
on_failure = ALL["on_failure"] = _for_state("failure")


def marked(namespace: dict[str, Any], mark: str, module: str) -> list[Callable[..., Any]]:
    """Give the functions of a namespace that carry a mark, in the order they were bound.

    Args:
        namespace: the globals of an executed block file.
        mark: the decorator's name.
        module: the name of the block's module; functions imported from elsewhere do not count.
    """
    return [
        value
        for value in list(namespace.values())
        if getattr(value, MARK, None) == mark and getattr(value, "__module__", None) == module
    ]
