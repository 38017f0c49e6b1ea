"""The demo as a pipeline gives what the demo gives as a notebook, to the last bit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pandas as pd
import pytest

from tests.integration.demo_project import DemoProject

KEEP = """

import pickle as _pickle
from pathlib import Path as _Path
_Path({path!r}).write_bytes(_pickle.dumps({{name: globals()[name] for name in {names!r}}}))
"""


class Demo(DemoProject):
    """The first notebook as a pipeline; and in a second copy of the project run by itself.

    Args:
        place: where the projects and the state folder are made.
        pipeline: the name of the notebook.
    """

    def __init__(self, place: Path, pipeline: str) -> None:
        super().__init__(place, pipeline)
        self.copy = place / "notebook"
        self.kept = place / "kept"
        self.mage("init", str(self.copy), "--demo", cwd=place)
        self.blocks = self.mage("check", "notebooks/flight_delays.ipynb")["blocks"]
        self.execute_notebook()

    def execute_notebook(self) -> None:
        """Run the notebook from top to bottom; after each block keep what its results are then."""
        notebook = nbformat.read(self.copy / "notebooks/flight_delays.ipynb", as_version=4)
        results = {block["cell_id"]: block["results"] for block in self.blocks}
        self.kept.mkdir()
        for cell in notebook.cells:
            if cell["id"] in results:
                path = str(self.kept / cell["id"])
                cell.source += KEEP.format(path=path, names=results[cell["id"]])
        resources = {"metadata": {"path": str(self.copy / "notebooks")}}
        nbclient.NotebookClient(notebook, resources=resources).execute()

    def of_notebook(self, cell_id: str) -> dict[str, Any]:
        """Give a cell's results as the notebook had them when that cell was done."""
        kept: dict[str, Any] = pd.read_pickle(self.kept / cell_id)
        return kept


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Give the demo after a run of its first notebook."""
    with Demo.made(tmp_path_factory.mktemp("demo"), "flight_delays") as made:
        yield made


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read every table of a SQLite file."""
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for (name,) in names}


def test_the_run_is_a_success(demo: Demo) -> None:
    assert demo.run["state"] == "success"
    assert 8 <= len(demo.run["block_runs"]) <= 12
    assert {block["state"] for block in demo.run["block_runs"]} == {"success"}
    assert not [d for d in demo.exported["diagnostics"] if d["severity"] == "error"]


def test_two_branches_join(demo: Demo) -> None:
    ups = {block["name"]: set(block["upstream"]) for block in demo.blocks}
    assert ups["join"] == {"clean_flights", "describe_weather", "load_planes"}
    assert [name for name, above in ups.items() if not above] == [
        "load_flights",
        "load_weather",
        "load_planes",
    ]


def test_every_product_is_the_notebooks_own(demo: Demo) -> None:
    compared = []
    for block in demo.blocks:
        kept = demo.of_notebook(block["cell_id"])
        assert set(kept) == set(block["results"])
        for name, expected in kept.items():
            found = demo.of_run(block["name"], name)
            if isinstance(expected, pd.DataFrame):
                pd.testing.assert_frame_equal(found, expected, check_exact=True)
            else:
                assert found == expected
                assert type(found) is type(expected)
            compared.append((block["name"], name))
    stored = {
        (block["block"], product["name"])
        for block in demo.run["block_runs"]
        for product in block["products"]
    }
    assert set(compared) <= stored
    assert len(compared) >= 10


def test_the_figure_is_the_notebooks_own(demo: Demo) -> None:
    expected = demo.of_notebook("chart")["late_chart"]
    assert demo.of_run("late_chart", "late_chart") == expected
    assert len(expected["data"]["values"]) == 9


def test_the_database_has_the_notebooks_rows(demo: Demo) -> None:
    found = rows(demo.project / "data/flight_delays.db")
    assert found == rows(demo.copy / "data/flight_delays.db")
    assert len(found["carriers"]) == 9
    assert len(found["skies"]) > 30


def test_other_variables_give_another_answer(demo: Demo) -> None:
    again = demo.mage("run", "flight_delays", "--var", "origin=LGA", "--var", "min_flights=2000")
    assert again["state"] == "success"
    carriers = demo.of_run("by_carrier", "carriers")
    assert carriers["flights"].min() >= 2000
    assert "US" in set(carriers["carrier"])


def test_an_unchanged_notebook_exports_nothing(demo: Demo) -> None:
    again = demo.mage("export", "notebooks/flight_delays.ipynb")
    assert again["written"] == []
    assert again["removed"] == []
