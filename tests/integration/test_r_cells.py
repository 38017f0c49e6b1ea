"""A notebook with cells of R between those of Python, exported and run by a real engine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mage_jlab import Project
from mage_jlab.store.project_files import create_project
from tests.unit.notebook.notebooks_made import notebook

MAKE = """\
import pandas as pd
df = pd.DataFrame({'shop': pd.Categorical(['a', 'b', 'a', 'c']), 'n': [1, 2, 3, 4],
                   'at': pd.to_datetime(['2024-01-01'] * 4), 's': ['ü', None, 'x', 'y']})
"""
CLEAN = """\
%%R -i df -i low -o out -o total
out <- df[df$n >= low, ]
out$half <- out$n / 2
out$shop <- droplevels(out$shop)
message('kept ', nrow(out))
total <- sum(out$n)
"""
CELLS = [
    ("parameters", "low = 2"),
    ("", "%load_ext rpy2.ipython"),
    ("", "%%R\nlibrary(stats)"),
    ("data_loader", MAKE),
    ("transformer", CLEAN),
    ("custom", "%%R -i out -w 300 -h 200\nplot(out$n, out$half)\nsummary(out$n)"),
    ("transformer", "last = out.assign(total=total)"),
]


class Shop:
    """A project, the command line in it, and an engine of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        create_project(place)

    def call(self, *arguments: str, fails: bool = False) -> dict[str, Any]:
        """Call the command line; gives what it says."""
        command = [sys.executable, "-m", "mage_jlab", *arguments, "--json"]
        done = subprocess.run(command, cwd=self.place, capture_output=True, text=True, timeout=120)
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def export(self, name: str, cells: list[tuple[str, str]]) -> dict[str, Any]:
        """Write a notebook and export it; gives the notebook."""
        path = self.place / f"notebooks/{name}.ipynb"
        document = notebook(cells)
        path.write_text(json.dumps(document))
        self.call("export", str(path))
        return document


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("r")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAGE_JLAB_STATE_DIR", str(folder / "state"))
        made = Shop(folder / "shop")
        yield made
        made.call("engine", "stop")


def test_the_pipeline_gives_what_the_cells_give(shop: Shop) -> None:
    shop.export("cells", CELLS)
    assert (shop.place / "transformers/total.r").read_text().startswith("library(stats)")
    run = shop.call("run", "cells", "--var", "low=3")
    assert run["state"] == "success"
    pipeline = Project(str(shop.place)).pipeline("cells")
    last = pipeline.product("last").load()
    wanted = pd.DataFrame(
        {
            "shop": pd.Categorical(["a", "c"]),
            "n": [3, 4],
            "at": pd.to_datetime(["2024-01-01"] * 2).astype("datetime64[us]"),
            "s": ["x", "y"],
            "half": [1.5, 2.0],
            "total": 7,
        }
    )
    pd.testing.assert_frame_equal(last, wanted)
    products = {
        (one["block"], one["name"]): one for one in shop.call("product", "list")["products"]
    }
    assert products["total", "total"]["type"] == "json"
    shown = [key for key in products if key[1].startswith("_display")]
    assert len(shown) == 2
    lines = shop.call("runs", "logs", "cells#1", "--block", "total")["lines"]
    assert ("info", "kept 2") in [(line["level"], line["text"]) for line in lines]


def test_an_error_in_r_is_shown_on_its_cell(shop: Shop) -> None:
    cells = [
        ("", "%%R\nlibrary(stats)"),
        ("data_loader", "%%R -o x\nx <- 1\n\nx <- nowhere + 1"),
    ]
    document = shop.export("broken", cells)
    shop.call("run", "broken", fails=True)
    (block,) = shop.call("runs", "show", "broken#1")["block_runs"]
    error = block["error"]
    assert error["message"] == "object 'nowhere' not found"
    assert (error["cell_id"], error["line"]) == (document["cells"][1]["id"], 4)
    assert error["file_line"] > 3


def test_new_blocks_in_r_run(shop: Shop) -> None:
    shop.call("block", "new", "data_loader", "start", "--language", "r")
    shop.call("block", "new", "transformer", "clean", "--language", "r")
    pipeline = shop.place / "pipelines/made/metadata.yaml"
    pipeline.parent.mkdir(parents=True)
    pipeline.write_text(
        "uuid: made\nname: made\ntype: python\nblocks:\n"
        "- {uuid: start, type: data_loader, language: r, upstream_blocks: []}\n"
        "- {uuid: clean, type: transformer, language: r, upstream_blocks: [start]}\n"
    )
    assert shop.call("run", "made")["state"] == "success"
    shown = shop.call("product", "show", "made", "clean")
    assert [column["name"] for column in shown["schema"]] == ["day", "value"]
