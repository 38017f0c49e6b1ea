"""``trigger``: keys and statuses, on a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_calling import call

TRIGGER_KEYS = {
    "id",
    "name",
    "pipeline",
    "kind",
    "spec",
    "tz",
    "enabled",
    "next_at",
    "last_at",
    "variables",
    "catch_up",
    "overlap",
}


@pytest.fixture
def nightly(here: Path) -> Iterator[str]:
    added = call(
        *("trigger", "add", "sales", "--name", "nightly", "--cron", "30 2 * * 1-5"),
        *("--tz", "Europe/Berlin", "--var", "market=NY", "--catch-up", "none"),
        *("--overlap", "skip", "--json"),
    )
    assert added.status == 0, added
    yield str(added.document["id"])
    call("trigger", "remove", str(added.document["id"]))


def test_add(here: Path, nightly: str) -> None:
    shown = call("trigger", "show", "nightly", "--json")
    assert shown.status == 0
    trigger = shown.document
    assert set(trigger) >= TRIGGER_KEYS
    assert trigger["id"] == nightly
    assert (trigger["kind"], trigger["spec"]) == ("cron", "30 2 * * 1-5")
    assert (trigger["tz"], trigger["catch_up"], trigger["overlap"]) == (
        "Europe/Berlin",
        "none",
        "skip",
    )
    assert trigger["variables"] == {"market": "NY"}
    assert trigger["enabled"] is True
    assert trigger["next_at"].endswith("Z")
    assert "nightly" in (here / "pipelines/sales/triggers.yaml").read_text()


@pytest.mark.parametrize(
    ("options", "kind", "spec"),
    [
        (["--every", "15m"], "interval", "15m"),
        (["--at", "2030-01-01T00:00:00+00:00"], "once", None),
    ],
)
def test_other_kinds(here: Path, options: list[str], kind: str, spec: str | None) -> None:
    added = call("trigger", "add", "sales", "--name", "other", *options, "--json")
    assert added.status == 0, added
    assert added.document["kind"] == kind
    assert spec is None or added.document["spec"] == spec
    assert added.document["tz"] == "UTC"
    removed = call("trigger", "remove", "sales/other", "--json")
    assert removed.status == 0
    assert call("trigger", "show", "other", "--json").error["code"] == "not-found"


def test_list_enable_disable(nightly: str) -> None:
    listed = call("trigger", "list", "--json")
    assert listed.status == 0
    assert [t["id"] for t in listed.document["triggers"]] == [nightly]
    off = call("trigger", "disable", "sales/nightly", "--json")
    assert off.document["enabled"] is False
    assert "not enabled here" in call("trigger", "list").out
    on = call("trigger", "enable", nightly, "--json")
    assert on.document["enabled"] is True


def test_next_in_the_triggers_zone(nightly: str) -> None:
    times = call(
        "trigger", "next", nightly, "--count", "3", "--after", "2026-11-24T12:00:00Z", "--json"
    )
    assert times.status == 0
    assert times.document == {
        "times": [
            "2026-11-25T02:30:00+01:00",
            "2026-11-26T02:30:00+01:00",
            "2026-11-27T02:30:00+01:00",
        ]
    }


def test_fire(nightly: str) -> None:
    fired = call("trigger", "fire", "nightly", "--json")
    assert fired.status == 0
    assert fired.document["trigger"] == "nightly"
    assert fired.document["variables"]["market"] == "NY"
    call("runs", "cancel", fired.document["id"])


def test_a_trigger_of_a_name_that_is_there(nightly: str) -> None:
    again = call("trigger", "add", "sales", "--name", "nightly", "--every", "1d", "--json")
    assert again.error["code"] == "name-taken"


def test_a_name_that_two_pipelines_have(here: Path, nightly: str) -> None:
    added = call("trigger", "add", "slow", "--name", "nightly", "--every", "1d", "--json")
    assert added.status == 0
    message = call("trigger", "show", "nightly", "--json").error["message"]
    assert "sales/nightly" in message
    assert "slow/nightly" in message
    assert call("trigger", "remove", "slow/nightly").status == 0
