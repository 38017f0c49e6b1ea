"""Rendering one block, and running its file as a worker does."""

from __future__ import annotations

import ast
import asyncio
import inspect
import warnings
from collections.abc import Callable
from typing import Any

from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.render import RenderedBlock, render_blocks

Block = Callable[..., BlockSource]
Reading = Callable[..., WorkbenchReading]


def rendered(source: BlockSource, reading: Reading) -> RenderedBlock:
    (block,) = render_blocks(reading(source), "shop").blocks
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(block.text)
    return block


def function_of(block: RenderedBlock) -> Any:
    """Run the file as a worker does, and give its decorated function."""
    found: list[Any] = []

    def decorator(function: Any) -> Any:
        found.append(function)
        return function

    names: dict[str, Any] = {block.source.type.decorator: decorator, "__name__": "block"}
    exec(compile(block.text, block.file, "exec"), names)
    assert len(found) == 1
    return found[0]


def returned(block: RenderedBlock, *arguments: Any, **options: Any) -> Any:
    value = function_of(block)(*arguments, **options)
    return asyncio.run(value) if inspect.isawaitable(value) else value
