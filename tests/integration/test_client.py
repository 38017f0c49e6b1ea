"""``Project("path").pipeline("sales").run(market="CA")``, as notebooks and scripts use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from mage_jlab import Project
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.engine.client import EngineClient
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder

PIPELINE = """\
blocks:
- {uuid: load, name: load, type: data_loader, language: python, upstream_blocks: []}
- {uuid: clean, name: clean, type: transformer, language: python, upstream_blocks: [load]}
name: sales
type: python
uuid: sales
variables:
  market: NY
  limit: 2
"""
LOAD = """\
import pandas as pd
from mage_jlab import data_loader


@data_loader
def load(**kwargs):
    return pd.DataFrame({"market": [kwargs["market"]] * kwargs["limit"], "amount": 1.5})
"""
CLEAN = """\
from mage_jlab import transformer


@transformer
def clean(data, **kwargs):
    return data.assign(amount=data["amount"] * 2)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project, and an engine's state folder of its own."""
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "state"))
    files = {
        "metadata.yaml": "project_uuid: 0123456789abcdef0123456789abcdef\n"
        "variables_dir: .mage_data\n",
        "pipelines/sales/metadata.yaml": PIPELINE,
        "data_loaders/load.py": LOAD,
        "transformers/clean.py": CLEAN,
    }
    folder = tmp_path / "shop"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    yield folder
    client = EngineClient(StateFolder.from_environ())
    if client.running():
        client.command("stop", drain=False)


def test_a_pipeline_runs_and_its_products_load(place: Path) -> None:
    project = Project(place / "pipelines")
    assert project.pipelines() == ["sales"]
    sales = project.pipeline("sales")
    with pytest.raises(NotFoundError):
        sales.product("clean")
    run = sales.run(market="CA", limit="3")
    assert run.state == "success"
    assert run.variables == {"market": "CA", "limit": 3}
    expected = pd.DataFrame({"market": ["CA"] * 3, "amount": 3.0})
    pd.testing.assert_frame_equal(run.product("clean").load(), expected)
    pd.testing.assert_frame_equal(sales.product("clean").load(), expected)

    sales.run()
    assert sales.product("load").load()["market"].tolist() == ["NY", "NY"]
    # A run keeps its own product, whatever ran later.
    pd.testing.assert_frame_equal(run.product("clean").load(), expected)
    with pytest.raises(NotFoundError, match="other"):
        run.product("clean", "other")


def test_what_is_wrong_is_said(place: Path) -> None:
    project = Project(place)
    with pytest.raises(NotFoundError, match="none"):
        project.pipeline("none")
    with pytest.raises(BadInputError, match="limit"):
        project.pipeline("sales").run(limit="many")
    with pytest.raises(NotFoundError):
        Project(place.parent)


def test_waiting_tells_of_every_change_and_survives_the_engines_death(place: Path) -> None:
    (place / "transformers/clean.py").write_text(
        CLEAN.replace("    return", "    import time; time.sleep(2)\n    return")
    )
    services = Services(StateFolder.from_environ())
    project = services.projects.open(place)
    started = services.runs.start(project.id, "sales")
    seen: list[str] = []
    unfinished = services.runs.wait(
        started.id, 0.2, lambda run: seen.append(" ".join(b.state for b in run.block_runs))
    )
    assert not unfinished.state.ended
    services.engine.stop()
    # Nobody else starts an engine: waiting does.
    run = services.runs.wait(
        started.id, 60, lambda run: seen.append(" ".join(b.state for b in run.block_runs))
    )
    assert run.state == "success"
    assert seen[-1] == "success success"
    assert any(states == "success running" for states in seen)
