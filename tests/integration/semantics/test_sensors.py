"""Sensors (mage-format §4.8): asked again by a timer, without a worker while they wait."""

from __future__ import annotations

from pathlib import Path

from .conftest import Stage

ASK = "import os\nopen(NOTES, 'a').write('asked' + chr(10))\nreturn os.path.exists({flag!r})"


def _flag(stage: Stage, name: str) -> Path:
    return stage.notes.with_name(name)


def _sensor(stage: Stage, pipeline: str, body: str, interval: float, **own: object) -> None:
    stage.write(
        pipeline,
        {
            f"{pipeline}_wait": ("sensor", body, []),
            f"{pipeline}_below": ("data_loader", "return len(args)", [f"{pipeline}_wait"]),
            f"{pipeline}_other": ("data_loader", "return 1", []),
        },
        {f"{pipeline}_wait": {"configuration": {"poll_interval": interval}, **own}},
    )


def test_sensors_wait_without_a_worker_and_go_on_after_a_restart(stage: Stage) -> None:
    flag = _flag(stage, "arrived")
    names = [f"long_{n}" for n in range(3)]
    blocks = {name: ("sensor", ASK.format(flag=str(flag)), []) for name in names}
    settings = {name: {"configuration": {"poll_interval": 0.2}} for name in names}
    stage.write("long", {**blocks, "long_other": ("data_loader", "return 1", [])}, settings)
    run = stage.services.runs.start(stage.project, "long").id
    # three sensors on two slots, and another block runs all the same
    word = stage.until(
        run,
        lambda word: [b.state.value for b in word.block_runs] == ["retry_wait"] * 3 + ["success"],
    )
    assert [b.attempts for b in word.block_runs] == [1, 1, 1, 1]
    assert stage.services.engine.status().running_blocks == 0
    stage.stop()
    flag.touch()
    stage.start()
    word = stage.services.runs.wait(run, 20)
    assert word.state == "success"
    # a poll that the engine's end broke off counts as a try; all others are one
    assert all(b.attempts <= 2 for b in word.block_runs)
    assert len(stage.noted()) >= 6
    assert stage.services.runs.attempts(run, "long_0")[-1].outcome == "success"
    texts = [line.text for line in stage.services.runs.log(run, block="long_0").lines]
    assert "Not yet: asked again in 0.2 s." in texts


def test_an_error_in_a_sensor_is_an_error_and_has_its_retries(stage: Stage) -> None:
    body = "open(NOTES, 'a').write('asked' + chr(10))\nraise OSError('no such host')"
    _sensor(stage, "errs", body, 0.05, retry_config={"retries": 1, "delay": 0})
    ran = stage.run("errs")
    assert ran.state == "failed"
    assert ran.error("errs_wait") == ("OSError", "no such host")
    assert ran.states["errs_below"] == "upstream_failed"
    assert stage.noted() == ["asked", "asked"]


def test_a_sensor_that_waits_longer_than_its_timeout_fails(stage: Stage) -> None:
    _sensor(stage, "late", "return False", 0.1, timeout=0.6)
    ran = stage.run("late")
    assert ran.state == "failed"
    kind, message = ran.error("late_wait")
    assert (kind, "within its timeout of 0.6 s" in message) == ("Timeout", True)
    took = ran.word.block_runs[0]
    assert took.ended_at is not None
    assert took.started_at is not None
    assert 0.5 < (took.ended_at - took.started_at).total_seconds() < 5


def test_a_sensor_gives_nothing_to_those_below(stage: Stage) -> None:
    _sensor(stage, "none", "return 'there it is'", 1)
    ran = stage.run("none")
    assert ran.values("none_wait") == []
    assert ran.value("none_below") == 1


def test_a_waiting_sensor_is_cancelled_at_once(stage: Stage) -> None:
    _sensor(stage, "stop", "return False", 60)
    run = stage.services.runs.start(stage.project, "stop").id
    stage.until(run, lambda word: word.block_runs[0].state == "retry_wait")
    stage.services.runs.cancel(run)
    stage.until(run, lambda word: word.state == "cancelled", timeout=15)  # a poll is a minute off


def test_an_interval_that_is_no_number_is_said(stage: Stage) -> None:
    _sensor(stage, "odd", "return False", "often")
    assert stage.run("odd").error("odd_wait") == (
        "WrongConfiguration", "poll_interval of odd_wait is 'often': give a number of seconds.",
    )  # fmt: skip
