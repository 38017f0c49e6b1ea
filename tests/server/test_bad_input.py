"""What is wrong with a request is said with a status, a sentence and a reason; never a 500."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


async def project_id(call: Any) -> str:
    _, found = await call("GET", "projects")
    return str(found["items"][0]["id"])


async def test_the_project_in_the_root_is_found(call: Any, project: Path) -> None:
    status, found = await call("GET", "projects")
    assert status == 200
    assert [(p["name"], p["path"]) for p in found["items"]] == [("shop", "shop")]
    assert found["next"] is None


@pytest.mark.parametrize(
    ("method", "path", "raw", "status", "reason", "words"),
    [
        ("POST", "runs", "{", 400, "bad-input", "JSON"),
        ("POST", "runs", "[]", 400, "bad-input", "object"),
        ("POST", "runs", '{"project": 1, "pipeline": "sales"}', 400, "bad-input", "project"),
        ("POST", "runs", '{"pipeline": "sales"}', 400, "bad-input", "project"),
        (
            "POST",
            "runs",
            '{"project": "x", "pipeline": "p", "nonsense": 1}',
            400,
            "bad-input",
            "nonsense",
        ),
        (
            "POST",
            "runs",
            '{"project": "x", "pipeline": "p", "variables": {"a": NaN}}',
            400,
            "bad-input",
            "NaN",
        ),
        ("POST", "runs", '{"project": "x", "pipeline": "p"}', 404, "not-found", "project x"),
        ("POST", "runs/x/cancel", "{}", 404, "not-found", "run x"),
        ("POST", "runs/x/retry", '{"code": "newest"}', 400, "bad-input", "code"),
        ("POST", "runs/x/retry", '{"code": "run"}', 404, "not-found", "run x"),
        ("POST", "projects", '{"path": "../elsewhere"}', 400, "outside-project", "leads out"),
        ("POST", "projects", '{"path": "nothing"}', 404, "not-found", "nothing"),
        ("POST", "projects", '{"path": "shop", "create": true}', 409, "conflict", "shop"),
        ("POST", "engine/stop", '{"drain": "perhaps"}', 400, "bad-input", "drain"),
        ("POST", "triggers/x/fire", "{}", 404, "not-found", "trigger x"),
        ("PATCH", "triggers/x", '{"colour": "red"}', 400, "bad-input", "colour"),
        ("PATCH", "triggers/x", '{"tz": "UTC"}', 404, "not-found", "trigger x"),
        ("POST", "notebooks/check", '{"path": "no.ipynb"}', 404, "not-found", "no.ipynb"),
        (
            "POST",
            "notebooks/check",
            '{"path": "a.ipynb", "notebook": "{"}',
            400,
            "not-a-notebook",
            "JSON",
        ),
        (
            "POST",
            "notebooks/check",
            '{"path": "a.ipynb", "notebook": {"cells": 1}}',
            400,
            "not-a-notebook",
            "not a notebook",
        ),
        (
            "POST",
            "notebooks/check",
            '{"path": "../a.ipynb", "notebook": {"nbformat": 4, "cells": []}}',
            400,
            "outside-project",
            "leads out",
        ),
    ],
)
async def test_bad_bodies(
    call: Any,
    project: Path,
    method: str,
    path: str,
    raw: str,
    status: int,
    reason: str,
    words: str,
) -> None:
    code, said = await call(method, path, raw=raw)
    assert (code, said["reason"]) == (status, reason), said
    assert words in said["message"]


@pytest.mark.parametrize(
    ("path", "query", "status", "words"),
    [
        ("nowhere", {}, 404, "nothing"),
        ("projects/x", {}, 404, "project x"),
        ("projects/x/pipelines", {}, 404, "project x"),
        ("runs", {"limit": "many"}, 400, "limit"),
        ("runs", {"limit": "-1"}, 400, "limit"),
        ("runs", {"limit": "0"}, 400, "limit"),
        ("runs", {"state": "tired"}, 400, "state"),
        ("runs/x", {}, 404, "run x"),
        ("runs/x/block_runs", {}, 404, "run x"),
        ("runs/x/log", {}, 404, "run x"),
        ("triggers/x", {}, 404, "trigger x"),
        ("triggers/x/next", {}, 404, "trigger x"),
        ("products/x", {}, 404, "product x"),
        ("products/x/rows", {}, 404, "product x"),
        ("products/x/file", {"format": "csv"}, 404, "product x"),
        ("schedule", {}, 400, "kind"),
        ("schedule", {"kind": "cron", "spec": "61 * * * *"}, 400, "61"),
        ("schedule", {"kind": "cron", "spec": "0 2 * * *", "tz": "Mars/Olympus"}, 400, "Mars"),
        ("schedule", {"kind": "yearly", "spec": "x"}, 400, "yearly"),
        ("schedule", {"kind": "interval", "spec": "soon"}, 400, "soon"),
    ],
)
async def test_bad_addresses_and_queries(
    call: Any, project: Path, path: str, query: dict[str, str], status: int, words: str
) -> None:
    code, said = await call("GET", path, query)
    assert code == status, said
    assert words in said["message"]
    assert said["reason"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("pipelines/none", 404, "none"),
        ("pipelines/sales/blocks/none", 404, "none"),
        ("triggers?pipeline=none", 404, "none"),
    ],
)
async def test_unknown_things_of_a_project(
    call: Any, project: Path, path: str, status: int, words: str
) -> None:
    address, _, query = path.partition("?")
    params = dict([query.split("=")]) if query else {}
    code, said = await call("GET", f"projects/{await project_id(call)}/{address}", params)
    assert code == status, said
    assert words in said["message"]


async def test_a_wrong_variable_is_named(call: Any, project: Path) -> None:
    body = {
        "project": await project_id(call),
        "pipeline": "sales",
        "variables": {"limit": "abc"},
    }
    code, said = await call("POST", "runs", body)
    assert code == 400
    assert "limit" in said["message"]
    assert "whole number" in said["message"]


async def test_a_body_that_is_too_large_is_413(call: Any, jp_serverapp: Any, project: Path) -> None:
    app = jp_serverapp.extension_manager.extension_apps["mage_jlab"].pop()
    huge = json.dumps({"path": "x" * app.largest_body})
    code, said = await call("POST", "notebooks/check", raw=huge)
    assert code == 413
    assert said["reason"] == "too-large"


async def test_one_broken_pipeline_hides_no_other(call: Any, project: Path) -> None:
    broken = project / "pipelines" / "broken" / "metadata.yaml"
    broken.parent.mkdir()
    broken.write_text("blocks:\n- uuid: [\n")
    path = f"projects/{await project_id(call)}/pipelines"
    status, found = await call("GET", path)
    assert status == 200
    rows = {row["name"]: row for row in found["items"]}
    assert rows["sales"]["blocks"] == 2
    assert rows["sales"]["problem"] is None
    assert rows["broken"]["problem"]["file"] == "pipelines/broken/metadata.yaml"
    assert rows["broken"]["problem"]["line"] >= 2
    status, said = await call("GET", f"{path}/broken")
    assert status == 422
    assert said["reason"] == "unreadable-file"


async def test_a_stale_block_is_not_overwritten(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/pipelines/sales/blocks/load"
    status, block = await call("GET", path)
    assert status == 200
    changed = {"code": block["code"] + "\n# mine\n", "hash": block["hash"]}
    status, saved = await call("PUT", path, changed)
    assert status == 200
    assert saved["code"].endswith("# mine\n")
    status, said = await call("PUT", path, {"code": "# late\n", "hash": block["hash"]})
    assert (status, said["reason"]) == (409, "conflict")
    assert (project / "data_loaders/load.py").read_text() == saved["code"]


async def test_a_page_holds_500_at_most_whatever_is_asked_for(call: Any, project: Path) -> None:
    for number in range(520):
        folder = project / "pipelines" / f"p{number:03}"
        folder.mkdir()
        (folder / "metadata.yaml").write_text(f"uuid: p{number:03}\nblocks: []\n")
    path = f"projects/{await project_id(call)}/pipelines"
    status, first = await call("GET", path, {"limit": 100_000})
    assert (status, len(first["items"])) == (200, 500)
    status, rest = await call("GET", path, {"limit": 100_000, "before": first["next"]})
    assert (len(rest["items"]), rest["next"]) == (21, None)


async def test_a_method_that_an_address_lacks_is_405(call: Any) -> None:
    status, said = await call("DELETE", "runs")
    assert (status, said["reason"]) == (405, "method-not-allowed")
