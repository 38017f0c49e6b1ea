"""Notebooks over HTTP: what pipeline one is, what an export does, and a pipeline as a notebook."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from waiting import ended


def a_notebook(*cells: tuple[str, list[str]]) -> dict[str, Any]:
    notebook = new_notebook(
        cells=[
            new_code_cell(source, id=f"cell{index}", metadata={"tags": tags} if tags else {})
            for index, (source, tags) in enumerate(cells)
        ]
    )
    return dict(json.loads(nbformat.writes(notebook)))


PRICES = a_notebook(
    ("limit = 3", ["parameters"]),
    ("import pandas as pd", []),
    ('raw = pd.DataFrame({"price": range(limit)})', ["block:data_loader"]),
    ('total = int(raw["price"].sum())', ["block:transformer"]),
)


@pytest.fixture
def notebook(project: Path) -> Path:
    """The notebook ``prices`` in the project."""
    path = project / "notebooks" / "prices.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(PRICES))
    return path


PATH = "shop/notebooks/prices.ipynb"


async def test_a_saved_notebook_is_analysed(call: Any, notebook: Path) -> None:
    status, said = await call("POST", "notebooks/check", {"path": PATH})
    assert status == 200, said
    assert said["project"]["path"] == "shop"
    analysis = said["analysis"]
    assert (analysis["notebook"], analysis["pipeline"]) == ("notebooks/prices.ipynb", "prices")
    loader, total = analysis["blocks"]
    assert (loader["name"], loader["type"]) == ("raw", "data_loader")
    assert total["inputs"] == {"raw": "raw.raw"}
    assert analysis["variables"] == {"limit": 3}
    assert notebook.read_text() == json.dumps(PRICES)


async def test_the_unsaved_text_is_what_counts(call: Any, notebook: Path) -> None:
    edited = copy.deepcopy(PRICES)
    edited["cells"][3]["source"] = "total = raw["
    for sent in (edited, json.dumps(edited)):
        status, said = await call("POST", "notebooks/check", {"path": PATH, "notebook": sent})
        assert status == 200
        assert [d["code"] for d in said["analysis"]["diagnostics"]] == ["syntax"]
        assert said["analysis"]["diagnostics"][0]["cell_id"] == "cell3"


async def test_a_notebook_outside_any_project_can_be_checked_but_not_exported(
    call: Any, jp_root_dir: Path
) -> None:
    (jp_root_dir / "lone.ipynb").write_text(json.dumps(PRICES))
    status, said = await call("POST", "notebooks/check", {"path": "lone.ipynb"})
    assert status == 200
    assert said["project"] is None
    assert len(said["analysis"]["blocks"]) == 2
    body = {"path": "lone.ipynb", "dry_run": True}
    status, said = await call("POST", "notebooks/export", body)
    assert (status, said["reason"]) == (404, "no-project")


async def test_types_are_guessed_and_nothing_is_written(call: Any, notebook: Path) -> None:
    bare = a_notebook(
        ("import pandas as pd", []),
        ('df = pd.read_csv("x.csv")', []),
        ("df = df.dropna()", []),
    )
    body = {"path": PATH, "notebook": bare}
    status, said = await call("POST", "notebooks/tag", body)
    assert status == 200
    found = [(cell["cell_id"], cell["type"]) for cell in said["items"]]
    assert found == [("cell1", "data_loader"), ("cell2", "transformer")]
    assert notebook.read_text() == json.dumps(PRICES)


async def test_what_was_looked_at_is_exported_and_runs(
    call: Any, project: Path, notebook: Path
) -> None:
    body = {"path": PATH, "notebook": PRICES, "diff": True}
    status, dry = await call("POST", "notebooks/export", {**body, "dry_run": True})
    assert status == 200, dry
    assert "data_loaders/raw.py" in dry["written"]
    assert any("range(limit)" in change["after"] for change in dry["changes"])
    assert not (project / "data_loaders/raw.py").exists()

    edited = copy.deepcopy(PRICES)
    edited["cells"][3]["source"] = 'total = int(raw["price"].max())'
    stale = {**body, "notebook": edited, "expected": dry["fingerprint"]}
    status, said = await call("POST", "notebooks/export", stale)
    assert (status, said["reason"]) == (409, "conflict")
    assert not (project / "data_loaders/raw.py").exists()

    status, done = await call("POST", "notebooks/export", {**body, "expected": dry["fingerprint"]})
    assert status == 200, done
    assert done["written"] == dry["written"]
    assert done["project"]["path"] == "shop"
    # The notebook itself is the browser's to change: it is open there.
    assert notebook.read_text() == json.dumps(PRICES)
    status, again = await call("POST", "notebooks/export", body)
    assert (status, again["written"]) == (200, [])

    request = {"project": done["project"]["id"], "pipeline": "prices", "variables": {"limit": 5}}
    status, run = await call("POST", "runs", request)
    assert status == 201, run
    run = await ended(call, run["id"])
    assert run["state"] == "success", run
    (product,) = run["block_runs"][1]["products"]
    _, shown = await call("GET", f"products/{product['id']}")
    assert shown["value"] == 10

    open_it = {"project": done["project"]["id"], "pipeline": "prices"}
    status, opened = await call("POST", "notebooks/open", open_it)
    assert (status, opened) == (200, {"notebook": PATH})


async def test_an_export_that_cannot_be_says_why_and_writes_nothing(
    call: Any, project: Path, notebook: Path
) -> None:
    broken = copy.deepcopy(PRICES)
    broken["cells"][3]["source"] = "total = raw["
    status, said = await call("POST", "notebooks/export", {"path": PATH, "notebook": broken})
    assert (status, said["reason"]) == (422, "unprocessable")
    assert said["diagnostics"][0]["cell_id"] == "cell3"
    assert said["written"] == []
    assert "Nothing was written" in said["message"]

    mine = project / "data_loaders" / "raw.py"
    mine.write_text("# by hand\n")
    status, said = await call("POST", "notebooks/export", {"path": PATH, "notebook": PRICES})
    assert (status, said["reason"]) == (409, "conflict")
    assert said["conflicts"][0]["path"] == "data_loaders/raw.py"
    assert mine.read_text() == "# by hand\n"
    assert not (project / "pipelines/prices").exists()


async def test_a_pipeline_without_a_notebook_opens_as_one(call: Any, project: Path) -> None:
    _, found = await call("GET", "projects")
    body = {"project": found["items"][0]["id"], "pipeline": "sales"}
    status, opened = await call("POST", "notebooks/open", body)
    assert (status, opened) == (200, {"notebook": "shop/notebooks/sales.ipynb"})
    status, said = await call("POST", "notebooks/check", {"path": opened["notebook"]})
    assert status == 200
    assert [block["name"] for block in said["analysis"]["blocks"]] == ["load", "total"]


@pytest.mark.parametrize("text", ["not json", "[]", '{"nbformat": 4}'])
async def test_a_file_that_is_no_notebook_is_said(call: Any, notebook: Path, text: str) -> None:
    notebook.write_text(text)
    status, said = await call("POST", "notebooks/check", {"path": PATH})
    assert status == 400, said
    assert said["reason"] in ("bad-input", "not-a-notebook")


SCRATCH = a_notebook(
    ("import pandas as pd\nfactor = pd.Series([1, 2]).size", []),
    ('raw = pd.DataFrame({"price": range(factor)})', ["block:data_loader"]),
)


async def test_a_fix_is_carried_out_on_the_unsaved_notebook(call: Any, notebook: Path) -> None:
    before = notebook.read_text()
    body: dict[str, Any] = {"path": PATH, "notebook": SCRATCH}
    _, said = await call("POST", "notebooks/check", body)
    (problem,) = said["analysis"]["diagnostics"]
    assert problem["fixes"] == [repair["title"] for repair in problem["repairs"]]
    repair = next(one for one in problem["repairs"] if one["id"] == "move")
    assert repair == {
        "id": "move",
        "title": "Move the line into raw",
        "cell_id": "cell0",
        "automatic": False,
    }
    place = {key: problem[key] for key in ("cell_id", "code", "line", "column")}
    status, fixed = await call(
        "POST", "notebooks/fix", {**body, "diagnostic": place, "fix": "move"}
    )
    assert status == 200, fixed
    assert [cell["source"] for cell in fixed["notebook"]["cells"]] == [
        "import pandas as pd",
        'factor = pd.Series([1, 2]).size\nraw = pd.DataFrame({"price": range(factor)})',
    ]
    assert (fixed["changed"], fixed["removed"], fixed["added"]) == (["cell0", "cell1"], [], [])
    assert notebook.read_text() == before
    status, said = await call("POST", "notebooks/fix", {**body, "diagnostic": place, "fix": "fly"})
    assert (status, said["reason"]) == (404, "no-fix")
    place["code"] = "magic"
    status, said = await call("POST", "notebooks/fix", {**body, "diagnostic": place, "fix": "move"})
    assert (status, said["reason"]) == (404, "no-diagnostic")


async def test_choices_make_the_notebook(call: Any, notebook: Path) -> None:
    body: dict[str, Any] = {"path": PATH}
    choices = [
        {"cell_id": "cell1", "type": "custom", "name": "setup"},
        {"cell_id": "cell3", "type": None},
    ]
    status, said = await call("POST", "notebooks/tag", {**body, "choices": choices})
    assert status == 200, said
    cells = {cell["id"]: cell["metadata"] for cell in said["notebook"]["cells"]}
    assert cells["cell1"]["tags"] == ["block:custom"]
    assert cells["cell1"]["mage"] == {"name": "setup"}
    assert "tags" not in cells["cell3"]
    assert said["changed"] == ["cell1", "cell3"]
    status, said = await call(
        "POST", "notebooks/tag", {**body, "choices": [{"cell_id": "cell1", "name": "../x"}]}
    )
    assert (status, said["reason"]) == (400, "block-name")
