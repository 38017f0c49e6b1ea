"""The page of a frame: sorted by a click on a head, filtered with chips, its columns profiled."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from sales import show_sidebar, start, write_sales

MANY = """total = pd.DataFrame({"n": range(5000), "market": ["CA", "US"] * 2500})
total["share"] = (total["n"] % 40) / 4"""


def test_a_frame_is_sorted_filtered_and_profiled(lab: Any) -> None:
    project = write_sales(lab, total=MANY)
    start(lab, project)
    lab.open()
    show_sidebar(lab).locator(".mage-RunRow").first.click()
    lab.page.locator(".mage-RunView .mage-ProductRow", has_text="total").first.click()
    view = lab.page.locator(".mage-ProductView")
    bar = view.locator(".mage-RowsBar")
    expect(bar.get_by_role("status")).to_have_text("5,000 rows")
    heads = view.locator(".lm-DataGrid-viewport")
    expect(heads).to_be_visible()
    for words, first in (
        ("By n, lowest first", 0),
        ("By n, highest first", 4999),
        ("In stored order", 0),
        ("By n, lowest first", 0),
        ("By n, highest first", 4999),
    ):
        with lab.page.expect_response(lambda answer: "/rows?offset=0" in answer.url) as answered:
            heads.click(position={"x": 90, "y": 10})
        assert answered.value.json()["rows"][0][0] == first
        expect(bar).to_contain_text(words)
    bar.get_by_label("Column").select_option("market")
    bar.get_by_label("Value").fill("US")
    bar.get_by_role("button", name="Filter", exact=True).click()
    expect(bar.get_by_role("status")).to_have_text("2,500 of 5,000 rows")
    bar.get_by_label("Column").select_option("n")
    bar.get_by_label("Comparison").select_option("lt")
    bar.get_by_label("Value").fill("100")
    bar.get_by_label("Value").press("Enter")
    expect(bar.get_by_role("status")).to_have_text("50 of 5,000 rows")
    lab.picture("product-frame-light")
    bar.get_by_role("button", name="Remove the filter market contains US").click()
    expect(bar.get_by_role("status")).to_have_text("100 of 5,000 rows")
    view.get_by_role("tab", name="Columns 3").click()
    columns = view.locator(".mage-Columns")
    expect(columns.locator("tbody tr").first).to_contain_text("4,999")
    expect(columns.get_by_role("img").first).to_be_visible()
    expect(columns).to_contain_text("no nulls")
    lab.picture("product-columns-light")
