"""Block files: their form, and that running them does what the cells did."""

from __future__ import annotations

import argparse
import ast
import asyncio
import dataclasses
import inspect
import json
import textwrap
import typing
import warnings
from types import ModuleType
from typing import Any

import pytest

from mage_jlab.notebook.body import fit_body, indent
from tests.unit.notebook.rendering import Block, Reading, function_of, rendered, returned

EXAMPLE = """\
import pandas as pd

if "transformer" not in globals():
    from mage_jlab import transformer


@transformer
def clean(raw, **kwargs):
    market = kwargs.get("market", "CA")
    # keep what can be billed
    clean = raw[raw["market"] == market].dropna()
    return clean
"""


def test_a_plain_cell_has_the_one_form(block: Block, reading: Reading) -> None:
    made = rendered(
        block(
            '# keep what can be billed\nclean = raw[raw["market"] == market].dropna()',
            inputs={"raw": "load_sales.raw"},
            results=["clean"],
            variables=[("market", '"CA"')],
            head_imports=["import pandas as pd"],
        ),
        reading,
    )
    assert made.text == EXAMPLE
    assert made.file == "transformers/clean.py"
    assert made.record.body == (10, 11)
    assert made.record.inputs == {"raw": "load_sales.raw"}
    assert (made.record.results, made.record.optional) == (["clean"], [])
    assert made.upstream == ["load_sales"]


def test_the_body_lies_where_the_record_says(block: Block, reading: Reading) -> None:
    source = "\n\na = 1\nif a:\n    b = '''x\n  y'''\n\n# end\n\n"
    made = rendered(block(source, results=["a", "b"]), reading)
    first, last = made.record.body or (0, 0)
    lines = made.text.split("\n")[first - 1 : last]
    assert [line.removeprefix("    ") for line in lines] == source.rstrip().split("\n")


STRINGS = '''\
text = """one
  two
\tthree"""
joined = 'a\\
b'
formatted = f"""{text
} and {
    1 + 1
}
end"""
raw = rb"""x
y"""
total = (1 +
2) \\
+ 3
'''


def test_strings_over_several_lines_keep_their_value(block: Block, reading: Reading) -> None:
    names = ["text", "joined", "formatted", "raw", "total"]
    expected: dict[str, Any] = {}
    exec(STRINGS, expected)
    made = rendered(block(STRINGS, results=names), reading)
    assert returned(made) == {name: expected[name] for name in names}


@pytest.mark.parametrize(
    "module", [ast, asyncio, inspect, warnings, json, textwrap, argparse, dataclasses, typing]
)
def test_any_module_keeps_its_meaning_as_a_body(module: ModuleType) -> None:
    source = inspect.getsource(module)
    body = fit_body(source)
    assert body.source.count("\n") == source.count("\n")
    wrapped = ast.parse(f"def f():\n{indent(body.source)}\n    pass\n").body[0]
    assert isinstance(wrapped, ast.FunctionDef)
    expected = ast.parse(f"{body.source}\npass\n")
    assert ast.dump(ast.Module(wrapped.body, [])) == ast.dump(expected)


def test_head_imports_are_sorted_in_groups_and_written_once(block: Block, reading: Reading) -> None:
    imports = [
        "import numpy as np, os",
        "from pathlib import Path",
        "import pandas as pd",
        "from pandas import DataFrame as Frame, Series",
        "import pandas as pd",
        "from collections import *",
        "try:\n    import polars\nexcept ImportError:\n    polars = None",
    ]
    made = rendered(block("x = 1", head_imports=imports, shared=["parse", "Row"]), reading)
    head = made.text.split("\n\nif ")[0]
    assert head == (
        "from collections import *\n\nimport os\nfrom pathlib import Path\n\n"
        "import numpy as np\nimport pandas as pd\n"
        "from pandas import DataFrame as Frame, Series\n\n"
        "from shop.utils.sales import Row, parse\n\n"
        "try:\n    import polars\nexcept ImportError:\n    polars = None"
    )


def test_a_name_that_the_cell_binds_too_is_imported_inside(block: Block, reading: Reading) -> None:
    source = "before = dumps(1)\ndumps = len\nafter = dumps('ab')"
    made = rendered(
        block(source, results=["before", "after"], head_imports=["from json import dumps"]), reading
    )
    assert returned(made) == {"before": "1", "after": 2}


def test_a_function_may_be_named_like_what_it_uses(block: Block, reading: Reading) -> None:
    cells = [("mean", "from statistics import mean"), ("transformer", "import json as transformer")]
    made = rendered(
        block("x = mean([1, 3])", name="mean", results=["x"], head_imports=[cells[0][1]]), reading
    )
    assert returned(made) == 2
    made = rendered(
        block("x = transformer.dumps(1)", results=["x"], head_imports=[cells[1][1]]), reading
    )
    assert returned(made) == "1"


def test_variables_derived_lines_and_copies_stand_before_the_body(
    block: Block, reading: Reading
) -> None:
    made = rendered(
        block(
            "x = double(path)",
            results=["x"],
            variables=[("market", '"CA"'), ("limits", "{\n    'a': [1,\n  2]}")],
            derived=['path = f"{market}.csv"'],
            copied=["SUFFIX = '!'", "def double(v):\n    return v * 2 + SUFFIX + str(limits['a'])"],
        ),
        reading,
    )
    assert returned(made) == "CA.csvCA.csv![1, 2]"
    assert returned(made, market="NO", limits={"a": 0}) == "NO.csvNO.csv!0"


def test_one_result_is_returned_as_it_is_and_several_by_name(
    block: Block, reading: Reading
) -> None:
    assert returned(rendered(block("a = [1]", results=["a"]), reading)) == [1]
    assert returned(rendered(block("a = b = 1", results=["a", "b"]), reading)) == {"a": 1, "b": 1}
    many = [f"a_rather_long_name_{n}" for n in range(9)]
    source = "\n".join(f"{name} = {n}" for n, name in enumerate(many))
    made = rendered(block(source, results=many), reading)
    assert returned(made) == {name: n for n, name in enumerate(many)}
    assert max(map(len, made.text.split("\n"))) <= 100
    assert returned(rendered(block("print", results=[]), reading)) is None


@pytest.mark.parametrize(("n", "expected"), [(1, {"y": 1}), (0, {})])
def test_an_uncertain_result_is_returned_only_if_bound(
    block: Block, reading: Reading, n: int, expected: dict[str, int]
) -> None:
    source = block(
        "if n:\n    y = 1",
        inputs={"n": "a.n"},
        results=["y"],
        maybe_unbound=frozenset({"y"}),
    )
    made = rendered(source, reading)
    assert made.record.optional == ["y"]
    assert returned(made, n) == expected


def test_an_inner_function_may_rebind_an_input(block: Block, reading: Reading) -> None:
    read = "def add():\n    nonlocal total\n    total += 1\nadd()"
    made = rendered(block(read, inputs={"total": "a.total"}, results=["total"]), reading)
    assert returned(made, 4) == 5


def test_a_warning_about_the_code_stops_nothing(block: Block, reading: Reading) -> None:
    made = rendered(block("x = '\\d' == '\\\\d'", results=["x"]), reading)
    assert "x = '\\d'" in made.text


def test_what_only_a_module_may_hold_goes_to_the_head(block: Block, reading: Reading) -> None:
    source = (
        "from __future__ import annotations\nif 1:\n    from math import (sqrt,\n        pi)\n"
        "é = 'ä'; from math import *; x = floor(2.5)\ny: Nothing = sqrt(4)"
    )
    made = rendered(block(source, results=["x", "y"]), reading)
    assert made.text.startswith("from __future__ import annotations\n\nfrom math import *\n")
    assert returned(made) == {"x": 2, "y": 2.0}
    first, last = made.record.body or (0, 0)
    assert last - first == source.count("\n")


def test_a_cell_that_awaits_becomes_an_async_function(block: Block, reading: Reading) -> None:
    source = "import asyncio\nawait asyncio.sleep(0)\nx = [i async for i in f()]"
    made = rendered(
        block(
            source,
            results=["x"],
            is_async=True,
            copied=["async def f():\n    yield 1\n    yield 2"],
        ),
        reading,
    )
    assert "async def clean(**kwargs):" in made.text
    assert returned(made) == [1, 2]


@pytest.mark.parametrize("source", ["", "# only words\n", "\n\n"])
def test_a_cell_that_does_nothing_is_still_a_function(
    block: Block, reading: Reading, source: str
) -> None:
    assert returned(rendered(block(source), reading)) is None


def test_many_parameters_stand_on_lines_of_their_own_in_order(
    block: Block, reading: Reading
) -> None:
    inputs = {f"a_long_parameter_{n}": f"load_{n}.x" for n in (3, 1, 2, 5, 4)} | {"kwargs": "z.k"}
    made = rendered(
        block("x = (a_long_parameter_3, kwargs)", inputs=inputs, results=["x"]), reading
    )
    assert list(inspect.signature(function_of(made)).parameters) == [*inputs, "kwargs_"]
    assert returned(made, 1, 2, 3, 4, 5, 6) == (1, 6)
