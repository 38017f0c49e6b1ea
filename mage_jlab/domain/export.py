"""What an export does, or would do."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.analysis import Diagnostic
from mage_jlab.domain.word import Word


class ChangeKind(StrEnum):
    """What an export does to one file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REMOVED = "removed"


class FileChange(Word):
    """One file of an export: its text before and after (None where there is none), and the diff.

    ``used_by`` names the other pipelines whose block the file is.
    """

    path: str
    kind: ChangeKind
    before: str | None = None
    after: str | None = None
    diff: str = ""
    cell_id: str | None = None
    used_by: list[str] = []


class ExportConflict(Word):
    """A file that this export would overwrite, though mage_jlab did not write what stands there."""

    path: str
    block: str | None = None
    message: str


class Export(Word):
    """The outcome of an export; paths are relative to the project.

    ``changes`` is given for a dry run or when diffs were asked for; ``fingerprint`` stands for
    all that is written, so that an export does what was looked at or nothing.
    """

    pipeline: str
    written: list[str] = []
    unchanged: list[str] = []
    removed: list[str] = []
    conflicts: list[ExportConflict] = []
    diagnostics: list[Diagnostic] = []
    changes: list[FileChange] = []
    fingerprint: str = ""
