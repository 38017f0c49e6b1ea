"""Frames go to R and come back with their types, and what cannot is refused with a sentence."""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

HOSTILE = [
    "", " ", "NA", "NULL", "a\tb\nc\r\n", 'quote " and \' and \\', "ümläut €", "🎉🧨", "e\u0301",
    "\ufeffbom", "%s %d", "{{ x }}", "$(rm -rf /)", "\x01\x7f", "x" * 100_000, None, "العربية",
]  # fmt: skip

DAY = dt.date(2024, 2, 29)
MOMENTS = ["2024-01-01", None, "1969-12-31T23:59:59.999999", "2024-02-03T10:11:12.123456"]

# what is given, R's class of it, and what comes back where that is another type
COLUMNS = [
    (pd.Series([1, -(2**31) + 1, 2**31 - 1]), "integer", None),
    (pd.Series([1, 2**31, -(2**53)]), "numeric", "float64"),
    (pd.Series([1, 2, 3], dtype="int8"), "integer", "int64"),
    (pd.Series([0, 2**32 - 1], dtype="uint32"), "numeric", "float64"),
    (pd.Series([-(2**31), 0], dtype="int32"), "numeric", "float64"),
    (pd.Series([1, None, 3], dtype="Int64"), "integer", None),
    (pd.Series([1, 2], dtype="Int64"), "integer", "int64"),
    (pd.Series([None, None], dtype="Int64"), "integer", None),
    (pd.Series([1.5, np.nan, np.inf, -np.inf, -0.0, 5e-324]), "numeric", None),
    (pd.Series([1.5, None], dtype="Float64"), "numeric", "float64"),
    (pd.Series([1.5, 2.5], dtype="float32"), "numeric", "float64"),
    (pd.Series([True, False]), "logical", None),
    (pd.Series([True, None, False], dtype="boolean"), "logical", None),
    (pd.Series([None, True], dtype=object), "logical", "boolean"),
    (pd.Series(HOSTILE), "character", None),
    (pd.Series([None, None], dtype="str"), "character", None),
    (pd.Series(["a", None], dtype="string"), "character", "str"),
    (pd.Series(["a", None], dtype=object), "character", "str"),
    (pd.Series([DAY, None, dt.date(1, 1, 1), dt.date(9999, 12, 31)], dtype=object), "Date", None),
    (pd.Series(MOMENTS, dtype="datetime64[us]"), "POSIXct,POSIXt", None),
    (pd.Series(MOMENTS, dtype="datetime64[ns]"), "POSIXct,POSIXt", "datetime64[us]"),
    (
        pd.Series(MOMENTS, dtype="datetime64[us]").dt.tz_localize("Europe/Paris"),
        "POSIXct,POSIXt",
        None,
    ),
    (pd.Series(MOMENTS, dtype="datetime64[us]").dt.tz_localize("UTC"), "POSIXct,POSIXt", None),
    (
        pd.Series(pd.to_timedelta(["1 day", None, "-1us"])).astype("timedelta64[us]"),
        "difftime",
        None,
    ),
    (pd.Series(pd.Categorical(["b", None, "a"], ["b", "a", "unused"])), "factor", None),
    (pd.Series(pd.Categorical(["lo", "hi"], ["lo", "hi"], ordered=True)), "ordered,factor", None),
    (pd.Series(pd.Categorical([], ["ü"])), "factor", None),
    (pd.Series([1 + 2j, 3.5]), "complex", None),
    (pd.Series([decimal.Decimal("1.25"), None]), "numeric", "float64"),
]


@pytest.mark.parametrize(("column", "kind", "dtype"), COLUMNS)
def test_a_column_comes_back_as_it_was(desk, same_frame, column, kind, dtype):
    frame = pd.DataFrame({"x": column})
    given = desk.given(
        "kind <- paste(class(df$x), collapse = ',')\nout <- df",
        {"df": frame},
        results=["kind", "out"],
    )
    assert given["kind"] == kind
    wanted = frame.astype(dtype) if dtype else frame
    same_frame(given["out"], wanted)


@pytest.mark.parametrize(("column", "kind", "dtype"), COLUMNS)
def test_a_column_without_rows_keeps_its_type(desk, same_frame, column, kind, dtype):
    del kind
    if str(column.dtype) == "object":
        column = column[:0].astype("str")
        dtype = None
    frame = pd.DataFrame({"x": column[:0]})
    wanted = frame
    if str(column.dtype) in ("Int64", "boolean", "int64", "uint32", "int32"):
        wanted = frame.astype("bool" if str(column.dtype) == "boolean" else "int64")
    elif dtype:
        wanted = frame.astype(dtype)
    same_frame(desk.out("out <- df", {"df": frame}), wanted)


def test_values_are_in_r_what_they_were(desk):
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int64"),
            "d": [0.1, None],
            "s": ["ü", None],
            "f": pd.Categorical(["b", "a"], ["b", "a"]),
            "t": pd.to_datetime(["2024-03-31T01:30:00Z", None]).tz_convert("Europe/Paris"),
            "n": pd.to_datetime(["2024-03-31T02:30:00", None]),
            "day": [DAY, None],
        }
    )
    checks = """
        out <- c(
          is.na(df$i[2]), is.na(df$d[2]) && !is.nan(df$d[2]), is.na(df$s[2]),
          identical(df$d[1], 0.1), identical(df$s[1], "\\u00fc"), Encoding(df$s[1]) == "UTF-8",
          identical(levels(df$f), c("b", "a")), identical(as.integer(df$f), 1:2),
          format(df$t[1]) == "2024-03-31 03:30:00", format(df$n[1]) == "2024-03-31 02:30:00",
          format(df$day[1], "%A") == "Thursday", is.null(attr(df$n, "tzone"))
        )
    """
    assert desk.out(checks, {"df": frame}) == [True] * 12


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(index=range(3)),
        pd.DataFrame(),
        pd.DataFrame({f"c{i}": [i, i + 1] for i in range(500)}),
        pd.DataFrame([[1, "a"]], columns=["if", "a b"]),
        pd.DataFrame([[1, 2]], columns=["x", "x"]),
        pd.DataFrame([[1]], columns=["ü\n🎉"]),
        pd.DataFrame({"": [1]}),
    ],
)
def test_frames_of_any_shape_come_back(desk, frame):
    out = desk.out("out <- df", {"df": frame})
    assert list(map(str, out.columns)) == list(map(str, frame.columns))
    assert out.shape == frame.shape
    assert out.to_numpy().tolist() == frame.to_numpy().tolist()


def test_labels_that_are_no_texts_become_texts(desk):
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]))
    assert list(desk.out("out <- df", {"df": frame}).columns) == ["a.1", "b.2"]
    assert list(desk.out("out <- df", {"df": pd.DataFrame([[1]], columns=[7])}).columns) == ["7"]


MIXED = {"a": [1, None], "s": ["x", None], "c": ["u", "v"]}


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame(MIXED).with_columns(pl.col("c").cast(pl.Categorical)),
        pa.table({**MIXED, "c": pa.array(MIXED["c"]).dictionary_encode()}),
    ],
)
def test_frames_of_other_libraries_are_data_frames(desk, frame):
    out = desk.out("stopifnot(is.factor(df$c), is.integer(df$a))\nout <- df", {"df": frame})
    assert out["a"].tolist() == [1, pd.NA]
    assert out["s"].isna().tolist() == [False, True]
    assert out["c"].tolist() == ["u", "v"]


def test_an_index_of_texts_is_row_names_and_others_are_said(desk):
    frame = pd.DataFrame({"a": [1, 2]}, index=["x", "y"])
    assert desk.out("out <- rownames(df)", {"df": frame}) == ["x", "y"]
    out = desk.out("out <- df", {"df": frame})
    assert list(out.index) == [0, 1]
    assert desk.lines == [
        ("warning", "out: its row names are left out; make a column of them to keep them.")
    ]
    frame.index = pd.Index(pd.to_datetime(["2024-01-01", "2024-01-02"]), name="day")
    desk.out("out <- 1", {"df": frame})
    assert "its index does not go to R" in desk.lines[0][1]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ([2**53 + 1], "df$x cannot be given to R: it holds 9007199254740993"),
        ([[1], [2]], "R has no columns of list"),
        ([{"a": 1}], "R has no columns of struct"),
        ([b"x"], "R has no columns of binary"),
        ([1, "a"], "its values are not all of one type"),
        (["a\0b"], "NUL"),
        ([dt.time(1, 2)], "R has no columns of time64"),
        (pd.period_range("2024-01", periods=1, freq="M"), "df$x cannot be given to R"),
    ],
)
def test_what_r_has_no_column_for_is_refused_by_name(desk, column, words):
    error = desk.fails("out <- 1", {"df": pd.DataFrame({"x": column})})
    assert error["type"] == "NotForR"
    assert words in error["message"]
    assert error["traceback"] == ""


@pytest.mark.parametrize(
    ("r", "words"),
    [
        ("out <- data.frame(a = 1:2); out$l <- list(1, 'x')", "it is a list column"),
        ("out <- data.frame(a = 1:2); out$m <- matrix(1:4, 2)", "out$m cannot"),
        ("out <- list(f = data.frame(a = 1), g = mean)", "out$g cannot be handed on"),
        ("out <- lm(dist ~ speed, cars)", "out cannot be handed on: it is an R object of class lm"),
        ("out <- quote(a + b)", "of class call"),
        ("out <- globalenv()", "of class environment"),
        ("out <- data.frame(a = rawToChar(as.raw(0xff)))", "out$a cannot be handed on: a text"),
        ("out <- list(list(1, list(mean)))", "out[[1]][[2]][[1]] cannot be handed on"),
    ],
)  # fmt: skip
def test_what_python_has_nothing_for_is_refused_by_name(desk, r, words):
    error = desk.fails(r)
    assert error["type"] == "NotFromR"
    assert words in error["message"]


def test_what_is_rounded_or_retyped_is_said(desk):
    frame = pd.DataFrame(
        {
            "t": pd.Series([1_700_000_000_123_456_789]).astype("datetime64[ns]"),
            "c": pd.Categorical([1]),
            "d": [decimal.Decimal("0.1")],
            "z": pd.Series([pd.Timestamp("2024-01-01T00:00+05:30")]),
        }
    )
    out = desk.out("stopifnot(attr(df$z, 'tzone') == 'UTC')\nout <- df", {"df": frame})
    assert out["z"][0] == pd.Timestamp("2023-12-31T18:30Z")
    assert [text.split(":")[0] for level, text in desk.lines if level == "warning"] == [
        "df$t", "df$c", "df$d", "df$z",
    ]  # fmt: skip


def test_types_that_only_r_has_find_theirs(desk):
    made = """
        out <- data.frame(lt = .POSIXct(0, "UTC"), h = as.difftime(2, units = "hours"))
        out$lt <- as.POSIXlt(out$lt)
        out$big <- structure(4.94065645841247e-324, class = "integer64")
        out$latin <- iconv("\\u00fc", "UTF-8", "latin1")
        out$i <- I("as is")
        out$half <- as.Date(1.9, origin = "1970-01-01")
        class(out) <- c("tbl_df", "tbl", "data.frame")
    """
    out = desk.out(made)
    assert out["lt"].tolist() == [pd.Timestamp(0, tz="UTC")]
    assert out["h"].tolist() == [pd.Timedelta(hours=2)]
    assert (out["big"].tolist(), str(out["big"].dtype)) == ([1], "int64")
    assert out["latin"].tolist() == ["ü"]
    assert out["i"].tolist() == ["as is"]
    assert out["half"].tolist() == [dt.date(1970, 1, 2)]
