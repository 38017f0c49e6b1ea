"""The one rule, tried: run a notebook from the top, run the pipeline read from it, and compare.

The pipeline is simulated without any other part of the project: each block runs in a namespace of
its own with its declared inputs alone, pickled between blocks, and ready blocks run in the order
that is the least like the notebook's. It takes milliseconds, so that hundreds of small notebooks
can be tried; ``tests/fidelity`` tries whole public notebooks in IPython and in real workers, and
watches what each cell reads and changes.
"""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import enum
import inspect
import io
import os
import pickle
import random
import sys
import traceback
import types
import uuid
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import cloudpickle
import numpy as np
import pandas as pd
import polars as pl

from mage_jlab.notebook.body import fit_body
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.document import cells_of
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.reading import read_workbench
from mage_jlab.notebook.render import RenderedBlock, render_blocks

Cells = list[tuple[str, str]]
Given = TypeVar("Given")


def apart(action: Callable[[], Given]) -> Given:
    """Do something in a forked process, so that no setting or patch of its session is left.

    Raises:
        AssertionError: what went wrong there, with its traceback.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        try:
            answer: tuple[bool, Any] = (True, action())
        except BaseException:
            answer = (False, traceback.format_exc())
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(cloudpickle.dumps(answer))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    done, value = pickle.loads(text)
    assert done, value
    return cast("Given", value)


def at_once(action: Callable[[], Given]) -> Given:
    """Do something in this process."""
    return action()


class Session(Protocol):
    """A way to do something in a session of its own."""

    def __call__(self, action: Callable[[], Given], /) -> Given:
        """Do it, and give what it gives."""


def notebook(*cells: tuple[Any, str]) -> dict[str, Any]:
    """A notebook of (tags, source) pairs; tags are one text, or (text, the ``mage`` key)."""
    raw: list[dict[str, Any]] = []
    for index, (tags, source) in enumerate(cells):
        metadata: dict[str, Any] = {}
        if isinstance(tags, tuple):
            tags, metadata["mage"] = tags
        if tags:
            metadata["tags"] = tags.split()
        raw.append(
            {
                "cell_type": "code",
                "id": f"c{index}",
                "metadata": metadata,
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": raw}


def read(*cells: tuple[Any, str], recorded: dict[str, str] | None = None) -> WorkbenchReading:
    """Read a notebook of (tags, source) pairs."""
    return read_workbench(
        notebook(*cells), path="notebooks/p.ipynb", pipeline="p", recorded=recorded
    )


def codes(reading: WorkbenchReading, *severities: str) -> list[tuple[str, int]]:
    """The codes of the diagnostics, with the cells' places; errors alone unless told."""
    wanted = severities or ("error",)
    return [
        (one.code, one.index)
        for one in reading.analysis.diagnostics
        if one.severity.value in wanted
    ]


def run_notebook(document: dict[str, Any], folder: Path) -> dict[str, dict[str, bytes]]:
    """Run all cells in one namespace; give the pickled names as each cell left them."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    after: dict[str, dict[str, bytes]] = {}
    _reset(999)
    with _inside(folder):
        for cell in cells_of(document):
            if cell.kind == "code":
                code = compile(
                    translate(cell.source).source, cell.id, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
                )
                result = eval(code, namespace)
                if inspect.iscoroutine(result):
                    asyncio.run(result)
                after[cell.id] = {
                    name: _packed(value) for name, value in namespace.items() if name[:2] != "__"
                }
    return after


def run_pipeline(
    reading: WorkbenchReading, folder: Path, session: Session
) -> dict[str, dict[str, bytes]]:
    """Run the blocks, each in a session; give their pickled results."""
    shared = types.ModuleType(f"shared_{uuid.uuid4().hex}")
    sys.modules[shared.__name__] = shared
    exec(compile(reading.shared_source, "shared", "exec"), shared.__dict__)
    done: dict[str, dict[str, bytes]] = {}
    with _inside(folder):
        waiting = list(reading.blocks)
        while waiting:
            ready = [block for block in waiting if set(block.upstream) <= done.keys()]
            block = ready[-1]
            waiting.remove(block)
            done[block.name] = session(partial(_run_block, block, reading, shared, done))
    return done


def _run_block(
    block: BlockSource,
    reading: WorkbenchReading,
    shared: types.ModuleType,
    done: dict[str, dict[str, bytes]],
) -> dict[str, bytes]:
    _reset(block.index)
    exec(compile(reading.setup_source, "setup", "exec"), {})
    namespace: dict[str, Any] = {"__name__": "block"}
    for decorator in ("data_loader", "transformer", "data_exporter", "custom"):
        namespace[decorator] = lambda function: function
    for statement in block.head_imports:
        exec(statement, namespace)
    for name in block.shared:
        namespace[name] = getattr(shared, name)
    given: dict[str, Any] = {}
    for parameter, source in block.inputs.items():
        giver, result = source.rsplit(".", 1)
        if result in done[giver]:
            given[parameter] = cloudpickle.loads(done[giver][result])
    variables = {name: value for name, value in reading.variables.items() if name not in given}
    if block.style == "function":
        for text in block.copied:
            exec(text, namespace)
        exec(compile(block.source, "block", "exec"), namespace)
        value = namespace[block.function_name or ""](**given, **variables)
        return {name: _packed(value) for name in block.results}
    prologue = [f"{name} = kwargs.get({name!r}, {default})" for name, default in block.variables]
    head = "\n".join([*prologue, *block.derived, *block.copied])
    fitted = fit_body(block.source)
    for line in fitted.lifted:
        exec(line, namespace)
    future = __future__.annotations.compiler_flag if "annotations" in namespace else 0
    body = [*ast.parse(head).body, *ast.parse(fitted.source).body]
    body += _function("def left():\n    return dict(locals())").body
    text = (
        f"{'async ' if block.is_async else ''}def "
        f"block({''.join(name + ', ' for name in given)}**kwargs): pass"
    )
    function = _function(text)
    function.body = body
    tree = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(tree, "block", "exec", future, dont_inherit=True), namespace)
    value = namespace["block"](**given, **variables)
    left = asyncio.run(value) if inspect.iscoroutine(value) else value
    missing = set(block.results) - left.keys() - block.maybe_unbound
    assert not missing, f"{block.name} did not bind {missing}"
    return {name: _packed(left[name]) for name in block.results if name in left}


def _function(text: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def run_files(
    reading: WorkbenchReading, folder: Path, session: Session
) -> dict[str, dict[str, bytes]]:
    """Run the block files that an export would write; give their pickled results."""
    rendered = render_blocks(reading, "project_of_the_oracle")
    for name in ("project_of_the_oracle", "project_of_the_oracle.utils"):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = []
    shared = types.ModuleType("project_of_the_oracle.utils.p")
    exec(compile(rendered.shared.get("utils/p.py", ""), "shared", "exec"), shared.__dict__)
    sys.modules[shared.__name__] = shared
    done: dict[str, dict[str, bytes]] = {}
    with _inside(folder):
        waiting = list(rendered.blocks)
        while waiting:
            block = [one for one in waiting if set(one.upstream) <= done.keys()][-1]
            waiting.remove(block)
            setup = rendered.shared.get("utils/p_setup.py", "")
            done[block.name] = session(partial(_run_file, block, setup, reading, done))
    return done


def _run_file(
    rendered: RenderedBlock,
    setup: str,
    reading: WorkbenchReading,
    done: dict[str, dict[str, bytes]],
) -> dict[str, bytes]:
    block = rendered.source
    _reset(block.index)
    exec(compile(setup, "setup", "exec"), {})
    namespace: dict[str, Any] = {"__name__": "block"}
    exec(compile(rendered.text, rendered.file, "exec"), namespace)
    functions = [
        value
        for value in namespace.values()
        if inspect.isfunction(value) and value.__module__ == "block"
    ]
    function = namespace[block.function_name] if block.function_name else functions[-1]
    given = {}
    for parameter, source in block.inputs.items():
        giver, result = source.rsplit(".", 1)
        if result in done[giver]:
            given[parameter] = cloudpickle.loads(done[giver][result])
    rest = {name: value for name, value in reading.variables.items() if name not in given}
    value = function(**given, **rest)
    value = asyncio.run(value) if inspect.iscoroutine(value) else value
    if len(block.results) == 1 and not block.maybe_unbound:
        value = {block.results[0]: value}
    return {name: _packed(value[name]) for name in block.results if name in value}


def compare(
    document: dict[str, Any],
    reading: WorkbenchReading,
    tmp_path: Path,
    *,
    files: bool = True,
    run: Callable[[WorkbenchReading, Path, Session], dict[str, dict[str, bytes]]] = run_pipeline,
    session: Session = apart,
) -> None:
    """Run both ways; compare each block's results with what the notebook had after that cell.

    And the files that both left behind.
    """
    here, there = tmp_path / "notebook", tmp_path / "pipeline"
    for folder in (here, there):
        folder.mkdir(parents=True)
    after = session(partial(run_notebook, document, here))
    products = run(reading, there, session)
    for block in reading.blocks:
        if block.style == "function":
            continue
        for name in block.results:
            if name in after[block.cell_id] or name not in block.maybe_unbound:
                one, other = (
                    cloudpickle.loads(side[name])
                    for side in (after[block.cell_id], products[block.name])
                )
                assert same(one, other), (
                    f"{block.name}.{name}: notebook {one!r}, pipeline {other!r}"
                )
            else:
                assert name not in products[block.name]
    if files:
        assert _files(here) == _files(there)


def same(one: Any, other: Any) -> bool:
    """Compare two values exactly."""
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
        return True
    if isinstance(one, pd.Series):
        pd.testing.assert_series_equal(one, other, check_exact=True)
        return True
    if isinstance(one, pd.Index | pl.DataFrame | pl.Series):
        return bool(one.equals(other))
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if type(one).__name__ != type(other).__name__:
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, enum.Enum):
        return bool(one.name == other.name)
    if isinstance(one, type | types.FunctionType):
        return bool(one.__name__ == other.__name__)
    if hasattr(one, "__dict__") and not isinstance(one, types.ModuleType):
        return same(vars(one), vars(other)) or bool(one == other)
    return bool(one == other) or pickle.dumps(one) == pickle.dumps(other)


def _packed(value: Any) -> bytes:
    try:
        return bytes(cloudpickle.dumps(value))
    except (
        pickle.PicklingError,
        TypeError,
        AttributeError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        return bytes(cloudpickle.dumps("(cannot travel)"))


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _reset(seed: int) -> None:
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
    random.seed(seed)
    np.random.seed(seed)


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(before)
