"""Schedules in the ledger: once for each time, whatever else happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.misfire import OVERLAP, decide
from mage_jlab.domain.run import BlockError
from mage_jlab.domain.schedule import parse_spec
from mage_jlab.domain.trigger import TriggerSpec
from mage_jlab.store.ledger import arming, firing
from mage_jlab.store.ledger.firing import DueSchedule, Fired, Firing

from .conftest import Ledger, planned, snapshot

SNAPSHOT = snapshot(planned("a"))
MINUTE = timedelta(minutes=1)


def _spec(**more: Any) -> TriggerSpec:
    values = {"name": "often", "pipeline": "sales", "kind": "cron", "spec": "* * * * *", **more}
    return TriggerSpec.model_validate(values)


def _set(ledger: Ledger, spec: TriggerSpec, enabled: bool | None = True) -> str:
    return ledger.writer.do(
        lambda tx: arming.set_trigger(tx, ledger.project, spec, enabled, None, "ada")
    )


def _shift(ledger: Ledger, minutes: float) -> None:
    """Let minutes pass: what schedules wait for, and the times of runs, move into the past."""
    past = int(minutes * 60e6)
    ledger.sql("UPDATE run SET nominal_key = 'earlier ' || nominal_key")
    ledger.sql(
        f"UPDATE schedule SET last_nominal = last_nominal - {past}, "
        f"next_fire_at = next_fire_at - {past}"
    )


def _decide(due: DueSchedule, now: datetime | None = None) -> Firing:
    schedule = parse_spec(due.kind, due.spec, due.tz)
    decision = decide(schedule, due.since, now or datetime.now(UTC), due.catch_up)
    return Firing(due, decision, SNAPSHOT)


def _fire(ledger: Ledger) -> Fired:
    due = ledger.writer.do(firing.due_schedules)
    return ledger.writer.do(lambda tx: firing.fire(tx, [_decide(item) for item in due]))


def test_a_due_schedule_makes_one_run_for_its_time(ledger: Ledger) -> None:
    trigger = _set(ledger, _spec(variables={"n": 3}))
    assert _fire(ledger).runs == []
    _shift(ledger, 1)
    (run_id,) = _fire(ledger).runs
    assert _fire(ledger).runs == []
    run = ledger.reader.run(run_id)
    assert (run.trigger, run.state, run.variables) == ("often", "queued", {"n": 3})
    assert run.nominal_at is not None
    assert run.nominal_at.second == 0
    word = ledger.reader.trigger(trigger)
    assert word.last_run == run_id
    assert word.last_at == run.nominal_at
    assert word.next_at is not None
    assert word.next_at > datetime.now(UTC) - MINUTE


def test_two_engines_that_decide_at_once_make_one_run(ledger: Ledger) -> None:
    _set(ledger, _spec())
    _shift(ledger, 1)
    both = [_decide(item) for item in ledger.writer.do(firing.due_schedules)] * 2
    assert len(ledger.writer.do(lambda tx: firing.fire(tx, both)).runs) == 1


def test_even_a_schedule_that_was_set_back_makes_no_second_run(ledger: Ledger) -> None:
    _set(ledger, _spec())
    _shift(ledger, 1)
    (first,) = _fire(ledger).runs
    ledger.sql("UPDATE run SET state = 'success'")
    ledger.sql("UPDATE schedule SET last_nominal = last_nominal - 60000000, next_fire_at = 1")
    assert _fire(ledger).runs == []
    assert [run.id for run in ledger.reader.runs().items] == [first]


def test_what_was_missed_is_one_row(ledger: Ledger) -> None:
    _set(ledger, _spec())
    _shift(ledger, 60 * 24 * 2)
    assert len(_fire(ledger).runs) == 1
    (miss,) = ledger.reader.misses(project=ledger.project).items
    assert miss.count in (60 * 24 * 2 - 1, 60 * 24 * 2)
    assert (miss.trigger, miss.reason) == ("often", "No engine was running.")
    assert miss.to - miss.from_ == (miss.count - 1) * MINUTE


@pytest.mark.parametrize(
    ("overlap", "states", "missed"),
    [
        ("queue_one", [False, True], 2),
        ("skip", [False], 3),
        ("queue_all", [False, True, True, True], 0),
        ("allow", [False, False, False, False], 0),
    ],
)
def test_a_time_that_comes_while_a_run_goes_on(
    ledger: Ledger, overlap: str, states: list[bool], missed: int
) -> None:
    _set(ledger, _spec(overlap=overlap))
    for _ in range(4):
        _shift(ledger, 1)
        _fire(ledger)
    held = ledger.sql("SELECT held FROM run ORDER BY created_at, id")
    assert [bool(row[0]) for row in held] == states
    misses = ledger.reader.misses().items
    assert sum(miss.count for miss in misses) == missed
    assert {miss.reason for miss in misses} <= {OVERLAP}


def test_a_waiting_run_starts_when_the_one_before_it_has_ended(ledger: Ledger) -> None:
    _set(ledger, _spec())
    _shift(ledger, 1)
    (first,) = _fire(ledger).runs
    _shift(ledger, 1)
    (second,) = _fire(ledger).runs
    assert ledger.states(second) == {"a": "pending"}
    (claim,) = ledger.claim().values()
    assert claim.facts.id == first
    ledger.end(claim, "failed")
    assert ledger.states(second) == {"a": "ready"}
    (claim,) = ledger.claim().values()
    assert claim.facts.id == second


def test_cancel_running_makes_room_for_the_new_run(ledger: Ledger) -> None:
    _set(ledger, _spec(overlap="cancel_running"))
    _shift(ledger, 1)
    (first,) = _fire(ledger).runs
    claim = ledger.claim()["a"]
    _shift(ledger, 1)
    fired = _fire(ledger)
    assert fired.stop == [claim.key]
    assert ledger.states(fired.runs[0]) == {"a": "pending"}
    ledger.end(claim, "cancelled")
    assert ledger.run_state(first) == "cancelled"
    assert ledger.states(fired.runs[0]) == {"a": "ready"}


def test_catching_up_all_runs_one_after_the_other(ledger: Ledger) -> None:
    _set(ledger, _spec(catch_up="all", overlap="skip"))
    _shift(ledger, 5)
    runs = _fire(ledger).runs
    assert len(runs) in (4, 5)
    going = [run for run in runs if ledger.states(run) == {"a": "ready"}]
    assert going == [runs[0]]
    nominal = [ledger.reader.run(run).nominal_at for run in runs]
    assert nominal == sorted(nominal)


def test_files_that_cannot_be_read_make_a_failed_run(ledger: Ledger) -> None:
    _set(ledger, _spec())
    _shift(ledger, 1)
    (due,) = ledger.writer.do(firing.due_schedules)
    error = BlockError(type="UnreadableFile", message="no", file="pipelines/x.yaml", file_line=3)
    decided = Firing(due, _decide(due).decision, error)
    (run_id,) = ledger.writer.do(lambda tx: firing.fire(tx, [decided])).runs
    run = ledger.reader.run(run_id)
    assert run.state == "failed"
    assert run.error is not None
    assert (run.error.file, run.error.file_line) == ("pipelines/x.yaml", 3)


def test_a_trigger_from_a_file_does_not_fire_until_somebody_enables_it(ledger: Ledger) -> None:
    def sync(*specs: TriggerSpec) -> dict[str, str]:
        return ledger.writer.do(
            lambda tx: arming.sync_triggers(tx, ledger.project, specs, "prod", "ada")
        )

    ids = sync(_spec(), _spec(name="armed", envs=["prod"]))
    words = {word.name: word for word in ledger.reader.triggers(project=ledger.project)}
    assert (words["often"].enabled, words["often"].next_at) == (False, None)
    assert words["armed"].enabled
    assert words["armed"].next_at is not None
    ledger.writer.do(lambda tx: arming.enable_trigger(tx, ids["sales/often"], True, "ada"))
    assert ledger.reader.trigger(ids["sales/often"]).next_at is not None
    assert sync(_spec(description="x")) == {"sales/often": ids["sales/often"]}
    (word,) = ledger.reader.triggers()
    assert (word.enabled, word.description) == (True, "x")
    assert set(ledger.reader.next_times(ledger.project)) == {"sales"}


def test_a_file_that_says_inactive_stops_it(ledger: Ledger) -> None:
    trigger = _set(ledger, _spec())
    ledger.writer.do(
        lambda tx: arming.sync_triggers(tx, ledger.project, [_spec(active=False)], None, "ada")
    )
    word = ledger.reader.trigger(trigger)
    assert (word.enabled, word.active, word.next_at) == (True, False, None)


def test_a_pause_records_what_it_skipped(ledger: Ledger) -> None:
    trigger = _set(ledger, _spec())
    ledger.writer.do(lambda tx: arming.enable_trigger(tx, trigger, False, "ada"))
    assert ledger.reader.trigger(trigger).next_at is None
    _shift(ledger, 10)
    assert _fire(ledger).runs == []
    ledger.writer.do(lambda tx: arming.enable_trigger(tx, trigger, True, "ada"))
    (miss,) = ledger.reader.misses().items
    assert (miss.count in (10, 11), miss.reason) == (True, "The trigger was not enabled.")


def test_a_changed_schedule_starts_anew_and_a_new_name_keeps_the_id(ledger: Ledger) -> None:
    trigger = _set(ledger, _spec())
    _shift(ledger, 10)
    changed = _spec(name="rarely", spec="0 0 1 1 *")
    again = ledger.writer.do(
        lambda tx: arming.set_trigger(tx, ledger.project, changed, None, trigger, "ada")
    )
    assert again == trigger
    word = ledger.reader.trigger(trigger)
    assert (word.name, word.spec, word.enabled) == ("rarely", "0 0 1 1 *", True)
    assert _fire(ledger).runs == []
    assert ledger.reader.misses().items == []


def test_removed_triggers_leave_their_runs(ledger: Ledger) -> None:
    trigger = _set(ledger, _spec())
    _shift(ledger, 1)
    (run,) = _fire(ledger).runs
    ledger.writer.do(lambda tx: arming.remove_trigger(tx, trigger, "ada"))
    assert ledger.reader.triggers() == []
    assert ledger.reader.run(run).trigger == "often"
    with pytest.raises(NotFoundError):
        ledger.reader.trigger(trigger)
    with pytest.raises(NotFoundError):
        ledger.writer.do(lambda tx: arming.remove_trigger(tx, trigger, "ada"))


def test_what_cannot_fire_is_refused_by_hand_and_shown_from_a_file(ledger: Ledger) -> None:
    with pytest.raises(BadInputError, match="third field"):
        _set(ledger, _spec(spec="0 0 45 * *"))
    with pytest.raises(BadInputError, match="has passed"):
        _set(ledger, _spec(kind="once", spec="2020-01-01T00:00:00Z"))
    ledger.writer.do(
        lambda tx: arming.sync_triggers(tx, ledger.project, [_spec(spec="0 0 45 * *")], None, "ada")
    )
    (word,) = ledger.reader.triggers()
    assert (word.spec, word.next_at) == ("0 0 45 * *", None)


def test_new_rules_of_a_zone_move_the_next_time(ledger: Ledger) -> None:
    trigger = _set(ledger, _spec(spec="0 0 1 1 *"))
    right = ledger.reader.trigger(trigger).next_at
    ledger.sql("UPDATE schedule SET next_fire_at = next_fire_at + 3600000000")
    assert ledger.writer.do(arming.recompute_times) == 1
    assert ledger.reader.trigger(trigger).next_at == right
