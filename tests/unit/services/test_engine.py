"""What can be asked of an engine that is not there."""

from __future__ import annotations

import pytest

from mage_jlab.domain.engine import EngineState
from mage_jlab.domain.errors import EngineUnavailableError
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
    with services.state.log.open("a") as file:
        file.write('{"at": "2026-11-24T02:30:00.000Z", "level": "INFO", "text": "It is up."}\n')
    assert services.engine.log(1) == ["2026-11-24T02:30:00.000Z INFO It is up."]


def test_a_damaged_ledger_is_said_and_left_as_it_is(services: Services) -> None:
    services.state.make()
    services.state.ledger.write_bytes(b"no database" * 1000)
    with pytest.raises(EngineUnavailableError, match="cannot be read") as refused:
        services.runs.list()
    assert refused.value.reason == "ledger-unreadable"
    assert services.state.ledger.read_bytes() == b"no database" * 1000


def test_before_the_first_run_all_lists_are_empty(services: Services) -> None:
    assert services.runs.list().items == []
    assert services.triggers.misses().items == []
