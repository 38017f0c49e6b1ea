"""Collecting what an export does to files: new, changed, same, removed, or in conflict."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping

from mage_jlab.domain.export import ChangeKind, ExportConflict, FileChange
from mage_jlab.domain.pipeline import Pipeline
from mage_jlab.notebook.stored_outputs import LARGE, lean
from mage_jlab.store.disk import text_hash
from mage_jlab.store.paths import inside
from mage_jlab.store.project_files import ProjectFiles

_MERGING = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
_CREATED = re.compile(r"^created_at:.*$", re.MULTILINE)


class Changes:
    """The changes of one export, in the order of writing.

    Args:
        files: the project; only read here.
        users: the other pipelines' blocks' files, each with the pipelines that use it.
        known: whether every other pipeline could be read, so that ``users`` is complete.
    """

    def __init__(self, files: ProjectFiles, users: Mapping[str, list[str]], known: bool) -> None:
        self._files = files
        self._users = users
        self._known = known
        self.list: list[FileChange] = []
        self.conflicts: list[ExportConflict] = []

    def put(self, path: str, after: str, before: str | None, cell_id: str | None = None) -> None:
        """Give a file its new text."""
        kind = ChangeKind.NEW if before is None else ChangeKind.CHANGED
        if before == after:
            kind = ChangeKind.SAME
        self.list.append(
            FileChange(
                path=path,
                kind=kind,
                before=before,
                after=after,
                diff="" if kind is ChangeKind.SAME else diff_of(path, before, after),
                cell_id=cell_id,
                used_by=list(self._users.get(path, ())),
            )
        )

    def generate(
        self, path: str, after: str, recorded: str | None, block: str | None, cell_id: str | None
    ) -> None:
        """Give a generated file its new text, unless what stands there is somebody's work.

        Args:
            path: the file.
            after: its new text.
            recorded: the sha256 of the text that the last export wrote there, if it wrote one.
            block: the block it holds, if it holds one.
            cell_id: that block's cell.
        """
        before = self._files.read(path)
        other = self._other_spelling(path) if before is None else None
        if other is not None:
            message = (
                f"{other} is there, and only capital letters tell the two apart, which not every "
                f"disk does. Give {f'the block {block}' if block else 'the pipeline'} another name."
            )
            self.conflicts.append(ExportConflict(path=path, block=block, message=message))
            return
        if before in (None, after) or text_hash(before or "") == recorded:
            self.put(path, after, before, cell_id)
            return
        if _MERGING.search(before or ""):
            message = (
                "It holds the marks of a merge that is not finished (<<<<<<<), and is not "
                "overwritten. Settle it in the file, or delete the file and export again."
            )
        elif recorded is not None:
            message = (
                "It has changed since the last export, and is not overwritten. Copy the change "
                "into the notebook; or delete the file, and the next export writes it anew."
            )
        else:
            what = f"the block {block}" if block else "the pipeline"
            message = (
                "It was not written by an export from a notebook, and is not overwritten. "
                f"Give {what} another name, or move the file away."
            )
        self.conflicts.append(ExportConflict(path=path, block=block, message=message))

    def _other_spelling(self, path: str) -> str | None:
        """Give a file whose name is the same but for capital letters."""
        folder, _, name = path.rpartition("/")
        try:
            there = [one.name for one in inside(self._files.place, folder or ".").iterdir()]
        except OSError:
            return None
        mine = {change.path for change in self.list}
        found = [f"{folder}/{one}" for one in there if one != name and one.lower() == name.lower()]
        return next((one for one in found if one not in mine), None)

    def retire(self, path: str, recorded: str | None) -> None:
        """Remove a generated file, if it is still as it was written and nobody else uses it."""
        before = self._files.read(path)
        if before is None or text_hash(before) != recorded:
            return
        if not self._known or path in self._users or any(c.path == path for c in self.list):
            return
        self.list.append(
            FileChange(
                path=path,
                kind=ChangeKind.REMOVED,
                before=before,
                diff=diff_of(path, before, None),
            )
        )

    def fingerprint(self) -> str:
        """Give a hash of all that would be written; when a pipeline is made does not count."""
        digest = hashlib.sha256()
        for change in self.list:
            after = change.after or ""
            after = after if len(after) > LARGE else _CREATED.sub("", after)
            for part in (change.path, change.kind, str(change.before), after):
                digest.update(part.encode())
                digest.update(b"\0")
        return digest.hexdigest()


def diff_of(path: str, before: str | None, after: str | None) -> str:
    """Give the unified diff of a file's text."""
    if max(len(before or ""), len(after or "")) > LARGE:
        before, after = (None if text is None else lean(text)[0] for text in (before, after))
    old, new = (before or "").splitlines(), (after or "").splitlines()
    names = (
        path if before is not None else "/dev/null",
        path if after is not None else "/dev/null",
    )
    return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))


def files_of_others(files: ProjectFiles, pipeline: str) -> tuple[dict[str, list[str]], bool]:
    """Give the blocks' files of the other pipelines, and whether all of these could be read.

    Each file comes with the pipelines that use it, sorted.
    """
    from mage_jlab.domain.errors import MageError

    users: dict[str, list[str]] = {}
    known = True
    for name in files.pipelines():
        if name == pipeline:
            continue
        try:
            other: Pipeline = files.pipeline(name)
        except MageError:
            known = False
            continue
        for file in dict.fromkeys(block.file for block in other.blocks):
            users.setdefault(file, []).append(name)
    return users, known
