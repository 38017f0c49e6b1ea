"""The product view: rows by page, columns, a chart, a number, and a name that is markup."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from sales import show_sidebar, start, write_sales

MARKUP = "total = '<img src=x onerror=\"window.harmed = true\">'"


def open_product(lab: Any, block: str) -> Any:
    """Open the first product of a block of the newest run and give the view."""
    show_sidebar(lab).locator(".mage-RunRow").first.click()
    run = lab.page.locator(".mage-RunView")
    run.locator(".mage-ProductRow", has_text=block).first.click()
    return lab.page.locator(".mage-ProductView")


def test_rows_columns_and_the_other_products_of_the_run(lab: Any) -> None:
    many = "total = pd.DataFrame({'n': range(5000), 'name': ['a long name'] * 5000})"
    project = write_sales(lab, total=many)
    start(lab, project)
    lab.open()
    view = open_product(lab, "total")
    expect(view.get_by_role("heading", level=1)).to_have_text("total")
    expect(view).to_contain_text("5,000 × 2")
    rows = view.get_by_role("region", name="Rows of total: 5,000 rows, 2 columns")
    expect(rows.locator("canvas").first).to_be_visible()
    with lab.page.expect_response(lambda answer: "offset=4800" in answer.url) as answered:
        rows.locator(".lm-DataGrid-viewport").click(position={"x": 120, "y": 120})
        lab.page.keyboard.press("Control+ArrowDown")
    assert answered.value.json()["rows"][-1] == [4999, "a long name"]
    lab.picture("product-rows-light")
    lab.theme("Dark")
    lab.picture("product-rows-dark")
    view.get_by_role("tab", name="Columns 2").click()
    expect(view.locator(".mage-Columns")).to_contain_text("int64")
    view.get_by_role("option", name="raw").click()
    expect(view.get_by_role("heading", level=1)).to_have_text("raw")
    with lab.page.expect_download() as download:
        view.get_by_role("link", name=".csv").click()
    text = download.value.path().read_text()
    assert text.splitlines()[0] == "market,amount"


def test_a_chart_is_drawn(lab: Any) -> None:
    chart = """total = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": raw.dropna().to_dict("records")},
    "mark": "bar",
    "encoding": {"x": {"field": "market"}, "y": {"field": "amount", "type": "quantitative"}},
}"""
    project = write_sales(lab, total=chart)
    start(lab, project)
    lab.open()
    view = open_product(lab, "total")
    expect(view.locator(".mage-Value canvas, .mage-Value svg.marks").first).to_be_visible()
    lab.picture("product-figure-light")


def test_a_text_is_shown_as_it_is_and_never_run(lab: Any) -> None:
    project = write_sales(lab, total=MARKUP)
    start(lab, project)
    lab.open()
    view = open_product(lab, "total")
    expect(view.locator(".mage-Value")).to_contain_text("<img src=x")
    assert lab.page.evaluate("window.harmed === undefined")
