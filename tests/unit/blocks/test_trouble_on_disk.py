"""A full disk, and what is left of a failed attempt; and how deaths are worded."""

from __future__ import annotations

import errno
import os

import pytest

from mage_jlab.blocks.worker import display
from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import HashingFile, OutputFolder, part_name
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.domain.product import DISPLAYED, is_displayed
from mage_jlab.engine.executors.endings import crash_error
from mage_jlab.store.paths import path_part


@pytest.fixture
def full_disk(monkeypatch):
    """Let every write into a product's file fail as on a full disk."""

    def write(self, data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(HashingFile, "write", write)


def test_a_full_disk_is_named(tmp_path, full_disk):
    folder = OutputFolder(str(tmp_path), "run/block/-/1")
    with pytest.raises(StatedError, match="There is no space left") as caught:
        Encoder(folder).encode({"x": b"data"})
    assert caught.value.kind == "DiskFull"
    folder.discard()
    assert not (tmp_path / "run/block/-/1").exists()


def test_small_results_make_no_folder(tmp_path):
    folder = OutputFolder(str(tmp_path), "run/block/-/1")
    products = Encoder(folder).encode({"x": {"a": 1}})
    folder.seal({"products": products})
    assert list(tmp_path.iterdir()) == []


def test_an_attempt_never_writes_over_another(tmp_path):
    for again in (False, True):
        folder = OutputFolder(str(tmp_path), "run/block/-/1")
        if again:
            with pytest.raises(FileExistsError):
                Encoder(folder).encode({"x": b"data"})
        else:
            Encoder(folder).encode({"x": b"data"})


def test_a_failed_attempt_leaves_nothing(workshop):
    workshop.run(
        "@transformer\ndef f():\n    return {'a': b'x', 'b': (i for i in 'ab')}\n",
        inputs={},
        results=["a", "b"],
        name="half",
    )
    assert not list(workshop.products.glob("run/half/-/*"))


@pytest.mark.parametrize("name", ["a", "team/load", "..", "ü", "a b", "100%"])
def test_names_are_written_in_paths_as_everywhere(name):
    assert part_name(name) == path_part(name)


def test_what_is_displayed_is_told_from_results():
    assert display.PRODUCT == DISPLAYED
    assert is_displayed("_display")
    assert is_displayed("_display_2")
    assert not is_displayed("display")


def test_lack_of_memory_is_named_only_when_the_system_says_so(workshop):
    task = workshop.task("@transformer\ndef f():\n    pass\n", cell_id="c", body=(1, 3))
    killed = crash_error(task, -9, "", out_of_memory=True)
    assert (killed.type, killed.cell_id, killed.line) == ("OutOfMemory", "c", None)
    assert "lack of memory" in killed.message
    assert crash_error(task, -9, "", out_of_memory=False).type == "SIGKILL"
    assert crash_error(task, -11, "", out_of_memory=True).type == "SIGSEGV"
    assert crash_error(task, -64, "", out_of_memory=False).type == "SIGRTMAX"
    assert crash_error(task, -99, "", out_of_memory=False).type == "signal 99"
