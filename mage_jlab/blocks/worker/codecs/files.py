"""The folder that one attempt writes its products to: synced to disk, the manifest last."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import threading
from typing import Any
from urllib.parse import quote

from ..failures import StatedError
from . import remote
from .same import keep_once

MANIFEST = "manifest.json"

PIECE = 1 << 20
"""How many characters of a long text are encoded at once."""


ASIDE = 1 << 20
"""Pieces of at least so many bytes are hashed by a thread while they are written."""


class HashingFile:
    """A new file that is hashed while it is written and synced when it is finished.

    Args:
        path: where it is made; it must not exist.
        root: the products folder, where a former file of equal content is looked for: the new one
            is a link to that then, and need not be synced.
    """

    def __init__(self, path: str, root: str | None = None) -> None:
        self._path, self._root = path, root
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o644)
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        """Write bytes; gives their number."""
        view = memoryview(data).cast("B")
        self.size += len(view)
        if len(view) < ASIDE:
            self._hash.update(view)
            self._write(view)
            return len(view)
        hashing = threading.Thread(target=self._hash.update, args=(view,), daemon=True)
        hashing.start()
        try:
            self._write(view)
        finally:
            # the bytes are the caller's again when this returns
            hashing.join()
        return len(view)

    def _write(self, view: memoryview) -> None:
        while view:
            view = view[os.write(self._descriptor, view) :]

    def tell(self) -> int:
        """Give the position, which is the size."""
        return self.size

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def readable(self) -> bool:
        """Say that it cannot be read."""
        return False

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def seekable(self) -> bool:
        """Say that it is written from start to end."""
        return False

    def close(self) -> None:
        """Take no more bytes: an encoder closes its file in trouble too, so this keeps nothing."""
        self.closed = True

    def finish(self) -> None:
        """Make it durable, as a link to a former file of equal content where there is one."""
        root = self._root
        try:
            if root is None or not keep_once(root, self._path, self.checksum, self.size):
                os.fsync(self._descriptor)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Let go of it as it is."""
        self.closed = True
        os.close(self._descriptor)

    @property
    def checksum(self) -> str:
        """The sha256 of what was written."""
        return self._hash.hexdigest()


class OutputFolder:
    """Where one attempt writes; nothing is made on disk before the first file.

    Args:
        root: the project's products folder.
        relative: this attempt's folder in it.
    """

    def __init__(self, root: str, relative: str) -> None:
        self._root = root
        self._relative = relative
        self._made: list[str] = []

    def write(self, part: str, file: str, fill: Any) -> dict[str, Any]:
        """Write one file of one product.

        Args:
            part: the product's folder in this attempt's.
            file: the file's name.
            fill: called with the open file.

        Returns:
            ``uri``, ``bytes`` and ``checksum`` of the product.

        Raises:
            StatedError: when the disk is full.
        """
        uri = f"{self._relative}/{part_name(part)}"
        try:
            folder = self._make(os.path.join(self._root, *uri.split("/")))
            target = HashingFile(os.path.join(folder, file), self._root)
            try:
                fill(target)
            except BaseException:
                target.abandon()
                raise
            target.finish()
            sync_folder(folder)
        except OSError as error:
            raise self._explained(error) from error
        return {"uri": uri, "bytes": target.size, "checksum": target.checksum}

    def path(self, uri: str, file: str) -> str:
        """Give the path of a file that ``write`` wrote."""
        return os.path.join(self._root, *uri.split("/"), file)

    def seal(self, manifest: dict[str, Any]) -> None:
        """Write the manifest: from now on the files are whole. Without files there is none."""
        if not self._made:
            return
        folder = os.path.join(self._root, *self._relative.split("/"))
        try:
            target = HashingFile(os.path.join(folder, MANIFEST))
            try:
                target.write(json.dumps(manifest, indent=1, sort_keys=True).encode())
            except BaseException:
                target.abandon()
                raise
            target.finish()
            sync_folder(folder)
            for made in reversed(self._made):
                sync_folder(os.path.dirname(made))
        except OSError as error:
            raise self._explained(error) from error
        remote.upload(self._root, self._relative)

    def discard(self) -> None:
        """Take away what a failed attempt wrote; what stays behind a URL is collected later."""
        if self._made:
            with contextlib.suppress(OSError, StatedError):
                remote.remove(self._root, self._relative)
            shutil.rmtree(os.path.join(self._root, *self._relative.split("/")), ignore_errors=True)

    def _make(self, folder: str) -> str:
        missing = []
        seen = folder
        while not os.path.isdir(seen):
            missing.append(seen)
            seen = os.path.dirname(seen)
        for path in reversed(missing):
            os.makedirs(path, exist_ok=True)
            self._made.append(path)
        return folder

    def _explained(self, error: OSError) -> Exception:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return StatedError(
                "DiskFull",
                f"There is no space left for this block's data products in {self._root}: "
                "free some space and retry the run.",
            )
        return error


def write_text(file: Any, text: str) -> None:
    """Write a text as UTF-8 by pieces, so that no second copy of a long one is made.

    Args:
        file: open for writing bytes.
        text: the text; surrogates without their other half are kept too.
    """
    for start in range(0, len(text), PIECE):
        file.write(text[start : start + PIECE].encode("utf-8", "surrogatepass"))


def sync_folder(folder: str) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def part_name(name: str) -> str:
    """Write any name as one part of a path; ``@`` marks the worker's own parts and stays."""
    if name.startswith("@"):
        return name
    return quote(name, safe=" ") if name not in (".", "..") else name.replace(".", "%2E")
