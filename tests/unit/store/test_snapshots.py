"""Snapshots: what a run runs stays as it was, whatever happens to the project's files."""

from __future__ import annotations

import sys
import threading

import pytest

from mage_jlab.domain.errors import NotFoundError, UnreadableFileError
from mage_jlab.domain.plan import Plan
from mage_jlab.store.snapshots import SnapshotStore, remove_tree


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "shop"
    (folder / "utils").mkdir(parents=True)
    (folder / "utils" / "a.py").write_text("A = 1\n")
    (folder / "b.py").write_text("B = 1\n")
    return folder


def _plan(place, **changes):
    values = {
        "project_uuid": "u",
        "project_name": "shop",
        "place": str(place),
        "cwd": str(place),
        "products": "/p",
        "logs": "/l",
        "pipeline": "sales",
        "interpreter": sys.executable,
        "blocks": [],
    }
    return Plan(**{**values, **changes})


FILES = ["b.py", "utils/a.py"]


def test_files_are_laid_out_read_only_under_the_projects_name(tmp_path, place):
    store = SnapshotStore(tmp_path / "snapshots")
    snapshot = store.put(place, FILES, _plan(place))
    folder = tmp_path / "snapshots" / snapshot.hash / "shop"
    assert snapshot.folder == str(folder)
    assert (folder / "utils" / "a.py").read_text() == "A = 1\n"
    assert folder.stat().st_mode & 0o222 == 0
    assert (folder / "utils" / "a.py").stat().st_mode & 0o222 == 0
    assert store.get(snapshot.hash) == snapshot


def test_an_edit_makes_another_snapshot_and_leaves_the_first(tmp_path, place):
    store = SnapshotStore(tmp_path / "snapshots")
    first = store.put(place, FILES, _plan(place))
    assert store.put(place, FILES, _plan(place)) == first
    (place / "b.py").write_text("B = 2\n")
    second = store.put(place, FILES, _plan(place))
    assert second.hash != first.hash
    assert (tmp_path / "snapshots" / first.hash / "shop" / "b.py").read_text() == "B = 1\n"
    assert (tmp_path / "snapshots" / second.hash / "shop" / "b.py").read_text() == "B = 2\n"
    other_plan = store.put(place, FILES, _plan(place, variables={"a": 1}))
    assert other_plan.hash not in (first.hash, second.hash)


def test_equal_files_are_stored_once(tmp_path, place):
    store = SnapshotStore(tmp_path / "snapshots")
    (place / "b.py").write_text("A = 1\n")
    snapshot = store.put(place, FILES, _plan(place))
    assert len(set(snapshot.files.values())) == 1
    blobs = [path for path in (tmp_path / "snapshots" / "blobs").rglob("*") if path.is_file()]
    assert len(blobs) == 1
    assert blobs[0].stat().st_nlink == 3


def test_several_writers_of_the_same_agree(tmp_path, place):
    found = []

    def put():
        found.append(SnapshotStore(tmp_path / "snapshots").put(place, FILES, _plan(place)))

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({snapshot.hash for snapshot in found}) == 1
    left = {path.name for path in (tmp_path / "snapshots").iterdir()}
    assert left == {"blobs", found[0].hash}


def test_a_missing_file_is_named_and_nothing_is_left(tmp_path, place):
    store = SnapshotStore(tmp_path / "snapshots")
    with pytest.raises(UnreadableFileError, match=r"gone\.py cannot be read") as caught:
        store.put(place, [*FILES, "gone.py"], _plan(place))
    assert caught.value.path == "gone.py"
    assert not (tmp_path / "snapshots").exists()


def test_a_snapshot_can_be_removed(tmp_path, place):
    store = SnapshotStore(tmp_path / "snapshots")
    snapshot = store.put(place, FILES, _plan(place))
    remove_tree(tmp_path / "snapshots" / snapshot.hash)
    remove_tree(tmp_path / "snapshots" / snapshot.hash)
    with pytest.raises(NotFoundError, match="is not there any more"):
        store.get(snapshot.hash)
    assert store.put(place, FILES, _plan(place)) == snapshot
