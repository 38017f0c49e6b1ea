"""Charts (mage-format §8): each configuration and style of code, run by real workers."""

from __future__ import annotations

import pytest

from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.store.chart_templates import PRESETS

FRAME = """
import pandas as pd
@data_loader
def load():
    return pd.DataFrame({
        "city": ["Rome", "Oslo", "Rome", " ", None, "Oslo", "Rome"],
        "sum": [1.0, 2.0, 3.0, 40.0, 50.0, 4.0, 5.0],
        "day": pd.date_range("2026-01-30", periods=7, tz="UTC"),
    })
"""
EMPTY = FRAME.replace("    })", "    }).head(0)")
NOTHING = "columns = df_1.columns\n"


@pytest.fixture(scope="module")
def above(workshop):
    return list(workshop.good(FRAME, "data_loader").values())


@pytest.fixture
def chart(workshop, above):
    def draw(code=NOTHING, above=above, **configuration):
        given = workshop.good(code, "chart", above={"up": above}, configuration=configuration)
        (product,) = given.values()
        assert product.type == "figure"
        return workshop.load(product)

    return draw


@pytest.fixture
def refused(workshop, above):
    def draw(code=NOTHING, **configuration):
        ended = workshop.run(code, "chart", above={"up": above}, configuration=configuration)
        assert ended.kind is not OutcomeKind.SUCCESS
        return ended.error.message

    return draw


def _points(specification):
    x = specification["encoding"]["x"]["field"]
    return {row[x]: row["value"] for row in specification["data"]["values"]}


@pytest.mark.parametrize(
    ("aggregation", "oslo", "rome"),
    [
        ("average", 3, 3),
        ("count", 2, 3),
        ("count_distinct", 2, 3),
        ("max", 4, 5),
        ("median", 4, 3),
        ("min", 2, 1),
        ("mode", 2, 1),
        ("sum", 6, 9),
    ],
)
def test_aggregates_drop_blank_keys_and_take_the_upper_median(chart, aggregation, oslo, rome):
    drawn = chart(
        chart_type="bar chart",
        group_by=["city"],
        metrics=[{"aggregation": aggregation, "column": "sum"}],
    )
    assert drawn["$schema"].endswith("/v5.json")
    assert _points(drawn) == {"Oslo": oslo, "Rome": rome}


def test_an_empty_group_counts_as_0(chart):
    drawn = chart(
        chart_type="bar chart",
        group_by=["city"],
        metrics=[{"aggregation": "sum", "column": "city"}],
    )
    assert _points(drawn) == {"Oslo": 0, "Rome": 0}


def test_bars_are_ordered_by_their_value_and_limited(chart):
    options = {"group_by": ["city"], "metrics": [{"aggregation": "sum", "column": "sum"}]}
    drawn = chart(
        chart_type="bar chart", y_sort_order="descending", limit=1, y_axis_label="€", **options
    )
    assert _points(drawn) == {"Rome": 9}
    assert drawn["encoding"]["y"]["title"] == "€"


@pytest.mark.parametrize(
    ("kind", "mark"),
    [("bar", "bar"), ("line", "line"), ("area", "area"), ("scatter", "point")],
)
def test_a_script_leaves_variables_that_the_configuration_names(chart, kind, mark):
    name = "scatter plot" if kind == "scatter" else f"{kind} chart"
    drawn = chart("a = [1, 2, 3]\nb = [4, 5, 6]\n", chart_type=name, x="a", y="b")
    assert drawn["mark"]["type"] == mark
    assert _points(drawn) == {1: 4, 2: 5, 3: 6}


def test_a_variable_may_hold_one_list_for_each_metric(chart):
    drawn = chart("x = ['p', 'q']\ny = [[1, 2], [3, 4]]\n", chart_type="line chart", x="x", y="y")
    rows = [(row["metric"], row["value"]) for row in drawn["data"]["values"]]
    assert rows == [("y", 1), ("y", 2), ("y 2", 3), ("y 2", 4)]


def test_a_histogram_counts_each_value_once(chart):
    drawn = chart(chart_type="histogram", x="sum", buckets=7)
    rows = drawn["data"]["values"]
    assert [row["rows"] for row in rows] == [5, 0, 0, 0, 0, 1, 1]
    assert (rows[0]["from"], rows[-1]["to"]) == (1, 50)
    assert len(chart(chart_type="histogram", x="day")["data"]["values"]) == 40


def test_a_pie_shows_the_most_frequent_first(chart):
    assert chart(chart_type="pie chart", x="city")["data"]["values"] == [
        {"value": "Rome", "rows": 3},
        {"value": "Oslo", "rows": 2},
    ]
    assert len(chart(chart_type="pie chart", x="city", buckets=1)["data"]["values"]) == 1


def test_a_table_shows_its_first_rows(chart):
    drawn = chart(chart_type="table", limit=2)
    assert [row["value"] for row in drawn["data"]["values"]][:2] == ["Rome", "1"]
    assert {row["row"] for row in drawn["data"]["values"]} == {0, 1}


def test_a_time_series_by_month(chart):
    drawn = chart(
        chart_type="time series bar chart",
        group_by=["day"],
        metrics=[{"aggregation": "sum", "column": "sum"}],
        time_interval="month",
    )
    assert _points(drawn) == {"2026-01-01T00:00:00": 3, "2026-02-01T00:00:00": 102}
    assert drawn["encoding"]["x"]["type"] == "temporal"


def test_a_time_series_has_at_most_40_parts_and_loses_no_row(chart):
    drawn = chart(
        chart_type="time series line chart",
        group_by=["day"],
        metrics=[{"aggregation": "count", "column": "sum"}],
    )
    assert sum(_points(drawn).values()) == 7
    assert len(_points(drawn)) <= 40


def test_decorated_functions_get_the_outputs_above(chart):
    code = (
        "@configuration\ndef c(df):\n    return {'chart_type': 'bar chart'}\n"
        "@data_source\ndef d(df):\n    return df[df['sum'] < 3]\n"
        "@x\ndef of_x(df):\n    return df['city']\n"
        "@y\ndef of_y(df):\n    return df['sum']\n"
    )
    assert _points(chart(code)) == {"Rome": 1, "Oslo": 2}
    both = "@xy\ndef both(df):\n    return df['city'].head(2), df['sum'].head(2)\n"
    assert _points(chart(both, chart_type="bar chart")) == {"Rome": 1, "Oslo": 2}


def test_many_points_are_thinned(chart):
    drawn = chart("x = range(100_000)\n", chart_type="scatter plot", x="x", y="x")
    assert len(drawn["data"]["values"]) == 5000


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("source", [FRAME, EMPTY], ids=["rows", "empty"])
def test_every_preset_draws_as_it_is(workshop, chart, preset, source):
    above = list(workshop.good(source, "data_loader").values())
    assert chart(PRESETS[preset].code, above)["mark"]


def test_presets_say_what_is_missing_and_what_differs(chart):
    missing = _points(chart(PRESETS["missing_values"].code))
    assert missing == {"city": pytest.approx(100 / 7), "sum": 0, "day": 0}
    assert _points(chart(PRESETS["unique_values"].code))["sum"] == 100


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({}, "chart_type is None; there are bar chart"),
        ({"chart_type": "radar"}, "'radar'"),
        ({"chart_type": "histogram"}, "x is not set"),
        ({"chart_type": "histogram", "x": "town"}, "no column 'town'; there are: city, sum, day"),
        ({"chart_type": "histogram", "x": "sum", "buckets": "few"}, "whole number from 1"),
        ({"chart_type": "bar chart", "x": "city"}, "y is not set"),
        (
            {
                "chart_type": "bar chart",
                "group_by": ["city"],
                "metrics": [{"aggregation": "magic", "column": "sum"}],
            },
            "the aggregation is 'magic'",
        ),
        ({"chart_type": "time series bar chart", "group_by": ["day"]}, "metrics are needed"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_by_name(refused, configuration, words):
    message = refused(**configuration)
    assert words in message
    assert message.startswith("In the chart block")


def test_what_is_no_frame_is_refused(workshop):
    above = list(workshop.good("@data_loader\ndef f():\n    return 5\n", "data_loader").values())
    ended = workshop.run(
        "",
        "chart",
        above={"up": above},
        configuration={"chart_type": "histogram", "x": "a"},
    )
    assert "gave a int, which is no frame" in ended.error.message


def test_a_chart_below_a_chart_is_refused(workshop, above):
    options = {"chart_type": "histogram", "x": "sum"}
    first = workshop.good(NOTHING, "chart", above={"up": above}, configuration=options)
    above = {"up": list(first.values())}
    ended = workshop.run("", "chart", above=above, configuration=options)
    assert "the block above is a chart" in ended.error.message


def test_polars_and_arrow_frames_are_drawn_too(workshop, chart):
    for source in ("import polars as p\nf = p.DataFrame", "import pyarrow as p\nf = p.table"):
        code = f"{source}\n@data_loader\ndef g():\n    return f({{'a': [1, 2]}})\n"
        above = list(workshop.good(code, "data_loader").values())
        assert chart(NOTHING, above, chart_type="histogram", x="a", buckets=2)["data"][
            "values"
        ] == [{"from": 1, "to": 1.5, "rows": 1}, {"from": 1.5, "to": 2, "rows": 1}]
