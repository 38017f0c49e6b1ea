"""Triggers over HTTP: the file and the ledger change together, and a file alone arms nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from waiting import ended, until

NIGHTLY = {"name": "nightly", "pipeline": "sales", "kind": "cron", "spec": "30 2 * * *"}
TRIGGERS = """\
triggers:
- name: cloned
  pipeline_uuid: sales
  schedule_interval: 0 3 * * *
  schedule_type: time
  start_time: 2026-01-01 00:00:00
  status: active
  variables: {}
"""


async def project_id(call: Any) -> str:
    _, found = await call("GET", "projects")
    return str(found["items"][0]["id"])


def yaml_of(project: Path) -> str:
    file = project / "pipelines/sales/triggers.yaml"
    return file.read_text() if file.exists() else ""


async def test_a_trigger_added_by_hand_is_enabled_here(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    status, added = await call("POST", path, {**NIGHTLY, "tz": "Europe/Berlin"})
    assert status == 201, added
    assert added["enabled"] is True
    assert added["next_at"] is not None
    assert "30 2 * * *" in yaml_of(project)
    status, listed = await call("GET", path)
    assert [t["id"] for t in listed["items"]] == [added["id"]]
    status, one = await call("GET", f"triggers/{added['id']}")
    assert one == listed["items"][0]

    status, times = await call("GET", f"triggers/{added['id']}/next", {"count": 3})
    assert status == 200
    assert len(times["items"]) == 3
    assert all("T02:30:00+0" in time["local"] for time in times["items"])

    status, said = await call("POST", path, NIGHTLY)
    assert (status, said["reason"]) == (409, "name-taken")


async def test_a_change_keeps_the_id_and_reaches_the_file(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    _, added = await call("POST", path, NIGHTLY)
    status, changed = await call(
        "PATCH", f"triggers/{added['id']}", {"name": "at_four", "spec": "0 4 * * *"}
    )
    assert status == 200, changed
    assert (changed["id"], changed["name"]) == (added["id"], "at_four")
    assert "0 4 * * *" in yaml_of(project)
    assert "nightly" not in yaml_of(project)
    status, off = await call("PATCH", f"triggers/{added['id']}", {"enabled": False})
    assert off["enabled"] is False
    assert off["next_at"] is None
    assert "inactive" in yaml_of(project)
    status, nothing = await call("DELETE", f"triggers/{added['id']}")
    assert (status, nothing) == (204, None)
    assert "at_four" not in yaml_of(project)
    status, _ = await call("GET", f"triggers/{added['id']}")
    assert status == 404


@pytest.mark.parametrize("engine", [False, True])
async def test_a_trigger_that_a_file_brought_is_not_enabled_here(
    call: Any, project: Path, engine: bool
) -> None:
    (project / "pipelines/sales/triggers.yaml").write_text(TRIGGERS)
    path = f"projects/{await project_id(call)}/triggers"
    if engine:
        assert (await call("POST", "engine/start"))[0] == 200
    status, listed = await call("GET", path)
    assert status == 200, listed
    (cloned,) = listed["items"]
    assert (cloned["name"], cloned["enabled"], cloned["active"]) == ("cloned", False, True)
    assert cloned["next_at"] is None
    status, armed = await call("PATCH", f"triggers/{cloned['id']}", {"enabled": True})
    assert status == 200, armed
    assert armed["enabled"] is True
    assert armed["next_at"] is not None


async def test_an_edit_of_the_file_is_what_counts(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    _, added = await call("POST", path, NIGHTLY)
    file = project / "pipelines/sales/triggers.yaml"
    file.write_text(file.read_text().replace("30 2 * * *", "45 5 * * *"))
    status, edited = await call("GET", f"triggers/{added['id']}")
    assert (status, edited["spec"], edited["enabled"]) == (200, "45 5 * * *", True)
    assert "T05:45" in edited["next_at"]
    file.write_text("triggers: []\n")
    status, _ = await call("GET", f"triggers/{added['id']}")
    assert status == 404


async def test_a_schedule_that_nobody_can_read_hides_nothing_and_can_be_switched_off(
    call: Any, project: Path
) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    _, added = await call("POST", path, NIGHTLY)
    _, other = await call("POST", path, {**NIGHTLY, "name": "other"})
    file = project / "pipelines/sales/triggers.yaml"
    file.write_text(file.read_text().replace("30 2 * * *", "99 2 * * *", 1))
    status, listed = await call("GET", path)
    assert status == 200, listed
    broken = next(t for t in listed["items"] if t["spec"] == "99 2 * * *")
    assert broken["next_at"] is None
    status, said = await call("PATCH", f"triggers/{broken['id']}", {"enabled": True})
    assert status == 400
    assert "99" in said["message"]
    status, off = await call("PATCH", f"triggers/{broken['id']}", {"enabled": False})
    assert (status, off["enabled"]) == (200, False)
    (fine,) = {added["id"], other["id"]} - {broken["id"]}
    status, still = await call("GET", f"triggers/{fine}")
    assert (still["enabled"], still["next_at"] is not None) == (True, True)


async def test_a_broken_file_hides_no_trigger_of_another(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    _, added = await call("POST", path, NIGHTLY)
    broken = project / "pipelines/broken"
    broken.mkdir()
    (broken / "metadata.yaml").write_text("blocks: [")
    file = project / "pipelines/sales/triggers.yaml"
    whole = file.read_text()
    status, listed = await call("GET", path)
    assert (status, [t["id"] for t in listed["items"]]) == (200, [added["id"]])
    # A broken file of its own takes no trigger away either: it may be half of a merge.
    file.write_text("triggers: [")
    status, listed = await call("GET", path)
    assert [(t["id"], t["enabled"]) for t in listed["items"]] == [(added["id"], True)]
    file.write_text(whole)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"spec": "99 2 * * *"}, "99"),
        ({"tz": "Mars/Olympus"}, "Mars"),
        ({"kind": "interval", "spec": "often"}, "often"),
        ({"variables": {"limit": "abc"}}, "limit"),
        ({"name": " "}, "name"),
        ({"kind": "api", "spec": ""}, "api"),
        ({"kind": "once", "spec": "2001-01-01T00:00:00Z"}, "2001"),
        ({"catch_up": "sometimes"}, "catch_up"),
    ],
)
async def test_a_trigger_that_cannot_be_is_written_nowhere(
    call: Any, project: Path, fields: dict[str, Any], words: str
) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    status, said = await call("POST", path, {**NIGHTLY, **fields})
    assert status == 400, said
    assert words in said["message"]
    assert "nightly" not in yaml_of(project)
    _, listed = await call("GET", path)
    assert listed["items"] == []


async def test_a_pipeline_that_is_not_there_gets_no_trigger(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    status, said = await call("POST", path, {**NIGHTLY, "pipeline": "none"})
    assert (status, said["reason"]) == (404, "not-found")
    assert not (project / "pipelines/none").exists()


async def test_firing_by_hand_runs_with_the_triggers_variables(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    _, added = await call("POST", path, {**NIGHTLY, "variables": {"limit": 7}})
    status, run = await call("POST", f"triggers/{added['id']}/fire")
    assert status == 201, run
    run = await ended(call, run["id"])
    assert run["state"] == "success"
    assert run["trigger"] == "nightly"
    assert run["variables"]["limit"] == 7


async def test_a_schedule_fires_by_itself(call: Any, project: Path) -> None:
    path = f"projects/{await project_id(call)}/triggers"
    every = {"name": "often", "pipeline": "sales", "kind": "interval", "spec": "1s"}
    status, added = await call("POST", path, every)
    assert status == 201, added

    async def fired() -> list[dict[str, Any]]:
        _, runs = await call("GET", "runs", {"trigger": "often", "state": "success"})
        return list(runs["items"])

    runs = await until(fired, 30)
    assert runs[0]["nominal_at"] is not None


async def test_the_next_times_of_a_schedule_that_is_not_saved(call: Any) -> None:
    query = {"kind": "cron", "spec": "30 2 * * 1-5", "tz": "Europe/Berlin", "count": 10}
    status, times = await call("GET", "schedule", query)
    assert status == 200
    assert len(times["items"]) == 10
    assert all(time["local"][11:16] == "02:30" for time in times["items"])
    ats = [time["at"] for time in times["items"]]
    assert ats == sorted(set(ats))
