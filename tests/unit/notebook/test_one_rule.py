"""Running the pipeline gives what running the notebook from top to bottom gives.

Or the notebook is refused.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.notebook.corpus import REFUSED, RIGHT
from tests.unit.notebook.oracle import codes, compare, notebook, read, run_files


@pytest.mark.parametrize("name", RIGHT)
def test_the_pipeline_gives_what_the_notebook_gives(name: str, tmp_path: Path) -> None:
    reading = read(*RIGHT[name])
    assert codes(reading) == []
    compare(notebook(*RIGHT[name]), reading, tmp_path)


@pytest.mark.parametrize("name", RIGHT)
def test_the_files_give_what_the_notebook_gives(name: str, tmp_path: Path) -> None:
    compare(notebook(*RIGHT[name]), read(*RIGHT[name]), tmp_path, run=run_files)


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_go_wrong_is_refused_on_its_cell(name: str) -> None:
    code, index, cells = REFUSED[name]
    reading = read(*cells)
    assert (code, index) in codes(reading)
    found = next(
        one for one in reading.analysis.diagnostics if one.code == code and one.index == index
    )
    assert found.cell_id == f"c{index}"
    assert found.message.endswith(".")


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(RIGHT) >= 40
