"""A run's log: merged by time, read on from a cursor, without torn or unfinished lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.run import BlockRun, BlockRunState, Run, RunState
from mage_jlab.services.logs import read_log
from mage_jlab.store.ledger.rows import AttemptRow

START = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def a_run(state: RunState, **blocks: BlockRunState) -> Run:
    return Run(
        id="r",
        number=1,
        project="p",
        pipeline="sales",
        state=state,
        created_at=START,
        snapshot="s",
        block_runs=[
            BlockRun(block=name, block_type="custom", state=block_state)
            for name, block_state in blocks.items()
        ],
    )


def attempt(folder: Path, block: str, token: int = 1) -> AttemptRow:
    return AttemptRow(
        block_run=f"id-{block}",
        block=block,
        item="",
        token=token,
        outcome=None,
        started_at=START,
        ended_at=None,
        worker_pid=None,
        peak_memory=None,
        cpu=None,
        error=None,
        log=folder / f"{block}-{token}.log",
        log_ref=f"{block}-{token}.log",
    )


def line(block: str, second: float, text: str, number: int = 1) -> str:
    at = (START + timedelta(seconds=second)).isoformat()
    found = {"at": at, "level": "info", "text": text, "attempt": number, "block": block}
    return json.dumps(found) + "\n"


def texts(run: Run, attempts: list[AttemptRow], after: str | None = None) -> list[str]:
    return [found.text for found in read_log(run, attempts, None, after, 500).lines]


RUNNING = a_run(RunState.RUNNING, a=BlockRunState.RUNNING, b=BlockRunState.RUNNING)
ENDED = a_run(RunState.FAILED, a=BlockRunState.SUCCESS, b=BlockRunState.FAILED)


def test_lines_of_several_blocks_stand_in_the_order_of_time(tmp_path: Path) -> None:
    a, b = attempt(tmp_path, "a"), attempt(tmp_path, "b")
    a.log.write_text(line("a", 1, "one") + line("a", 3, "three"))
    b.log.write_text(line("b", 2, "two") + line("b", 4, "four"))
    page = read_log(RUNNING, [a, b], None, None, 500)
    assert [(found.block, found.text) for found in page.lines] == [
        ("a", "one"),
        ("b", "two"),
        ("a", "three"),
        ("b", "four"),
    ]
    assert not page.ended


def test_pages_give_every_line_once(tmp_path: Path) -> None:
    a, b = attempt(tmp_path, "a"), attempt(tmp_path, "b")
    a.log.write_text("".join(line("a", 2 * i, f"a{i}") for i in range(20)))
    b.log.write_text("".join(line("b", 2 * i + 1, f"b{i}") for i in range(20)))
    seen: list[str] = []
    after, ended = None, False
    while not ended:
        page = read_log(ENDED, [a, b], None, after, 7)
        assert 0 < len(page.lines) <= 7
        seen += [found.text for found in page.lines]
        after, ended = page.next, page.ended
    assert seen == [f"{name}{i}" for i in range(20) for name in "ab"]


def test_a_cursor_reads_on_where_files_have_grown(tmp_path: Path) -> None:
    a, b = attempt(tmp_path, "a"), attempt(tmp_path, "b")
    a.log.write_text(line("a", 5, "late"))
    page = read_log(RUNNING, [a], None, None, 500)
    # Another block starts afterwards, with a clock that is behind.
    b.log.write_text(line("b", 1, "early"))
    with a.log.open("a") as file:
        file.write(line("a", 6, "later"))
    assert texts(RUNNING, [a, b], page.next) == ["early", "later"]
    done = read_log(ENDED, [a, b], None, read_log(RUNNING, [a, b], None, page.next, 500).next, 500)
    assert done.lines == []
    assert done.ended


def test_an_unfinished_line_waits_and_a_torn_one_is_left_out(tmp_path: Path) -> None:
    a = attempt(tmp_path, "a")
    whole = line("a", 2, "whole")
    a.log.write_text('{"at": "2026\n' + line("a", 1, "good") + whole[:20])
    page = read_log(RUNNING, [a], None, None, 500)
    assert [found.text for found in page.lines] == ["good"]
    with a.log.open("a") as file:
        file.write(whole[20:])
    assert texts(RUNNING, [a], page.next) == ["whole"]


def test_a_retried_block_keeps_the_lines_of_both_attempts(tmp_path: Path) -> None:
    first, second = attempt(tmp_path, "a", 1), attempt(tmp_path, "a", 2)
    first.log.write_text(line("a", 1, "failed", 1))
    second.log.write_text(line("a", 2, "again", 2))
    page = read_log(ENDED, [first, second], None, None, 500)
    assert [(found.attempt, found.text) for found in page.lines] == [(1, "failed"), (2, "again")]


def test_a_block_that_ended_ends_its_own_log(tmp_path: Path) -> None:
    run = a_run(RunState.RUNNING, a=BlockRunState.SUCCESS, b=BlockRunState.RUNNING)
    assert read_log(run, [attempt(tmp_path, "a")], "a", None, 500).ended
    assert not read_log(run, [attempt(tmp_path, "b")], "b", None, 500).ended


@pytest.mark.parametrize("cursor", ["nonsense", "AAAAAAAA-5", "AAAAAAAAxyz", "AAAAAAAA"])
def test_a_foreign_cursor_is_refused(tmp_path: Path, cursor: str) -> None:
    with pytest.raises(BadInputError, match="after"):
        read_log(RUNNING, [attempt(tmp_path, "a")], None, cursor, 500)
