"""A pipeline opens as its notebook, which is made from its files where there is none."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import nbformat
import pytest

from mage_jlab.domain.errors import ConflictError, NotFoundError
from mage_jlab.services.services import Services


@pytest.fixture
def project_id(services: Services, project: Path) -> str:
    (found,) = services.projects.list()
    return found.id


def test_a_notebook_is_made_with_a_cell_for_each_block(
    services: Services, project: Path, project_id: str
) -> None:
    path = services.notebooks.open(project_id, "sales")
    assert path == "notebooks/sales.ipynb"
    notebook = nbformat.read(project / path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata["mage"]["pipeline"] == "sales"
    title, parameters, load, clean = notebook.cells
    assert title.source == "# sales"
    assert parameters.metadata["tags"] == ["parameters"]
    assert parameters.source == "limit = 500"
    assert load.metadata["tags"] == ["block:data_loader"]
    assert load.metadata["mage"] == {"name": "load"}
    assert clean.metadata["mage"] == {"name": "clean", "upstream": ["load"]}
    assert clean.source + "\n" == (project / "transformers/clean.py").read_text()


def test_it_is_the_same_notebook_the_second_time(
    services: Services, project: Path, project_id: str
) -> None:
    path = project / services.notebooks.open(project_id, "sales")
    text = path.read_text()
    assert project / services.notebooks.open(project_id, "sales") == path
    assert path.read_text() == text


def test_a_block_that_nobody_edited_gets_its_cell_back(
    services: Services, project: Path, project_id: str
) -> None:
    cell = "raw = read()\nraw"
    digest = hashlib.sha256(cell.encode()).hexdigest()
    base = services.projects.files(project_id).data_root / "base"
    base.mkdir(parents=True)
    (base / digest).write_text(cell)
    file = hashlib.sha256((project / "data_loaders/load.py").read_bytes()).hexdigest()
    record = {"blocks": {"load": {"cell": "a1b2", "source": digest, "file": file}}}
    (project / "pipelines/sales/mage_jlab.yaml").write_text(json.dumps(record))
    notebook = nbformat.read(project / services.notebooks.open(project_id, "sales"), as_version=4)
    load = notebook.cells[2]
    assert (load.id, load.source) == ("a1b2", cell)


def test_a_foreign_file_in_its_place_is_left_alone(
    services: Services, project: Path, project_id: str
) -> None:
    (project / "notebooks").mkdir()
    foreign = project / "notebooks/sales.ipynb"
    foreign.write_text("mine")
    with pytest.raises(ConflictError, match=r"sales\.ipynb"):
        services.notebooks.open(project_id, "sales")
    assert foreign.read_text() == "mine"
    with pytest.raises(NotFoundError):
        services.notebooks.open(project_id, "none")


SCRATCH = """\
import math
import statistics as st
from collections import Counter
---
market = "CA"
factor = 2
label = f"{market}-{factor}"
---parameters
def mean(numbers):
    return st.mean(numbers)


LIMITS = {"low": 1}


def scaled(n):
    return n * factor
---
import pandas as pd
pd.set_option("display.max_rows", 7)
---
raw = [1, 2, 3]
counted = Counter(raw)
---block:data_loader
shown = [scaled(n) for n in raw if n >= LIMITS["low"]]
middle = math.floor(mean(shown))
text = f"{label}: {middle}"
---block:transformer
"""


def _cells() -> list[dict[str, object]]:
    cells: list[dict[str, object]] = []
    source: list[str] = []
    for line in SCRATCH.splitlines():
        if line.startswith("---"):
            tags = [line[3:]] if line[3:] else []
            cells.append(nbformat.v4.new_code_cell("\n".join(source), metadata={"tags": tags}))
            source = []
        else:
            source.append(line)
    return cells


def test_a_made_notebook_has_all_that_its_blocks_stand_on_and_exports_the_same(
    services: Services, project: Path, project_id: str
) -> None:
    notebook = nbformat.v4.new_notebook(cells=_cells())
    place = project / "notebooks/whole.ipynb"
    place.parent.mkdir()
    nbformat.write(notebook, place)
    assert services.notebooks.export("shop/notebooks/whole.ipynb", project_id=project_id).written
    before = {path: path.read_bytes() for path in project.rglob("*.py")}
    place.unlink()
    assert services.notebooks.open(project_id, "whole") == "notebooks/whole.ipynb"
    made = nbformat.read(place, as_version=4)
    nbformat.validate(made)
    assert made.cells[1].source == 'market = "CA"\nfactor = 2\nlabel = f"{market}-{factor}"'
    assert (
        services.notebooks.check("shop/notebooks/whole.ipynb", project_id=project_id).errors == []
    )
    again = services.notebooks.export("shop/notebooks/whole.ipynb", project_id=project_id)
    assert [path for path in again.written if path.endswith(".py")] == []
    assert {path: path.read_bytes() for path in project.rglob("*.py")} == before
    values: dict[str, object] = {}
    for cell in made.cells[1:]:
        exec(cell.source, values)
    assert values["text"] == "CA-2: 4"
