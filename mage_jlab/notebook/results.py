"""Which of its names a block gives to the blocks below."""

from __future__ import annotations

from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.function_cells import gives_value
from mage_jlab.notebook.known import CANNOT_TRAVEL
from mage_jlab.notebook.problems import note

_PASSING = frozenset({"for", "with", "except", "import", "def", "class"})
_WITHOUT = (
    BlockType.SENSOR,
    BlockType.CONDITIONAL,
    BlockType.CALLBACK,
    BlockType.SCRATCHPAD,
    BlockType.MARKDOWN,
)


def settle_results(block: BlockWork) -> None:
    """Fill in a block's results: the names that a block below reads.

    When none does, all its public ones that can be stored.
    """
    if block.function is not None:
        block.results = (
            [block.function.name]
            if gives_value(block.function) and block.role.type not in _WITHOUT
            else []
        )
        return
    order = list(dict.fromkeys([*block.changes, *block.facts.binds]))
    order.sort(key=lambda name: _position(block, name))
    read = [name for name in order if name in block.read_below]
    if read:
        block.results = read
        return
    block.results = []
    for name in order:
        bound = block.facts.binds.get(name)
        certain = name not in block.changes or block.changes[name][1]
        if (
            name.startswith("_")
            or (bound is None and not certain)
            or (bound is not None and bound.how in _PASSING)
        ):
            continue
        if name in block.facts.deleted:
            continue
        value = block.facts.values.get(name)
        kind = value.kind if value is not None else "unknown"
        if value is not None and (value.module is not None or kind == "function"):
            continue
        if kind in CANNOT_TRAVEL:
            block.report(
                note(
                    "cannot-travel",
                    f"{name} is {CANNOT_TRAVEL[kind]}, so it is not kept as a result.",
                    bound.place if bound else None,
                )
            )
            continue
        block.results.append(name)


def _position(block: BlockWork, name: str) -> tuple[int, int, str]:
    bound = block.facts.binds.get(name)
    place = bound.place if bound is not None else block.changes[name][0]
    return place.line, place.column, name


def defines(block: BlockWork) -> list[str]:
    """Give the names that a block binds or changes in place; its imports are its own matter."""
    if block.function is not None:
        return [block.function.name]
    names = [name for name, bound in block.facts.binds.items() if bound.how != "import"]
    names += [
        name for name, (_, certain) in block.changes.items() if certain or name in block.read_below
    ]
    return sorted(dict.fromkeys(names), key=lambda name: _position(block, name))
