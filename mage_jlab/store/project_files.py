"""A project's files: read as :class:`ProjectReader` does, and written, all or nothing."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mage_jlab.domain.block import BlockType, Language, MadeBlock, clean_name, default_file
from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    OutsideProjectError,
)
from mage_jlab.domain.pipeline import Pipeline
from mage_jlab.domain.trigger import TriggerSpec
from mage_jlab.store import journal, record_yaml, triggers_yaml
from mage_jlab.store.block_templates import block_template
from mage_jlab.store.disk import text_hash
from mage_jlab.store.paths import inside
from mage_jlab.store.pipeline_yaml import BlockEntry, new_pipeline, write_pipeline
from mage_jlab.store.project_folder import find_project, lay_out
from mage_jlab.store.project_reader import ProjectReader
from mage_jlab.store.record_yaml import PipelineRecord, write_record

__all__ = ["Change", "ProjectFiles", "TextChange", "create_project", "find_project"]


class TextChange(Protocol):
    """A file's new text (None removes it); the path is relative to the project."""

    @property
    def path(self) -> str:
        """The file, relative to the project."""

    @property
    def after(self) -> str | None:
        """Its new text, or None when it goes."""


@dataclass(frozen=True)
class Change:
    """The plainest :class:`TextChange`."""

    path: str
    after: str | None


@dataclass(frozen=True)
class ProjectFiles(ProjectReader):
    """The files of one project, for reading and writing; every path is checked to lie inside it."""

    def write(self, changes: Sequence[TextChange]) -> None:
        """Write and remove files, all or none, under the project's lock, in the given order.

        Raises:
            OutsideProjectError: when a path leads out of the project; nothing is written.
            UnprocessableError: when the disk is full or may not be written; nothing has changed.
        """
        texts = [(inside(self.place, change.path), change.after) for change in changes]
        with self.lock():
            journal.write_all(self.place, texts)

    def save_trigger(self, spec: TriggerSpec) -> None:
        """Write a trigger of ``spec.pipeline``, new or changed; its name is its identity.

        Raises:
            NotFoundError: when there is no such pipeline.
            UnreadableFileError: when its files cannot be read.
        """
        with self.lock():
            record = self.record(spec.pipeline)
            triggers = record.triggers | {spec.name: triggers_yaml.trigger_record(spec)}
            path = self.pipeline_file(spec.pipeline, triggers_yaml.FILE)
            self._pipeline_text(spec.pipeline)
            text = triggers_yaml.write_trigger(self._read_inside(path), path, spec)
            self._write_record(spec.pipeline, record, triggers, Change(path, text))

    def remove_trigger(self, pipeline: str, name: str) -> None:
        """Take a trigger out of the pipeline's files.

        Raises:
            NotFoundError: when there is no such pipeline or trigger.
            UnreadableFileError: when its files cannot be read.
        """
        with self.lock():
            if name not in {spec.name for spec in self.triggers(pipeline)}:
                raise NotFoundError(f"The pipeline {pipeline} has no trigger {name}.")
            record = self.record(pipeline)
            path = self.pipeline_file(pipeline, triggers_yaml.FILE)
            text = triggers_yaml.drop_trigger(self._read_inside(path), path, name)
            triggers = {key: value for key, value in record.triggers.items() if key != name}
            self._write_record(pipeline, record, triggers, Change(path, text), frozenset({name}))

    def save_block(self, pipeline: str, block: str, text: str, expected_hash: str) -> str:
        """Write a block's file, if it still is the one that was read.

        Args:
            pipeline: the pipeline's name.
            block: the block's name.
            text: the new text.
            expected_hash: the sha256 of the text that was read.

        Returns:
            The sha256 of the new text.

        Raises:
            ConflictError: when the file changed meanwhile.
            NotFoundError: when there is no such pipeline, block or file.
        """
        with self.lock():
            there, found = self.block_text(pipeline, block)
            file = self.block(pipeline, block).file
            if found != expected_hash:
                raise ConflictError(f"{file} has changed since it was read. Load it again.")
            if text != there:
                self.write([Change(file, text)])
        return text_hash(text)

    def create_pipeline(self, name: str) -> Pipeline:
        """Make a pipeline without blocks; its name is cleaned as Mage AI does.

        Raises:
            BadInputError: when nothing of the name is left.
            ConflictError: when there is one already.
        """
        cleaned = clean_name(_checked(name)).replace("/", "_")
        if not cleaned.strip("_"):
            raise BadInputError(f"{name!r} is no name for a pipeline.")
        with self.lock():
            if inside(self.place, f"pipelines/{cleaned}").exists():
                raise ConflictError(f"There is a pipeline {cleaned} already.")
            files = {f"pipelines/{cleaned}/__init__.py": ""}
            files[self.pipeline_file(cleaned)] = new_pipeline(cleaned)
            self.write([Change(path, text) for path, text in files.items()])
            return self.pipeline(cleaned)

    def new_block(
        self,
        type_: BlockType,
        name: str,
        language: Language = Language.PYTHON,
        pipeline: str | None = None,
        template: str | None = None,
        upstream: Sequence[str] = (),
    ) -> MadeBlock:
        """Write a new block's file from a template, and add it to a pipeline when one is named.

        Raises:
            BadInputError: when nothing of the name is left, or there is no such template or block
                above.
            OutsideProjectError: when the name leads out of the project.
            ConflictError: when the file or a block of this name is there already.
            NotFoundError: when there is no such pipeline.
        """
        cleaned = clean_name(_checked(name))
        if not cleaned.strip("_/"):
            raise BadInputError(f"{name!r} is no name for a block.")
        file = default_file(type_, cleaned, language)
        with self.lock():
            if inside(self.place, file).exists():
                raise ConflictError(f"{file} exists already.")
            changes = self.package_changes(file)
            changes.append(Change(file, block_template(type_, cleaned, language, template)))
            if pipeline is None and upstream:
                raise BadInputError("Blocks above were named without a pipeline: name it too.")
            if pipeline is not None:
                names = {block.name for block in self.pipeline(pipeline).blocks}
                if cleaned in names:
                    raise ConflictError(f"The pipeline {pipeline} has a block {cleaned} already.")
                for above in upstream:
                    if above not in names:
                        raise BadInputError(f"The pipeline {pipeline} has no block {above}.")
                path, text = self.pipeline_file(pipeline), self._pipeline_text(pipeline)
                entry = BlockEntry(cleaned, type_, language, upstream)
                changes.append(Change(path, write_pipeline(text, path, [entry], last=True)))
            self.write(changes)
        return MadeBlock(name=cleaned, file=file, written=[change.path for change in changes])

    def package_changes(self, file: str) -> list[Change]:
        """Give the empty ``__init__.py`` files that a block's file needs above it."""
        names = ["__init__.py", f"{file.split('/', 1)[0]}/__init__.py"]
        return [Change(name, "") for name in names if not inside(self.place, name).exists()]

    def _write_record(
        self,
        pipeline: str,
        record: PipelineRecord,
        triggers: dict[str, record_yaml.TriggerRecord],
        change: Change,
        removed: frozenset[str] = frozenset(),
    ) -> None:
        path = self.pipeline_file(pipeline, record_yaml.FILE)
        there = self._read_inside(path)
        said = {name: entry for name, entry in triggers.items() if any(entry.to_json().values())}
        unsaid = frozenset(triggers.keys() - said.keys())
        new = record.model_copy(update={"triggers": said})
        text = write_record(there, path, new, removed | unsaid)
        changes = [change] if text in (there, "{}\n") else [Change(path, text), change]
        self.write([c for c in changes if c.after != self._read_inside(c.path)])


def create_project(folder: Path, name: str | None = None) -> ProjectFiles:
    """Make a new project in a folder.

    Args:
        folder: where it shall stand; made when it is missing.
        name: what people call it; by default the folder's name.

    Raises:
        ConflictError: when there is a project already; it is not touched.
        BadInputError: when the folder is a file, or the name is empty.
    """
    if name is not None and not name.strip():
        raise BadInputError("A project's name cannot be empty.")
    place = folder.expanduser().absolute()
    lay_out(place, uuids.uuid4().hex, name)
    return ProjectFiles.open(place)


def _checked(name: str) -> str:
    """Refuse a name that leads out of its folder."""
    if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
        raise OutsideProjectError(f"{name} leads out of the project.")
    return name
