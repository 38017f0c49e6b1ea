"""One writer at a time, across processes and threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mage_jlab.domain.errors import ConflictError
from mage_jlab.store.lock import project_lock

HOLDER = """
import sys
from pathlib import Path
from mage_jlab.store.lock import project_lock

with project_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

ADDER = """
import sys
from pathlib import Path
from mage_jlab.store.lock import project_lock

file = Path(sys.argv[1]) / "count"
for _ in range(200):
    with project_lock(Path(sys.argv[1])):
        file.write_text(str(int(file.read_text()) + 1))
"""


def test_another_process_has_to_wait_and_is_told_when_it_waits_too_long(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ConflictError, match="Another command is writing"):
            project_lock(tmp_path, patience=0.1).__enter__()
        holder.kill()
    with project_lock(tmp_path, patience=5) as outermost:
        assert outermost


def test_processes_never_write_at_the_same_time(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    command = [sys.executable, "-c", ADDER, str(tmp_path)]
    adders = [subprocess.Popen(command) for _ in range(3)]
    assert [adder.wait(60) for adder in adders] == [0, 0, 0]
    assert (tmp_path / "count").read_text() == "600"


def test_a_thread_may_take_its_own_lock_again_and_another_may_not(tmp_path: Path) -> None:
    refused: list[bool] = []

    def other() -> None:
        try:
            with project_lock(tmp_path, patience=0.05):
                refused.append(False)
        except ConflictError:
            refused.append(True)

    with project_lock(tmp_path) as outer, project_lock(tmp_path) as inner:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert (outer, inner, refused) == (True, False, [True])
    other()
    assert refused == [True, False]
