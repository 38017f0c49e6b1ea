"""Triggers in Mage AI's file and in ours."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mage_jlab.domain.errors import NotFoundError, UnreadableFileError
from mage_jlab.domain.trigger import CatchUp, Overlap, TriggerKind, TriggerSpec
from mage_jlab.store.project_files import ProjectFiles, create_project
from mage_jlab.store.triggers_yaml import interval_cron, parse_triggers

KEYS = {
    *("description", "envs", "last_enabled_at", "name", "pipeline_uuid", "schedule_interval"),
    *("schedule_type", "settings", "sla", "start_time", "status", "token", "variables"),
}
MAGE = """\
triggers:
- name: nightly   # ops
  pipeline_uuid: sales
  schedule_type: time
  schedule_interval: '@weekly'
  status: active
  settings: {skip_if_previous_running: true, timeout: 60}
  variables: {market: CA}
  sla: 3600
- {name: hook, schedule_type: api, status: inactive}
- name: once
  schedule_interval: '@once'
  start_time: 2026-12-01 02:30:00
  status: active
- {name: draft, schedule_type: time, schedule_interval: null, status: inactive}
- {name: always, schedule_type: time, schedule_interval: '@always_on', status: active}
- {name: file, schedule_type: event, status: active, envs: [prod]}
"""


@pytest.fixture
def files(tmp_path: Path) -> ProjectFiles:
    files = create_project(tmp_path / "shop")
    files.create_pipeline("sales")
    return files


def spec(kind: str, text: str, **more: object) -> TriggerSpec:
    values = {"name": kind, "pipeline": "sales", "kind": kind, "spec": text, **more}
    return TriggerSpec.model_validate(values)


ALL = [
    spec("cron", "30 2 * * 1-5", tz="Europe/Berlin", variables={"market": "NO", "n": 3}),
    spec("interval", "15m", overlap="skip"),
    spec("interval", "7m", name="odd", catch_up="all"),
    spec("once", "2026-12-01T02:30:00.000Z", active=False, description="the first"),
    spec("api", "", envs=["prod"]),
    spec("signal", "orders/arrived"),
]


def test_every_kind_is_read_back_as_it_was_written(files: ProjectFiles) -> None:
    for one in ALL:
        files.save_trigger(one)
    assert files.triggers("sales") == ALL
    entries = yaml.safe_load((files.place / "pipelines/sales/triggers.yaml").read_text())[
        "triggers"
    ]
    assert all(set(e) == KEYS and list(e) == sorted(e) for e in entries)
    schedules = {e["name"]: (e["schedule_type"], e["schedule_interval"]) for e in entries}
    assert schedules == {
        "cron": ("time", "30 2 * * 1-5"),
        "interval": ("time", "*/15 * * * *"),
        "odd": ("time", None),
        "once": ("time", "@once"),
        "api": ("api", None),
        "signal": ("event", None),
    }
    assert entries[1]["settings"] == {"skip_if_previous_running": True}
    assert entries[3]["start_time"].isoformat() == "2026-12-01T02:30:00"
    assert [bool(e["last_enabled_at"]) for e in entries] == [True, True, True, False, True, True]


def test_what_mage_has_no_key_for_stands_in_our_file_alone(files: ProjectFiles) -> None:
    for one in ALL:
        files.save_trigger(one)
    ours = yaml.safe_load((files.place / "pipelines/sales/mage_jlab.yaml").read_text())
    assert ours == {
        "triggers": {
            "cron": {"tz": "Europe/Berlin"},
            "interval": {"every": "15m", "overlap": "skip"},
            "odd": {"every": "7m", "catch_up": "all"},
            "signal": {"signal": "orders/arrived"},
        }
    }
    files.save_trigger(ALL[0].model_copy(update={"tz": "UTC"}))
    files.remove_trigger("sales", "signal")
    ours = yaml.safe_load((files.place / "pipelines/sales/mage_jlab.yaml").read_text())
    assert sorted(ours["triggers"]) == ["interval", "odd"]
    assert "signal" not in {t.name for t in files.triggers("sales")}
    with pytest.raises(NotFoundError):
        files.remove_trigger("sales", "signal")


def test_saving_the_same_trigger_again_writes_nothing(files: ProjectFiles) -> None:
    for one in ALL:
        files.save_trigger(one)
    folder = files.place / "pipelines/sales"
    before = {p: p.stat().st_mtime_ns for p in folder.iterdir()}
    for one in ALL:
        files.save_trigger(one)
    assert {p: p.stat().st_mtime_ns for p in folder.iterdir()} == before


def test_triggers_of_mages_are_read_and_kept(files: ProjectFiles) -> None:
    path = files.place / "pipelines/sales/triggers.yaml"
    path.write_text(MAGE)
    found = {t.name: t for t in files.triggers("sales")}
    assert set(found) == {"nightly", "hook", "once", "always", "file"}
    assert (found["nightly"].kind, found["nightly"].spec) == (TriggerKind.CRON, "0 0 * * 1")
    assert found["nightly"].overlap is Overlap.SKIP
    assert found["nightly"].catch_up is CatchUp.LATEST
    assert found["once"].spec == "2026-12-01T02:30:00.000Z"
    assert found["always"].overlap is Overlap.SKIP
    assert (found["hook"].active, found["file"].envs) == (False, ["prod"])
    files.save_trigger(found["nightly"].model_copy(update={"active": False}))
    text = path.read_text()
    entry = yaml.safe_load(text)["triggers"][0]
    assert "# ops" in text
    assert (entry["status"], entry["schedule_interval"], entry["sla"]) == (
        "inactive",
        "@weekly",
        3600,
    )
    assert entry["settings"] == {"skip_if_previous_running": True, "timeout": 60}


def test_a_cron_edited_in_mage_wins_over_our_interval(files: ProjectFiles) -> None:
    files.save_trigger(spec("interval", "15m"))
    path = files.place / "pipelines/sales/triggers.yaml"
    path.write_text(path.read_text().replace("*/15 * * * *", "*/20 * * * *"))
    (found,) = files.triggers("sales")
    assert (found.kind, found.spec) == (TriggerKind.CRON, "*/20 * * * *")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("triggers: {a: 1}\n", "should be a list"),
        ("triggers:\n- {status: active}\n", "no name"),
        ("triggers:\n- {name: a, schedule_type: moon}\n", "'moon' is no schedule_type"),
        (
            "triggers:\n- {name: a, schedule_type: api, envs: [here]}\n",
            "'here' is none of the envs",
        ),
        ("triggers:\n- {name: a, schedule_interval: '@once', start_time: soon}\n", "trigger a"),
        ("triggers: [\n", "not valid YAML"),
    ],
)
def test_a_bad_entry_is_named(text: str, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        parse_triggers(text, "pipelines/p/triggers.yaml", "p", {})


def test_an_unknown_pipeline_has_no_triggers(files: ProjectFiles) -> None:
    with pytest.raises(NotFoundError):
        files.triggers("none")
    with pytest.raises(NotFoundError):
        files.save_trigger(ALL[0].model_copy(update={"pipeline": "none"}))
    assert not (files.place / "pipelines/none").exists()


@pytest.mark.parametrize(
    ("every", "cron"),
    [
        ("1m", "* * * * *"),
        ("90s", None),
        ("120s", "*/2 * * * *"),
        ("60m", "0 * * * *"),
        ("45m", None),
        ("6h", "0 */6 * * *"),
        ("24h", "0 0 * * *"),
        ("1d", "0 0 * * *"),
        ("2d", None),
        ("0m", None),
        ("soon", None),
    ],
)
def test_an_interval_has_a_cron_only_where_it_fires_the_same(every: str, cron: str | None) -> None:
    assert interval_cron(every) == cron
