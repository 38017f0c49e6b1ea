"""The files that the retention deletes: products', logs', and what attempts left that never ended.

An attempt's folder is ``<run>/<block>/<item>/<token>``; each product has a folder in it, and
``manifest.json``, written last, says that all were written to their end.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEALED = "manifest.json"
SAME = "@same"
"""The folder in which workers keep a link to each large file, by its checksum."""


@dataclass(frozen=True)
class AttemptFolder:
    """What one attempt wrote.

    ``place`` is relative to the products folder and ``parts`` are the folders of its products in
    the same way; ``sealed`` says whether it wrote all, ``changed`` when it last changed, in seconds
    since the epoch, and ``read`` when a file in it was last read or written.
    """

    place: str
    parts: list[str]
    sealed: bool
    changed: float
    read: float
    bytes: int

    @property
    def run(self) -> str:
        """The id of the run."""
        return self.place.partition("/")[0]


def attempt_folders(root: Path) -> Iterator[AttemptFolder]:
    """Give the folders of all attempts in a products folder; what vanishes is left out."""
    for folder in root.glob("*/*/*/*"):
        try:
            inside = list(folder.iterdir())
            stats = [path.stat() for path in [folder, *folder.rglob("*")]]
        except OSError:
            continue
        place = folder.relative_to(root).as_posix()
        yield AttemptFolder(
            place=place,
            parts=[f"{place}/{path.name}" for path in inside if path.is_dir()],
            sealed=any(path.name == SEALED for path in inside),
            changed=max(found.st_mtime for found in stats),
            read=max(max(found.st_mtime, found.st_atime) for found in stats[1:] or stats),
            bytes=sum(found.st_size for found in stats),
        )


def remove_product(root: Path, uri: str) -> None:
    """Delete a product's files, and the folders above that have no other product any more.

    Raises:
        OSError: when a file cannot be deleted; one that is gone already is no error.
    """
    folder = root / uri
    if ".." in folder.parts or root not in folder.parents:
        raise OSError(f"{uri} leads out of the products folder")
    _remove(folder)
    attempt = folder.parent
    if attempt.is_dir() and all(path.name == SEALED for path in attempt.iterdir()):
        _remove(attempt)
    _remove_empty(root, attempt.parent)


def remove_attempt(root: Path, place: str) -> None:
    """Delete all that an attempt wrote; errors as of ``remove_product``."""
    _remove(root / place)
    _remove_empty(root, (root / place).parent)


def remove_logs(logs: Path, run: str) -> None:
    """Delete the logs of a run; errors as of ``remove_product``."""
    _remove(logs / run)


def remove_unshared(root: Path) -> None:
    """Delete the links to files that no product has any more."""
    for path in (root / SAME).glob("*/*"):
        with contextlib.suppress(OSError):
            if path.stat().st_nlink == 1:
                path.unlink()


def room(root: Path, share: float) -> int:
    """Give the bytes that are a share of the disk that a folder lies on."""
    there = next(folder for folder in [root, *root.parents] if folder.is_dir())
    return int(shutil.disk_usage(there).total * share)


def _remove(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


def _remove_empty(root: Path, folder: Path) -> None:
    """Remove empty folders, upwards to the root; a worker that makes one there makes it again."""
    while folder != root and root in folder.parents:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent
