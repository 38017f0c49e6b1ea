"""Single texts on disk."""

from __future__ import annotations

import errno
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from mage_jlab.domain.errors import UnprocessableError, UnreadableFileError
from mage_jlab.store.disk import read_text, text_hash, write_atomic, write_error


def test_a_text_is_read_with_its_line_ends_and_hashed_as_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes("é\r\nb\n".encode())
    assert read_text(path) == "é\r\nb\n"
    assert text_hash("é\r\nb\n") == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_text(tmp_path / "none.py") is None
    assert read_text(path / "below") is None


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\xff")
    with pytest.raises(UnreadableFileError, match=r"custom/a\.py is not UTF-8 text") as caught:
        read_text(tmp_path / "a.py", "custom/a.py")
    assert caught.value.path == "custom/a.py"
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_text(tmp_path)


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.py"
    write_atomic(path, b"one")
    path.chmod(0o600)
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["a.py"]


LIMITED = """
import resource, sys
from pathlib import Path
from mage_jlab.domain.errors import MageError
from mage_jlab.store.disk import write_atomic

resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_atomic(Path(sys.argv[1]), b"x" * 1000)
except MageError as error:
    print(error.reason)
"""


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], check=True, capture_output=True, text=True
    )
    assert ended.stdout == "disk-full\n"
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.py"]


@pytest.mark.parametrize(
    ("number", "reason"),
    [(errno.ENOSPC, "disk-full"), (errno.EDQUOT, "disk-full"), (errno.EROFS, "not-writable")],
)
def test_a_failed_write_says_why(number: int, reason: str) -> None:
    error = write_error(OSError(number, "words"), "shop")
    assert isinstance(error, UnprocessableError)
    assert error.reason == reason
    assert "shop" in error.message
