"""What can be asked of an engine that is not there."""

from __future__ import annotations

from mage_jlab.domain.engine import EngineState
from mage_jlab.services.services import Services


def test_asking_and_stopping_start_none(services: Services) -> None:
    assert services.engine.status().state is EngineState.STOPPED
    assert services.engine.stop().state is EngineState.STOPPED
    assert not services.state.socket.exists()


def test_the_end_of_its_log_is_given(services: Services) -> None:
    assert services.engine.log() == []
    services.state.make()
    services.state.log.write_text("".join(f"line {number}\n" for number in range(10)))
    assert services.engine.log(3) == ["line 7", "line 8", "line 9"]
    assert services.engine.log(0) == []


def test_before_the_first_run_all_lists_are_empty(services: Services) -> None:
    assert services.runs.list().items == []
    assert services.triggers.misses().items == []
