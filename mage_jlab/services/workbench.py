"""A pipeline as a notebook: the one it is written in, or one made from its files."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from mage_jlab.domain.block import Block, Language
from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.graph import in_order
from mage_jlab.domain.pipeline import Pipeline
from mage_jlab.services.scratch_cells import Scratch
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.record_yaml import FILE, PipelineRecord, write_record

_MAGIC = {Language.SQL: "%%sql\n", Language.R: "%%R\n"}


@dataclass(frozen=True)
class _Text:
    path: str
    after: str | None


def open_workbench(files: ProjectFiles, pipeline: str) -> str:
    """Give the path of a pipeline's notebook, relative to the project; make it where there is none.

    Raises:
        NotFoundError: when there is no such pipeline.
        ConflictError: when another file stands where it would be made.
    """
    word = files.pipeline(pipeline)
    with files.lock():
        record = files.record(pipeline)
        if record.workbench and files.read(record.workbench) is not None:
            return record.workbench
        path = record.workbench or f"notebooks/{pipeline}.ipynb"
        if files.read(path) is not None:
            raise ConflictError(
                f"{path} is there, and is not known as the notebook of {pipeline}. Export it as "
                "that pipeline, or move it away."
            )
        notebook = make_notebook(files, word, record)
        file = files.pipeline_file(pipeline, FILE)
        known = record.model_copy(update={"workbench": path})
        texts = [
            _Text(path, json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"),
            _Text(file, write_record(files.read(file), file, known)),
        ]
        files.write(texts)
    return path


def make_notebook(
    files: ProjectFiles, pipeline: Pipeline, record: PipelineRecord
) -> dict[str, Any]:
    """Make a notebook of a pipeline's files, its blocks in the order in which they can run.

    A block that an export wrote and nobody edited gets its cell back as it was, with what its file
    has around it in untagged cells; any other stands in a cell as its file has it.
    """
    blocks = {block.name: block for block in pipeline.blocks}
    # the record has the order of the notebook; charts stand last in the pipeline's own file
    place = {name: at for at, name in enumerate(record.blocks)}
    known = sorted(blocks.values(), key=lambda block: place.get(block.name, len(place)))
    order = in_order({block.name: block.upstream for block in known})
    scratch = Scratch()
    block_cells = [_block_cell(files, pipeline, blocks[name], record, scratch) for name in order]
    cells = [_cell("markdown", f"# {pipeline.name}", {})]
    if pipeline.variables:
        lines = [scratch.variable(name, value) for name, value in pipeline.variables.items()]
        text = "\n".join([*lines, *scratch.derived])
        cells.append(_cell("code", text, {"tags": ["parameters"]}))
    cells += [_cell("code", text, {}) for text in scratch.cells(files, record)]
    cells += block_cells
    kernel = record.kernel or "python3"
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": kernel, "language": "python", "name": kernel},
            "mage": {"pipeline": pipeline.name, "project": ".."},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _block_cell(
    files: ProjectFiles,
    pipeline: Pipeline,
    block: Block,
    record: PipelineRecord,
    scratch: Scratch,
) -> dict[str, Any]:
    text, digest = files.block_text(pipeline.name, block.name)
    exported = record.blocks.get(block.name)
    source = None
    if exported is not None and exported.file == digest and exported.source:
        base = files.data_root / "base" / exported.source
        source = base.read_text(encoding="utf-8") if base.is_file() else None
        if source is not None and exported.body is not None and block.language is Language.PYTHON:
            scratch.read(text, exported.body, pipeline.variables, files.name)
    metadata: dict[str, Any] = {"tags": [f"block:{block.type.value}"]}
    mage: dict[str, Any] = {"name": block.name}
    upstream = block.upstream if source is None else (exported.declared if exported else [])
    if upstream:
        mage["upstream"] = upstream
    if block.configuration:
        mage["configuration"] = block.configuration
    metadata["mage"] = mage
    kind = "markdown" if block.language is Language.MARKDOWN else "code"
    if source is None:
        source = _MAGIC.get(block.language, "") + text
    return _cell(kind, source, metadata, exported.cell if exported else None)


def _cell(
    kind: str, source: str, metadata: dict[str, Any], cell_id: str | None = None
) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "id": cell_id or secrets.token_hex(4),
        "metadata": metadata,
        "source": source.rstrip("\n").splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return cell
