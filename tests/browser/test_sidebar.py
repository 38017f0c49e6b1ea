"""The sidebar: first use, lists while a run goes on, search, a pipeline that cannot be read."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from sales import show_sidebar, start, write_sales


def test_the_first_use_makes_a_project_and_a_pipeline(empty_lab: Any) -> None:
    lab = empty_lab
    lab.open()
    sidebar = show_sidebar(lab)
    expect(sidebar).to_contain_text("From a notebook to a pipeline")
    lab.picture("sidebar-empty-light")
    lab.theme("Dark")
    lab.picture("sidebar-empty-dark")
    sidebar.get_by_role("button", name="Make a project here").click()
    expect(sidebar).to_contain_text("No pipelines yet")
    expect(sidebar).to_contain_text("Nothing has run yet. Runs show here while they happen.")
    assert (lab.root / "metadata.yaml").exists()

    sidebar.get_by_role("button", name="New pipeline").click()
    sidebar.get_by_label("Name of the pipeline").fill("sales")
    sidebar.get_by_role("button", name="Create").click()
    expect(lab.page.locator(".jp-Notebook")).to_be_visible()
    expect(sidebar.locator(".mage-PipelineRow")).to_contain_text("sales")
    assert (lab.root / "pipelines/sales/metadata.yaml").exists()

    sidebar.get_by_role("button", name="New pipeline").click()
    sidebar.get_by_label("Name of the pipeline").fill("../outside")
    sidebar.get_by_role("button", name="Create").click()
    expect(sidebar.get_by_role("alert")).to_be_visible()
    assert not (lab.root.parent / "outside").exists()


def test_the_demo_opens_from_the_first_view(empty_lab: Any) -> None:
    empty_lab.open()
    sidebar = show_sidebar(empty_lab)
    sidebar.get_by_role("button", name="Open the demo project").click()
    expect(sidebar.get_by_role("button", name="Project: mage_demo")).to_be_visible()
    assert (empty_lab.root / "mage_demo/notebooks/flight_delays.ipynb").exists()


def test_the_lists_follow_a_run_without_a_reload(lab: Any) -> None:
    project = write_sales(lab, seconds=3)
    lab.open()
    sidebar = show_sidebar(lab)
    row = sidebar.locator(".mage-PipelineRow", has_text="sales")
    expect(row).to_contain_text("Never run")
    start(lab, project)
    expect(row.locator("[data-mark='running']").first).to_be_visible()
    expect(sidebar.locator(".mage-RunRow")).to_contain_text("sales")
    expect(sidebar.get_by_role("button", name="Running 1")).to_be_visible()
    expect(row.locator("[data-mark='success']").first).to_be_visible()
    # Somebody else started it: nobody here has to be told.
    expect(lab.page.locator(".Toastify__toast")).to_have_count(0)
    lab.picture("sidebar-light")

    row.focus()
    lab.page.keyboard.press("Enter")
    expect(lab.page.locator(".mage-PipelineView")).to_be_visible()
    expect(row).to_have_attribute("aria-current", "true")
    lab.theme("Dark")
    lab.picture("sidebar-dark")


def test_a_notebook_is_picked_to_become_a_pipeline(lab: Any) -> None:
    lab.write("first.ipynb", "raw = [1, 2, 3]")
    lab.open()
    sidebar = show_sidebar(lab)
    expect(sidebar).to_contain_text("No pipelines yet")
    lab.picture("sidebar-no-pipelines-light")
    sidebar.get_by_role("button", name="Turn a notebook into a pipeline…").click()
    dialog = lab.page.locator(".jp-Dialog")
    dialog.get_by_text("first.ipynb", exact=True).click()
    dialog.get_by_role("button", name="Select").click()
    expect(lab.page.locator(".jp-Notebook")).to_contain_text("raw = [1, 2, 3]")
    expect(lab.page.locator("#mage-jlab-rail")).to_be_visible()


def test_search_asks_the_server_and_says_when_nothing_fits(lab: Any) -> None:
    write_sales(lab)
    lab.open()
    sidebar = show_sidebar(lab)
    expect(sidebar.locator(".mage-PipelineRow")).to_have_count(1)
    sidebar.get_by_role("searchbox").fill("fligth")
    expect(sidebar).to_contain_text("No pipeline matches “fligth”.")
    sidebar.get_by_role("button", name="Clear search").click()
    expect(sidebar.locator(".mage-PipelineRow")).to_have_count(1)


def test_a_pipeline_that_cannot_be_read_keeps_its_row(lab: Any) -> None:
    write_sales(lab)
    broken = lab.root / "demo/pipelines/broken"
    broken.mkdir()
    (broken / "metadata.yaml").write_text("blocks:\n- uuid: a\n  b: c: d\n")
    lab.open()
    sidebar = show_sidebar(lab)
    row = sidebar.locator(".mage-PipelineRow", has_text="broken")
    expect(row.locator("[data-mark='error']")).to_be_visible()
    expect(row).to_contain_text("metadata.yaml, line 3")
    expect(sidebar.locator(".mage-PipelineRow", has_text="sales")).to_contain_text("Never run")
