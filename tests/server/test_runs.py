"""Real runs of a small pipeline, started over HTTP and executed by the engine."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from shop import write_project
from waiting import ended, until


async def project_id(call: Any) -> str:
    _, found = await call("GET", "projects")
    return str(found["items"][0]["id"])


async def started(call: Any, **more: Any) -> dict[str, Any]:
    body = {"project": await project_id(call), "pipeline": "sales", **more}
    status, run = await call("POST", "runs", body)
    assert status == 201, run
    return dict(run)


async def test_a_run_from_start_to_product(call: Any, project: Path, jp_fetch: Any) -> None:
    begun = await started(call, variables={"limit": "41"})
    assert begun["state"] in ("queued", "running")
    assert begun["variables"]["limit"] == 41
    run = await ended(call, begun["id"])
    assert run["state"] == "success", run
    assert run["counts"] == {"success": 2}
    load, total = run["block_runs"]
    assert [p["name"] for p in load["products"]] != []
    assert load["products"][0]["type"] == "frame"
    assert load["products"][0]["rows"] == 2

    status, listed = await call("GET", "runs", {"pipeline": "sales"})
    assert status == 200
    assert [item["id"] for item in listed["items"]] == [run["id"]]
    assert listed["items"][0]["block_runs"] == []

    status, block_runs = await call("GET", f"runs/{run['id']}/block_runs", {"block": "total"})
    assert [b["block"] for b in block_runs["items"]] == ["total"]

    status, attempts = await call("GET", f"runs/{run['id']}/attempts")
    assert [(a["block"], a["number"], a["outcome"]) for a in attempts["items"]] == [
        ("load", 1, "success"),
        ("total", 1, "success"),
    ]
    assert all(a["started_at"] <= a["ended_at"] for a in attempts["items"])
    status, refused = await call("GET", f"runs/{run['id']}/attempts", {"block": "nowhere"})
    assert status == 404, refused

    product = load["products"][0]["id"]
    status, shown = await call("GET", f"products/{product}", {"rows": 1})
    assert status == 200, shown
    assert [column["name"] for column in shown["schema"]] == ["name", "amount"]
    assert shown["preview"] == [["a", 1]]
    assert shown["current"] is True
    status, page = await call("GET", f"products/{product}/rows", {"offset": 1, "limit": 10})
    assert page["rows"] == [["b", 41]]
    assert page["total"] == 2

    answer = await jp_fetch("mage", "products", product, "file", params={"format": "csv"})
    assert answer.body.decode().splitlines() == ["name,amount", "a,1", "b,41"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "attachment" in answer.headers["Content-Disposition"]

    status, shown = await call("GET", f"products/{total['products'][0]['id']}")
    assert shown["value"] == 42
    status, said = await call("GET", f"products/{product}/file", {"format": "docx"})
    assert status == 400
    assert "docx" in said["message"]

    status, rows = await call("GET", f"projects/{run['project']}/pipelines")
    assert [mark["state"] for mark in rows["items"][0]["last_runs"]] == ["success"]


async def test_the_log_is_read_by_pages_and_by_the_socket(
    call: Any, project: Path, jp_ws_fetch: Any
) -> None:
    run = await started(call)
    socket = await jp_ws_fetch("mage", "runs", run["id"], "log", "tail")
    told: list[dict[str, Any]] = []
    while (message := await asyncio.wait_for(socket.read_message(), 60)) is not None:
        told.append(json.loads(message))
    assert socket.close_code == 1000
    socket.close()
    assert told[-1]["ended"] is True
    lines = [(line["block"], line["text"]) for page in told for line in page["lines"]]
    assert ("load", "loading 500") in lines
    assert ("total", "adding up") in lines

    read: list[tuple[str, str]] = []
    after, over = None, False
    while not over:
        query = {"limit": 1} | ({"after": after} if after else {})
        status, page = await call("GET", f"runs/{run['id']}/log", query)
        assert status == 200
        read += [(line["block"], line["text"]) for line in page["lines"]]
        after, over = page["next"], page["ended"]
    assert read == lines

    status, page = await call("GET", f"runs/{run['id']}/log", {"block": "total"})
    assert {line["block"] for line in page["lines"]} == {"total"}
    status, _ = await call("GET", f"runs/{run['id']}/log", {"block": "none"})
    assert status == 404
    status, _ = await call("GET", f"runs/{run['id']}/log", {"after": "nonsense"})
    assert status == 400


async def test_a_part_runs_on_the_products_of_a_former_run(call: Any, project: Path) -> None:
    body = {"project": await project_id(call), "pipeline": "sales", "block": "total"}
    status, said = await call("POST", "runs", body)
    assert status == 422
    assert "load" in said["message"]

    whole = await ended(call, (await started(call, variables={"limit": 9}))["id"])
    part = await ended(call, (await started(call, block="total", of=whole["id"]))["id"])
    assert part["state"] == "success", part
    load, total = part["block_runs"]
    assert (load["block"], load["cached"]) == ("load", True)
    assert (total["block"], total["cached"]) == ("total", False)
    status, shown = await call("GET", f"products/{total['products'][0]['id']}")
    assert shown["value"] == 10

    status, said = await call("POST", "runs", {**body, "upto": "load"})
    assert (status, said["reason"]) == (400, "bad-input")


async def test_an_error_names_its_block_and_a_retry_goes_on(
    call: Any, project: Path, jp_root_dir: Path
) -> None:
    write_project(project, total="raise KeyError('amount')")
    run = await ended(call, (await started(call))["id"])
    assert run["state"] == "failed"
    assert run["failed_block"] == "total"
    load, total = run["block_runs"]
    assert load["state"] == "success"
    assert total["error"]["type"] == "KeyError"
    assert total["error"]["file"] == "transformers/total.py"

    write_project(project)
    status, said = await call("POST", f"runs/{run['id']}/retry", {"code": "run"})
    assert status == 200, said
    assert (await ended(call, run["id"]))["state"] == "failed"
    status, said = await call("POST", f"runs/{run['id']}/retry", {"code": "current"})
    assert status == 200, said
    mended = await ended(call, run["id"])
    assert mended["state"] == "success"
    assert mended["block_runs"][0]["started_at"] == load["started_at"]
    status, said = await call("POST", f"runs/{run['id']}/retry")
    assert (status, said["reason"]) == (409, "nothing-to-retry")


async def test_cancel_ends_a_block_that_runs(call: Any, project: Path) -> None:
    write_project(project, total="import time; time.sleep(60)")
    run = await started(call)

    async def running() -> bool:
        _, now = await call("GET", f"runs/{run['id']}")
        return any(b["block"] == "total" and b["state"] == "running" for b in now["block_runs"])

    await until(running)
    status, _ = await call("POST", f"runs/{run['id']}/cancel")
    assert status == 200
    assert (await ended(call, run["id"]))["state"] == "cancelled"


async def test_changes_arrive_on_the_servers_event_bus(
    call: Any, project: Path, jp_serverapp: Any
) -> None:
    app = next(iter(jp_serverapp.extension_manager.extension_apps["mage_jlab"]))
    await app._start_jupyter_server_extension(jp_serverapp)
    heard: list[dict[str, Any]] = []

    async def listen(logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        heard.append(data)

    schema = "https://events.mage-jlab.org/changed/v1"
    jp_serverapp.event_logger.add_listener(schema_id=schema, listener=listen)
    # The engine begins with this run, before the bridge, which looks every second, has found it.
    run = await started(call)
    await ended(call, run["id"])

    async def told() -> bool:
        return any(e["run"] == run["id"] and e["state"] == "success" for e in heard)

    await until(told, 15)
    # The bridge outlives an engine, and hears the next one.
    await call("POST", "engine/stop")
    again = await started(call)
    await ended(call, again["id"])

    async def told_again() -> bool:
        return any(e["run"] == again["id"] and e["state"] == "success" for e in heard)

    await until(told_again, 30)
    mine = [event for event in heard if event["run"] == run["id"]]
    assert [event["seq"] for event in mine] == sorted(event["seq"] for event in mine)
    assert {event["block"] for event in mine} >= {"load", "total"}
    assert "queued" in {event["state"] for event in mine if event["block"] is None}
    assert all(event["project"] == run["project"] for event in mine)


async def test_only_what_people_do_counts_as_activity(
    call: Any, project: Path, jp_serverapp: Any
) -> None:
    settings = jp_serverapp.web_app.settings
    await call("GET", "runs")
    await call("GET", "engine")
    assert "api_last_activity" not in settings
    await call("POST", "notebooks/check", {"path": "none.ipynb"})
    assert "api_last_activity" in settings


async def test_a_live_run_keeps_the_server_alive(
    call: Any, project: Path, jp_serverapp: Any
) -> None:
    write_project(project, total="import time; time.sleep(60)")
    app = next(iter(jp_serverapp.extension_manager.extension_apps["mage_jlab"]))
    await app._start_jupyter_server_extension(jp_serverapp)
    times = jp_serverapp.web_app.settings["last_activity_times"]
    assert "mage_jlab" not in times
    assert app.current_activity() is None
    run = await started(call)

    async def alive() -> bool:
        return "mage_jlab" in times and app.current_activity() == {"live_runs": 1}

    await until(alive, 20)
    assert times["mage_jlab"].tzinfo is not None
    await call("POST", f"runs/{run['id']}/cancel")


@pytest.mark.parametrize("name", ["engine", "projects", "runs"])
async def test_asking_starts_no_engine(call: Any, project: Path, name: str, state: Any) -> None:
    status, _ = await call("GET", name)
    assert status == 200
    assert not state.socket.exists()


async def test_what_lies_outside_the_root_is_not_there(
    call: Any, project: Path, tmp_path: Path, jp_root_dir: Path
) -> None:
    run = await ended(call, (await started(call))["id"])
    # The same ledger, seen by a server whose root is another folder.
    from mage_jlab.domain.errors import NotFoundError
    from mage_jlab.services.services import Services
    from mage_jlab.store.paths import StateFolder

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    services = Services(StateFolder.from_environ(), root=elsewhere)
    assert list(services.projects.list()) == []
    assert services.runs.list().items == []
    with pytest.raises(NotFoundError):
        services.runs.get(run["id"])
    with pytest.raises(NotFoundError):
        services.products.get(run["block_runs"][0]["products"][0]["id"])
    with pytest.raises(NotFoundError):
        services.projects.files(run["project"])
