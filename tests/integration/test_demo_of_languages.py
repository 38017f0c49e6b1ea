"""The demo's second notebook: a sensor, SQL, a fan-out, a chart and R in one pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.integration.demo_project import DemoProject


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoProject]:
    """Give the demo after a run of its second notebook."""
    with DemoProject.made(tmp_path_factory.mktemp("languages"), "airport_months") as made:
        yield made


def months(project: Path) -> pd.DataFrame:
    """Work the months out again in pandas alone."""
    flights = pd.read_parquet(project / "data/flights.parquet").dropna(subset=["dep_delay"])
    flights["month"] = flights["time_hour"].dt.tz_convert("America/New_York").dt.month
    late = (flights["dep_delay"] > 15) * 100.0
    grouped = late.groupby([flights["origin"], flights["month"]]).agg(["size", "mean"])
    return grouped.reset_index().rename(columns={"size": "flights", "mean": "late"})


def test_each_kind_of_block_takes_part_and_succeeds(demo: DemoProject) -> None:
    assert demo.run["state"] == "success"
    assert {block["state"] for block in demo.run["block_runs"]} == {"success"}
    blocks = {b["name"]: b for b in demo.mage("graph", "airport_months")["blocks"]}
    kinds = {(block["type"], block["language"]) for block in blocks.values()}
    assert kinds == {
        ("sensor", "python"),
        ("data_loader", "sql"),
        ("custom", "python"),
        ("transformer", "python"),
        ("chart", "python"),
        ("transformer", "r"),
    }
    items = [b["item"] for b in demo.run["block_runs"] if b["block"] == "smooth" and b["item"]]
    assert len(items) == 3


def test_sql_counts_what_pandas_counts(demo: DemoProject) -> None:
    found, expected = demo.of_run("months", "months"), months(demo.project)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_the_airports_join_in_order(demo: DemoProject) -> None:
    year = demo.of_run("year", "year")
    expected = months(demo.project)
    assert list(year["origin"]) == list(expected["origin"])
    smooth = expected.groupby("origin")["late"].transform(
        lambda late: late.rolling(3, center=True, min_periods=1).mean()
    )
    np.testing.assert_allclose(year["smooth"], smooth)


def test_r_fits_the_line_that_numpy_fits(demo: DemoProject) -> None:
    trend = demo.of_run("trend", "trend").set_index("origin")["per_month"]
    for origin, one in months(demo.project).groupby("origin"):
        slope = np.polyfit(one["month"], one["late"], 1)[0]
        assert trend[origin] == pytest.approx(slope, rel=1e-9)


def test_the_chart_draws_every_month(demo: DemoProject) -> None:
    chart = demo.of_run("year_chart", "year_chart")
    assert chart["$schema"].endswith("/v5.json")
    assert len(chart["data"]["values"]) == 36


def test_without_r_the_rest_runs(demo: DemoProject) -> None:
    run = demo.mage("run", "airport_months", "--upto", "year_chart", "--var", "late_after=60")
    assert run["state"] == "success"
    assert "trend" not in {block["block"] for block in run["block_runs"]}
    later = next(b for b in run["block_runs"] if b["block"] == "months")["products"][0]
    assert later["rows"] == 36
