"""Writing several files at once: all or none, whatever kills the writer or fills the disk."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mage_jlab.domain.errors import OutsideProjectError, UnprocessableError
from mage_jlab.store import journal
from mage_jlab.store.project_files import Change, ProjectFiles, create_project

WRITER = """
import json, os, signal, sys
from pathlib import Path
from mage_jlab.store.journal import write_all

place, kill_at = Path(sys.argv[1]), int(sys.argv[2])
texts = [(place / path, text) for path, text in json.loads(sys.argv[3])]
seen = 0

def at_each_step(event, args):
    global seen
    if event in ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree"):
        if event == "open" and not str(args[0]).startswith(str(place)):
            return
        seen += 1
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(at_each_step)
write_all(place, texts)
"""
TEXTS = [
    ("a.py", "new a"),
    ("made/deep/b.py", "new b"),
    ("old/gone.py", None),
    ("metadata.yaml", "project_uuid: abc\nnew: 1\n"),
]
OLD = {"a.py": "old a", "old/gone.py": "was here", "metadata.yaml": "project_uuid: abc\n"}
NEW = {path: text for path, text in TEXTS if text is not None}


def contents(place: Path) -> dict[str, str]:
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


def lay(place: Path) -> None:
    for path, text in OLD.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    (place / "a.py").chmod(0o755)


def test_a_writer_killed_at_any_step_leaves_the_old_files_or_the_new_ones(tmp_path: Path) -> None:
    undone = done = 0
    for step in range(1, 200):
        place = tmp_path / str(step)
        place.mkdir()
        lay(place)
        ended = subprocess.run(
            [sys.executable, "-c", WRITER, str(place), str(step), json.dumps(TEXTS)],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        ProjectFiles.open(place)
        after = contents(place)
        assert after in (OLD, NEW), step
        assert not journal.unfinished(place)
        assert (place / "a.py").stat().st_mode & 0o777 == 0o755
        if after == OLD:
            undone += 1
            assert not (place / "made").exists()
        else:
            done += 1
    assert ended.returncode == 0
    assert contents(place) == NEW
    assert undone > 10
    assert done >= 1


def test_a_kill_while_rolling_back_is_rolled_back_too(tmp_path: Path) -> None:
    lay(tmp_path)
    step = 1
    while True:
        ended = subprocess.run(
            [sys.executable, "-c", WRITER, str(tmp_path), str(step), json.dumps(TEXTS)],
            check=False,
            timeout=60,
        )
        if ended.returncode == 0 or contents(tmp_path).get("a.py") == "new a":
            break
        journal.roll_back(tmp_path)
        step += 1
    assert ended.returncode == -signal.SIGKILL
    rescue = WRITER.replace("import write_all", "import roll_back").replace(
        "write_all(place, texts)", "roll_back(place)"
    )
    for kill in range(1, 30):
        again = subprocess.run(
            [sys.executable, "-c", rescue, str(tmp_path), str(kill), "[]"], check=False, timeout=60
        )
        if again.returncode == 0:
            break
    assert again.returncode == 0
    assert contents(tmp_path) == OLD


LIMITED = """
import resource, sys
from pathlib import Path
from mage_jlab.domain.errors import MageError
from mage_jlab.store.project_files import Change, ProjectFiles

files = ProjectFiles.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    files.write([Change("a.py", "small"), Change("b.py", "x" * 10_000), Change("c.py", "small")])
except MageError as error:
    print(error.reason, error.message)
"""


def test_a_full_disk_writes_nothing_and_says_so(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    before = contents(files.place)
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(files.place)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.stdout.startswith("disk-full The disk is full: nothing was written to shop.")
    assert contents(files.place) == before
    assert not journal.unfinished(files.place)


def test_a_write_that_fails_half_way_is_undone(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    files.write([Change("utils/a.py", "one")])
    (files.place / "taken").mkdir()
    (files.place / "taken" / "file").write_text("")
    before = contents(files.place)
    with pytest.raises(UnprocessableError) as caught:
        files.write([Change("utils/a.py", "two"), Change("new/b.py", ""), Change("taken", "text")])
    assert caught.value.reason == "not-writable"
    assert contents(files.place) == before
    assert not (files.place / "new").exists()


def test_nothing_outside_the_project_is_read_or_written(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    secret = tmp_path / "secret.py"
    secret.write_text("outside")
    (files.place / "transformers" / "link.py").symlink_to(secret)
    (files.place / "away").symlink_to(tmp_path)
    for path in ("../secret.py", str(secret), "transformers/link.py", "away/secret.py"):
        with pytest.raises(OutsideProjectError):
            files.read(path)
        with pytest.raises(OutsideProjectError):
            files.write([Change("ok.py", "1"), Change(path, "changed")])
    assert secret.read_text() == "outside"
    assert not (files.place / "ok.py").exists()


def test_a_link_inside_the_project_stays_a_link(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    real = files.place / "utils" / "real.py"
    real.write_text("old")
    (files.place / "utils" / "link.py").symlink_to("real.py")
    files.write([Change("utils/link.py", "new")])
    assert (files.place / "utils" / "link.py").is_symlink()
    assert real.read_text() == "new"
