"""The pipeline view: the graph while a run goes on, keyboard, two browsers, a newer notebook."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, expect
from sales import NOTEBOOK, show_sidebar, start, write_sales


def open_sales(lab: Any) -> Any:
    """Open the pipeline from its row in the sidebar and give the view."""
    show_sidebar(lab).locator(".mage-PipelineRow", has_text="sales").click()
    view = lab.page.locator(".mage-PipelineView")
    expect(view.locator(".mage-Node")).to_have_count(4)
    return view


def mark(view: Any, block: str, state: str) -> Any:
    """Give the mark of a state on a block of the graph."""
    return view.locator(f".mage-Node[data-mage-block='{block}'] [data-mark='{state}']")


def test_run_turns_the_blocks_green_live(lab: Any) -> None:
    write_sales(lab, seconds=3)
    lab.open()
    view = open_sales(lab)
    view.get_by_role("button", name="Run", exact=True).click()
    expect(mark(view, "slow", "running")).to_be_visible()
    expect(mark(view, "total", "success")).to_be_visible()
    expect(mark(view, "done", "pending")).to_be_visible()
    expect(view.locator(".mage-Live")).to_contain_text("of 4 blocks")
    lab.picture("pipeline-live-light")
    for block in ("raw", "slow", "total", "done"):
        expect(mark(view, block, "success")).to_be_visible()
    expect(view.locator(".mage-Node[data-mage-block='raw']")).to_contain_text("3 × 2")
    expect(view.locator(".mage-Node[data-mage-block='slow']")).to_contain_text("2 × 2")
    expect(lab.page.locator(".Toastify")).to_contain_text("sales: run 1 in success")
    lab.picture("pipeline-light")
    lab.theme("Dark")
    lab.picture("pipeline-dark")


def test_keyboard_leads_through_the_tree_and_runs_a_block(lab: Any) -> None:
    write_sales(lab)
    lab.open()
    view = open_sales(lab)
    tree = view.get_by_role("tree")
    tree.locator("[data-mage-block='raw']").focus()
    lab.page.keyboard.press("ArrowDown")
    inspector = view.locator(".mage-Inspector")
    expect(inspector.locator("h2").first).to_have_text("slow")
    expect(inspector).to_contain_text("slow = raw.dropna()")
    expect(inspector).to_contain_text("from raw")
    lab.page.keyboard.press("ArrowUp")
    expect(inspector.locator("h2").first).to_have_text("raw")
    lab.page.keyboard.press("r")
    expect(mark(view, "raw", "success")).to_be_visible()
    expect(mark(view, "slow", "success")).to_have_count(0)
    expect(inspector.locator("table")).to_contain_text("market")


def test_a_block_shows_its_rows_beside_it_and_its_menu_runs_it(lab: Any) -> None:
    project = write_sales(lab)
    start(lab, project)
    lab.open()
    view = open_sales(lab)
    expect(mark(view, "done", "success")).to_be_visible()
    lab.command("application:toggle-left-area")
    beside = view.locator(".mage-Floating")
    expect(beside).to_contain_text("market")
    expect(view.locator(".mage-Inspector table")).to_have_count(0)
    lab.picture("pipeline-rows-light")

    inspector = view.locator(".mage-Inspector")
    inspector.get_by_role("tab", name="Product").click()
    expect(inspector.locator("table")).to_contain_text("amount")
    inspector.get_by_role("tab", name="History").click()
    expect(inspector.locator(".mage-HistoryRow")).to_contain_text("Run 1")
    inspector.get_by_role("tab", name="Code").click()
    expect(inspector).to_contain_text("raw = pd.DataFrame")

    view.locator(".mage-Node[data-mage-block='total']").click(button="right")
    expect(inspector.locator("h2").first).to_have_text("total")
    lab.page.get_by_role("menuitem", name="Run This Block").click()
    expect(view.locator(".mage-Live")).to_contain_text("Run 2")
    expect(mark(view, "total", "success")).to_be_visible()
    view.locator(".mage-TreeRow[data-mage-block='total']").click(button="right")
    lab.page.get_by_role("menuitem", name="Open Product").click()
    expect(lab.page.locator(".mage-ProductView h1")).to_have_text("total")


def test_a_run_with_variables_of_its_own(lab: Any) -> None:
    project = write_sales(lab)
    lab.open()
    view = open_sales(lab)
    view.get_by_role("button", name="Run with variables…").click()
    view.get_by_label("seconds").fill("0.5")
    expect(view).to_contain_text("instead of 0")
    view.get_by_role("button", name="Run with these").click()
    expect(mark(view, "done", "success")).to_be_visible()
    runs = lab.server.api("GET", f"runs?project={project}")["items"]
    assert [run["variables"] for run in runs] == [{"seconds": 0.5}]


def test_a_notebook_that_is_ahead_of_its_files_is_said_before_a_run(lab: Any) -> None:
    write_sales(lab)
    text = (lab.root / NOTEBOOK).read_text()
    (lab.root / NOTEBOOK).write_text(text.replace("raw.dropna()", "raw.dropna().head(1)"))
    lab.open()
    view = open_sales(lab)
    view.get_by_role("button", name="Run", exact=True).click()
    expect(view).to_contain_text("The notebook differs from")
    view.get_by_role("button", name="Run the files as they are").click()
    expect(view.locator(".mage-Node[data-mage-block='slow']")).to_contain_text("2 × 2")


def test_two_browsers_see_one_run_and_either_can_cancel_it(lab: Any, browser: Browser) -> None:
    write_sales(lab, seconds=60)
    lab.open()
    first = open_sales(lab)
    context = browser.new_context(viewport={"width": 1000, "height": 700})
    try:
        page = context.new_page()
        second_lab = type(lab)(page, lab.server)
        second_lab.open()
        second = open_sales(second_lab)
        first.get_by_role("button", name="Run", exact=True).click()
        expect(mark(first, "slow", "running")).to_be_visible()
        expect(mark(second, "slow", "running")).to_be_visible()
        second.get_by_role("button", name="Cancel run").click()
        expect(mark(second, "slow", "cancelled")).to_be_visible()
        expect(mark(first, "slow", "cancelled")).to_be_visible()
        second_lab.picture("pipeline-narrow-light")
        expect(second.locator(".mage-Inspector")).to_be_hidden()
        second.get_by_role("button", name="Block", exact=True).click()
        expect(second.locator(".mage-Inspector")).to_be_visible()
        expect(second.locator(".mage-Canvas")).to_be_hidden()
        second_lab.picture("pipeline-narrow-block-light")
    finally:
        context.close()
