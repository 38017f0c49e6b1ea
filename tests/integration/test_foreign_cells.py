"""A notebook with SQL, scripts and magics, exported and run by a real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from mage_jlab import Project
from mage_jlab.engine.client import EngineClient
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import create_project
from tests.unit.notebook.notebooks_made import notebook

CELLS = [
    ("parameters", "low = 1"),
    ("", "%load_ext sql\n%config SqlMagic.autopandas = True\n%sql duckdb://"),
    ("data_loader", "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3]})"),
    (
        "transformer",
        "%%sql top <<\nSELECT a, a * 2 AS b FROM (FROM df) WHERE a > :low ORDER BY a",
    ),
    ("transformer", "total = int(top.b.sum())"),
    ("transformer", "k = 2"),
    ("transformer", "%%sql more <<\nSELECT * FROM top WHERE a > {{ k }}"),
    (
        "data_exporter",
        "%%sql sqlite:///x.db\nDROP TABLE IF EXISTS t;\nCREATE TABLE t AS SELECT 1 AS a, 'x' AS b",
    ),
    ("transformer", "%%sql back <<\nSELECT * FROM t"),
    ("data_exporter", "%%writefile tools.py\ndef twice(x):\n    return f'{x}\\n' * 2"),
    ("transformer", "from tools import twice\ntext = twice('a')"),
    ("transformer", "%%bash --out said\nprintf 'one\\ntwo'"),
    ("custom", "%%capture\nfiles = !ls *.db\n%time n = len(files)\nn"),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with that notebook, and an engine's state folder of its own."""
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "state"))
    files = create_project(tmp_path / "shop")
    path = files.place / "notebooks/cells.ipynb"
    path.write_text(json.dumps(notebook(CELLS)))
    yield files.place
    client = EngineClient(StateFolder.from_environ())
    if client.running():
        client.command("stop", drain=False)


def test_the_pipeline_gives_what_the_cells_give(place: Path) -> None:
    services = Services(StateFolder.from_environ())
    done = services.notebooks.export(place / "notebooks/cells.ipynb")
    assert [one for one in done.diagnostics if one.severity != "info"] == []
    pipeline = Project(str(place)).pipeline("cells")
    run = pipeline.run()
    assert run.state == "success"
    found = {name: pipeline.product(name).load() for name in ("top", "more", "back", "total")}
    pd.testing.assert_frame_equal(found["top"], pd.DataFrame({"a": [2, 3], "b": [4, 6]}))
    pd.testing.assert_frame_equal(found["more"], pd.DataFrame({"a": [3], "b": [6]}))
    pd.testing.assert_frame_equal(found["back"], pd.DataFrame({"a": [1], "b": ["x"]}))
    assert found["total"] == 10
    assert pipeline.product("text").load() == "a\na\n"
    assert pipeline.product("said").load() == "one\ntwo"
    assert pipeline.product("n", name="files").load() == ["x.db"]
    again = pipeline.run(low=2)
    assert again.state == "success"
    assert list(pipeline.product("top").load().a) == [3]
