"""Snapshots: the files that a run runs, kept by hash and laid out read-only."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import threading
from pathlib import Path

from pydantic import ValidationError

from mage_jlab.domain.errors import NotFoundError, UnreadableFileError
from mage_jlab.domain.plan import Plan, Snapshot
from mage_jlab.store.disk import sync_folder, write_durable, write_error

MANIFEST = "snapshot.json"

_Stamp = tuple[int, int, int]


class SnapshotStore:
    """The snapshots of one state folder.

    Args:
        folder: where blobs and snapshots lie; made when the first one is stored.
    """

    _hashes: dict[str, tuple[_Stamp, str]] = {}
    _hashes_lock = threading.Lock()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, place: Path, files: list[str], plan: Plan) -> Snapshot:
        """Store the files of a project as they are now, with the plan of a run.

        Storing the same once more writes nothing.

        Args:
            place: the project's real folder.
            files: what to keep, relative to it.
            plan: what a run of these files executes.

        Raises:
            UnreadableFileError: when a file cannot be read.
            UnprocessableError: when the disk is full or may not be written.
        """
        hashes = {name: self._hash(place / name, name) for name in sorted(files)}
        identity = json.dumps([hashes, plan.to_json()], sort_keys=True)
        code = hashlib.sha256(identity.encode()).hexdigest()[:32]
        root = self._folder / code
        snapshot = Snapshot(
            hash=code, folder=str(root / plan.project_name), files=hashes, plan=plan
        )
        if not (root / MANIFEST).is_file():
            try:
                self._lay_out(place, root, snapshot)
            except OSError as error:
                raise write_error(error, str(self._folder)) from error
        return snapshot

    def get(self, code: str) -> Snapshot:
        """Read a snapshot's manifest.

        Raises:
            NotFoundError: when it is not there, or its manifest cannot be read.
        """
        try:
            return Snapshot.model_validate_json((self._folder / code / MANIFEST).read_bytes())
        except (OSError, ValidationError) as error:
            raise NotFoundError(f"The snapshot {code} is not there any more.") from error

    def hash_of(self, place: Path, name: str) -> str:
        """Give the sha256 of a file of a project, from memory while the file stays as it is.

        Raises:
            UnreadableFileError: when it cannot be read.
        """
        return self._hash(place / name, name)

    def _hash(self, path: Path, name: str) -> str:
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            with self._hashes_lock:
                known = self._hashes.get(str(path))
            if known is not None and known[0] == stamp:
                return known[1]
            code = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnreadableFileError(f"{name} cannot be read: {reason}.", name) from error
        with self._hashes_lock:
            self._hashes[str(path)] = (stamp, code)
        return code

    def _lay_out(self, place: Path, root: Path, snapshot: Snapshot) -> None:
        """Make the folder under another name and move it into place when it is whole."""
        self._folder.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder))
        try:
            folder = part / snapshot.plan.project_name
            folder.mkdir()
            for name, code in snapshot.files.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                _link(self._blob(place / name, name, code), target)
            write_durable(part / MANIFEST, snapshot.model_dump_json(indent=1).encode(), 0o444)
            folders = [path for path in folder.rglob("*") if path.is_dir()]
            for made in [*folders, folder, part]:
                sync_folder(made)
            for made in [*folders, folder]:
                made.chmod(0o555)
            part.chmod(0o755)
            try:
                part.rename(root)
            except OSError:
                # somebody else has just stored the same
                if not (root / MANIFEST).is_file():
                    raise
                remove_tree(part)
            sync_folder(self._folder)
        except BaseException:
            remove_tree(part)
            raise

    def _blob(self, path: Path, name: str, code: str) -> Path:
        blob = self._folder / "blobs" / code[:2] / code
        if not blob.exists():
            data = path.read_bytes()
            if hashlib.sha256(data).hexdigest() != code:
                raise UnreadableFileError(f"{name} changed while it was read. Try again.", name)
            blob.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(prefix=".", dir=blob.parent)
            os.close(handle)
            write_durable(Path(part), data, 0o444)
            Path(part).replace(blob)
            sync_folder(blob.parent)
        return blob


def remove_tree(folder: Path) -> None:
    """Remove a snapshot's folder, read-only as it is; one that is not there is no error."""
    if not folder.exists():
        return
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(path.stat().st_mode | stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _link(blob: Path, target: Path) -> None:
    try:
        os.link(blob, target)
    except OSError:
        # a file system without hard links
        shutil.copy2(blob, target)
