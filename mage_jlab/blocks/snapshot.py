"""Taking a snapshot of a pipeline: which files it keeps, and the plan of what they run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mage_jlab.blocks.depending import environment_hash, with_cache
from mage_jlab.blocks.interpreter import find_interpreter
from mage_jlab.blocks.limits import concurrency, memory_limit, time_limit
from mage_jlab.domain.block import Block, BlockType, Language
from mage_jlab.domain.errors import NotFoundError, UnreadableFileError
from mage_jlab.domain.pipeline import Pipeline
from mage_jlab.domain.plan import Plan, PlannedBlock, Retry, Snapshot
from mage_jlab.store.paths import StateFolder, inside
from mage_jlab.store.pipeline_yaml import GROUPS
from mage_jlab.store.product_places import prepare_place
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.project_folder import METADATA, read_metadata
from mage_jlab.store.record_yaml import FILE as RECORD
from mage_jlab.store.record_yaml import PipelineRecord
from mage_jlab.store.snapshots import SnapshotStore
from mage_jlab.store.yaml_text import read_mapping

LARGEST_FILE = 10 * 1024 * 1024
"""A file of ``utils/`` that is larger is data and stays where it is, in bytes."""

SKIPPED = {"__pycache__", ".ipynb_checkpoints"}


def take_snapshot(state: StateFolder, files: ProjectFiles, pipeline: str) -> Snapshot:
    """Store what a run of a pipeline runs: its files as they are now, and the plan.

    Files that did not change since the last snapshot are not read again.

    Args:
        state: the state folder, whose snapshots it joins.
        files: the project.
        pipeline: the pipeline's name.

    Raises:
        NotFoundError: when there is no such pipeline.
        UnreadableFileError: when a file that it needs cannot be read.
        UnprocessableError: when its kernel is not to be had here, or the disk is full.
    """
    # Under the lock, so that no half of an export gets in.
    with files.lock():
        word = files.pipeline(pipeline)
        record = files.record(pipeline)
        store = SnapshotStore(state.snapshots)
        entries = _entries(files, pipeline)
        retry = read_metadata(files.place).get("retry_config") or {}
        blocks = [
            _planned(store, files, block, entries.get(block.name, {}), retry, record)
            for block in word.blocks
            if block.type.runs
        ]
        blocks = _with_sql_above(blocks)
        plan = _plan(files, word, record, _guarded(blocks))
        kept = _files_to_keep(files, pipeline, [block.file for block in blocks])
        return store.put(files.place, kept, _with_caches(store, files, plan, kept))


def _plan(
    files: ProjectFiles, word: Pipeline, record: PipelineRecord, blocks: list[PlannedBlock]
) -> Plan:
    interpreter = find_interpreter(word.kernel, files.place)
    workbench = inside(files.place, word.workbench).parent if word.workbench else files.place
    setup = next((path for path in record.shared if path.endswith("_setup.py")), None)
    return Plan(
        project_uuid=files.word.uuid,
        project_name=record.package or files.name,
        place=str(files.place),
        cwd=str(workbench if workbench.is_dir() else files.place),
        products=str(prepare_place(files.data_root)),
        logs=str(files.data_root / "logs"),
        pipeline=word.name,
        interpreter=interpreter.executable,
        environ=interpreter.environ,
        setup=setup if setup and inside(files.place, setup).is_file() else None,
        variables=word.variables,
        blocks=blocks,
    )


def _planned(
    store: SnapshotStore,
    files: ProjectFiles,
    block: Block,
    entry: dict[str, Any],
    project_retry: dict[str, Any],
    record: PipelineRecord,
) -> PlannedBlock:
    path = inside(files.place, block.file)
    if not path.is_file():
        raise UnreadableFileError(
            f"{block.file}, the file of the block {block.name}, does not exist.", block.file
        )
    recorded = record.blocks.get(block.name)
    code = store.hash_of(files.place, block.file)
    # lines that were counted in another text of the file would point to the wrong place
    body = recorded.body if recorded and recorded.file == code else None
    return PlannedBlock(
        name=block.name,
        type=block.type,
        language=block.language,
        file=block.file,
        code=code,
        upstream=block.upstream,
        inputs=block.inputs,
        results=block.results,
        optional=recorded.optional if recorded else [],
        configuration=block.configuration,
        cell_id=block.cell_id,
        body=body,
        cell_line=(recorded.cell_line if recorded else None) or 1,
        retry=_retry(project_retry, entry.get("retry_config") or {}),
        timeout=time_limit(block.name, entry),
        memory_limit=memory_limit(block.name, entry),
        concurrency=concurrency(block.name, entry),
        at_most_once=bool(block.configuration.get("at_most_once", False)),
    )


def _with_caches(store: SnapshotStore, files: ProjectFiles, plan: Plan, kept: list[str]) -> Plan:
    """Write into the plan what the results of its cached blocks depend on."""
    if not any(block.configuration.get("cache") for block in plan.blocks):
        return plan
    hashes = {name: store.hash_of(files.place, name) for name in kept if name != METADATA}
    blocks = [
        with_cache(block, files.read(block.file) or "", hashes, plan.setup) for block in plan.blocks
    ]
    with_r = any(block.cache and block.language is Language.R for block in blocks)
    environment = environment_hash(plan.interpreter, plan.environ, with_r=with_r)
    return plan.model_copy(update={"blocks": blocks, "environment": environment})


def _with_sql_above(blocks: list[PlannedBlock]) -> list[PlannedBlock]:
    """Tell SQL blocks how the SQL blocks above them are configured."""
    sql = {block.name: block.configuration for block in blocks if block.language is Language.SQL}
    return [
        block.model_copy(
            update={"sql_above": {name: sql[name] for name in block.upstream if name in sql}}
        )
        if block.name in sql
        else block
        for block in blocks
    ]


def _retry(project: dict[str, Any], own: dict[str, Any]) -> Retry:
    known = {key: value for key, value in {**project, **own}.items() if key in Retry.model_fields}
    return Retry.model_validate({key: value for key, value in known.items() if value is not None})


def _guarded(blocks: list[PlannedBlock]) -> list[PlannedBlock]:
    """Let conditionals run before the blocks they guard, on those blocks' own inputs.

    In the files a conditional stands below the block that it guards.
    """
    guards = {b.name: b.upstream for b in blocks if b.type is BlockType.CONDITIONAL}
    upstream = {block.name: block.upstream for block in blocks}
    changed = []
    for block in blocks:
        if block.name in guards:
            above = [name for guarded in guards[block.name] for name in upstream.get(guarded, [])]
            update = {"upstream": list(dict.fromkeys(above)), "guarding": block.upstream}
            changed.append(block.model_copy(update=update))
            continue
        mine = [name for name, guarded in guards.items() if block.name in guarded]
        changed.append(
            block.model_copy(update={"upstream": [*block.upstream, *mine], "guards": mine})
        )
    return changed


def _entries(files: ProjectFiles, pipeline: str) -> dict[str, dict[str, Any]]:
    """Give the block entries of the pipeline's file as they stand, by name."""
    path = files.pipeline_file(pipeline)
    text = files.read(path)
    if text is None:
        raise NotFoundError(f"There is no pipeline {pipeline} in {files.name}.")
    values = read_mapping(text, path)
    return {
        str(entry.get("uuid") or entry.get("name")): entry
        for group in GROUPS
        for entry in values.get(group) or []
    }


def _files_to_keep(files: ProjectFiles, pipeline: str, blocks: list[str]) -> list[str]:
    """List what block code can import or is made of: Python files of all blocks, and ``utils/``.

    Connection profiles are not among them: workers read them where they are, so that no password
    is copied and a changed one counts at once.
    """
    place = files.place
    kept = set(blocks)
    kept |= {files.pipeline_file(pipeline), files.pipeline_file(pipeline, RECORD), METADATA}
    kept |= {"pipelines/__init__.py", f"pipelines/{pipeline}/__init__.py"}
    kept |= {path.name for path in place.glob("*.py")}
    for type_ in BlockType:
        kept |= _below(place, type_.folder, "*.py")
    kept |= _below(place, "utils", "*")
    return sorted(name for name in kept if _is_inside(place, name))


def _below(place: Path, folder: str, pattern: str) -> set[str]:
    return {
        str(path.relative_to(place))
        for path in (place / folder).rglob(pattern)
        if path.is_file() and not SKIPPED & set(path.parts) and path.stat().st_size <= LARGEST_FILE
    }


def _is_inside(place: Path, name: str) -> bool:
    path = place / name
    return path.is_file() and place in path.resolve().parents
