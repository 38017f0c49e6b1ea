"""The notebook that a service works on: where it lies, what it holds, and writing it back."""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    UnprocessableError,
)
from mage_jlab.services.reading_memory import ReadingMemory
from mage_jlab.store.disk import write_error
from mage_jlab.store.project_files import ProjectFiles

if TYPE_CHECKING:
    from mage_jlab.notebook.cells import WorkbenchReading


_MAPPED = 16_000_000
"""From this size on a file is read without a second copy of it in memory, in bytes."""


@dataclass(frozen=True)
class Source:
    """A notebook that a service works on.

    Attributes:
        place: where it lies, or would lie.
        shown: its path, as analyses say it.
        files: the project that it lies in, if it lies in one.
        text: the text of its file, when it was read from there.
        memory: what the last readings of notebooks left.
    """

    place: Path
    shown: str
    document: dict[str, Any]
    files: ProjectFiles | None
    text: str | None
    memory: ReadingMemory

    def read(self, pipeline: str) -> WorkbenchReading:
        """Read it as a pipeline."""
        from mage_jlab.notebook.reading import read_workbench

        with self.memory.of(self.place) as memory:
            return read_workbench(
                self.document,
                path=self.shown,
                pipeline=pipeline,
                recorded=_recorded(self.files, pipeline),
                memory=memory,
            )

    def upgrade(self) -> None:
        """Give every cell an id, as the file will have it once the export has written it."""
        from mage_jlab.notebook.document import upgrade

        upgrade(self.document)


def parse_text(text: str, path: str | Path, *, whole: bool = True) -> dict[str, Any]:
    """Read a notebook's text; an error names the path.

    Args:
        text: the text.
        path: how an error calls it.
        whole: whether large outputs are read too.

    Raises:
        BadInputError: when it is no notebook.
    """
    from mage_jlab.notebook import document

    try:
        return document.parse_notebook(text, whole=whole)
    except BadInputError as error:
        raise BadInputError(f"{path}: {error.message}", error.reason) from error


def read_text(place: Path) -> str:
    """Read a notebook's file.

    Raises:
        BadInputError: when it is no text.
        UnprocessableError: when it may not be read.
    """
    try:
        with place.open("rb") as file:
            if place.stat().st_size < _MAPPED:
                return file.read().decode("utf-8")  # with its line ends as they are
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return str(data, "utf-8")
    except OSError as error:
        raise UnprocessableError(f"{place.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise BadInputError(
            f"{place.name} is not a notebook: it is no UTF-8 text.", "not-a-notebook"
        ) from None


def replace_text(place: Path, before: str, after: str) -> None:
    """Write a notebook's file, if it still has the text that was read.

    Raises:
        ConflictError: when it changed since; nothing is written then.
        UnprocessableError: when the folder may not be written, or the disk is full.
    """
    aside = place.with_name(f".{place.name}.{os.getpid()}.tmp")
    try:
        with aside.open("w", encoding="utf-8", newline="") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(place, aside)
        if read_text(place) != before:
            raise ConflictError(
                f"{place.name} changed while it was worked on; nothing was written. Try again."
            )
        aside.replace(place)
    except OSError as error:
        raise write_error(error, place.name) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def pipeline_name(notebook: dict[str, Any], place: Path) -> str:
    """Give the pipeline that a notebook says it is, else its file's stem, cleaned."""
    from mage_jlab.notebook.document import pipeline_of

    return pipeline_of(notebook, place.name)


def _recorded(files: ProjectFiles | None, pipeline: str) -> Mapping[str, str]:
    """Give the names that former exports gave to cells."""
    if files is None:
        return {}
    try:
        return files.record(pipeline).names_by_cell
    except NotFoundError:
        return {}
