"""Deleting products' files: all of them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mage_jlab.store.retention_files import attempt_folders, remove_attempt, remove_product, room


def _product(root: Path, uri: str) -> Path:
    folder = root / uri
    folder.mkdir(parents=True)
    (folder / "value.txt").write_text("12345")
    return folder


def test_an_attempt_goes_with_its_last_product(tmp_path: Path) -> None:
    for name in ("x", "y"):
        _product(tmp_path, f"r1/b/_/1/{name}")
    other = _product(tmp_path, "r1/c/_/1/z")
    manifest = tmp_path / "r1/b/_/1/manifest.json"
    manifest.write_text("{}")
    remove_product(tmp_path, "r1/b/_/1/x")
    assert manifest.exists()
    remove_product(tmp_path, "r1/b/_/1/x")
    remove_product(tmp_path, "r1/b/_/1/y")
    assert [path.name for path in (tmp_path / "r1").iterdir()] == ["c"]
    remove_product(tmp_path, "r1/c/_/1/z")
    assert not other.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("uri", ["../other", "r1/../../other", "/tmp", ""])
def test_nothing_outside_is_ever_deleted(tmp_path: Path, uri: str) -> None:
    other = _product(tmp_path, "other")
    root = tmp_path / "products"
    kept = _product(root, "r1/b/_/1/x")
    with pytest.raises(OSError, match="out of the products folder"):
        remove_product(root, uri)
    assert other.exists()
    assert kept.exists()


def test_what_an_attempt_left_is_described(tmp_path: Path) -> None:
    _product(tmp_path, "r1/b/_/1/x")
    _product(tmp_path, "r1/b/_/2/x")
    (tmp_path / "r1/b/_/2/manifest.json").write_text("{}")
    (tmp_path / "@same" / "ab").mkdir(parents=True)
    (tmp_path / "@same" / "ab" / "abcd").write_text("1")
    found = {folder.place: folder for folder in attempt_folders(tmp_path)}
    assert {place: folder.sealed for place, folder in found.items()} == {
        "r1/b/_/1": False,
        "r1/b/_/2": True,
    }
    assert found["r1/b/_/2"].parts == ["r1/b/_/2/x"]
    assert found["r1/b/_/2"].run == "r1"
    remove_attempt(tmp_path, "r1/b/_/2")
    assert [folder.place for folder in attempt_folders(tmp_path)] == ["r1/b/_/1"]


def test_the_share_is_that_of_the_disk_of_a_folder_to_be_made(tmp_path: Path) -> None:
    assert room(tmp_path / "not" / "yet", 0.5) == room(tmp_path, 0.5) > 0
    assert room(tmp_path, 1) >= 2 * room(tmp_path, 0.5)
