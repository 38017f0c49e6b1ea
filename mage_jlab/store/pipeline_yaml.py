"""A pipeline's ``metadata.yaml``, with Mage AI's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mage_jlab.domain.block import Block, BlockType, Language, default_file
from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.domain.graph import find_cycle
from mage_jlab.domain.pipeline import Edge, Pipeline, PipelineType
from mage_jlab.store.disk import text_hash
from mage_jlab.store.record_yaml import PipelineRecord
from mage_jlab.store.yaml_text import dump_yaml, plain, read_mapping, rewrite_yaml

GROUPS = ("blocks", "widgets", "callbacks", "conditionals")
"""The lists of block entries."""

_GROUP_OF_TYPE = {
    BlockType.CHART: "widgets",
    BlockType.CALLBACK: "callbacks",
    BlockType.CONDITIONAL: "conditionals",
}
_TYPES = {"pyspark": PipelineType.PYTHON, "databricks": PipelineType.PYTHON}


@dataclass(frozen=True)
class BlockEntry:
    """What an export says of a block in its pipeline's file."""

    name: str
    type: BlockType
    language: Language
    upstream: Sequence[str]
    configuration: Mapping[str, Any] = field(default_factory=dict)


def parse_pipeline(
    text: str, path: str, name: str, project: str, record: PipelineRecord
) -> Pipeline:
    """Read a pipeline.

    Args:
        text: the text of its ``metadata.yaml``.
        path: that file, relative to the project, for errors.
        name: the pipeline's folder name, which is its name.
        project: the project's folder name, which leads Mage AI's paths of files.
        record: what its export recorded.

    Raises:
        UnreadableFileError: when it is no YAML, an entry makes no sense, or there is a cycle.
    """
    values = read_mapping(text, path)
    entries = [entry for group in GROUPS for entry in _entries(values, group, path)]
    names = {str(entry.get("uuid") or entry.get("name")) for entry in entries}
    blocks = [_block(entry, text, path, project, names, record) for entry in entries]
    cycle = find_cycle({block.name: block.upstream for block in blocks})
    if cycle:
        raise UnreadableFileError(
            f"{path}: the blocks wait for each other: {' → '.join(cycle)}.", path
        )
    return Pipeline(
        name=name,
        type=_pipeline_type(values.get("type"), text, path),
        description=values.get("description") or None,
        tags=[str(tag) for tag in values.get("tags") or []],
        variables=plain(values.get("variables") or {}),
        workbench=record.workbench,
        kernel=record.kernel,
        blocks=blocks,
        edges=[edge for block in blocks for edge in _edges(block, record)],
        hash=text_hash(text),
    )


def new_pipeline(name: str, now: datetime | None = None) -> str:
    """Write the ``metadata.yaml`` of a pipeline without blocks, with Mage AI's keys, sorted."""
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    return dump_yaml(
        {
            "blocks": [],
            "cache_block_output_in_memory": False,
            "callbacks": [],
            "concurrency_config": {},
            "conditionals": [],
            "created_at": moment.strftime("%Y-%m-%d %H:%M:%S.%f+00:00"),
            "data_integration": None,
            "description": None,
            "executor_config": {},
            "executor_count": 1,
            "executor_type": None,
            "extensions": {},
            "name": name,
            "notification_config": {},
            "remote_variables_dir": None,
            "retry_config": {},
            "run_pipeline_in_one_process": False,
            "settings": {"triggers": None},
            "spark_config": {},
            "tags": [],
            "type": "python",
            "uuid": name,
            "variables_dir": None,
            "widgets": [],
        }
    )


def write_pipeline(
    text: str,
    path: str,
    blocks: Sequence[BlockEntry],
    removed: frozenset[str] = frozenset(),
    variables: Mapping[str, Any] | None = None,
    last: bool = False,
) -> str:
    """Bring a pipeline's file up to date; unknown keys, comments and entries of others stay.

    Args:
        text: its present text.
        path: the file, relative to the project, for errors.
        blocks: the blocks it shall have, in order.
        removed: blocks whose entries go.
        variables: the runtime variables' defaults, or None to leave them.
        last: whether ``blocks`` stand after the entries of others, instead of before them.

    Raises:
        UnreadableFileError: when the present text is no YAML mapping.
    """
    wanted = {block.name: block for block in blocks}

    def change(tree: Any) -> None:
        kept: dict[str, Any] = {}
        for group in GROUPS:
            for entry in tree.get(group) or []:
                kept[str(entry.get("uuid") or entry.get("name"))] = entry
        gone = removed - wanted.keys()
        everywhere = (kept.keys() | wanted.keys()) - gone
        upstream = {name: list(block.upstream) for name, block in wanted.items()}
        for name, entry in kept.items():
            if name in everywhere and name not in upstream:
                upstream[name] = _upstream(entry)
        upstream = {n: [u for u in above if u in everywhere] for n, above in upstream.items()}
        for group in GROUPS:
            others = [str(e.get("uuid") or e.get("name")) for e in tree.get(group) or []]
            others = [name for name in others if name in everywhere and name not in wanted]
            mine = [name for name, block in wanted.items() if _group(block) == group]
            order = others + mine if last else mine + others
            entries = [_entry(kept.get(n), wanted.get(n), n, upstream) for n in order]
            if plain(tree.get(group) or []) != plain(entries):
                tree[group] = entries
        if variables is not None and plain(tree.get("variables") or {}) != plain(dict(variables)):
            if variables:
                tree["variables"] = dict(variables)
            else:
                tree.pop("variables", None)

    return rewrite_yaml(text, path, change)


def _entry(old: Any, block: BlockEntry | None, name: str, upstream: Mapping[str, list[str]]) -> Any:
    entry = old if old is not None else _new_entry(name)
    values: dict[str, Any] = {
        "downstream_blocks": [n for n, above in upstream.items() if name in above],
        "upstream_blocks": upstream[name],
    }
    if block is not None:
        values |= {"language": block.language.value, "type": block.type.value, "uuid": name}
        if block.configuration:
            values["configuration"] = plain(entry.get("configuration") or {}) | dict(
                block.configuration
            )
    for key, value in values.items():
        if key not in entry or plain(entry[key]) != value:
            entry[key] = value
    return entry


def _new_entry(name: str) -> dict[str, Any]:
    return {
        "all_upstream_blocks_executed": True,
        "color": None,
        "configuration": {},
        "downstream_blocks": [],
        "executor_config": None,
        "executor_type": "local_python",
        "has_callback": False,
        "language": "python",
        "name": name,
        "retry_config": None,
        "status": "not_executed",
        "timeout": None,
        "type": "",
        "upstream_blocks": [],
        "uuid": name,
    }


def _group(block: BlockEntry) -> str:
    return _GROUP_OF_TYPE.get(block.type, "blocks")


def _upstream(entry: Any) -> list[str]:
    return [str(name) for name in entry.get("upstream_blocks") or []]


def _entries(values: Mapping[str, Any], group: str, path: str) -> list[dict[str, Any]]:
    entries = values.get(group) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UnreadableFileError(f"{path}: {group} should be a list of block entries.", path)
    for entry in entries:
        if not (entry.get("uuid") or entry.get("name")):
            raise UnreadableFileError(f"{path}: an entry of {group} has no uuid.", path)
    return entries


def _block(
    entry: dict[str, Any],
    text: str,
    path: str,
    project: str,
    names: set[str],
    record: PipelineRecord,
) -> Block:
    name = str(entry.get("uuid") or entry.get("name"))
    kind = _block_type(entry.get("type"), name, text, path)
    language = _language(entry.get("language"), name, text, path)
    configuration = plain(entry.get("configuration") or {})
    if not isinstance(configuration, dict):
        raise UnreadableFileError(f"{path}: the configuration of {name} is no mapping.", path)
    recorded = record.blocks.get(name)
    original = entry.get("replicated_block")
    return Block(
        name=name,
        type=kind,
        language=language,
        file=_file(configuration, project) or default_file(kind, str(original or name), language),
        upstream=list(dict.fromkeys(above for above in _upstream(entry) if above in names)),
        inputs=recorded.inputs if recorded else None,
        results=recorded.results if recorded else None,
        cell_id=recorded.cell if recorded else None,
        configuration=configuration,
    )


def _file(configuration: dict[str, Any], project: str) -> str | None:
    """The file that the configuration names; Mage AI's paths start with the project's name."""
    source = configuration.get("file_source")
    named = source.get("path") if isinstance(source, dict) else None
    named = named or configuration.get("file_path")
    return str(named).removeprefix(f"{project}/") if named else None


def _edges(block: Block, record: PipelineRecord) -> list[Edge]:
    recorded = record.blocks.get(block.name)
    edges = []
    for above in block.upstream:
        bound = (block.inputs or {}).values()
        names = [result for name, _, result in (b.rpartition(".") for b in bound) if name == above]
        declared = recorded is None or (not names and above in recorded.declared)
        why = "declared" if declared else "code"
        edges.append(Edge(from_=above, to=block.name, names=list(dict.fromkeys(names)), why=why))
    return edges


def _pipeline_type(value: Any, text: str, path: str) -> PipelineType:
    try:
        return _TYPES.get(str(value)) or PipelineType(str(value or "python"))
    except ValueError:
        raise _unknown("type of pipeline", value, text, path) from None


def _block_type(value: Any, name: str, text: str, path: str) -> BlockType:
    try:
        return BlockType(str(value))
    except ValueError:
        raise _unknown(f"type of the block {name}", value, text, path) from None


def _language(value: Any, name: str, text: str, path: str) -> Language:
    try:
        return Language(str(value or "python"))
    except ValueError:
        raise _unknown(f"language of the block {name}", value, text, path) from None


def _unknown(what: str, value: Any, text: str, path: str) -> UnreadableFileError:
    """Say that a value is unknown, at the first line that ends with it."""
    lines = text.splitlines()
    line = next((n for n, t in enumerate(lines, 1) if t.rstrip().endswith(f": {value}")), None)
    where = path if line is None else f"{path}, line {line}"
    column = None if line is None else lines[line - 1].rindex(str(value)) + 1
    return UnreadableFileError(f"{where}: {value!r} is no {what}.", path, line, column)
