"""Project files that cannot be read: they say where, and hide nothing beside them."""

from __future__ import annotations

from typing import Any

import pytest

from .scene import Scene, sales, until

TORN = "blocks:\n- uuid: load\n  type: data_loader\n upstream_blocks: []\nname: bad\n"
"""The fourth line is indented by one space too few."""
CYCLE = """\
blocks:
- {uuid: a, name: a, type: custom, language: python, upstream_blocks: [b]}
- {uuid: b, name: b, type: custom, language: python, upstream_blocks: [a]}
name: bad
type: python
uuid: bad
"""
OUTSIDE = """\
blocks:
- uuid: thief
  name: thief
  type: custom
  language: python
  upstream_blocks: []
  configuration: {file_path: ../../outside.py}
name: bad
type: python
uuid: bad
"""


@pytest.fixture
def two(scene: Scene) -> Scene:
    """Two pipelines; what happens to ``bad`` must not touch ``sales``."""
    for name in ("sales", "bad"):
        scene.notebook(name, sales()[:1] + [_own(cell, name) for cell in sales()[1:]])
        scene.good("export", f"notebooks/{name}.ipynb")
    return scene


def _own(cell: dict[str, Any], pipeline: str) -> dict[str, Any]:
    name = f"{pipeline}_{cell['metadata']['mage']['name']}"
    return {**cell, "metadata": {**cell["metadata"], "mage": {"name": name}}}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (TORN, 4, "line 4"),
        (CYCLE, None, "a → b"),
        ("- 1\n- 2\n", 1, "holds a list"),
        ("blocks: 3\n", None, "blocks"),
    ],
    ids=["torn", "cycle", "a list", "a number"],
)
def test_a_corrupt_pipeline_says_where_and_hides_no_other(
    two: Scene, text: str, line: int | None, words: str
) -> None:
    corrupt = two.place / "pipelines/bad/metadata.yaml"
    corrupt.write_text(text)
    for command in (["graph", "bad"], ["run", "bad"], ["export", "notebooks/bad.ipynb"]):
        said = two.mage(*command, "--json").refusal
        assert "pipelines/bad/metadata.yaml" in said
        assert words in said
    assert corrupt.read_text() == text
    server = two.serve().ready()
    project = server.call("GET", "projects")[1]["items"][0]["id"]
    status, listed = server.call("GET", f"projects/{project}/pipelines")
    rows = {row["name"]: row["problem"] for row in listed["items"]}
    assert (status, rows["sales"]) == (200, None)
    assert rows["bad"]["file"] == "pipelines/bad/metadata.yaml"
    if line is not None:
        assert rows["bad"]["line"] == line
    assert server.refused("GET", f"projects/{project}/pipelines/bad")[0] == 422
    body = {"project": project, "pipeline": "bad"}
    assert server.refused("POST", "runs", body)[0] == 422
    assert server.call("GET", "runs")[1]["items"] == []
    assert two.good("run", "sales")["state"] == "success"


def test_a_schedule_of_a_corrupt_pipeline_makes_a_failed_run_that_says_where(two: Scene) -> None:
    for name in ("sales", "bad"):
        two.good("trigger", "add", name, "--name", "often", "--every", "1s")
    (two.place / "pipelines/bad/metadata.yaml").write_text(TORN)

    def last(pipeline: str, state: str) -> Any:
        options = ["--pipeline", pipeline, "--state", state, "--limit", "1"]
        return two.good("runs", "list", *options)["runs"]

    (run,) = until(lambda: last("bad", "failed"), "the schedule to fire")
    assert run["error"]["file"] == "pipelines/bad/metadata.yaml"
    assert run["error"]["line"] == 4
    assert run["trigger"] == "often"
    shown = two.mage("runs", "show", run["id"])
    assert shown.status == 0
    assert "pipelines/bad/metadata.yaml" in shown.out
    assert "line 4" in shown.out
    # the other's schedule goes on, before and after
    newest = last("sales", "success")[0]["number"]
    until(lambda: last("sales", "success")[0]["number"] > newest, "the other schedule to fire")
    # and once the file is mended, so does this one's
    notebook = two.place / "notebooks/bad.ipynb"
    assert notebook.is_file()
    (two.place / "pipelines/bad/metadata.yaml").unlink()
    two.good("export", "notebooks/bad.ipynb")
    until(lambda: last("bad", "success"), "the mended pipeline to run")


def test_a_corrupt_project_says_where_and_is_left_alone(two: Scene) -> None:
    corrupt = two.place / "metadata.yaml"
    corrupt.write_text("project_type: standalone\nvariables_dir: [\n")
    before = two.tree()
    for command in (
        ["run", "sales"],
        ["graph", "sales"],
        ["runs", "list"],
        ["export", "notebooks/sales.ipynb"],
        ["init", "."],
    ):
        said = two.mage(*command, "--json").refusal
        assert "metadata.yaml" in said or command[0] == "init"
    assert two.tree() == before


def test_a_corrupt_project_hides_no_other(two: Scene) -> None:
    (two.place / "metadata.yaml").write_text("project_type: [\n")
    (two.root / "fine").mkdir()
    (two.root / "fine/metadata.yaml").write_text("project_type: standalone\n")
    (two.root / "fine/pipelines").mkdir()
    server = two.serve().ready()
    status, listed = server.call("GET", "projects")
    assert status == 200
    assert "fine" in [project["name"] for project in listed["items"]]
    status, said = server.refused("POST", "projects", {"path": "shop"})
    assert status == 422
    assert "metadata.yaml" in said


def test_a_path_in_a_pipeline_that_leads_out_of_the_project(two: Scene) -> None:
    thief = two.root.parent / "outside.py"
    thief.write_text("from mage_jlab import custom\n\n\n@custom\ndef thief():\n    return 1\n")
    (two.place / "pipelines/bad/metadata.yaml").write_text(OUTSIDE)
    said = two.mage("run", "bad", "--json").refusal
    assert "outside.py" in said
    assert "out of the project" in said
    assert two.good("run", "sales")["state"] == "success"


def test_a_block_whose_file_is_gone_is_named_before_anything_runs(two: Scene) -> None:
    (two.place / "transformers/bad_total.py").unlink()
    said = two.mage("run", "bad", "--json").refusal
    assert "transformers/bad_total.py" in said
    assert two.good("runs", "list")["runs"] == []


def test_a_block_file_with_a_syntax_error_fails_its_block_on_its_line(two: Scene) -> None:
    file = two.place / "transformers/bad_total.py"
    file.write_text("x = 1\n" + file.read_text().replace("total = sum(", "total = = sum("))
    ran = two.mage("run", "bad", "--json")
    assert ran.status == 1
    load, total = ran.document["block_runs"]
    assert (load["state"], total["state"]) == ("success", "failed")
    assert total["error"]["type"] == "SyntaxError"
    assert total["error"]["file"] == "transformers/bad_total.py"
    line = total["error"]["file_line"]
    assert "= = sum(" in file.read_text().splitlines()[line - 1]
