"""The run view: the error first, retry with mended code, the log as it is written, a closed tab."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, expect
from sales import BROKEN, show_sidebar, start, wait_for_end, write_sales


def open_run(lab: Any) -> Any:
    """Open the newest run from its row in the sidebar and give the view."""
    show_sidebar(lab).locator(".mage-RunRow").first.click()
    view = lab.page.locator(".mage-RunView")
    expect(view.locator(".mage-GridRow")).to_have_count(4)
    return view


def test_a_failed_run_opens_on_its_error_and_goes_on_once_mended(lab: Any) -> None:
    project = write_sales(lab, total=BROKEN)
    start(lab, project)
    lab.open()
    view = open_run(lab)
    expect(view.get_by_role("heading", level=1)).to_have_text("Run 1 failed at total")
    error = view.locator(".mage-Error")
    expect(error).to_contain_text("KeyError: 'amont'")
    expect(error).to_contain_text("transformers/total.py, line")
    expect(error.locator(".mage-Code")).to_contain_text('raw["amont"]')
    expect(error.locator(".mage-Code-marked")).to_be_visible()
    expect(error).to_contain_text("from raw, this run")
    expect(
        view.locator("[data-mage-block='done'] [data-mark='upstream_failed']").first
    ).to_be_visible()
    expect(view.locator(".mage-Log")).to_contain_text("amounts look odd")
    lab.picture("run-failed-light")
    lab.theme("Dark")
    lab.picture("run-failed-dark")

    error.get_by_role("button", name="Go to the cell").click()
    expect(lab.page.locator(".jp-Cell.jp-mod-active")).to_contain_text("amont")
    expect(lab.page.locator(".jp-Cell.jp-mod-active .mage-CellLine")).to_contain_text("total")
    lab.picture("run-failed-cell-dark")

    file = lab.root / "demo/transformers/total.py"
    file.write_text(file.read_text().replace("amont", "amount"))
    lab.page.get_by_role("tab", name="Run 1").click()
    view.get_by_role("button", name="Retry with today’s code").click()
    expect(view.get_by_role("heading", level=1)).to_have_text("Run 1")
    expect(view.locator(".mage-ProductRow")).to_have_count(4)


def test_a_live_run_writes_its_log_and_its_times(lab: Any) -> None:
    seen = lab.root / "seen"
    talk = (
        "import pathlib\nn = 0\n"
        f"while not pathlib.Path({str(seen)!r}).exists():\n"
        "    print('step', n, flush=True)\n    n += 1\n    time.sleep(0.3)\n"
        "print('seen')\ntotal = 8.0"
    )
    project = write_sales(lab, total=talk)
    start(lab, project)
    lab.open()
    view = open_run(lab)
    expect(view.get_by_role("heading", level=1)).to_have_text("Run 1 is going on")
    log = view.get_by_role("log")
    expect(log).to_contain_text("read 3 rows")
    expect(log).to_contain_text("step 2")
    expect(view.locator(".mage-Lane-bar[data-state='running']").first).to_be_visible()
    lab.picture("run-live-light")
    seen.touch()
    expect(log).to_contain_text("seen")
    expect(view.locator(".mage-Log-foot")).to_contain_text("complete")
    expect(view.locator(".mage-ProductRow")).to_have_count(4)


def test_each_attempt_of_a_block_is_shown_and_colours_of_its_log(lab: Any) -> None:
    red = "print('\\x1b[31mtrying\\x1b[0m')\ntotal = float(raw['amont'].sum())"
    project = write_sales(lab, total=red)
    settings = lab.root / "demo/metadata.yaml"
    settings.write_text(settings.read_text() + "\nretry_config: {retries: 2, delay: 0.5}\n")
    start(lab, project)
    assert wait_for_end(lab, project)["state"] == "failed"
    lab.open()
    view = open_run(lab)
    lane = view.locator(".mage-GridRow[data-mage-block='total'] .mage-Lane")
    expect(lane.locator(".mage-Lane-bar[data-state='failed']")).to_have_count(3)
    expect(lane.locator(".mage-Lane-pause").first).to_contain_text("s")
    expect(view.locator(".mage-Log [data-colour='red']")).to_have_text(["trying"] * 3)
    view.get_by_role("tab", name="Attempts 3").click()
    rows = view.locator(".mage-Attempts tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.last).to_contain_text("KeyError: 'amont'")
    lab.picture("run-attempts-light")
    lab.theme("Dark")
    lab.picture("run-attempts-dark")


def test_a_run_goes_on_while_no_browser_looks(lab: Any, context: BrowserContext) -> None:
    project = write_sales(lab, seconds=5)
    lab.open()
    show_sidebar(lab).locator(".mage-PipelineRow", has_text="sales").click()
    view = lab.page.locator(".mage-PipelineView")
    view.get_by_role("button", name="Run", exact=True).click()
    running = "[data-mage-block='slow'] [data-mark='running']"
    expect(view.locator(f".mage-Canvas {running}")).to_be_visible()
    lab.page.close()
    assert wait_for_end(lab, project)["state"] == "success"
    lab.page = context.new_page()
    lab.open()
    shown = open_run(lab)
    expect(shown.get_by_role("heading", level=1)).to_have_text("Run 1")
    expect(shown.locator(".mage-GridRow[data-mage-state='success']")).to_have_count(4)
    expect(shown.locator(".mage-ProductRow")).to_have_count(4)
    lab.picture("run-after-closed-tab-light")


def test_another_run_is_a_click_or_an_arrow_away(lab: Any) -> None:
    project = write_sales(lab)
    for _ in range(2):
        start(lab, project)
    lab.open()
    view = open_run(lab)
    expect(view.locator(".mage-Grid-head [data-mage-column]")).to_have_count(2)
    expect(view.get_by_role("heading", level=1)).to_contain_text("Run 2")
    view.locator(".mage-GridRow").first.focus()
    lab.page.keyboard.press("ArrowLeft")
    expect(view.get_by_role("heading", level=1)).to_contain_text("Run 1")
    view.locator(".mage-Grid-head [data-mage-column]").last.click()
    expect(view.get_by_role("heading", level=1)).to_contain_text("Run 2")
