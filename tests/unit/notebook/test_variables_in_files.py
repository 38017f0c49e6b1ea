"""A runtime variable that a block makes anew, in the files and as the worker calls them."""

from __future__ import annotations

import inspect
from typing import Any

from mage_jlab.blocks.worker.arguments import call_by_name
from mage_jlab.notebook.render import render_blocks
from tests.unit.notebook.oracle import read

CELLS = (
    ("parameters", "market = 'CA'\nlimit = 3"),
    ("block:data_loader", "seen = [market]"),
    ("block:transformer", "market = market.lower()\nseen.append(market)"),
    ("block:custom", "out = (seen, market, limit)"),
)


def _run(variables: dict[str, Any]) -> dict[str, Any]:
    """Run the files one after another as the worker does; give all results by their address."""
    products: dict[str, Any] = {}
    for block in render_blocks(read(*CELLS), "shop").blocks:
        found: list[Any] = []
        decorator = block.source.type.decorator
        names: dict[str, Any] = {decorator: lambda f, found=found: found.append(f) or f}
        exec(compile(block.text, block.file, "exec"), names)
        given = {name: products[source] for name, source in block.record.inputs.items()}
        assert "**kwargs" in str(inspect.signature(found[0]))
        value = call_by_name(found[0], given, {"market": "CA", "limit": 3, **variables})
        results = block.record.results
        value = value if len(results) > 1 else {results[0]: value}
        products |= {f"{block.name}.{name}": one for name, one in value.items()}
    return products


def test_the_block_below_gets_the_input_and_not_the_variable() -> None:
    assert _run({})["out.out"] == (["CA", "ca"], "ca", 3)


def test_a_run_with_another_variable_carries_it_through() -> None:
    assert _run({"market": "NO", "limit": 5})["out.out"] == (["NO", "no"], "no", 5)
