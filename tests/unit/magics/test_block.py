"""``%%block`` in a real shell: it runs the cell and says how it reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from mage_jlab.domain.block import BlockType
from mage_jlab.magics.session import BlockCells


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """Give a shell with the magics loaded, and nothing of the user's own."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    made = InteractiveShell.instance()
    made.run_line_magic("load_ext", "mage_jlab")
    yield made
    made.run_line_magic("reset", "-f")
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, source: str) -> str:
    """Run a cell as a notebook does and give what it printed."""
    with capture_output() as captured:
        shell.run_cell(source, store_history=True)
    return str(captured.stdout) + str(captured.stderr)


def test_a_block_runs_and_says_what_flows(shell: InteractiveShell) -> None:
    run(shell, "import math")
    assert "load (data_loader): gives numbers" in run(
        shell, "%%block data_loader load\nnumbers = [1.0, 4.0]"
    )
    said = run(shell, "%%block transformer roots\nroots = [math.sqrt(n) for n in numbers]")
    assert "roots (transformer): reads numbers from load.numbers, gives roots" in said
    assert "error" not in said
    assert shell.user_ns["roots"] == [1.0, 2.0]


def test_a_cell_that_fails_is_no_block(shell: InteractiveShell) -> None:
    said = run(shell, "%%block transformer\nx = 1 / 0")
    assert "ZeroDivisionError" in said
    assert "(transformer)" not in said


@pytest.mark.parametrize("line", ["", "wizard", "transformer a b", "transformer 'a"])
def test_wrong_use_is_a_usage_error(shell: InteractiveShell, line: str) -> None:
    said = run(shell, f"%%block {line}\nx = 1")
    assert "UsageError" in said
    assert "x" not in shell.user_ns


@pytest.mark.parametrize("line", ["%run_pipeline", "%product sales", "%product a b c d"])
def test_the_other_magics_say_how_they_are_used(shell: InteractiveShell, line: str) -> None:
    assert "UsageError" in run(shell, line)


def test_without_a_project_the_magics_say_so(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "There is no project" in run(shell, "%run_pipeline sales")
    assert "There is no project" in run(shell, "%product sales clean")


def test_a_block_run_again_keeps_its_place() -> None:
    cells = BlockCells()
    cells.take("raw = [1]", BlockType.DATA_LOADER, "load")
    cells.take("twice = raw * 2", BlockType.TRANSFORMER, None)
    cells.take("raw = [1, 2]", BlockType.DATA_LOADER, "load")
    cells.take("twice = raw * 2", BlockType.TRANSFORMER, None)
    analysis = cells.analysis()
    assert [block.name for block in analysis.blocks] == ["load", "twice"]
    assert analysis.blocks[1].inputs == {"raw": "load.raw"}


def test_what_would_stop_an_export_is_said() -> None:
    cells = BlockCells()
    scratch = ["import pandas as pd", "limit = len(open('x').read())"]
    said = cells.take("few = list(range(limit))", BlockType.TRANSFORMER, "few", scratch)
    assert "error: " in said
    assert "limit" in said
