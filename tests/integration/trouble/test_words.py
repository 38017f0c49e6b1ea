"""Malformed times, zones and variables, unknown names: the same answer on every way in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from .scene import Scene, Server

TRIGGER = {"name": "nightly", "pipeline": "sales", "kind": "cron", "spec": "30 2 * * *"}


@pytest.fixture(scope="module")
def project(server: Server) -> str:
    """The project's id, as the API says it."""
    return str(server.call("GET", "projects")[1]["items"][0]["id"])


def _refused_everywhere(
    shop: Scene, server: Server, project: str, options: list[str], fields: Mapping[str, object]
) -> set[str]:
    """Add a trigger that cannot be, by command line and API; gives what both said."""
    before = shop.tree()
    arguments = ["trigger", "add", "sales", "--name", "nightly", *options, "--json"]
    said = shop.mage(*arguments).refusal
    status, same = server.refused("POST", f"projects/{project}/triggers", {**TRIGGER, **fields})
    assert status == 400
    assert shop.tree() == before
    assert shop.good("trigger", "list") == {"triggers": []}
    return {said, same}


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("61 2 * * *", "it is 61"),
        ("30 2 * *", "has 4 fields"),
        ("at night", "five fields"),
        ("30 2 30 2 *", "30 2 30 2 *"),
        ("* * * * mo-", "'mo-'"),
        ("", "five fields"),
    ],
)
def test_a_malformed_cron(shop: Scene, server: Server, project: str, cron: str, words: str) -> None:
    said = _refused_everywhere(shop, server, project, ["--cron", cron], {"spec": cron})
    assert len(said) == 1, "one sentence for everybody"
    assert words in said.pop()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "CEST+", ""])
def test_a_malformed_zone(shop: Scene, server: Server, project: str, zone: str) -> None:
    options = ["--cron", "30 2 * * *", "--tz", zone]
    said = _refused_everywhere(shop, server, project, options, {"tz": zone})
    assert len(said) == 1
    assert zone in said.pop()


@pytest.mark.parametrize(
    ("assignment", "variables", "word"),
    [("factor=many", {"factor": "many"}, "whole number"), ("factor=", {"factor": ""}, "factor")],
)
def test_a_malformed_variable(
    shop: Scene,
    server: Server,
    project: str,
    assignment: str,
    variables: dict[str, str],
    word: str,
) -> None:
    before = len(shop.good("runs", "list")["runs"])
    said = shop.mage("run", "sales", "--var", assignment, "--json").refusal
    body = {"project": project, "pipeline": "sales", "variables": variables}
    status, same = server.refused("POST", "runs", body)
    assert (status, same) == (400, said)
    assert "factor" in said
    assert word in said
    options = ["--every", "1d", "--var", assignment]
    fields = {"kind": "interval", "spec": "1d", "variables": variables}
    assert _refused_everywhere(shop, server, project, options, fields) == {said}
    assert len(shop.good("runs", "list")["runs"]) == before


@pytest.mark.parametrize("assignment", ["factor", "=3", "two words=1", "block_uuid=x"])
def test_a_variable_that_has_no_name_or_a_reserved_one(shop: Scene, assignment: str) -> None:
    said = shop.mage("run", "sales", "--var", assignment, "--json").refusal
    assert assignment.split("=")[0] in said


def test_an_unknown_pipeline(shop: Scene, server: Server, project: str) -> None:
    said = {
        shop.mage(*command, "--json").refusal
        for command in (["run", "nowhere"], ["graph", "nowhere"], ["open", "nowhere"])
    }
    body = {"project": project, "pipeline": "nowhere"}
    for method, path, payload in (
        ("POST", "runs", body),
        ("GET", f"projects/{project}/pipelines/nowhere", None),
        ("GET", f"projects/{project}/pipelines/nowhere/blocks", None),
        ("POST", "notebooks/open", body),
    ):
        status, sentence = server.refused(method, path, payload)
        assert status == 404
        said.add(sentence)
    assert all("nowhere" in sentence for sentence in said)


@pytest.mark.parametrize("ref", ["nowhere", "sales#999", "01980000-0000-7000-8000-000000000000"])
def test_an_unknown_run(shop: Scene, server: Server, ref: str) -> None:
    for command in ("show", "logs", "cancel", "retry"):
        assert ref in shop.mage("runs", command, ref, "--json").refusal
    address = ref.replace("#", "%23")
    for method, path in (
        ("GET", f"runs/{address}"),
        ("GET", f"runs/{address}/log"),
        ("POST", f"runs/{address}/cancel"),
        ("POST", f"runs/{address}/retry"),
    ):
        status, said = server.refused(method, path, {} if method == "POST" else None)
        assert status == 404
        assert ref in said


def test_an_unknown_block(shop: Scene, server: Server, project: str) -> None:
    run = shop.good("runs", "list")["runs"][-1]["id"]
    for command in (
        ["run", "sales", "--block", "nowhere"],
        ["run", "sales", "--from", "nowhere"],
        ["product", "show", "sales", "nowhere"],
        ["runs", "logs", run, "--block", "nowhere"],
    ):
        assert "nowhere" in shop.mage(*command, "--json").refusal
    body = {"project": project, "pipeline": "sales", "upto": "nowhere"}
    for method, path, payload in (
        ("POST", "runs", body),
        ("GET", f"projects/{project}/pipelines/sales/blocks/nowhere", None),
        ("GET", f"runs/{run}/block_runs?block=nowhere", None),
        ("GET", f"runs/{run}/log?block=nowhere", None),
    ):
        status, said = server.refused(method, path, payload)
        assert status == 404
        assert "nowhere" in said
