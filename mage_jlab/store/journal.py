"""Writing several files of a project, all or none, whatever kills the writer.

New and old texts are laid beside the project's files first, then a journal that lists them; from
there on the files are put in place one by one, and the journal goes last. Whoever finds a journal
puts the old files back.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mage_jlab.store.disk import sync_folder, write_durable, write_error

FOLDER = ".mage_jlab-journal"
"""The folder, in the project's own, that exists while something is written."""

_LIST = "journal.json"


def write_all(place: Path, texts: Sequence[tuple[Path, str | None]]) -> None:
    """Write and remove files, all or none; the caller holds the project's lock.

    Args:
        place: the project's real folder.
        texts: real paths inside it, in the order of writing, each with its new text or, to
            remove it, None.

    Raises:
        UnprocessableError: when the disk is full or may not be written; nothing has changed then.
    """
    if not texts:
        return
    folder = place / FOLDER
    try:
        entries = _prepare(folder, place, texts)
        _apply(folder, place, entries)
    except OSError as error:
        roll_back(place)
        raise write_error(error, place.name) from error
    _finish(folder)


def roll_back(place: Path) -> bool:
    """Undo what a killed writer left; the caller holds the project's lock.

    Returns:
        Whether files were put back.

    Raises:
        UnprocessableError: when the old files cannot be put back; the journal then stays.
    """
    folder = place / FOLDER
    if not folder.is_dir() or folder.is_symlink():
        return False
    try:
        undone = _undo(folder, place)
    except OSError as error:
        raise write_error(error, place.name) from error
    _finish(folder)
    return undone


def unfinished(place: Path) -> bool:
    """Whether a writer is at work in the project, or was killed there."""
    return (place / FOLDER).is_dir()


def _prepare(
    folder: Path, place: Path, texts: Sequence[tuple[Path, str | None]]
) -> list[dict[str, Any]]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    entries: list[dict[str, Any]] = []
    for number, (path, text) in enumerate(texts):
        existed = path.exists()
        mode = path.stat().st_mode & 0o7777 if existed else None
        if existed:
            write_durable(folder / f"old-{number}", path.read_bytes(), mode)
        if text is not None:
            write_durable(folder / f"new-{number}", text.encode(), mode)
        entries.append(
            {
                "path": str(path.relative_to(place)),
                "existed": existed,
                "removed": text is None,
                "folders": [str(f.relative_to(place)) for f in _missing_folders(path)],
            }
        )
    write_durable(folder / f"{_LIST}.part", json.dumps(entries).encode())
    sync_folder(folder)
    (folder / f"{_LIST}.part").rename(folder / _LIST)
    sync_folder(folder)
    return entries


def _apply(folder: Path, place: Path, entries: list[dict[str, Any]]) -> None:
    touched: set[Path] = set()
    for number, entry in enumerate(entries):
        path = place / entry["path"]
        if entry["removed"]:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            (folder / f"new-{number}").replace(path)
        touched.update([path.parent, *path.parent.parents])
    for parent in touched:
        if place == parent or place in parent.parents:
            sync_folder(parent)


def _undo(folder: Path, place: Path) -> bool:
    try:
        entries: list[dict[str, Any]] = json.loads((folder / _LIST).read_text())
    except FileNotFoundError:
        return False
    for number, entry in enumerate(entries):
        path = place / entry["path"]
        if entry["existed"]:
            old, part = folder / f"old-{number}", folder / "back"
            write_durable(part, old.read_bytes(), old.stat().st_mode & 0o7777)
            part.replace(path)
        else:
            path.unlink(missing_ok=True)
    for entry in reversed(entries):
        for name in entry["folders"]:
            made = place / name
            if made.is_dir() and not any(made.iterdir()):
                made.rmdir()
    sync_folder(place)
    return True


def _finish(folder: Path) -> None:
    """Drop the journal: its list first, so that a kill in between leaves nothing to undo."""
    try:
        (folder / _LIST).unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise write_error(error, folder.name) from error
    shutil.rmtree(folder, ignore_errors=True)


def _missing_folders(path: Path) -> list[Path]:
    """The folders that do not exist yet on the way to a file, the innermost first."""
    missing: list[Path] = []
    parent = path.parent
    while not parent.exists():
        missing.append(parent)
        parent = parent.parent
    return missing
