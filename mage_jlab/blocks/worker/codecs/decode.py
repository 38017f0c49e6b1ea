"""Stored products as values again, for workers and kernels."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import sys
from typing import Any, Callable

from ..failures import StatedError
from . import pickles, remote
from .frames import to_value
from .layout import LAYOUT, data_fields
from .registry import FILE, MAPPED, codec_named
from .tabular import of_arrow

VERIFIED_SIZE = 16 * 1024 * 1024
"""A memory-mapped file up to this size is verified by its checksum, a larger one by its size."""

VERSION = 1
"""The newest form of manifest and files that is read here."""

FILES = {
    "frame": "data.arrow",
    "series": "data.arrow",
    "array": "value.npy",
    "json": "value.json",
    "text": "value.txt",
    "bytes": "value.bin",
    "figure": "value.figure",
    "model": "value.pkl",
    "object": "value.pkl",
}
"""The file of each product type in its folder."""


class Decoder:
    """Loads products; what must stay alive beside a value is kept as long as the decoder.

    Args:
        root: the project's products folder.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self.kept: list[Any] = []
        self._pickled: dict[str, dict[str, Any]] = {}

    def load(self, stored: dict[str, Any]) -> Any:
        """Give the value of a product.

        Args:
            stored: its manifest.

        Raises:
            StatedError: ``ProductLost`` when its file is gone or altered; ``MissingPackage``.
        """
        _check_version(stored)
        try:
            if stored.get("inline") is not None:
                return self._inline(stored)
            kind = "codec" if stored.get("codec") else stored["type"]
            form: Callable[[dict[str, Any], str], Any] = getattr(self, f"_{kind}")
            return form(stored, self._verified(stored))
        except (StatedError, MemoryError):
            raise
        except ImportError as error:
            package = (error.name or "a package").split(".")[0]
            raise StatedError(
                "MissingPackage", f"{stored['name']} cannot be read: {pickles.missing(package)}"
            ) from error
        except Exception as error:
            raise self._unreadable(stored, error) from error

    def table(self, stored: dict[str, Any]) -> Any:
        """Give a frame or series as an Arrow table without its index; None for another product.

        The columns share their memory with the file.

        Args:
            stored: its manifest.

        Raises:
            StatedError: ``ProductLost`` when its file is gone or altered.
        """
        _check_version(stored)
        if stored["type"] not in ("frame", "series") or stored.get("codec"):
            return None
        table = self._arrow(stored, self._verified(stored))
        return table.select(data_fields(table.schema))

    def _inline(self, stored: dict[str, Any]) -> Any:
        if hashlib.sha256(stored["inline"].encode()).hexdigest() != stored["checksum"]:
            raise _lost(stored, "was altered")
        value = json.loads(stored["inline"])
        if stored["type"] == "figure":
            return value.get("value", value["mime"])
        return value

    def fetch(self, stored: dict[str, Any]) -> str:
        """Give the path of a product's file; one that lies behind a URL is fetched first.

        Raises:
            StatedError: ``ProductLost`` when it is gone or altered there; ``CannotFetch``.
        """
        path = self._path(stored)
        wrong = remote.fetch(self._root, stored, path)
        if wrong is not None:
            raise _lost(stored, wrong)
        return path

    def _verified(self, stored: dict[str, Any]) -> str:
        path = self.fetch(stored)
        try:
            size = os.stat(path).st_size
        except OSError as error:
            raise _lost(stored, "is gone") from error
        mapped = stored["type"] in ("frame", "series", "array")
        mapped = mapped and stored.get("codec") in (None, *MAPPED)
        if size != stored["bytes"]:
            raise _lost(stored, "was altered")
        if (not mapped or size <= VERIFIED_SIZE) and _checksum(path) != stored["checksum"]:
            raise _lost(stored, "was altered")
        return path

    def _path(self, stored: dict[str, Any]) -> str:
        file = FILE if stored.get("codec") else FILES[stored["type"]]
        return os.path.join(self._root, *stored["uri"].split("/"), file)

    def _unreadable(self, stored: dict[str, Any], error: Exception) -> StatedError:
        """Say why a value could not be loaded: only now is the whole of a large file hashed."""
        if stored.get("uri") and _checksum(self._path(stored)) != stored["checksum"]:
            return _lost(stored, "was altered")
        return StatedError(
            "CannotLoad",
            f"{stored['name']} ({stored.get('type_name')}) cannot be loaded here "
            f"({type(error).__name__}: {error}): run the block that makes it again in this "
            "environment.",
        )

    def _codec(self, stored: dict[str, Any], path: str) -> Any:
        codec = codec_named(stored["codec"])
        if codec is None:
            raise StatedError(
                "MissingPackage",
                f"{stored['name']} ({stored.get('type_name')}) was stored by the codec "
                f"{stored['codec']}, which no package in the environment of {sys.executable} "
                "brings: install the package there.",
            )
        with open(path, "rb") as file:
            return codec.read(file)

    def _arrow(self, stored: dict[str, Any], path: str) -> Any:
        import pyarrow as pa

        try:
            with pa.memory_map(path) as source:
                return pa.ipc.open_file(source).read_all()
        except pa.ArrowInvalid as error:
            raise _lost(stored, "was altered") from error

    def _frame(self, stored: dict[str, Any], path: str) -> Any:
        table = self._arrow(stored, path)
        kind = stored.get("type_name") or ""
        if kind.startswith("pyarrow."):
            return of_arrow(table, kind)
        if LAYOUT in (table.schema.metadata or {}):
            value, base = to_value(table, pickles.load)
            self.kept.append(base)
            return value
        if kind.startswith("polars."):
            import polars as pl

            frame = pl.from_arrow(table)
            return frame.to_series(0) if stored["type"] == "series" else frame
        return table

    _series = _frame

    def _array(self, _: dict[str, Any], path: str) -> Any:
        import numpy as np

        try:
            return np.load(path, mmap_mode="c", allow_pickle=False).view(np.ndarray)
        except ValueError:
            # an empty array has nothing to map
            return np.load(path, allow_pickle=False)

    def _json(self, _: dict[str, Any], path: str) -> Any:
        return json.loads(_read(path))

    def _text(self, _: dict[str, Any], path: str) -> str:
        # by pieces: decoding a long text of wide characters at once takes several times its size
        decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
        with open(path, "rb") as file:
            pieces = [decoder.decode(data) for data in iter(lambda: file.read(1 << 20), b"")]
        return "".join(pieces) + decoder.decode(b"", final=True)

    def _bytes(self, _: dict[str, Any], path: str) -> bytes:
        return _read(path)

    def _figure(self, _: dict[str, Any], path: str) -> Any:
        head, pickled = _read(path).split(b"\n", 1)
        if pickled:
            return pickles.load(pickled)
        value = json.loads(head)
        return value.get("value", value["mime"])

    def _object(self, stored: dict[str, Any], path: str) -> Any:
        if path not in self._pickled:
            self._pickled[path] = pickles.load(_read(path))
        return self._pickled[path][stored["name"]]

    _model = _object


def _check_version(stored: dict[str, Any]) -> None:
    """Refuse what a newer version stored.

    Raises:
        StatedError: ``NewerProduct``.
    """
    if stored.get("version", 1) > VERSION or stored["type"] not in FILES:
        raise StatedError(
            "NewerProduct",
            f"{stored['name']} was stored by a newer mage_jlab, in a form that this one does not "
            "know: update mage_jlab where it is read, or run the block that makes it again.",
        )


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _checksum(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for part in iter(lambda: file.read(1 << 20), b""):
            digest.update(part)
    return digest.hexdigest()


def _lost(stored: dict[str, Any], how: str) -> StatedError:
    return StatedError(
        "ProductLost",
        f"The stored data of {stored['name']} {how} ({stored.get('uri') or 'in the ledger'}): "
        "run the block that makes it again.",
    )
