"""A project's files: pipelines, blocks, triggers and records, as Mage AI has them."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mage_jlab.domain.block import Block, BlockType, Language, clean_name, default_file
from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    OutsideProjectError,
    UnreadableFileError,
)
from mage_jlab.domain.pipeline import Pipeline
from mage_jlab.domain.project import Project, project_id
from mage_jlab.domain.trigger import TriggerSpec
from mage_jlab.store import journal, record_yaml, triggers_yaml
from mage_jlab.store.block_templates import block_template
from mage_jlab.store.disk import read_text, text_hash
from mage_jlab.store.lock import project_lock
from mage_jlab.store.paths import data_root, inside
from mage_jlab.store.pipeline_yaml import BlockEntry, new_pipeline, parse_pipeline, write_pipeline
from mage_jlab.store.project_folder import (
    METADATA,
    ensure_uuid,
    find_project,
    is_project,
    lay_out,
    read_metadata,
    variables_dir,
)
from mage_jlab.store.record_yaml import PipelineRecord, parse_record, write_record

__all__ = ["ProjectFiles", "TextChange", "create_project", "find_project"]


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
class ProjectFiles:
    """The files of one project; every path is checked to lie inside it.

    ``place`` is its real folder, ``variables_dir`` the folder of its data as Mage AI finds it, and
    ``data_root`` our part of that.
    """

    word: Project
    place: Path
    variables_dir: Path
    data_root: Path

    @classmethod
    def open(cls, folder: Path) -> ProjectFiles:
        """Open the project in a folder; what a killed writer left there is undone first.

        Raises:
            NotFoundError: when the folder is no project.
            UnreadableFileError: when its ``metadata.yaml`` cannot be read.
        """
        place = folder.expanduser().resolve()
        if not is_project(place):
            raise NotFoundError(
                f"{folder} is no mage_jlab project: it has no metadata.yaml of one. "
                "Make one with `jupyter mage init`."
            )
        if journal.unfinished(place):
            with project_lock(place):
                journal.roll_back(place)
        uuid = ensure_uuid(place)
        folder_of_data = variables_dir(place, read_metadata(place))
        return cls(
            word=Project(
                id=project_id(uuid, str(place)), uuid=uuid, name=place.name, path=str(place)
            ),
            place=place,
            variables_dir=folder_of_data,
            data_root=data_root(folder_of_data, uuid),
        )

    @property
    def name(self) -> str:
        """The project's name: that of its folder."""
        return self.place.name

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the project's lock: nobody else writes, and what a killed writer left is undone.

        Raises:
            ConflictError: when another writer keeps it for too long.
        """
        with project_lock(self.place) as outermost:
            if outermost:
                journal.roll_back(self.place)
            yield

    def read(self, path: str) -> str | None:
        """Read a text of the project; None when there is no such file.

        Raises:
            OutsideProjectError: when the path leads out of the project.
            UnreadableFileError: when it is no UTF-8 text.
        """
        return read_text(inside(self.place, path), path)

    def write(self, changes: Sequence[TextChange]) -> None:
        """Write and remove files, all or none, under the project's lock, in the given order.

        Raises:
            OutsideProjectError: when a path leads out of the project; nothing is written.
            UnprocessableError: when the disk is full or may not be written; nothing has changed.
        """
        texts = [(inside(self.place, change.path), change.after) for change in changes]
        with self.lock():
            journal.write_all(self.place, texts)

    def pipelines(self) -> list[str]:
        """Give the names of all pipelines, sorted, those that cannot be read too."""
        folder = inside(self.place, "pipelines")
        if not folder.is_dir():
            return []
        return sorted(path.parent.name for path in folder.glob(f"*/{METADATA}"))

    def pipeline(self, name: str) -> Pipeline:
        """Read a pipeline.

        Raises:
            NotFoundError: when there is none of this name.
            UnreadableFileError: when one of its files cannot be read, with the place in it.
        """
        path = self.pipeline_file(name)
        text = self._pipeline_text(name)
        return parse_pipeline(text, path, name, self.name, self.record(name))

    def pipeline_file(self, name: str, file: str = METADATA) -> str:
        """Give the path, relative to the project, of a file of a pipeline.

        Raises:
            NotFoundError: when this can be no pipeline's name.
        """
        if not name or "/" in name or "\\" in name or name.startswith("."):
            raise NotFoundError(f"There is no pipeline {name!r} in {self.name}.")
        return f"pipelines/{name}/{file}"

    def triggers(self, pipeline: str) -> list[TriggerSpec]:
        """Read the triggers of a pipeline.

        Raises:
            NotFoundError: when there is no such pipeline.
            UnreadableFileError: when its files cannot be read.
        """
        self._pipeline_text(pipeline)
        path = self.pipeline_file(pipeline, triggers_yaml.FILE)
        records = self.record(pipeline).triggers
        return triggers_yaml.parse_triggers(self._read_inside(path), path, pipeline, records)

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

    def record(self, pipeline: str) -> PipelineRecord:
        """Read what export recorded of a pipeline; empty when it recorded nothing.

        Raises:
            NotFoundError: when this can be no pipeline's name.
            UnreadableFileError: when the record cannot be read.
        """
        path = self.pipeline_file(pipeline, record_yaml.FILE)
        return parse_record(self._read_inside(path), path)

    def block(self, pipeline: str, block: str) -> Block:
        """Give a block of a pipeline, without its code.

        Raises:
            NotFoundError: when there is no such pipeline or block.
            UnreadableFileError: when the pipeline's files cannot be read.
        """
        for found in self.pipeline(pipeline).blocks:
            if found.name == block:
                return found
        raise NotFoundError(f"The pipeline {pipeline} has no block {block}.")

    def block_text(self, pipeline: str, block: str) -> tuple[str, str]:
        """Read the text of a block's file, and its sha256.

        Raises:
            NotFoundError: when there is no such pipeline, block or file.
            OutsideProjectError: when the block's file lies outside the project.
        """
        file = self.block(pipeline, block).file
        text = self.read(file)
        if text is None:
            raise NotFoundError(f"{file}, the file of the block {block}, does not exist.")
        return text, text_hash(text)

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
    ) -> str:
        """Write a new block's file from a template, and add it to a pipeline when one is named.

        Returns:
            The file, relative to the project.

        Raises:
            BadInputError: when nothing of the name is left.
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
            changes.append(Change(file, block_template(type_, cleaned, language)))
            if pipeline is not None:
                if cleaned in {block.name for block in self.pipeline(pipeline).blocks}:
                    raise ConflictError(f"The pipeline {pipeline} has a block {cleaned} already.")
                path, text = self.pipeline_file(pipeline), self._pipeline_text(pipeline)
                entry = BlockEntry(cleaned, type_, language, [])
                changes.append(Change(path, write_pipeline(text, path, [entry])))
            self.write(changes)
        return file

    def package_changes(self, file: str) -> list[Change]:
        """Give the empty ``__init__.py`` files that a block's file needs above it."""
        names = ["__init__.py", f"{file.split('/', 1)[0]}/__init__.py"]
        return [Change(name, "") for name in names if not inside(self.place, name).exists()]

    def _pipeline_text(self, name: str) -> str:
        text = self._read_inside(self.pipeline_file(name))
        if text is None:
            raise NotFoundError(f"There is no pipeline {name} in {self.name}.")
        return text

    def _read_inside(self, path: str) -> str | None:
        """Read a file of a pipeline; one that is a link out of the project counts as unreadable."""
        try:
            return self.read(path)
        except OutsideProjectError as error:
            raise UnreadableFileError(error.message, path) from error

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
        folder: where it shall stand, or its parent when ``name`` is given; made when it is missing.
        name: the name of the project's folder in ``folder``.

    Raises:
        ConflictError: when there is a project already; it is not touched.
        BadInputError: when the folder is a file or the name cannot be a folder's.
    """
    if name is not None:
        if not name or "/" in name or name in (".", ".."):
            raise BadInputError(f"{name!r} cannot be the name of a project's folder.")
        folder = folder / name
    place = folder.expanduser().absolute()
    lay_out(place, uuids.uuid4().hex)
    return ProjectFiles.open(place)


def _checked(name: str) -> str:
    """Refuse a name that leads out of its folder."""
    if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
        raise OutsideProjectError(f"{name} leads out of the project.")
    return name
