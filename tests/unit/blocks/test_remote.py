"""Products behind a URL, as the worker sees them; S3 is tested through the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mage_jlab.blocks.fetching import bring
from mage_jlab.blocks.worker.codecs import remote
from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import UnprocessableError


def _machine(folder: Path, url: str) -> Path:
    """Give a products folder that is a cache of a URL."""
    folder.mkdir()
    (folder / remote.MARK).write_text(f"{url}\n")
    return folder


def _written(root: Path) -> dict[str, Any]:
    folder = OutputFolder(str(root), "r1/b/_/1")
    written = folder.write("x", "value.txt", lambda file: file.write(b"hello"))
    folder.seal({})
    return {"name": "x", "type": "text", **written}


def test_two_machines_share_products(tmp_path: Path) -> None:
    url = (tmp_path / "shared").as_uri()
    here, there = (_machine(tmp_path / name, url) for name in ("here", "there"))
    stored = _written(here)
    assert Decoder(str(there)).load(stored) == "hello"
    shared = tmp_path / "shared" / "r1" / "b" / "_" / "1"
    assert {path.name for path in shared.iterdir()} == {"x", "manifest.json"}
    (shared / "x" / "value.txt").write_text("other")
    # what was fetched stays, and another machine is told
    assert Decoder(str(there)).load(stored) == "hello"
    with pytest.raises(StatedError, match="was altered"):
        Decoder(str(_machine(tmp_path / "third", url))).load(stored)
    remote.remove(str(here), stored["uri"])
    assert not shared.exists()
    with pytest.raises(StatedError, match="is gone"):
        Decoder(str(tmp_path / "third")).load(stored)


def test_what_a_failed_attempt_uploaded_goes(tmp_path: Path) -> None:
    here = _machine(tmp_path / "here", (tmp_path / "shared").as_uri())
    folder = OutputFolder(str(here), "r1/b/_/1")
    folder.write("x", "value.txt", lambda file: file.write(b"hello"))
    folder.seal({})
    assert (tmp_path / "shared/r1/b/_/1/x/value.txt").exists()
    folder.discard()
    assert not (tmp_path / "shared/r1/b/_/1").exists()
    assert not (here / "r1/b/_/1").exists()


def test_a_missing_driver_is_named(tmp_path: Path) -> None:
    root = _machine(tmp_path / "here", "gs://lake/p")
    with pytest.raises(StatedError, match="gs://") as caught:
        _written(root)
    assert caught.value.kind == "MissingPackage"
    stored = StoredProduct(name="x", type="text", uri="r1/b/_/2/x", bytes=1, checksum="c")
    with pytest.raises(UnprocessableError, match="install it") as told:
        bring(stored, root)
    assert told.value.reason == "package-missing"


def test_a_place_that_cannot_be_written_fails_the_upload(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    root = _machine(tmp_path / "here", (tmp_path / "file" / "x").as_uri())
    with pytest.raises(StatedError, match="could not be written") as caught:
        _written(root)
    assert caught.value.kind == "CannotUpload"
