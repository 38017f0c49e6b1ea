"""Blocks: their code, as their files hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from mage_jlab.domain.block import Block, BlockTemplate, BlockType, Language, MadeBlock
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.services.projects import Projects
from mage_jlab.store.block_templates import templates

Choice = TypeVar("Choice", BlockType, Language)

LARGEST_BLOCK = 4 * 1024 * 1024
"""The longest text that a block file may have, in bytes: code, not data."""


class Blocks:
    """Reads and writes blocks.

    Args:
        projects: the projects.
    """

    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    def get(self, project_id: str, pipeline: str, block: str) -> Block:
        """Give a block with its code and the hash that a save must name.

        Raises:
            NotFoundError: when the pipeline has no such block, or its file is missing.
        """
        files = self._projects.files(project_id)
        found = self._find(project_id, pipeline, block)
        code, digest = files.block_text(pipeline, block)
        return found.model_copy(update={"code": code, "hash": digest})

    def save(self, project_id: str, pipeline: str, block: str, code: str, hash: str) -> Block:  # noqa: A002 - the contract's word
        """Replace a block's code, if its file is still the one that was read.

        Args:
            project_id: the project.
            pipeline: a pipeline that the block stands in.
            block: its name.
            code: the new text of its file.
            hash: the sha256 of the text that the caller read.

        Raises:
            ConflictError: when the file has changed since.
        """
        if len(code.encode()) > LARGEST_BLOCK:
            raise BadInputError(f"The code of block {block} is longer than 4 MB.")
        files = self._projects.files(project_id)
        self._find(project_id, pipeline, block)
        files.save_block(pipeline, block, code, hash)
        return self.get(project_id, pipeline, block)

    def new(
        self,
        project_id: str,
        type: str,  # noqa: A002 - the contract's word
        name: str,
        language: str = "python",
        pipeline: str | None = None,
        template: str | None = None,
        upstream: Sequence[str] = (),
    ) -> MadeBlock:
        """Make a block from a template.

        Args:
            project_id: the project.
            type: a block type.
            name: the block's name.
            language: the language of its file.
            pipeline: the pipeline to add it to, at the end; or None.
            template: the name of one of :meth:`templates`, by default the first of its type and
                language.
            upstream: the pipeline's blocks that the new one gets its inputs from, in order.

        Raises:
            BadInputError: when a type, language, template or block above is unknown.
            ConflictError: when the file or a block of this name is there already.
        """
        block_type = _one_of(BlockType, type, "block type")
        return self._projects.files(project_id).new_block(
            block_type,
            name,
            _one_of(Language, language, "language"),
            pipeline,
            template=template,
            upstream=upstream,
        )

    def templates(self) -> list[BlockTemplate]:
        """Give what a new block can start with, by type and language."""
        return templates()

    def _find(self, project_id: str, pipeline: str, block: str) -> Block:
        for candidate in self._projects.files(project_id).pipeline(pipeline).blocks:
            if candidate.name == block:
                return candidate
        raise NotFoundError(f"The pipeline {pipeline} has no block {block}.")


def _one_of(choices: type[Choice], value: str, what: str) -> Choice:
    try:
        return choices(value)
    except ValueError:
        names = ", ".join(choice.value for choice in choices)
        raise BadInputError(f"{value!r} is no {what}; there are {names}.") from None
