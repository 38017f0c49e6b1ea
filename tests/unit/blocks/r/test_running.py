"""R blocks run as at R's prompt, log, show what they draw, and say where they fail."""

from __future__ import annotations

import base64
import struct

import pandas as pd
import pytest

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.store.block_templates import block_template

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
BY_POSITION = {"inputs": None, "results": None}


def test_only_what_the_last_line_shows_is_displayed(desk):
    given = desk.given("1 + 1\nx <- 5\nx * 2\n", results=[])
    assert given == {"_display": {"text/plain": "[1] 10"}}
    assert desk.lines == []
    assert desk.given("x <- 5\ninvisible(x)", results=[]) == {}
    assert desk.given("", results=[]) == {}
    assert desk.given("# nothing\n", results=[]) == {}


def test_s4_objects_show_themselves(desk):
    text = "setClass('P', representation(x = 'numeric'))\nnew('P', x = 1)"
    assert 'An object of class "P"' in desk.given(text, results=[])["_display"]["text/plain"]


def test_output_is_logged_in_its_order_with_levels(desk):
    desk.given(
        """
        print("one")
        message("two\\nlines")
        cat("three\\n")
        warning("four")
        f <- function() { warning("five"); cat("six ü") }
        f()
        write("seven", stderr())
        """,
        results=[],
    )
    logged = desk.lines
    assert logged[:-2] == [
        ("stdout", '[1] "one"'),
        ("info", "two"),
        ("info", "lines"),
        ("stdout", "three"),
        ("warning", "four"),
        ("warning", "five (in f())"),
    ]
    assert sorted(logged[-2:]) == [("stderr", "seven"), ("stdout", "six ü")]


def test_warnings_obey_the_code(desk):
    desk.given("suppressWarnings(as.integer('x'))\noptions(warn = -1)\nwarning('no')", results=[])
    assert desk.lines == []
    error = desk.fails("options(warn = 2)\nas.integer('x')")
    assert "converted from warning" in error["message"]
    assert desk.out("out <- tryCatch(as.integer('x'), warning = function(w) 'caught')") == "caught"


def _size(bundle):
    data = base64.b64decode(bundle["image/png"])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">2I", data[16:24])


def test_plots_are_displayed_in_their_size(desk):
    given = desk.given("plot(1)\nhist(cars$speed)\ninvisible(0)", results=[])
    assert [_size(one) for one in given.values()] == [(480, 480)] * 2
    figure = {"width": 5, "height": 4, "units": "in", "res": 100}
    given = desk.given("plot(1)", results=[], configuration={"figure": figure})
    assert [_size(one) for one in given.values()] == [(500, 400)]
    error = desk.fails("plot(1)", results=[], configuration={"figure": {"wide": 5}})
    assert error["type"] == "WrongConfiguration"


def test_plots_to_own_files_stay_there(desk):
    assert desk.given("png('own.png'); plot(1); invisible(dev.off())", results=[]) == {}
    assert (desk.place / "own.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("r", "kind", "message", "line", "column"),
    [
        ("x <- 1\nstop('boom')", "RError", "boom", 2, 1),
        ("f <- function(x) {\n  y <- x\n  stop('deep')\n}\n\nf(1)\n", "RError", "deep", 3, 3),
        ("for (i in 1:3) {\n  if (i == 2)\n    log(-1, 'a')\n}", "RError", "non-numeric", 3, 5),
        ("x <- 1\nnowhere", "RError", "object 'nowhere' not found", 2, 1),
        ("x <-\n  5 5\n", "SyntaxError", "unexpected numeric constant", 2, 5),
        ("f <- function( {", "SyntaxError", "unexpected '{'", 1, 16),
        ("x <- (1 +\n", "SyntaxError", "unexpected end of input", 2, 1),
        ("x <- 'ü' ü ü", "SyntaxError", "unexpected symbol", 1, 10),
        ("e <- simpleError('m')\nstop(structure(e, class = c('shop_error', class(e))))",
         "shop_error", "m", 2, 1),
        ("x <- 1", "WrongResults", "should give out", None, None),
        ("f <- function(x) {\n  x\n  log(x, 'a')\n}\nf(1)", "RError", "non-numeric", 3, 3),
        ("for (i in 1:3) {\n  if (i == 2)\n    stop('in a loop')\n}", "RError", "in a loop", 3, 5),
    ],
)  # fmt: skip
def test_an_error_says_where_it_is(desk, r, kind, message, line, column):
    error = desk.fails(r)
    assert (error["type"], error["line"], error["column"]) == (kind, line, column)
    assert message in error["message"]


def test_endless_recursion_is_an_error(desk):
    error = desk.fails("f <- function() f()\nf()")
    assert "infinite recursion" in error["message"] or "C stack usage" in error["message"]
    assert desk.out("out <- 1L") == 1


def test_an_error_has_rs_own_calls_and_its_line_in_the_cell(desk):
    text = "# head\n\nf <- function(x) {\n  stop('no')\n}\ng <- function(...) f(...)\ng(1)\n"
    error = desk.fails(text, cell_id="c1", body=[3, 7])
    assert error["traceback"].split("\n") == [
        "Error in f(...) : no",
        "Calls:",
        "1: g(1)",
        f"2: f(...) at {error['file']}#6",
    ]
    assert (error["file_line"], error["cell_id"], error["line"]) == (4, "c1", 2)


def test_a_handled_error_is_none(desk):
    text = (
        "out <- tryCatch(stop('x'), error = function(e) conditionMessage(e))\ntry(stop('y'), TRUE)"
    )
    assert desk.out(text) == "x"


def test_blocks_that_mage_ai_made_run_by_position(desk):
    load = "load_data <- function() {\n  data.frame(a = 1:2)\n}\n"
    given = desk.given(load, type="data_loader", **BY_POSITION)
    assert given["output_0"]["a"].tolist() == [1, 2]
    double = (
        "transform <- function(df_1, ...) {\n  df_1$c <- df_1$a * global_vars[['k']]\n  df_1\n}"
    )
    given = desk.given(double, {"df": FRAME}, variables={"k": 10}, **BY_POSITION)
    assert given["output_0"]["c"].tolist() == [10, 20, 30]
    export = "export_data <- function(df_1, ...) {\n  write.csv(df_1, 'out.csv')\n}"
    assert desk.given(export, {"df": FRAME}, type="data_exporter", **BY_POSITION) == {}
    assert (desk.place / "out.csv").read_text().startswith('"","a","b"')
    vector = desk.given("custom <- function(...) 1:3", type="custom", **BY_POSITION)
    assert vector == {"output_0": [1, 2, 3]}
    lists = desk.given("custom <- function(...) list(1L, 'x')", type="custom", **BY_POSITION)
    assert lists == {"output_0": 1, "output_1": "x"}


@pytest.mark.parametrize(
    ("r", "kind", "words"),
    [
        ("x <- 1", "NoFunction", "defines no function transform: write transform <- function(df_1"),
        ("transform <- function() 1", "WrongArguments", "takes 0 input(s), and 1 block(s)"),
        ("transform <- function(a, b) b", "RError", '"b" is missing'),
    ],
)
def test_a_function_that_cannot_be_called_is_said(desk, r, kind, words):
    error = desk.fails(r, {"df": FRAME}, **BY_POSITION)
    assert (error["type"], words in error["message"]) == (kind, True), error


def test_other_types_of_blocks_are_refused_in_r(desk):
    error = desk.fails("TRUE", type="sensor")
    assert "is a sensor, which cannot be written in R" in error["message"]


def test_variables_have_their_types_by_name_and_in_lists(desk):
    values = {"n": 3, "word": "it's", "flag": True, "many": [1, 2], "deep": {"a": None}}
    text = """
        stopifnot(n == 3L, kwargs$word == "it's", isTRUE(global_vars[["flag"]]), length(many) == 2)
        stopifnot(is.list(deep), format(execution_date, "%d %H:%M %Z") == "24 02:30 UTC")
        stopifnot(is.null(interval_end_datetime), ds == "2024-11-24", pipeline_uuid == "sales")
        out <- c(is.null(kwargs$logger), is.list(configuration))
    """
    options = {"variables": values, "execution_date": "2024-11-24T02:30:00Z"}
    assert desk.out(text, **options) == [True, True]


def test_an_input_wins_over_a_variable(desk):
    assert desk.out("out <- ds", {"ds": "mine"}) == "mine"
    assert (
        desk.fails("out <- k", {"a": 1}, inputs={"k": "gone.k"})["message"]
        == "object 'k' not found"
    )


def test_a_result_that_is_bound_on_some_paths_only(desk):
    options = {"results": ["a", "b"], "optional": ["b"]}
    assert desk.given("a <- 1L", **options) == {"a": 1}
    assert desk.given("a <- 1L; b <- 2L", **options) == {"a": 1, "b": 2}


@pytest.mark.parametrize("text", ["x <- 1\r\nout <- x + 1\r\n", "\ufeffout <- 2", "out <- 2"])
def test_files_of_other_editors_are_read(desk, text):
    assert desk.out(text) == 2


@pytest.mark.parametrize(
    "type_", ["data_loader", "transformer", "data_exporter", "custom", "chart"]
)
def test_a_new_block_runs_as_it_is(desk, type_):
    text = block_template(BlockType(type_), "x", Language.R)
    above = None if type_ == "data_loader" else {"df": FRAME}
    given = desk.given(text, above, type=type_, **BY_POSITION)
    wanted = {
        "data_loader": ["output_0"],
        "transformer": ["output_0"],
        "data_exporter": [],
        "custom": ["output_0"],
        "chart": ["_display"],
    }
    assert list(given) == wanted[type_]


def test_what_a_chart_returns_is_shown(desk):
    options = {"type": "chart", **BY_POSITION}
    text = "print.drawing <- function(x, ...) plot(1)\nchart <- function(...) "
    given = desk.given(text + "structure(list(), class = 'drawing')", **options)
    assert [list(one) for one in given.values()] == [["image/png", "text/plain"]]
    given = desk.given("chart <- function(...) cars[1, ]", **options)
    assert given["_display"]["text/plain"] == "  speed dist\n1     4    2"
    assert desk.given("chart <- function(...) NULL", **options) == {}
