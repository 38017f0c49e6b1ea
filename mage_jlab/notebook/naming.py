"""Names of blocks: the given one.

The recorded one, the function's, the last new result, or verb and object of the last call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from mage_jlab.domain.block import clean_name, identifier
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.guess import called
from mage_jlab.notebook.known import BUILTINS, PYPLOT_FINISHES, names
from mage_jlab.notebook.literal_paths import PATH, folded
from mage_jlab.notebook.problems import Repair, error, merge
from mage_jlab.notebook.strings import literal_text

_WRITING = (
    "to_csv",
    "to_parquet",
    "to_sql",
    "to_excel",
    "to_json",
    "to_feather",
    "to_pickle",
    "to_hdf",
    "to_gbq",
    "to_orc",
    "to_stata",
    "to_html",
    "to_markdown",
    "write_csv",
    "write_parquet",
    "write_json",
)


_FINISHING = PYPLOT_FINISHES | names("last_touches")
"""Calls that only put the last touch to a figure: another one says what the block is for."""


def name_blocks(blocks: Sequence[BlockWork], recorded: Mapping[str, str]) -> list[str]:
    """Give each block its name, unique without regard to case.

    Args:
        blocks: the blocks, in the notebook's order.
        recorded: cell id -> name at the last export.
    """
    named: list[str | None] = [None] * len(blocks)
    taken: dict[str, int] = {}
    for position, block in enumerate(blocks):
        given = block.role.name
        name = _given(given) if given is not None else recorded.get(block.cell.id)
        if name is None and block.function is not None:
            name = block.function.name
        if name is None:
            continue
        key = name.lower()
        if key in taken and block.cell.id not in recorded:
            block.report(
                error(
                    "name-taken",
                    f"{name} is already the name of the block in cell #{blocks[taken[key]].index}.",
                    None,
                    _apart_or_together(block, blocks[taken[key]], name, taken),
                )
            )
        _check_own(block, name)
        taken.setdefault(key, position)
        named[position] = name
    given_before: set[str] = set()
    for position, block in enumerate(blocks):
        if named[position] is None:
            name = _unique(_inferred(block, given_before), taken, block.head_imports, block.shared)
            named[position] = name
            taken[name.lower()] = position
        given_before.update(map(str.lower, block.results), map(str.lower, block.changes))
    return [name or "block" for name in named]


def _check_own(block: BlockWork, name: str) -> None:
    """Refuse a name whose function would hide a builtin that the block calls."""
    last = name.rsplit("/", 1)[-1]
    place = block.facts.reads.get(last)
    if last not in BUILTINS or place is None or block.function is not None:
        return
    if last in block.inputs or last in block.variables or last in block.head_imports:
        return
    message = f"The block is named {name}, and its function would hide the {last} that it uses."
    block.report(error("name-taken", message, place, (_rename(name, {}),)))


def _apart_or_together(
    block: BlockWork, other: BlockWork, name: str, taken: Mapping[str, int]
) -> tuple[Repair, ...]:
    """Kale runs the cells of one step as one; blocks that were named alike are given two names."""
    step = f"step:{name}"
    if step in block.cell.tags and step in other.cell.tags:
        return (merge(other.index, f"Merge this cell into the step {name} above"),)
    return (_rename(name, taken),)


def _rename(name: str, taken: Mapping[str, int]) -> Repair:
    fresh = _unique(f"{name}_block" if name in BUILTINS else name, taken)
    return Repair("rename", f"Name this block {fresh}", names=(fresh,), automatic=True)


def _given(name: str) -> str:
    return clean_name(name).strip("_") or "block"


def _unique(name: str, taken: Mapping[str, int], *heads: Iterable[str]) -> str:
    if any(name in text.replace(",", " ").split() for head in heads for text in head):
        name = f"{name}_block"
    number, fresh = 2, name
    while fresh.lower() in taken:
        fresh = f"{name}_{number}"
        number += 1
    return fresh


def _inferred(block: BlockWork, given_before: set[str]) -> str:
    for result in reversed(block.results):
        if result.lower() not in given_before:
            name = identifier(result)
            if name:
                return _free(name)
    words = _last_call(block)
    return _free(identifier(words) or f"{block.role.type.value}_{block.index}")


def _free(name: str) -> str:
    return f"{name}_block" if name in BUILTINS else name


def _last_call(block: BlockWork) -> str:
    tree = block.parsed.tree
    if tree is None:
        return block.foreign.words if block.foreign is not None else ""
    told = [node for node in tree.body if not _finishes(node)]
    for node in reversed(told or tree.body):
        calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        shown = isinstance(node, ast.Expr) and calls and called(calls[0]) in ("print", "display")
        if calls and not (shown and node is not tree.body[0]):
            return _verb_and_object(calls[0], node, block)
    binds = block.facts.binds
    targets = [name for name in binds if binds[name].how != "import"] + list(block.changes)
    if targets:
        return f"set_{targets[-1]}"
    inner = [part for part in ast.walk(tree) if isinstance(part, ast.Call)][1:2]
    return f"show_{called(inner[0])}" if inner else ""


def _finishes(node: ast.stmt) -> bool:
    """Say whether a statement only puts the last touch to a figure."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and called(call) in _FINISHING


def _verb_and_object(call: ast.Call, node: ast.stmt, block: BlockWork) -> str:
    verb = (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else "run"
    )
    if verb in ("run", "system") and call.args:
        given = call.args[0].elts[0] if isinstance(call.args[0], ast.List) else call.args[0]
        text = literal_text(given)
        words = re.findall(r"(?:^|[\s;&|])([A-Za-z][\w-]*)", text if isinstance(text, str) else "")
        return f"run_{words[0]}" if words else "run"
    verb = "write" if verb in _WRITING or _writes_file(call) else verb
    thing = ""
    if isinstance(call.func, ast.Attribute):
        root: ast.expr = call.func.value
        while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        name = root.id if isinstance(root, ast.Name) else ""
        bound = block.facts.binds.get(name)
        made_here = bound is not None and bound.how != "import"
        thing = name if name in block.inputs or made_here else ""
    if not thing:
        thing = next(
            (part.id for one in call.args for part in ast.walk(one) if isinstance(part, ast.Name)),
            "",
        )
    if not thing:
        paths = [folded(one, {}) or "" for one in [*call.args, *(w.value for w in call.keywords)]]
        path = next((one for one in paths if PATH.match(one)), "")
        thing = path.rstrip("/").rsplit("/", 1)[-1].split(".")[0].split("?")[0]
    if not thing and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        thing = node.targets[0].id
    return f"{verb}_{thing}" if thing else verb


def _writes_file(call: ast.Call) -> bool:
    """Say whether a call opens a file to write to it."""
    modes = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "mode")]
    texts = [one.value for one in modes if isinstance(one, ast.Constant)]
    return called(call) == "open" and any(set(str(text)) & set("wax") for text in texts)
