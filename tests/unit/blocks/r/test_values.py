"""Scalars, vectors, lists and arrays go to R and come back."""

from __future__ import annotations

import datetime as dt
import math
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

PARIS = ZoneInfo("Europe/Paris")
NOON = dt.datetime.fromisoformat("2024-07-01T12:00:00.123456")


class Point(NamedTuple):
    """A tuple with names."""

    x: int
    y: int


VALUES = [
    (None, "NULL", None),
    (True, "logical", None),
    (3, "integer", None),
    (2**40, "numeric", float(2**40)),
    (1.5, "numeric", None),
    (-(2**31), "numeric", float(-(2**31))),
    ("ü🎉", "character", None),
    ("", "character", None),
    (b"\0\xff", "raw", None),
    (2 + 1j, "complex", None),
    (NOON, "POSIXct,POSIXt", None),
    (NOON.replace(tzinfo=PARIS), "POSIXct,POSIXt", None),
    (NOON.replace(tzinfo=dt.UTC), "POSIXct,POSIXt", None),
    (NOON.date(), "Date", None),
    (dt.timedelta(seconds=1.5), "difftime", None),
    ([1, 2, 3], "integer", None),
    ([1, 2.5], "numeric", None),
    ([1, None], "integer", None),
    ([1.5, None], "numeric", None),
    (["a", None], "character", None),
    ([True, None], "logical", None),
    ([None, None], "logical", None),
    ([], "list", None),
    ([1, "a", None, [2, 3]], "list", None),
    ([True, 1], "list", None),
    ((1, 2), "integer", [1, 2]),
    ({"a": 1, "b": ["x", "y"], "c": {"d": None}}, "list", None),
    ({}, "list", None),
    ({1: "x"}, "list", {"1": "x"}),
    (Point(1, 2), "list", {"x": 1, "y": 2}),
    (np.int64(3), "integer", 3),
    (np.array([1.5, np.nan]), "numeric", [1.5, None]),
    (pd.Series(["a", "b"]), "character", ["a", "b"]),
    (pd.Timestamp("2024-01-01"), "POSIXct,POSIXt", dt.datetime.fromisoformat("2024-01-01")),
    ([pd.NaT, NOON], "POSIXct,POSIXt", [None, NOON]),
    ([dt.date(2024, 1, 1), None], "Date", None),
]


@pytest.mark.parametrize(("value", "kind", "again"), VALUES)
def test_a_value_comes_back(desk, value, kind, again):
    given = desk.given(
        "kind <- paste(class(v), collapse = ',')\nout <- v", {"v": value}, results=["kind", "out"]
    )
    wanted = value if again is None else again
    assert given["kind"] == kind
    assert given["out"] == wanted
    assert type(given["out"]) is type(wanted)


def test_a_matrix_keeps_its_shape(desk):
    cube = np.arange(24, dtype="float64").reshape(2, 3, 4)
    out = desk.out("stopifnot(m[2, 3, 4] == 23, m[1, 2, 1] == 4)\nout <- m", {"m": cube})
    assert out.dtype == cube.dtype
    assert np.array_equal(out, cube)


@pytest.mark.parametrize(
    ("r", "value"),
    [
        ("out <- c(a = 1, b = 2)", {"a": 1.0, "b": 2.0}),
        ("out <- c(1, b = 2)", [1.0, 2.0]),
        ("out <- list(a = 1L, a = 2L)", [1, 2]),
        ("out <- factor(c('u', NA, 'v'))", ["u", None, "v"]),
        ("out <- character()", []),
        ("out <- NA", None),
        ("out <- NULL", None),
        ("out <- list(a = NULL, b = NA_character_)", {"a": None, "b": None}),
        ("out <- c(NA, Inf, -Inf)", [None, math.inf, -math.inf]),
        ("out <- Sys.Date() - Sys.Date()", dt.timedelta()),
        ("out <- .POSIXct(0, 'No/Where')", dt.datetime.fromtimestamp(0, dt.UTC)),
        ("out <- as.Date(c(Inf, 1), origin = '1970-01-01')", [None, dt.date(1970, 1, 2)]),
    ],
)
def test_values_that_r_makes(desk, r, value):
    assert desk.out(r) == value


def test_nan_is_not_na(desk):
    assert math.isnan(desk.out("out <- NaN"))
    assert desk.out("out <- is.nan(v)", {"v": math.nan}) is True


def test_frames_within_lists_stay_frames(desk):
    out = desk.out("out <- list(a = list(head(cars, 2)), n = 1L)")
    assert out["n"] == 1
    assert out["a"][0].to_dict("list") == {"speed": [4.0, 4.0], "dist": [2.0, 10.0]}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1, 2}, "v cannot be given to R: it is a set"),
        (2**60, "v cannot be given to R: it holds 1152921504606846976"),
        ({"a": {"b": object}}, "v$a$b cannot be given to R: it is a type"),
        (["x\0"], "NUL"),
        ("\ud800", "not valid Unicode"),
        ({1: 1, "1": 2}, "two of its keys"),
    ],
)
def test_what_r_has_nothing_for_is_refused(desk, value, words):
    error = desk.fails("out <- 1", {"v": value})
    assert error["type"] == "NotForR"
    assert words in error["message"]
