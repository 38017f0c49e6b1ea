"""A run as text: title, bars and errors; and its progress as lines."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from mage_jlab.cli.progress import Lines, LiveTable
from mage_jlab.cli.timeline import WIDTH, failures, remark, timeline, title
from mage_jlab.domain.product import ProductRef, ProductType
from mage_jlab.domain.run import BlockError, BlockRun, BlockRunState, Run, RunState

BEGIN = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def block_run(name: str, state: str = "success", **fields: Any) -> BlockRun:
    return BlockRun(block=name, block_type="transformer", state=BlockRunState(state), **fields)


def run(*block_runs: BlockRun, state: str = "success", **fields: Any) -> Run:
    return Run(
        id="r1",
        number=418,
        project="p",
        pipeline="sales",
        state=RunState(state),
        created_at=BEGIN,
        started_at=BEGIN,
        ended_at=at(10) if RunState(state).ended else None,
        snapshot="s",
        block_runs=list(block_runs),
        **fields,
    )


FRAME = ProductRef(id="p1", name="clean", type=ProductType.FRAME, rows=120, columns=4, bytes=9216)
ERROR = BlockError(
    type="KeyError",
    message="'amount'",
    traceback="Traceback …\nKeyError: 'amount'",
    file="transformers/clean.py",
    file_line=12,
    cell_id="a1b2",
    line=3,
)


def test_the_title_says_state_place_and_time() -> None:
    assert title(run()) == "● Run 418 of sales: success, 10 s"
    failed = run(state="failed", failed_block="clean")
    assert title(failed) == "■ Run 418 of sales: failed at clean, 10 s"


def test_bars_stand_where_the_blocks_ran() -> None:
    drawn = timeline(
        run(
            block_run("first", ready_at=at(0), started_at=at(0), ended_at=at(5), products=[FRAME]),
            block_run("second", ready_at=at(2.5), started_at=at(5), ended_at=at(10)),
        )
    ).splitlines()
    first, second = (line[len("● second  ") : len("● second  ") + WIDTH] for line in drawn[:2])
    assert first == "█" * (WIDTH // 2) + " " * (WIDTH // 2)
    assert second == " " * (WIDTH // 4) + "─" * (WIDTH // 4) + "█" * (WIDTH // 2)
    assert drawn[0].endswith("5.0 s  clean 120 × 4")
    assert drawn[2].rstrip().endswith("10 s")


def test_a_bar_is_never_wider_than_its_line() -> None:
    late = block_run("late", started_at=at(9.999), ended_at=at(12))
    line = timeline(run(late)).splitlines()[0]
    assert len(line) <= len("● late  ") + WIDTH + len("  2.0 s")
    assert "█" in line or any(part in line for part in "▏▎▍▌▋▊▉")


def test_reused_and_unstarted_blocks_have_no_bar() -> None:
    drawn = timeline(
        run(
            block_run("a", cached=True, started_at=at(1), ended_at=at(2)),
            block_run("b", "upstream_failed"),
            state="failed",
        )
    )
    assert "█" not in drawn
    assert "◉ a" in drawn
    assert "□ b" in drawn
    assert "not started" in drawn


def test_a_run_without_blocks_has_no_timeline() -> None:
    assert timeline(run()) == ""


def test_an_error_names_its_cell_and_its_file() -> None:
    said = failures([block_run("clean", "failed", error=ERROR), block_run("other")])
    assert said.splitlines()[:2] == [
        "■ clean: KeyError: 'amount'",
        "  at cell a1b2, line 3 (transformers/clean.py, line 12)",
    ]
    assert said.endswith("KeyError: 'amount'")


def test_an_error_that_a_retry_mended_is_not_shown() -> None:
    assert failures([block_run("clean", "success", error=ERROR)]) == ""
    assert remark(block_run("clean", "success", error=ERROR, products=[FRAME])) == "clean 120 × 4"
    assert remark(block_run("clean", "failed", error=ERROR)) == "KeyError: 'amount'"


def test_progress_as_lines_says_each_change_once() -> None:
    stream = io.StringIO()
    shown = Lines(Console(file=stream, highlight=False, width=200))
    with shown:
        shown.show(run(block_run("a", "pending"), state="running"))
        shown.show(run(block_run("a", "running", started_at=at(0)), state="running"))
        shown.show(run(block_run("a", "running", started_at=at(0)), state="running"))
        shown.show(run(block_run("a", started_at=at(0), ended_at=at(4.1), products=[FRAME])))
    assert stream.getvalue().splitlines() == [
        "Run 418 of sales (r1)",
        "◐ a: running",
        "● a: success, 4.1 s, clean 120 × 4",
        "● Run 418 of sales: success, 10 s",
    ]


def test_progress_in_a_terminal_is_a_table() -> None:
    stream = io.StringIO()
    shown = LiveTable(Console(file=stream, force_terminal=True, width=120))
    with shown:
        shown.show(run(block_run("a", "failed", error=ERROR), state="failed", failed_block="a"))
    said = stream.getvalue()
    assert "failed at a" in said
    assert "KeyError" in said
