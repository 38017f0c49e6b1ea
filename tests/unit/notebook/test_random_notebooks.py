"""Random notebooks of aliases, containers, functions and untagged cells.

Never a wrong pipeline, often a refusal.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.unit.notebook.oracle import at_once, codes, compare, notebook, read, run_notebook

NAMES = ("a", "b", "c", "d")
STATEMENTS = (
    "{x} = [1, {n}]",
    "{x} = {y}",
    "{x} = list({y})",
    "{x}.append({n})",
    "{x} += [{n}]",
    "{x} = [{y}, {z}]",
    "{x} = {y} + {z}",
    "{x} = len({y})",
    "{x} = {{'k': {y}}}",
    "{x} = [q for q in {y}]",
    "if len({y}) > 2:\n    {x} = [7]",
    "for i in {y}:\n    {x} = [i]",
    "add({x})",
    "{x} = grow({y})",
    "{x} = ident({y})",
    "{x} = fresh({y})",
    "{x} = sorted({y}, key=str)",
    "{x}, {y} = {y}, {x}",
    "{x} = [*{y}]",
    "del {x}[:1]",
    "{x}[:0] = [{n}]",
    "{x} = {y} if len({y}) > 1 else {z}",
    "glob()",
    "{x} = late()",
    "try:\n    {x} = {y}[5]\nexcept (IndexError, TypeError, KeyError):\n    pass",
    "while True:\n    {x} = [3]\n    break",
    "{x} = (lambda v: v)({y})",
    "with open('f.txt', 'a') as h:\n    h.write(str(len({y})))",
    "match {y}:\n    case [u, *v]:\n        {x} = v\n    case _:\n        {x} = [0]",
    "{x} = K({y})",
    "{x} = getattr({y}, 'v', {y})",
    "{x}.push({n})",
    "{x} = dict(k={y})",
    "def loc(p={y}):\n    return [p, {z}]\n{x} = loc()",
    "import copy\n{x} = copy.copy({y})",
    "{x} = {y}.copy()",
    "{x} = {y} or {z}",
    "[{y}.append(q) for q in [1]]",
    "{x} = {y}[:2]",
    "setattr({x}, 'v', {y})",
    "{x}[0] = {y}",
    "{x}.insert(0, {y})",
    "{x} = max([{y}], key=str)",
    "h['f'] = lambda: {y}",
    "{x} = list(h['f']())",
    "h = {{'f': lambda: [len({y})]}}",
    "for p, q in zip([{y}], [{z}]):\n    q.append(len(p))",
    "push = {x}.append\npush({n})",
    "list(map({x}.append, [{n}]))",
    "def set_it():\n    global {x}\n    {x} = [4]\nset_it()",
)
DEFINITIONS = """def add(p):
    p.append(99)
def grow(p):
    p.append(98)
    return p
def ident(p):
    return p
def fresh(p):
    return list(p)
def glob():
    a.append(97)
def late():
    return [b]
class K:
    def __init__(self, v):
        self.v = v
    def push(self, x):
        self.v.append(x)
"""


def _cells(seed: int) -> list[tuple[object, str]]:
    chance = random.Random(seed)

    def statement() -> str:
        x, y, z = (chance.choice(NAMES) for _ in range(3))
        return chance.choice(STATEMENTS).format(x=x, y=y, z=z, n=chance.randint(0, 9))

    start = chance.choice(["a = [1]\nb = [2, 3]\nc = [4]", "a = [1]\nb = a\nc = [a]"])
    cells: list[tuple[object, str]] = [
        ("", DEFINITIONS),
        ("block:custom", f"{start}\nd = [5, 6, 7]\nh = {{'f': lambda: b}}"),
    ]
    for _ in range(chance.randint(2, 5)):
        tag = "block:custom" if chance.random() < 0.85 else ""
        cells.append((tag, "\n".join(statement() for _ in range(chance.randint(1, 3)))))
    last = ", ".join(chance.sample(NAMES, chance.randint(1, 4)))
    return [*cells, ("block:custom", f"out = [{last}]")]


@pytest.mark.parametrize("block", range(10))
def test_a_random_notebook_is_exported_right_or_refused(block: int, tmp_path: Path) -> None:
    compared = 0
    for seed in range(block * 40, block * 40 + 40):
        cells = _cells(seed)
        document = notebook(*cells)
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            run_notebook(document, folder)
        except Exception:
            continue
        reading = read(*cells)
        if not codes(reading):
            files = not any("open(" in text for tag, text in cells if not tag)
            try:
                compare(document, reading, folder / "both", files=files, session=at_once)
            except RecursionError:
                continue
            except AssertionError as wrong:
                pytest.fail(
                    f"seed {seed}: {wrong}\n" + "\n---\n".join(text for _, text in cells[1:])
                )
            compared += 1
    assert compared >= 3
