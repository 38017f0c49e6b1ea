"""Runtime variables take the type of the pipeline's defaults, or are refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from mage_jlab.domain.errors import BadInputError
from mage_jlab.services.variables import check_variables, parse_assignments
from mage_jlab.store.yaml_text import plain, read_mapping

DEFAULTS: dict[str, Any] = {
    "limit": 500,
    "share": 0.5,
    "market": "CA",
    "dry": False,
    "columns": ["a"],
    "options": {"a": 1},
    "anything": None,
    **plain(
        read_mapping(
            "day: 2026-11-24\nquoted: '2026-11-24'\nat: 2026-11-24 02:30:00\n"
            "zulu: '2026-11-24T02:30:00Z'\nspaced: '2026-11-24 02:30'\nno_day: '2026-13-45'\n",
            "metadata.yaml",
        )
    ),
}


def test_assignments_are_split_at_the_first_equals_sign() -> None:
    assert parse_assignments(["a=1", "query=x=y", "empty="]) == {
        "a": "1",
        "query": "x=y",
        "empty": "",
    }


@pytest.mark.parametrize("pair", ["market", "=CA", " =1"])
def test_an_assignment_without_a_name_or_a_value_is_refused(pair: str) -> None:
    with pytest.raises(BadInputError, match="NAME=VALUE"):
        parse_assignments([pair])


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("limit", "7", 7),
        ("limit", 7, 7),
        ("share", "1", 1.0),
        ("share", 1, 1.0),
        ("market", "12", "12"),
        ("dry", "true", True),
        ("dry", "No", False),
        ("dry", True, True),
        ("columns", '["b", "c"]', ["b", "c"]),
        ("options", {"b": 2}, {"b": 2}),
        ("anything", 3, 3),
        ("anything", "x", "x"),
        ("day", "2027-01-31", "2027-01-31"),
        ("quoted", " 2024-02-29 ", "2024-02-29"),
        ("at", "2027-01-31T12:00", "2027-01-31T12:00:00"),
        ("at", "2027-01-31", "2027-01-31T00:00:00"),
        ("zulu", "2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
        ("zulu", "2027-01-31T12:00:00+02:00", "2027-01-31T12:00:00+02:00"),
        ("spaced", "2027-01-31T12:00:00.5", "2027-01-31 12:00:00.500000"),
        ("no_day", "any", "any"),
        ("unknown", "5", "5"),
    ],
)
def test_a_value_takes_the_type_of_the_default(name: str, given: Any, expected: Any) -> None:
    value = check_variables({name: given}, DEFAULTS)[name]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("limit", "abc", "a whole number"),
        ("limit", "1.5", "a whole number"),
        ("limit", True, "a whole number"),
        ("limit", 1.5, "a whole number"),
        ("share", "half", "a number"),
        ("share", "nan", "a number"),
        ("market", 5, "a text"),
        ("dry", "perhaps", "true or false"),
        ("dry", 1, "true or false"),
        ("columns", "a, b", "a JSON list"),
        ("columns", {"a": 1}, "a JSON list"),
        ("options", "[1]", "a JSON object"),
        ("day", "tomorrow", "a date"),
        ("day", "2026-02-30", "a date"),
        ("day", "20260228", "a date"),
        ("day", "", "a date"),
        ("day", "2026-11-24T00:00", "a date"),
        ("quoted", 20261124, "a date"),
        ("at", "noon", "a date with a time"),
        ("at", "2026-11-24T25:00", "a date with a time"),
        ("zulu", None, "a date with a time"),
    ],
)
def test_a_value_of_another_type_is_refused_with_what_was_expected(
    name: str, given: Any, expected: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        check_variables({name: given}, DEFAULTS)
    assert name in refused.value.message
    assert expected in refused.value.message
    assert repr(DEFAULTS[name]) in refused.value.message


@pytest.mark.parametrize("name", ["execution_date", "configuration", "two words", "1st"])
def test_names_that_cannot_be_given_are_refused(name: str) -> None:
    with pytest.raises(BadInputError, match=name.split()[0]):
        check_variables({name: "x"}, {})
