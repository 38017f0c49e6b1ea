"""Running the exported blocks gives what running the notebook from top to bottom gives."""

from __future__ import annotations

import ast
import asyncio
import builtins
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from mage_jlab.notebook.export import export_workbench
from mage_jlab.notebook.reading import read_workbench
from mage_jlab.store.project_files import ProjectFiles, create_project

Cells = list[tuple[str, str]]

NOTEBOOKS: dict[str, Cells] = {
    "redefinition": [
        ("", "import math\nfrom collections import Counter as C"),
        ("block:data_loader", "x = [3, 1, 2]\ncount = C(x)"),
        ("block:transformer", "x = sorted(x)\ny = math.prod(x)"),
        ("block:transformer", "x.append(y)\nx"),
        ("block:custom", "total = sum(x) + count[3]"),
    ],
    "strings and blank lines": [
        ("block:data_loader", '\n\ntext = """a\n  b\n"""\n# words\nrow = f"""{text\n}|"""\n'),
        ("block:transformer", "joined = 'a\\\n   b' + text + row\n"),
    ],
    "parameters and derived": [
        ("parameters", 'market = "CA"\nlimits = {"a": [1,\n  2]}\npath = f"{market}.csv"'),
        ("block:data_loader", "data = [path, limits['a']]"),
        ("block:transformer", "market = data[0] + market\nout = market"),
    ],
    "shared and copied functions": [
        ("", "import json\nSUFFIX = '!'\ndef shout(v):\n    return json.dumps(v) + SUFFIX"),
        ("block:data_loader", "base = 2"),
        ("", "def scaled(v):\n    return v * base"),
        ("block:transformer", "a = scaled(21)\nb = shout(a)"),
        ("block:custom", "c = scaled(2)\nd = shout([c, b])"),
    ],
    "sometimes bound": [
        ("block:data_loader", "n = 3\nlast = 'none'"),
        (
            "block:transformer",
            "if n > 5:\n    last = 'big'\nfor i in range(n):\n    if i == 1: odd = i",
        ),
        ("block:custom", "seen = (last, odd)"),
    ],
    "global in functions": [
        (
            "block:data_loader",
            "count = 0\ndef step():\n    global count\n    count += 1\nstep(); step()",
        ),
        ("block:transformer", "def more():\n    global count; count += 10\nmore()\nresult = count"),
        ("block:custom", "end = (count, result)"),
    ],
    "await": [
        ("block:data_loader", "import asyncio\nawait asyncio.sleep(0)\nv = [1]"),
        ("block:transformer", "async def f(x):\n    return x\nw = await f(v[0] + 1)"),
    ],
    "classes and closures": [
        (
            "block:data_loader",
            (
                "k = 2\nclass Row:\n    size = k\n    def get(self):\n"
                "        return self.size * k\nr = Row().get()"
            ),
        ),
        (
            "block:transformer",
            "fs = [lambda v, i=i: v + i for i in range(r)]\nout = [f(1) for f in fs]",
        ),
        ("block:custom", "if (m := max(out)) > 2:\n    best = m\nelse:\n    best = 0"),
    ],
    "imports in cells": [
        ("", "from os.path import *\nimport json as j"),
        ("block:data_loader", "from math import *\nn = floor(2.7) + len(join('a', 'b'))"),
        ("block:transformer", "import json as j\nt = j.dumps({'n': n})"),
        ("block:custom", "u = j.loads(t)['n']"),
    ],
    "try, with and match": [
        (
            "block:data_loader",
            (
                "try:\n    v = 1 / 0\nexcept ZeroDivisionError as e:\n    v = str(e)\n"
                "finally:\n    done = True"
            ),
        ),
        (
            "block:transformer",
            (
                "import io\nwith io.StringIO() as f:\n    f.write(v)\n    w = f.getvalue()\n"
                "match w:\n    case str() as s:\n        kind = s[:3]"
            ),
        ),
        ("block:custom", "del w\nfinal = (kind, done)"),
    ],
}


@pytest.fixture
def files(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ProjectFiles]:
    name = "shop_" + "".join(c if c.isalnum() else "_" for c in request.node.name)
    files = create_project(tmp_path / name)
    sys.path.insert(0, str(tmp_path))
    yield files
    sys.path.remove(str(tmp_path))
    for module in [m for m in sys.modules if m.split(".")[0] == name]:
        del sys.modules[module]


def notebook(cells: Cells) -> dict[str, Any]:
    made = [
        {
            "id": f"cell-{n}",
            "cell_type": "code",
            "source": source,
            "metadata": {"tags": [tag]} if tag else {},
            "outputs": [],
        }
        for n, (tag, source) in enumerate(cells)
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made}


def run_notebook(cells: Cells) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    for _, source in cells:
        code = compile(source, "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        value = eval(code, names)
        if inspect.isawaitable(value):
            asyncio.run(value)  # type: ignore[arg-type]  # compiled so, it is a coroutine
    return names


def run_blocks(files: ProjectFiles, pipeline: str) -> dict[str, Any]:
    """Run the files in order; every value crosses from block to block pickled."""
    record, products = files.record(pipeline), {}
    last: dict[str, Any] = {}
    for block in files.pipeline(pipeline).blocks:
        found: list[Any] = []
        names: dict[str, Any] = {
            block.type.decorator: lambda f, found=found: found.append(f) or f,
            "__name__": "block",
        }
        exec(compile(files.block_text(pipeline, block.name)[0], block.file, "exec"), names)
        assert block.inputs is not None
        given = {name: cloudpickle.loads(products[source]) for name, source in block.inputs.items()}
        value = found[0](**given)
        value = asyncio.run(value) if inspect.isawaitable(value) else value
        recorded = record.blocks[block.name]
        results = recorded.results or []
        if len(results) == 1 and not recorded.optional:
            value = {results[0]: value}
        for result, item in (value or {}).items():
            assert result in results
            products[f"{block.name}.{result}"] = cloudpickle.dumps(item)
            last[result] = item
    return last


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_blocks_give_what_the_notebook_gives(files: ProjectFiles, name: str) -> None:
    cells = NOTEBOOKS[name]
    reading = read_workbench(notebook(cells), path="notebooks/n.ipynb", pipeline="n")
    assert [d.message for d in reading.analysis.errors] == []
    done = export_workbench(files, reading)
    assert done.conflicts == []
    expected = run_notebook(cells)
    results = run_blocks(files, "n")
    assert results
    for result, value in results.items():
        if result in expected and not isinstance(value, type) and not callable(value):
            if isinstance(value, list) and value and callable(value[0]):
                continue
            assert value == expected[result], result
    assert builtins.sum(1 for r in results if r in expected) >= 2
    again = read_workbench(
        notebook(cells),
        path="notebooks/n.ipynb",
        pipeline="n",
        recorded=files.record("n").names_by_cell,
    )
    assert export_workbench(files, again).written == []


@pytest.mark.parametrize(
    "source",
    [
        "def a():\n    x = 1\n    def b():\n        global x\n        x = 2\n    b()\nx = 0\na()",
        "def a():\n    global new\n    new = 1\na()",
    ],
)
def test_a_global_that_a_block_cannot_have_is_refused(source: str) -> None:
    read = read_workbench(notebook([("block:custom", source)]), path="n.ipynb", pipeline="n")
    assert [d.code for d in read.analysis.errors] == ["unknown-code"]
