"""Each promise of docs/reliability.md names tests, and they are there."""

from __future__ import annotations

import ast
import re

import pytest
from guarded import ROOT

PAGE = (ROOT / "docs/reliability.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def _promises() -> list[str]:
    table = PAGE.split("## Promises", 1)[1].split("\n\n", 2)[1]
    return [row for row in table.splitlines()[2:] if row.startswith("|")]


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_a_named_test_is_there(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert test in names


def test_every_promise_names_a_test() -> None:
    promises = _promises()
    assert len(promises) == 6
    for promise in promises:
        assert "::test_" in promise
