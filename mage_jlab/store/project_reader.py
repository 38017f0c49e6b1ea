"""Reading a project's files: pipelines, blocks, triggers and records, as Mage AI has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

from mage_jlab.domain.block import Block
from mage_jlab.domain.errors import NotFoundError, OutsideProjectError, UnreadableFileError
from mage_jlab.domain.pipeline import Pipeline
from mage_jlab.domain.project import Project, project_id
from mage_jlab.domain.trigger import TriggerSpec
from mage_jlab.store import journal, record_yaml, triggers_yaml
from mage_jlab.store.disk import read_text, text_hash
from mage_jlab.store.lock import project_lock
from mage_jlab.store.paths import data_root, inside
from mage_jlab.store.pipeline_yaml import parse_pipeline
from mage_jlab.store.project_folder import (
    METADATA,
    ensure_uuid,
    is_project,
    read_metadata,
    variables_dir,
)
from mage_jlab.store.record_yaml import PipelineRecord, parse_record


@dataclass(frozen=True)
class ProjectReader:
    """The files of one project, for reading; every path is checked to lie inside it.

    ``place`` is its real folder, ``variables_dir`` the folder of its data as Mage AI finds it, and
    ``data_root`` our part of that.
    """

    word: Project
    place: Path
    variables_dir: Path
    data_root: Path

    @classmethod
    def open(cls, folder: Path) -> Self:
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
        metadata = read_metadata(place)
        folder_of_data = variables_dir(place, metadata)
        return cls(
            word=Project(
                id=project_id(uuid, str(place)),
                uuid=uuid,
                name=str(metadata.get("name") or place.name),
                path=str(place),
            ),
            place=place,
            variables_dir=folder_of_data,
            data_root=data_root(folder_of_data, uuid),
        )

    @property
    def name(self) -> str:
        """The folder's name, under which the project's modules are imported."""
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
        text = self._pipeline_text(name)
        record = self._read_inside(self.pipeline_file(name, record_yaml.FILE))
        return _parse_pipeline(text, record, name, self.name)

    def pipeline_file(self, name: str, file: str = METADATA) -> str:
        """Give the path, relative to the project, of a file of a pipeline.

        Raises:
            NotFoundError: when this can be no pipeline's name.
        """
        if not name or "/" in name or "\\" in name or name.startswith("."):
            raise NotFoundError(f"There is no pipeline {name!r} in {self.name}.")
        return _file(name, file)

    def triggers(self, pipeline: str) -> list[TriggerSpec]:
        """Read the triggers of a pipeline.

        Raises:
            NotFoundError: when there is no such pipeline.
            UnreadableFileError: when its files cannot be read.
        """
        self._pipeline_text(pipeline)
        text = self._read_inside(self.pipeline_file(pipeline, triggers_yaml.FILE))
        record = self._read_inside(self.pipeline_file(pipeline, record_yaml.FILE))
        return list(_parse_triggers(text, record, pipeline))

    def record(self, pipeline: str) -> PipelineRecord:
        """Read what export recorded of a pipeline; empty when it recorded nothing.

        Raises:
            NotFoundError: when this can be no pipeline's name.
            UnreadableFileError: when the record cannot be read.
        """
        text = self._read_inside(self.pipeline_file(pipeline, record_yaml.FILE))
        return _parse_record(text, pipeline)

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


def _file(pipeline: str, file: str) -> str:
    return f"pipelines/{pipeline}/{file}"


# Lists of thousands of pipelines are read again and again: what a text says is worked out once.


@lru_cache(maxsize=4096)
def _parse_record(text: str | None, pipeline: str) -> PipelineRecord:
    return parse_record(text, _file(pipeline, record_yaml.FILE))


@lru_cache(maxsize=4096)
def _parse_pipeline(text: str, record: str | None, name: str, project: str) -> Pipeline:
    return parse_pipeline(text, _file(name, METADATA), name, project, _parse_record(record, name))


@lru_cache(maxsize=4096)
def _parse_triggers(text: str | None, record: str | None, pipeline: str) -> tuple[TriggerSpec, ...]:
    path, records = _file(pipeline, triggers_yaml.FILE), _parse_record(record, pipeline).triggers
    return tuple(triggers_yaml.parse_triggers(text, path, pipeline, records))
