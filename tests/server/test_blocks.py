"""New blocks over HTTP: the list of templates, what is written, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


async def test_templates_are_listed(call: Any, project: Path) -> None:
    status, found = await call("GET", "block_templates")
    assert status == 200
    names = {(t["type"], t["language"], t["name"]) for t in found["items"]}
    assert {("sensor", "python", "plain"), ("chart", "python", "missing_values")} <= names
    assert all(t["title"] and t["description"] for t in found["items"])


async def test_a_block_is_made_below_another(call: Any, project: Path) -> None:
    _, projects = await call("GET", "projects")
    path = f"projects/{projects['items'][0]['id']}/blocks"
    _, pipelines = await call("GET", path.replace("blocks", "pipelines"))
    pipeline = pipelines["items"][0]["name"]
    file = project / "pipelines" / pipeline / "metadata.yaml"
    above = yaml.safe_load(file.read_text())["blocks"][0]["uuid"]
    body = {
        "type": "chart",
        "name": "team/missing",
        "template": "missing_values",
        "pipeline": pipeline,
        "upstream": [above],
    }
    status, made = await call("POST", path, body)
    assert (status, made["file"]) == (201, "charts/team/missing.py")
    assert made["written"][-2:] == [made["file"], f"pipelines/{pipeline}/metadata.yaml"]
    (widget,) = yaml.safe_load(file.read_text())["widgets"]
    assert (widget["uuid"], widget["upstream_blocks"]) == ("team/missing", [above])
    before = file.read_text()
    for change, expected in (
        ({}, 409),
        ({"name": "b", "upstream": ["nobody"]}, 400),
        ({"name": "b", "template": "magic"}, 400),
        ({"name": "b", "pipeline": "nowhere"}, 404),
        ({"name": "b", "pipeline": None}, 400),
        ({"name": "b", "type": "wizard"}, 400),
    ):
        status, said = await call("POST", path, {**body, **change})
        assert (status, bool(said["message"])) == (expected, True)
    assert file.read_text() == before
    assert not (project / "charts/b.py").exists()
