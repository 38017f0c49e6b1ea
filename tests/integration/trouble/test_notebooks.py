"""Bad notebooks, and two browsers on one. Where each case of trouble is tried, end to end:

===================================  ==========================================================
a notebook that is not JSON          here; ``cli/test_bad_input``
JSON that is not a notebook          here; ``cli/test_bad_input``
a cell with a syntax error           here
two blocks of one name               here
a name that leads out of the project here; ``test_files`` (YAML); ``cli/test_bad_input``
a cycle through declared upstreams   here; ``test_files`` (YAML)
a malformed cron, zone, variable     ``test_words``; ``cli/test_bad_input``
an unknown pipeline, run, block      ``test_words``; ``cli/test_bad_input``
a corrupt ``metadata.yaml``          ``test_files``; in the browser ``browser/test_sidebar``
a block that raises                  ``test_blocks``; in the browser ``browser/test_run``
a block that calls ``sys.exit``      ``test_blocks``
a result that cannot be stored       ``test_blocks``
50 MB of prints                      ``test_blocks``; ``cli/test_trouble``
a block that the system kills        ``test_blocks``; ``engine/test_killed``
a full disk                          ``test_disk``
a port in use                        ``test_engine``
an engine already up                 ``test_engine``; ``engine/test_starting``
an engine of another version         ``test_engine``; ``engine/test_starting``
two browsers on one notebook         here; in the browser ``browser/test_cells``
===================================  ==========================================================
"""

from __future__ import annotations

import copy
import json

import pytest

from .scene import Scene, Server, code, document, sales

COMMANDS = [
    ("check", "notebooks/sales.ipynb"),
    ("export", "notebooks/sales.ipynb"),
    ("tag", "notebooks/sales.ipynb", "--all"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_notebook_that_is_not_json(scene: Scene, command: tuple[str, ...]) -> None:
    notebook = scene.notebook("sales", sales())
    torn = notebook.read_text()[:-200]
    notebook.write_text(torn)
    before = scene.tree()
    sentence = scene.mage(*command, "--json").refusal
    assert "sales.ipynb" in sentence
    assert "JSON" in sentence
    assert scene.tree() == before


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("text", ["[]", '{"cells": {}, "nbformat": 4}', '{"name": "package"}'])
def test_json_that_is_not_a_notebook(scene: Scene, command: tuple[str, ...], text: str) -> None:
    scene.notebook("sales", []).write_text(text)
    before = scene.tree()
    sentence = scene.mage(*command, "--json").refusal
    assert "sales.ipynb" in sentence
    assert "not a notebook" in sentence
    assert scene.tree() == before


def test_the_api_says_the_same_of_a_notebook_on_disk(server: Server, shop: Scene) -> None:
    notebook = shop.place / "notebooks" / "torn.ipynb"
    notebook.write_text('{"cells": [')
    try:
        for verb in ("check", "export"):
            body = {"path": "shop/notebooks/torn.ipynb"}
            status, sentence = server.refused("POST", f"notebooks/{verb}", body)
            assert status == 400
            assert "torn.ipynb" in sentence
            assert "JSON" in sentence
    finally:
        notebook.unlink()


def test_a_cell_with_a_syntax_error_leaves_the_others_analysed(
    scene: Scene, server: Server
) -> None:
    cells = sales()
    cells.insert(2, code("broken", "x = 1\nfor in raw:", "transformer"))
    scene.notebook("sales", cells)
    before = scene.tree()
    checked = scene.mage("check", "notebooks/sales.ipynb", "--json")
    assert checked.status == 1
    found = checked.document
    upstream = {block["name"]: block["upstream"] for block in found["blocks"]}
    assert upstream.items() >= {"load": [], "total": ["load"]}.items()
    (error,) = [d for d in found["diagnostics"] if d["severity"] == "error"]
    assert (error["code"], error["cell_id"], error["index"]) == ("syntax", "broken", 2)
    assert error["line"] == 2
    refused = scene.mage("export", "notebooks/sales.ipynb", "--json")
    assert refused.status == 1
    assert refused.document["written"] == []
    assert scene.tree() == before
    body = {"path": "shop/notebooks/x.ipynb", "notebook": document(cells)}
    status, said = server.call("POST", "notebooks/check", body)
    assert status == 200
    assert said["analysis"]["diagnostics"] == found["diagnostics"]
    status, said = server.call("POST", "notebooks/export", body)
    assert (status, said["reason"], said["written"]) == (422, "unprocessable", [])


def test_two_blocks_of_one_name_are_named_with_both_cells(scene: Scene) -> None:
    cells = sales()
    cells[2]["metadata"]["mage"]["name"] = "load"
    scene.notebook("sales", cells)
    before = scene.tree()
    refused = scene.mage("export", "notebooks/sales.ipynb", "--json")
    assert refused.status == 1
    (error,) = [d for d in refused.document["diagnostics"] if d["code"] == "name-taken"]
    assert (error["cell_id"], error["severity"]) == ("total", "error")
    assert "load" in error["message"]
    assert scene.tree() == before
    # a file system may not tell capitals apart, so names do not either
    cells[2]["metadata"]["mage"]["name"] = "Load"
    scene.notebook("sales", cells)
    said = scene.mage("check", "notebooks/sales.ipynb")
    assert said.status == 1
    assert error["message"] in said.out
    assert [line.split()[2] for line in said.out.splitlines()[:2]] == ["load", "load"]


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "a/../../../evil", "..", "a\\..\\b"])
@pytest.mark.parametrize("whose", ["block", "pipeline"])
def test_a_name_that_leads_out_of_the_project(scene: Scene, name: str, whose: str) -> None:
    cells = sales()
    if whose == "block":
        cells[2]["metadata"]["mage"]["name"] = name
        scene.notebook("sales", cells)
    else:
        scene.notebook("sales", cells, pipeline=name)
    outside = scene.tree(scene.folder)
    done = scene.mage("export", "notebooks/sales.ipynb", "--json")
    after = scene.tree(scene.folder)
    if done.status == 0:  # a name is cleaned where Mage AI does so, and what it gives is inside
        new = {path for path in after if path not in outside and ".mage_data" not in path}
        assert all(path.startswith("root/shop/") for path in new), new
    else:
        assert after == outside
        said = done.document
        words = said["error"]["message"] if done.status == 2 else json.dumps(said["diagnostics"])
        assert "evil" in words or ".." in words or "name" in words


def test_a_cycle_through_declared_upstreams(scene: Scene) -> None:
    cells = sales()
    cells[1]["metadata"]["mage"]["upstream"] = ["total"]
    scene.notebook("sales", cells)
    before = scene.tree()
    refused = scene.mage("export", "notebooks/sales.ipynb", "--json")
    assert refused.status == 1
    errors = [d for d in refused.document["diagnostics"] if d["code"] == "cycle"]
    assert [error["cell_id"] for error in errors] == ["load", "total"]
    assert "load → total" in errors[0]["message"]
    assert scene.tree() == before
    said = scene.mage("check", "notebooks/sales.ipynb")
    assert said.status == 1
    assert errors[0]["message"] in " ".join(said.out.split())


def test_two_browsers_on_one_notebook_export_one_of_two_states(scene: Scene) -> None:
    """Both looked at the diff; the second to confirm it learns that it looked at something old."""
    scene.notebook("sales", sales())
    server = scene.serve().ready()
    ada, bob = document(sales()), copy.deepcopy(document(sales()))
    bob["cells"][2]["source"] = "total = max(raw) * factor"
    request = {"path": "shop/notebooks/sales.ipynb"}
    looked = {}
    for name, notebook in (("ada", ada), ("bob", bob)):
        body = {**request, "notebook": notebook, "dry_run": True, "diff": True}
        status, looked[name] = server.call("POST", "notebooks/export", body)
        assert status == 200, looked[name]
    body = {**request, "notebook": ada, "expected": looked["ada"]["fingerprint"]}
    status, done = server.call("POST", "notebooks/export", body)
    assert (status, "transformers/total.py" in done["written"]) == (200, True)
    after_ada = scene.tree()
    body = {**request, "notebook": bob, "expected": looked["bob"]["fingerprint"]}
    status, sentence = server.refused("POST", "notebooks/export", body)
    assert status == 409
    assert "changed since" in sentence
    assert scene.tree() == after_ada
    # once bob has looked again, his is an export like any other
    status, again = server.call(
        "POST", "notebooks/export", {**request, "notebook": bob, "dry_run": True}
    )
    body["expected"] = again["fingerprint"]
    status, done = server.call("POST", "notebooks/export", body)
    assert (status, done["written"].count("transformers/total.py")) == (200, 1)


def test_two_browsers_on_one_block_lose_nothing(scene: Scene) -> None:
    scene.notebook("sales", sales())
    scene.good("export", "notebooks/sales.ipynb")
    server = scene.serve().ready()
    project = server.call("GET", "projects")[1]["items"][0]["id"]
    path = f"projects/{project}/pipelines/sales/blocks/total"
    _, read = server.call("GET", path)
    first = {"code": read["code"] + "\n# ada\n", "hash": read["hash"]}
    assert server.call("PUT", path, first)[0] == 200
    late = {"code": read["code"] + "\n# bob\n", "hash": read["hash"]}
    status, sentence = server.refused("PUT", path, late)
    assert status == 409
    assert "total" in sentence
    assert (scene.place / "transformers/total.py").read_text().endswith("# ada\n")
