"""Notebooks on disk: tagged and exported by the command line's services, never half-written."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from mage_jlab.domain.errors import BadInputError, ConflictError, NotFoundError
from mage_jlab.services import notebook_source
from mage_jlab.services.services import Services


@pytest.fixture
def notebook(project: Path) -> Path:
    cells = [
        new_code_cell("import pandas as pd", id="a"),
        new_code_cell('raw = pd.read_csv("x.csv")', id="b"),
        new_code_cell("clean = raw.dropna()", id="c"),
    ]
    path = project / "prices.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def test_all_cells_that_do_something_are_tagged(services: Services, notebook: Path) -> None:
    tagged = services.notebooks.tag("shop/prices.ipynb", all=True)
    assert [(cell.cell_id, cell.type) for cell in tagged] == [
        ("b", "data_loader"),
        ("c", "transformer"),
    ]
    found = nbformat.read(notebook, as_version=4)
    nbformat.validate(found)
    assert found.cells[1].metadata["tags"] == ["block:data_loader"]
    text = notebook.read_text()
    assert services.notebooks.tag("shop/prices.ipynb", all=True) == tagged
    assert notebook.read_text() == text


def test_one_cell_is_tagged_by_id_or_place_and_untagged(services: Services, notebook: Path) -> None:
    path = "shop/prices.ipynb"
    (cell,) = services.notebooks.tag(path, cell="#2", type="custom", name="tidy", upstream=["x"])
    assert (cell.cell_id, cell.index, cell.name) == ("c", 2, "tidy")
    metadata = nbformat.read(notebook, as_version=4).cells[2].metadata
    assert metadata["mage"] == {"name": "tidy", "upstream": ["x"]}
    services.notebooks.tag(path, cell="c", remove=True)
    assert dict(nbformat.read(notebook, as_version=4).cells[2].metadata) == {}
    with pytest.raises(BadInputError):
        services.notebooks.tag(path, cell="c")
    with pytest.raises(BadInputError):
        services.notebooks.tag(path)
    with pytest.raises(BadInputError, match="reader"):
        services.notebooks.tag(path, cell="c", type="reader")
    with pytest.raises(NotFoundError):
        services.notebooks.tag(path, cell="z", type="custom")


def test_the_first_export_writes_the_notebooks_key_and_a_second_one_nothing(
    services: Services, project: Path, notebook: Path
) -> None:
    services.notebooks.tag("shop/prices.ipynb", all=True)
    first = services.notebooks.export("shop/prices.ipynb")
    assert first.conflicts == []
    assert "data_loaders/raw.py" in first.written
    key = nbformat.read(notebook, as_version=4).metadata["mage"]
    assert key == {"pipeline": "prices", "project": "."}
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    second = services.notebooks.export("shop/prices.ipynb")
    assert second.written == []
    assert {file: file.read_bytes() for file in before} == before


def test_a_notebook_that_changed_meanwhile_is_not_overwritten(
    services: Services, notebook: Path
) -> None:
    read = notebook.read_text()
    theirs = read.replace("dropna", "fillna")
    notebook.write_text(theirs)
    with pytest.raises(ConflictError):
        notebook_source.replace_text(notebook, read, "{}")
    assert notebook.read_text() == theirs
    assert [file.name for file in notebook.parent.iterdir() if ".tmp" in file.name] == []


@pytest.mark.parametrize("text", [b"not json", b"\xff\xfe", json.dumps({"cells": 1}).encode()])
def test_what_is_no_notebook_is_refused_and_left_as_it_is(
    services: Services, notebook: Path, text: bytes
) -> None:
    notebook.write_bytes(text)
    with pytest.raises(BadInputError) as refused:
        services.notebooks.tag("shop/prices.ipynb", all=True)
    assert refused.value.reason == "not-a-notebook"
    assert notebook.read_bytes() == text
    with pytest.raises(NotFoundError, match=r"no\.ipynb"):
        services.notebooks.check("shop/no.ipynb")
