"""What readings leave for the next ones."""

from __future__ import annotations

import pytest

from mage_jlab.domain.errors import BadInputError
from mage_jlab.services.reading_memory import ReadingMemory


def test_the_next_reading_gets_what_the_last_one_left() -> None:
    kept = ReadingMemory()
    with kept.of("a") as first:
        pass
    with kept.of("a") as second, kept.of("b") as other:
        assert second is first
        assert other is not first


def test_two_readings_at_one_time_share_nothing() -> None:
    kept = ReadingMemory()
    with kept.of("a") as first, kept.of("a") as second:
        assert first is not second


def test_what_an_error_left_is_forgotten() -> None:
    kept = ReadingMemory()
    with pytest.raises(BadInputError), kept.of("a") as first:
        raise BadInputError("This is not a notebook.")
    with kept.of("a") as second:
        assert second is not first


def test_only_the_notebooks_read_last_are_remembered() -> None:
    kept = ReadingMemory()
    with kept.of("first") as memory:
        pass
    for number in range(20):
        with kept.of(number):
            pass
    with kept.of("first") as again:
        assert again is not memory
    with kept.of(19) as last, kept.of(19) as fresh:
        assert last is not fresh
