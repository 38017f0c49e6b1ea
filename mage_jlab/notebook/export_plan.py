"""The plan of an export: what it would write, and writing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.export import ChangeKind, Export, FileChange
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.changes import Changes
from mage_jlab.notebook.stored_outputs import LARGE, lean
from mage_jlab.store.disk import write_atomic
from mage_jlab.store.project_files import ProjectFiles


@dataclass(frozen=True)
class NotebookFile:
    """The notebook's file, when the export shall write its ``mage`` key.

    Attributes:
        text: the file's text as it was read.
        document: the notebook that was read from it, with a cell id for every cell.
    """

    text: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class ExportPlan:
    """What an export would do; nothing is written until :meth:`carry_out`."""

    files: ProjectFiles
    reading: WorkbenchReading
    changes: Changes
    bases: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """A hash of all that would be written, to make sure that what was looked at is done."""
        return self.changes.fingerprint()

    @property
    def possible(self) -> bool:
        """Whether nothing stands in the way: no error in the notebook, and no conflict."""
        return not self.reading.analysis.errors and not self.changes.conflicts

    def export(self, dry: bool = True, diff: bool = False) -> Export:
        """Describe the export; with ``dry`` or ``diff`` every change with its texts."""
        listed = self.changes.list if self.possible or dry else []
        done = [change for change in listed if change.kind is not ChangeKind.SAME]
        return Export(
            pipeline=self.reading.pipeline,
            written=[c.path for c in done if c.kind is not ChangeKind.REMOVED],
            unchanged=[c.path for c in listed if c.kind is ChangeKind.SAME],
            removed=[c.path for c in done if c.kind is ChangeKind.REMOVED],
            conflicts=self.changes.conflicts,
            diagnostics=self.reading.analysis.diagnostics,
            changes=[_short(change) for change in done] if dry or diff else [],
            fingerprint=self.fingerprint,
        )

    def carry_out(self, diff: bool = False) -> Export:
        """Write it all, or nothing; the caller holds the project's lock since the plan was made.

        Raises:
            ConflictError: when a file changed since the plan was made; nothing is written then.
            UnprocessableError: when the disk is full or may not be written.
        """
        if self.possible:
            for digest, text in self.bases.items():
                path = self.files.data_root / "base" / digest
                if not path.exists():
                    write_atomic(path, text.encode())
            changed = [c for c in self.changes.list if c.kind is not ChangeKind.SAME]
            for change in changed:
                if self.files.read(change.path) != change.before:
                    raise ConflictError(
                        f"{change.path} changed while it was worked on; nothing was written. "
                        "Try again."
                    )
            if changed:
                self.files.write(changed)
        return self.export(dry=False, diff=diff)


def _short(change: FileChange) -> FileChange:
    """Give a change without a notebook's large outputs, which nobody looks at as text."""
    texts = {"before": change.before, "after": change.after}
    long = {key: lean(text)[0] for key, text in texts.items() if text and len(text) > LARGE}
    return change.model_copy(update=long) if long else change
