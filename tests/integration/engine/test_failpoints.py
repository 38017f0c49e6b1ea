"""The engine is really killed between two steps of its protocol; then everything must be right.

Each point is one of those at which a crash could lose a run or do something twice.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mage_jlab.domain.errors import EngineUnavailableError
from mage_jlab.domain.plan import Retry
from mage_jlab.domain.run import Run
from mage_jlab.store.failpoints import FOLDER, Point
from mage_jlab.store.project_files import create_project

from .conftest import Site, kill

DIAMOND = {
    "a": ([], "pass"),
    "b": (["a"], "pass"),
    "c": (["a"], "pass"),
    "d": (["b", "c"], "pass"),
}
IN_A_RUN = [
    Point.RUN_CREATED,
    Point.CLAIM_WRITTEN,
    Point.CLAIMED,
    Point.STARTED,
    Point.OUTCOME_RECEIVED,
    Point.END_WRITTEN,
    Point.ENDED,
]
FAILS_ONCE = "first = Path({flag!r}); again = first.exists(); first.touch(); assert again"
PIPELINE = """
blocks:
- {type: transformer, uuid: a, language: python, upstream_blocks: []}
name: sales
type: python
uuid: sales
"""


class Points:
    """Arms points in the engine's process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()

    def arm(self, point: Point, signal: str = "SIGKILL") -> None:
        """Let the engine get a signal when it passes a point next."""
        self.file(point).write_text(signal)

    def struck(self, point: Point) -> bool:
        """Say whether the point was passed since."""
        return not self.file(point).exists()

    def file(self, point: Point) -> Path:
        """Give the file that arms a point."""
        return self._folder / point.value


@pytest.fixture
def points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Points:
    folder = tmp_path / "points"
    monkeypatch.setenv(FOLDER, str(folder))
    return Points(folder)


def _check_diamond(site: Site, word: Run) -> None:
    assert word.state == "success", site.log()
    assert [len(item.products) for item in word.block_runs] == [1, 1, 1, 1]
    (last,) = site.reader.products(run=word.id, block="d")
    assert json.loads(last.stored.inline or "") == {
        "by": "d",
        "of": [
            {"by": "b", "of": [{"by": "a", "of": []}]},
            {"by": "c", "of": [{"by": "a", "of": []}]},
        ],
    }


@pytest.mark.parametrize("point", IN_A_RUN)
def test_a_run_goes_on_from_each_point(site: Site, points: Points, point: Point) -> None:
    site.start()
    taken = site.snapshot(DIAMOND)
    points.arm(point)
    _check_diamond(site, site.wait(site.run(taken)))
    assert points.struck(point)
    assert len(site.reader.runs().items) == 1


@pytest.mark.parametrize("point", [p for p in IN_A_RUN if p is not Point.RUN_CREATED])
def test_a_run_goes_on_from_each_point_in_its_middle(
    site: Site, points: Points, point: Point
) -> None:
    site.start()
    once = site.folder / "once"
    arm = f"if not Path({str(once)!r}).exists():\n        Path({str(once)!r}).touch()\n        "
    arm += f"Path({str(points.file(point))!r}).write_text('SIGKILL')"
    taken = site.snapshot({**DIAMOND, "b": (["a"], arm)})
    _check_diamond(site, site.wait(site.run(taken)))
    assert once.exists()
    assert points.struck(point)
    assert [line for line in site.lines() if line == "a ended"] == ["a ended"]


@pytest.mark.parametrize("point", [Point.CANCEL_WRITTEN, Point.CANCELLED])
def test_a_cancel_is_done_once_and_frees_its_slots(
    site: Site, points: Points, point: Point
) -> None:
    taken = site.snapshot({"a": ([], "time.sleep(60)"), "b": (["a"], "pass")})
    site.start()
    run = site.run(taken)
    site.until(run, lambda word: word.block_runs[0].state == "running" and bool(site.lines()))
    points.arm(point)
    site.client.command("cancel_run", run=run)
    word = site.wait(run)
    assert points.struck(point)
    assert word.state == "cancelled"
    assert site.states(run) == {"a": "cancelled", "b": "cancelled"}
    other = site.run(taken)
    site.until(other, lambda word: word.block_runs[0].state == "running")
    site.client.command("cancel_run", run=other)
    site.wait(other)


@pytest.mark.parametrize("point", [Point.TIMERS_WRITTEN, Point.TIMERS_FIRED, Point.ENDED])
def test_a_retry_comes_whatever_happens_while_it_waits(
    site: Site, points: Points, point: Point
) -> None:
    body = FAILS_ONCE.format(flag=str(site.folder / "flag"))
    taken = site.snapshot({"a": ([], body)}, retry=Retry(retries=1, delay=0.3))
    site.start()
    points.arm(point)
    word = site.wait(site.run(taken))
    assert points.struck(point)
    assert word.state == "success", site.log()
    assert word.block_runs[0].attempts == 2


@pytest.mark.parametrize("point", [Point.FIRE_WRITTEN, Point.FIRED])
def test_a_schedule_fires_once(site: Site, points: Points, point: Point) -> None:
    files = create_project(site.place, "project")
    (files.place / "pipelines/sales").mkdir(parents=True)
    (files.place / "pipelines/sales/metadata.yaml").write_text(PIPELINE)
    (files.place / "transformers").mkdir(exist_ok=True)
    (files.place / "transformers/a.py").write_text("@transformer\ndef a():\n    return 1\n")
    site.start()
    points.arm(point)
    due = datetime.now(UTC) + timedelta(seconds=0.5)
    spec = {"name": "soon", "pipeline": "sales", "kind": "once", "spec": due.isoformat()}
    site.client.command("set_trigger", project=site.project, spec=spec, enabled=True)
    deadline = time.monotonic() + 20
    while not (runs := site.reader.runs().items):
        assert time.monotonic() < deadline, site.log()
        time.sleep(0.05)
    word = site.wait(runs[0].id)
    assert points.struck(point)
    assert word.state == "success", word
    time.sleep(0.3)
    assert len(site.reader.runs().items) == 1
    assert site.reader.misses(project=site.project).items == []


@pytest.mark.parametrize("point", [Point.WORKERS_ENDED, Point.REAPED])
def test_an_engine_that_dies_while_it_takes_over_is_followed_by_another(
    site: Site, points: Points, point: Point
) -> None:
    flag = site.folder / "go"
    body = f"time.sleep(0 if Path({str(flag)!r}).exists() else 60)"
    taken = site.snapshot({"a": ([], body), "b": (["a"], "pass")})
    site.start()
    run = site.run(taken)
    site.until(run, lambda word: word.block_runs[0].worker_pid is not None and bool(site.lines()))
    points.arm(point)
    flag.touch()
    kill(site.engine().pid)
    word = site.wait(run)
    assert points.struck(point)
    assert word.state == "success", site.log()
    assert word.block_runs[0].attempts == 2


def test_an_output_that_is_being_written_is_never_seen(site: Site) -> None:
    flag = site.folder / "written"
    # the value kills its worker while it is pickled, which is in the middle of its file
    body = (
        f"first = not Path({str(flag)!r}).exists(); Path({str(flag)!r}).touch()\n"
        "    value = type('V', (), {'__reduce__': lambda self: os.kill(os.getpid(), 9)})()\n"
        "    args = (value,) if first else ()"
    )
    taken = site.snapshot({"a": ([], body)})
    site.start()
    word = site.wait(site.run(taken))
    assert word.state == "success", site.log()
    assert word.block_runs[0].attempts == 2
    (product,) = site.reader.products(run=word.id)
    assert json.loads(product.stored.inline or "") == {"by": "a", "of": []}


def test_a_command_without_an_answer_is_done_once(site: Site, points: Points) -> None:
    taken = site.snapshot(DIAMOND)
    site.start()
    points.arm(Point.RUN_CREATED)
    try:
        run = site.run(taken)
    except EngineUnavailableError:
        run = site.reader.runs().items[0].id
    site.wait(run)
    assert len(site.reader.runs().items) == 1
