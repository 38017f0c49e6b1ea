"""``init tag check export open graph block``: keys and statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_calling import call
from cli_notebooks import code, sales, write

CELL_KEYS = {"cell_id", "index", "type", "name"}
BLOCK_KEYS = {
    "name",
    "type",
    "language",
    "cell_id",
    "index",
    "reads",
    "defines",
    "results",
    "upstream",
    "inputs",
}
DIAGNOSTIC_KEYS = {"cell_id", "index", "line", "column", "severity", "code", "message", "fixes"}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".mage_data" not in path.parts
    }


def test_init(tmp_path: Path) -> None:
    made = call("init", str(tmp_path / "shop"), "--name", "The shop", "--json")
    assert made.status == 0
    project = made.document["project"]
    assert set(project) == {"name", "uuid", "path"}
    assert project["name"] == "The shop"
    assert Path(project["path"]) == tmp_path / "shop"
    assert (tmp_path / "shop" / "metadata.yaml").is_file()


def test_init_touches_no_project(fresh: Path) -> None:
    before = tree(fresh)
    assert call("init", str(fresh), "--json").error["code"] == "conflict"
    assert call("init", str(fresh), "--demo", "--json").error["code"] == "conflict"
    assert tree(fresh) == before


def test_init_demo(tmp_path: Path) -> None:
    said = call("init", str(tmp_path / "demo"), "--demo")
    assert said.status == 0
    assert "jupyter mage run flight_delays" in said.out
    assert (tmp_path / "demo/notebooks/flight_delays.ipynb").is_file()
    assert (tmp_path / "demo/data/flights.parquet").stat().st_size > 1_000_000


def test_tag_all(fresh: Path) -> None:
    cells = sales()
    for cell in cells:
        cell["metadata"] = {}
    cells[2]["source"] = 'raw = pd.read_csv("sales.csv")'
    notebook = write(fresh / "notebooks/sales.ipynb", cells)
    tagged = call("tag", "notebooks/sales.ipynb", "--all", "--json")
    assert tagged.status == 0
    found = tagged.document["cells"]
    assert all(set(cell) == CELL_KEYS for cell in found)
    blocks = {cell["cell_id"]: cell["type"] for cell in found if cell["type"]}
    assert blocks["load"] == "data_loader"
    assert blocks["clean"] == "transformer"
    assert "imports" not in blocks
    kept = {
        c["id"]: c["metadata"].get("tags", []) for c in json.loads(notebook.read_text())["cells"]
    }
    assert kept["load"] == ["block:data_loader"]
    assert kept["imports"] == []


@pytest.mark.parametrize("cell", ["#2", "load"])
def test_tag_and_untag_one_cell(fresh: Path, cell: str) -> None:
    notebook = write(fresh / "notebooks/sales.ipynb", sales())
    tagged = call(
        "tag",
        str(notebook),
        *("--cell", cell, "--type", "custom", "--name", "bring", "--upstream", "clean"),
        "--json",
    )
    assert tagged.document["cells"] == [
        {"cell_id": "load", "index": 2, "type": "custom", "name": "bring"}
    ]
    metadata = json.loads(notebook.read_text())["cells"][2]["metadata"]
    assert metadata["tags"] == ["block:custom"]
    assert metadata["mage"]["upstream"] == ["clean"]
    untagged = call("tag", str(notebook), "--cell", cell, "--remove", "--json")
    assert untagged.document["cells"][0]["type"] is None
    assert "block:custom" not in notebook.read_text()


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--all", "--cell", "load"],
        ["--all", "--type", "custom"],
        ["--cell", "load"],
        ["--cell", "load", "--type", "custom", "--remove"],
        ["--cell", "load", "--remove", "--name", "x"],
        ["--cell", "load", "--type", "loader"],
        ["--cell", "nowhere", "--type", "custom"],
        ["--cell", "#99", "--type", "custom"],
    ],
)
def test_tag_refuses_what_makes_no_sense(fresh: Path, options: list[str]) -> None:
    notebook = write(fresh / "notebooks/sales.ipynb", sales())
    before = notebook.read_bytes()
    assert call("tag", str(notebook), *options, "--json").error["message"]
    assert notebook.read_bytes() == before


def test_check(here: Path) -> None:
    before = tree(here)
    checked = call("check", "notebooks/sales.ipynb", "--json")
    assert checked.status == 0
    analysis = checked.document
    assert {"notebook", "pipeline", "blocks", "edges", "diagnostics"} <= set(analysis)
    assert analysis["notebook"] == "notebooks/sales.ipynb"
    assert analysis["pipeline"] == "sales"
    assert all(set(block) >= BLOCK_KEYS for block in analysis["blocks"])
    clean = next(block for block in analysis["blocks"] if block["name"] == "clean")
    assert clean["inputs"] == {"raw": "load_sales.raw"}
    assert clean["index"] == 3
    edge = {"from": "load_sales", "to": "clean", "names": ["raw"], "why": "code"}
    assert edge in [{key: e[key] for key in edge} for e in analysis["edges"]]
    assert tree(here) == before


def test_check_with_an_error_exits_1(fresh: Path) -> None:
    cells = [*sales(), code("bad", "x = (", "block:transformer", name="bad")]
    write(fresh / "notebooks/sales.ipynb", cells)
    checked = call("check", "notebooks/sales.ipynb", "--json")
    assert checked.status == 1
    found = [d for d in checked.document["diagnostics"] if d["code"] == "syntax"]
    assert len(found) == 1
    assert set(found[0]) >= DIAGNOSTIC_KEYS
    assert (found[0]["cell_id"], found[0]["index"], found[0]["severity"]) == ("bad", 5, "error")
    said = call("check", "notebooks/sales.ipynb")
    assert said.status == 1
    assert "cell #5, line 1" in said.out
    assert "1 problem stops the export." in said.out


def test_export_writes_once(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    dry = call("export", "notebooks/sales.ipynb", "--dry-run", "--diff", "--json")
    assert dry.status == 0
    assert not (fresh / "pipelines/sales").exists()
    done = call("export", "notebooks/sales.ipynb", "--json")
    keys = {"pipeline", "written", "unchanged", "removed", "conflicts", "diagnostics"}
    assert keys <= set(done.document)
    assert done.document["pipeline"] == "sales"
    assert "data_loaders/load_sales.py" in done.document["written"]
    assert "pipelines/sales/metadata.yaml" in done.document["written"]
    assert set(dry.document["written"]) == set(done.document["written"])
    before = tree(fresh)
    again = call("export", "notebooks/sales.ipynb", "--json")
    assert again.status == 0
    assert again.document["written"] == []
    assert "data_loaders/load_sales.py" in again.document["unchanged"]
    assert tree(fresh) == before


def test_export_to_a_named_pipeline(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    done = call("export", "notebooks/sales.ipynb", "--pipeline", "nightly", "--json")
    assert done.document["pipeline"] == "nightly"
    assert (fresh / "pipelines/nightly/metadata.yaml").is_file()


def test_export_with_an_error_writes_nothing(fresh: Path) -> None:
    cells = [*sales(), code("bad", "x = (", "block:transformer", name="bad")]
    write(fresh / "notebooks/sales.ipynb", cells)
    before = tree(fresh)
    refused = call("export", "notebooks/sales.ipynb", "--json")
    assert refused.status == 1
    assert refused.document["written"] == []
    assert [d["code"] for d in refused.document["diagnostics"] if d["severity"] == "error"]
    assert tree(fresh) == before


def test_export_overwrites_no_file_of_somebody_else(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    own = fresh / "transformers/clean.py"
    own.write_text("# mine\n")
    before = tree(fresh)
    refused = call("export", "notebooks/sales.ipynb", "--json")
    assert refused.status == 1
    assert [c["path"] for c in refused.document["conflicts"]] == ["transformers/clean.py"]
    assert tree(fresh) == before


def test_two_blocks_of_one_name(fresh: Path) -> None:
    cells = sales()
    cells[4]["metadata"]["mage"] = {"name": "load_sales"}
    write(fresh / "notebooks/sales.ipynb", cells)
    checked = call("check", "notebooks/sales.ipynb", "--json")
    assert checked.status == 1
    assert "name-taken" in [d["code"] for d in checked.document["diagnostics"]]
    said = call("check", "notebooks/sales.ipynb")
    assert said.status == 1
    assert "[name-taken]" in said.out


def test_a_cycle_through_declared_upstreams(fresh: Path) -> None:
    cells = sales()
    cells[2]["metadata"]["mage"]["upstream"] = ["totals"]
    write(fresh / "notebooks/sales.ipynb", cells)
    checked = call("export", "notebooks/sales.ipynb", "--json")
    assert checked.status == 1
    assert "cycle" in [d["code"] for d in checked.document["diagnostics"]]
    said = call("check", "notebooks/sales.ipynb")
    assert said.status == 1
    assert "[cycle]" in said.out


def test_open(here: Path) -> None:
    opened = call("open", "sales", "--json")
    assert opened.status == 0
    assert opened.document == {"notebook": "notebooks/sales.ipynb"}


def test_graph(here: Path) -> None:
    drawn = call("graph", "sales", "--json")
    assert drawn.status == 0
    assert {"pipeline", "blocks", "edges"} <= set(drawn.document)
    keys = {"name", "type", "language", "file", "upstream"}
    assert all(keys <= set(block) for block in drawn.document["blocks"])
    ups = {block["name"]: block["upstream"] for block in drawn.document["blocks"]}
    assert ups == {"load_sales": [], "clean": ["load_sales"], "totals": ["clean"]}
    assert json.loads(call("graph", "sales", "--format", "json").out) == drawn.document
    assert call("graph", "sales").out.splitlines()[0].endswith("L load_sales")
    assert call("graph", "sales", "--format", "mermaid").out.startswith("flowchart TD\n")
    assert call("graph", "sales", "--format", "dot").out.startswith('digraph "sales" {\n')


def test_block_new(fresh: Path) -> None:
    made = call("block", "new", "transformer", "tidy", "--json")
    assert made.status == 0
    assert made.document["file"] == "transformers/tidy.py"
    assert "@transformer" in (fresh / "transformers/tidy.py").read_text()
    assert call("block", "new", "transformer", "tidy", "--json").error["code"] == "conflict"


def test_block_new_in_a_pipeline(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    assert call("export", "notebooks/sales.ipynb").status == 0
    options = ("--language", "python", "--pipeline", "sales", "--json")
    made = call("block", "new", "sensor", "wait_for_it", *options)
    assert made.document["written"][-2:] == [
        "sensors/wait_for_it.py",
        "pipelines/sales/metadata.yaml",
    ]
    names = [block["name"] for block in call("graph", "sales", "--json").document["blocks"]]
    assert "wait_for_it" in names


def test_check_fix_mends_what_leaves_no_choice(fresh: Path) -> None:
    cells = [
        code("seed", "import random\nrandom.seed(1)"),
        code("x", "x = random.random()", "block:data_loader"),
        code("y", "y = [x]\ny.append(x)"),
        code("z", "z = random.random() + y[0]", "block:transformer"),
    ]
    path = write(fresh / "notebooks/draws.ipynb", cells)
    before = path.read_bytes()
    checked = call("check", str(path), "--json")
    assert {one["code"] for one in checked.document["diagnostics"]} == {
        "shared-rng",
        "scratch-value",
    }
    assert path.read_bytes() == before
    mended = call("check", str(path), "--fix", "scratch-value", "--json")
    assert mended.status == 1
    assert {one["code"] for one in mended.document["diagnostics"]} == {"shared-rng"}
    assert [one["name"] for one in mended.document["blocks"]] == ["x", "y", "z"]
    assert "Make that cell a block [scratch-value]" in mended.err
    done = call("check", str(path), "--fix", "shared-rng", "scratch-value")
    assert done.status == 0
    assert "mended cell #3: Hand the generator's state on" in done.err
    again = path.read_bytes()
    assert "Nothing to mend" in call("check", str(path), "--fix", "all").err
    assert path.read_bytes() == again
    for wrong in (["--fix", "Nonsense!"], ["scratch-value"]):
        refused = call("check", str(path), *wrong)
        assert refused.status == 2
