"""A large output that is equal to a former one is kept once on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mage_jlab.blocks.worker.codecs import same
from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.store.retention_files import remove_product, remove_unshared

MANY = 300 * 1000 * 1000
PIECE = os.urandom(1000 * 1000)


def _write(root: Path, run: str, count: int, last: bytes = b"") -> dict[str, object]:
    folder = OutputFolder(str(root), f"{run}/b/_/1")

    def fill(file: object) -> None:
        for _ in range(count // len(PIECE)):
            file.write(PIECE)  # type: ignore[attr-defined] # what the worker passes
        file.write(last)  # type: ignore[attr-defined] # what the worker passes

    written = folder.write("x", "value.bin", fill)
    folder.seal({})
    return {"name": "x", "type": "bytes", **written}


def _disk(root: Path) -> int:
    """Give the bytes on disk below a folder, a file with several links once."""
    stats = [path.stat() for path in root.rglob("*") if path.is_file()]
    return sum({found.st_ino: found.st_blocks * 512 for found in stats}.values())


def test_300_mb_are_not_kept_twice(tmp_path: Path) -> None:
    first, second = (_write(tmp_path, run, MANY) for run in ("r1", "r2"))
    assert first["checksum"] == second["checksum"]
    assert first["uri"] != second["uri"]
    assert _disk(tmp_path) < 1.01 * MANY
    # each has its own address: the former may go, and the later stays whole
    remove_product(tmp_path, str(first["uri"]))
    remove_unshared(tmp_path)
    assert len(Decoder(str(tmp_path)).load(second)) == MANY
    remove_product(tmp_path, str(second["uri"]))
    assert _disk(tmp_path) > MANY
    remove_unshared(tmp_path)
    assert _disk(tmp_path) == 0


def test_another_output_is_kept_beside(tmp_path: Path) -> None:
    first = _write(tmp_path, "r1", same.LEAST * 2)
    second = _write(tmp_path, "r2", same.LEAST * 2, b"!")
    decoder = Decoder(str(tmp_path))
    assert decoder.load(first) + b"!" == decoder.load(second)


def test_a_former_output_that_was_altered_is_not_handed_on(tmp_path: Path) -> None:
    first = _write(tmp_path, "r1", same.LEAST * 2)
    path = tmp_path / str(first["uri"]) / "value.bin"
    with path.open("r+b") as file:
        file.seek(1000)
        byte = file.read(1)
        file.seek(1000)
        file.write(bytes([byte[0] ^ 1]))
    second, third = (_write(tmp_path, run, same.LEAST * 2) for run in ("r2", "r3"))
    decoder = Decoder(str(tmp_path))
    assert decoder.load(second) == decoder.load(third)
    with pytest.raises(StatedError, match="was altered"):
        decoder.load(first)
    inodes = {(tmp_path / str(one["uri"]) / "value.bin").stat().st_ino for one in (second, third)}
    assert len(inodes) == 1


def test_a_former_output_that_was_cut_short_is_not_handed_on(tmp_path: Path) -> None:
    first = _write(tmp_path, "r1", same.LEAST * 2)
    os.truncate(tmp_path / str(first["uri"]) / "value.bin", same.LEAST)
    second = _write(tmp_path, "r2", same.LEAST * 2)
    assert len(Decoder(str(tmp_path)).load(second)) == second["bytes"]


def test_small_files_are_left_alone(tmp_path: Path) -> None:
    _write(tmp_path, "r1", 0, b"small")
    assert not (tmp_path / same.FOLDER).exists()
