"""What each cell is for, by its tags: a block, the parameters, or scratch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.problems import Problem, Repair, error

BLOCK_TAG = "block:"
PARAMETERS_TAGS = ("parameters", "pipeline-parameters")
PARALLEL_TAG = "parallel"


@dataclass(frozen=True)
class Role:
    """What a cell is for.

    Attributes:
        name: the block's name, when the metadata (or Kale's ``step:`` tag) gives one.
        upstream: blocks above that the metadata (or Kale's ``prev:`` tags) declares.
        parallel: whether the block is free from notebook order.
        problems: what is wrong with the tags or the metadata.
    """

    kind: Literal["block", "parameters", "scratch"]
    type: BlockType = BlockType.CUSTOM
    name: str | None = None
    upstream: tuple[str, ...] = ()
    parallel: bool = False
    configuration: dict[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def _drop(key: str) -> Repair:
    title = f"Take {key} out of the cell's metadata"
    return Repair("drop-key", title, names=(key,), automatic=True)


_DROP_NAME = Repair(
    "drop-key", "Let the code give the block its name", names=("name",), automatic=True
)


def role_of(cell: Cell) -> Role:
    """Give the role that a code cell's tags and metadata say it has."""
    types = [tag.removeprefix(BLOCK_TAG) for tag in cell.tags if tag.startswith(BLOCK_TAG)]
    steps = [tag.removeprefix("step:") for tag in cell.tags if tag.startswith("step:")]
    if types or (steps and "skip" not in cell.tags):
        return _block(cell, types, steps)
    if any(tag in cell.tags for tag in PARAMETERS_TAGS):
        return Role("parameters")
    return Role("scratch")


def _block(cell: Cell, types: list[str], steps: list[str]) -> Role:
    problems: list[Problem] = []
    type_ = BlockType.CUSTOM
    if len(set(types)) > 1:
        problems.append(
            error(
                "block-type",
                f"This cell has {len(set(types))} block types: {', '.join(sorted(set(types)))}.",
                fixes=tuple(
                    Repair("set-type", f"Keep {one}", names=(one,)) for one in dict.fromkeys(types)
                ),
            )
        )
    elif types:
        try:
            type_ = BlockType(types[0])
        except ValueError:
            problems.append(
                error(
                    "block-type",
                    f"{types[0] or 'An empty word'} is no block type. "
                    f"The types are {', '.join(one.value for one in BlockType)}.",
                    fixes=(
                        Repair("make-block", "Take the type that its code suggests"),
                        "Pick a type in the cell's toolbar",
                    ),
                )
            )
    else:
        type_ = guess_type(translate(cell.source).source) or BlockType.CUSTOM
    mage = cell.mage
    name = mage.get("name", steps[0].split(":")[0] if steps else None)
    if name is not None and not (isinstance(name, str) and name):
        problems.append(
            error(
                "block-name",
                "The name of this block in the cell's metadata is no text.",
                fixes=(_DROP_NAME,),
            )
        )
        name = None
    if isinstance(name, str) and leads_out(name):
        problems.append(
            error(
                "block-name",
                f"{name} leads out of the project, so it cannot be the name of a block.",
                fixes=(_DROP_NAME, "Choose a name of letters, digits and _"),
            )
        )
        name = None
    declared = mage.get("upstream", [])
    if not (isinstance(declared, list) and all(isinstance(one, str) for one in declared)):
        problems.append(
            error(
                "unknown-upstream",
                "upstream in the cell's metadata is no list of block names.",
                fixes=(_drop("upstream"),),
            )
        )
        declared = []
    declared = declared + [
        tag.removeprefix("prev:") for tag in cell.tags if tag.startswith("prev:")
    ]
    configuration = mage.get("configuration", {})
    if not isinstance(configuration, dict):
        problems.append(
            error(
                "block-configuration",
                "configuration in the cell's metadata is no mapping.",
                fixes=(_drop("configuration"),),
            )
        )
        configuration = {}
    return Role(
        "block",
        type_,
        name,
        tuple(dict.fromkeys(declared)),
        PARALLEL_TAG in cell.tags,
        configuration,
        tuple(problems),
    )


def leads_out(name: str) -> bool:
    """Say whether a block of this name would stand outside its folder."""
    parts = name.replace("\\", "/").split("/")
    return any(part in ("", ".", "..") for part in parts) or "\0" in name
