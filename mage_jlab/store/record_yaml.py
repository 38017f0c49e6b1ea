"""``mage_jlab.yaml``: what an export recorded, and what Mage AI has no key for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, ValidationError

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.domain.trigger import CatchUp, Overlap
from mage_jlab.domain.word import Json, Word
from mage_jlab.store.yaml_text import plain, read_mapping, rewrite_yaml

FILE = "mage_jlab.yaml"


class _Recorded(Word):
    model_config = ConfigDict(extra="ignore")


class BlockRecord(_Recorded):
    """How a block was exported.

    ``cell`` is the cell's id, ``source`` the sha256 of its text and ``file`` that of the block's
    file; ``body`` is the [first, last] line of the cell's text in the file, and ``cell_line`` the
    line of the cell where that text begins, when it is not the first. ``inputs`` binds parameters
    to ``"<block>.<result>"``; ``results`` are the names that it returns, of which the
    ``optional`` ones are bound on some paths only. With an optional result, or with several, the
    file returns a dict by name; a single one is returned as it is. ``declared`` are blocks above
    that the cell's metadata names.
    """

    cell: str | None = None
    source: str | None = None
    file: str | None = None
    body: tuple[int, int] | None = None
    cell_line: int | None = None
    inputs: dict[str, str] | None = None
    results: list[str] | None = None
    optional: list[str] = []
    declared: list[str] = []


class TriggerRecord(_Recorded):
    """What Mage AI has no key for in a trigger: ``every`` is the interval, ``signal`` a name."""

    tz: str | None = None
    every: str | None = None
    catch_up: CatchUp | None = None
    overlap: Overlap | None = None
    signal: str | None = None


class PipelineRecord(_Recorded):
    """What is recorded of a pipeline.

    ``workbench`` is the notebook's path, relative to the project; ``shared`` maps the generated
    files of ``utils/`` to the sha256 of their text; ``variables`` are the defaults as the notebook
    last gave them. ``package`` is the name that the blocks import the shared files under: that of
    the project's folder when they were first written. A run lays its snapshot out under it, so that
    a project works in a folder of any name.
    """

    workbench: str | None = None
    kernel: str | None = None
    package: str | None = None
    shared: dict[str, str] = {}
    variables: dict[str, Json] = {}
    blocks: dict[str, BlockRecord] = {}
    triggers: dict[str, TriggerRecord] = {}

    @property
    def names_by_cell(self) -> dict[str, str]:
        """The name of each exported block by the id of its cell."""
        return {block.cell: name for name, block in self.blocks.items() if block.cell}


def parse_record(text: str | None, path: str) -> PipelineRecord:
    """Read a record; without a file it is empty.

    Args:
        text: the file's text, or None.
        path: the file, relative to the project, for the error.

    Raises:
        UnreadableFileError: when it is no YAML, or a value is of the wrong kind.
    """
    if not text:
        return PipelineRecord()
    values = {
        key: value for key, value in plain(read_mapping(text, path)).items() if value is not None
    }
    try:
        return PipelineRecord.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnreadableFileError(f"{path}: {where}: {first['msg']}.", path) from error


def write_record(
    text: str | None,
    path: str,
    record: PipelineRecord,
    removed_triggers: frozenset[str] = frozenset(),
) -> str:
    """Bring a record's file up to date; keys that nobody knows and comments stay.

    Args:
        text: the file's text now, or None.
        path: the file, relative to the project, for the error.
        record: what it shall say. Blocks that it does not have go.
        removed_triggers: triggers whose entries go; others that ``record`` does not have stay.

    Raises:
        UnreadableFileError: when the present text is no YAML mapping.
    """

    def change(tree: Any) -> None:
        wanted = _values(record)
        for key in ("workbench", "kernel", "package"):
            _put(tree, key, wanted.get(key))
        for key in ("shared", "variables"):
            if plain(tree.get(key) or {}) != wanted[key]:
                _put(tree, key, wanted[key] or None)
        _merge(tree, "blocks", wanted["blocks"], drop=lambda name: name not in wanted["blocks"])
        _merge(tree, "triggers", wanted["triggers"], drop=lambda name: name in removed_triggers)

    return rewrite_yaml(text or "", path, change)


def _values(record: PipelineRecord) -> dict[str, Any]:
    values = record.to_json()
    for group in ("blocks", "triggers"):
        values[group] = {
            name: {key: value for key, value in entry.items() if value not in (None, [])}
            | ({"results": []} if entry.get("results") == [] else {})
            for name, entry in values[group].items()
        }
    return values


def _put(tree: Any, key: str, value: Any) -> None:
    if value is None:
        tree.pop(key, None)
    else:
        tree[key] = value


def _merge(tree: Any, group: str, entries: Mapping[str, dict[str, Any]], drop: Any) -> None:
    known = BlockRecord.model_fields if group == "blocks" else TriggerRecord.model_fields
    there = tree.get(group)
    if there is None:
        there = {}
    for name in [name for name in there if drop(name)]:
        del there[name]
    for name, entry in entries.items():
        old = there.setdefault(name, {})
        if old is None:
            old = there[name] = {}
        for key in known:
            if key not in entry:
                old.pop(key, None)
            elif plain(old.get(key)) != entry[key] or key not in old:
                old[key] = _in_a_line(entry[key])
    if there:
        tree[group] = there
    else:
        tree.pop(group, None)


def _in_a_line(value: Any) -> Any:
    """Let a list stand in one line of YAML, so that a diff shows one line for it."""
    if not isinstance(value, list):
        return value
    from ruamel.yaml.comments import CommentedSeq

    line = CommentedSeq(value)
    line.fa.set_flow_style()
    return line
