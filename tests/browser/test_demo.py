"""The main job as a newcomer does it: the demo's notebook is exported, run, and looked at."""

from __future__ import annotations

import re

from conftest import Lab
from playwright.sync_api import expect
from sales import show_sidebar

BLOCKS = 11


def test_the_demo_from_its_notebook_to_its_chart(lab: Lab) -> None:
    page = lab.page
    lab.notebook("demo/notebooks/flight_delays.ipynb")
    expect(page.locator(".jp-Notebook")).to_contain_text("load_flights")
    page.get_by_role("button", name="Export…").click()
    page.get_by_role("button", name=re.compile(r"^Export \d+ files$")).click()
    expect(page.get_by_text(re.compile(r"^\d+ files written$"))).to_be_visible()
    page.get_by_role("button", name="Open pipeline").click()

    view = page.locator(".mage-PipelineView")
    expect(view.locator(".mage-Node")).to_have_count(BLOCKS)
    show_sidebar(lab)
    view.get_by_role("button", name="Run", exact=True).click()
    green = view.locator(".mage-Node [data-mark='success']")
    expect(green).to_have_count(BLOCKS, timeout=120_000)
    view.get_by_role("tree").locator("[data-mage-block='join']").first.click()
    expect(view.locator(".mage-Floating, .mage-Inspector table").first).to_contain_text("tailnum")
    lab.picture("lab-light")

    run = lab.server.api("GET", "runs?limit=1")
    assert isinstance(run, dict)
    assert run["items"][0]["counts"] == {"success": BLOCKS}

    page.get_by_role("button", name="Open run").click()
    rows = page.locator(".mage-RunView")
    expect(rows).to_contain_text("Run 1")
    expect(rows).to_contain_text("109,416 flights from JFK")
    lab.picture("run-light")
    lab.theme("Dark")
    lab.picture("run-dark")
