"""Cells as blocks: picked by mouse, key and palette; what flows, what is wrong, and its fixes."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect
from sales import start, wait_for_end, write_sales

NOTEBOOK = "demo/notebooks/sales.ipynb"
SCRATCH = "limit = [row for row in range(10) if row > 7]"


def block(source: str, type_: str) -> dict[str, Any]:
    return {"source": source, "tags": [f"block:{type_}"]}


def saved_tags(lab: Any, path: str = NOTEBOOK) -> list[list[str]]:
    lab.command("docmanager:save")
    cells = json.loads((lab.root / path).read_text())["cells"]
    return [cell["metadata"].get("tags", []) for cell in cells]


def line(page: Page, name: str) -> Any:
    strong = page.locator("strong").get_by_text(name, exact=True)
    return page.locator(".mage-CellLine", has=strong)


def test_a_type_picked_in_the_toolbar_makes_the_cell_a_block(lab: Any) -> None:
    lab.write(NOTEBOOK, "raw = [1, 2, 3]", "total = sum(raw)")
    lab.notebook(NOTEBOOK)
    page = lab.page
    assert page.locator(".mage-CellLine, .mage-PipelineButtons:visible").count() == 0
    lab.cell("raw =").click()
    picker = page.get_by_role("button", name="Block type: Not a block")
    picker.locator("visible=true").click()
    page.get_by_role("menuitem", name="Data loader").click()
    expect(line(page, "raw").first).to_contain_text("data loader")
    lab.cell("total =").click()
    picker.locator("visible=true").click()
    page.get_by_role("menuitem", name="Transformer").click()
    expect(line(page, "total").first).to_contain_text("in raw")
    expect(line(page, "raw").first).to_contain_text("out raw → total")
    edge = lab.cell("raw =").locator(".jp-InputArea-editor")
    expect(edge).to_have_css("border-left-width", "3px")
    assert saved_tags(lab) == [["block:data_loader"], ["block:transformer"]]


def test_the_key_and_the_palette_do_what_the_picker_does_and_undo_takes_it_back(lab: Any) -> None:
    lab.write(NOTEBOOK, "raw = [1, 2, 3]", "total = sum(raw)")
    lab.notebook(NOTEBOOK)
    page = lab.page
    lab.cell("raw =").click()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.get_by_role("menuitem", name="Sensor")).to_be_visible()
    page.keyboard.press("Enter")
    expect(line(page, "raw").first).to_be_visible()
    lab.command("mage-jlab:set-block-type", type="chart")
    assert saved_tags(lab)[0] == ["block:chart"]
    lab.command("mage-jlab:set-block-type", type=None)
    expect(page.locator(".mage-CellLine")).to_have_count(0)
    assert saved_tags(lab)[0] == []
    lab.command("apputils:activate-command-palette")
    page.keyboard.type("Block type: Sensor")
    page.locator(".lm-CommandPalette-item", has_text="Block type: Sensor").first.click()
    expect(page.locator(".mage-CellLine", has_text="sensor")).to_be_visible()


def test_a_problem_stands_on_its_cell_and_the_lab_mends_it(lab: Any) -> None:
    lab.write(
        NOTEBOOK,
        block("rows = list(range(10))", "data_loader"),
        SCRATCH,
        block("big = [row for row in rows if row in limit]", "transformer"),
    )
    lab.notebook(NOTEBOOK)
    page = lab.page
    problem = page.locator(".mage-CellProblem")
    expect(problem).to_contain_text("limit")
    expect(page.locator(".mage-Squiggle[data-severity='error']")).to_have_text("limit")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("1 problem in 2 blocks")
    lab.command("mage-jlab:go-to-rail")
    expect(page.locator(".mage-Rail")).to_contain_text("1 problem stops the export")
    lab.picture("cells-problem-light")
    problem.get_by_role("button", name="Fix").click()
    page.get_by_role("menuitem", name="Go to the cell that computes it").click()
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("limit")
    problem.get_by_role("button", name="Fix").click()
    lab.picture("cells-fixes-light")
    page.get_by_role("menuitem", name="Make that cell a block").click()
    page.keyboard.press("Escape")
    expect(problem).to_have_count(0)
    expect(line(page, "limit").first).to_contain_text("out limit → big")
    assert saved_tags(lab)[1] == ["block:transformer"]


def test_the_demo_shows_what_flows_between_its_cells(lab: Any) -> None:
    lab.notebook("demo/notebooks/flight_delays.ipynb")
    page = lab.page
    expect(page.locator(".mage-CellLine", has_text="Parameters")).to_be_visible()
    expect(line(page, "clean_flights")).to_contain_text("in df from load_flights")
    lab.command("mage-jlab:go-to-rail")
    rows = page.locator(".mage-Rail-row")
    expect(rows).to_have_count(11)
    rows.filter(has_text="clean_flights").click()
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("dropna")
    expect(page.locator(".mage-RailDetails")).to_contain_text("load_flights")
    lab.picture("notebook-light")
    lab.theme("Dark")
    lab.picture("notebook-dark")


def test_drift_and_names_lead_from_the_cell_to_the_diff_and_the_last_run(lab: Any) -> None:
    project = write_sales(lab)
    start(lab, project)
    assert wait_for_end(lab, project)["state"] == "success"
    lab.notebook(NOTEBOOK)
    page = lab.page
    lab.command("mage-jlab:go-to-rail")
    expect(line(page, "slow")).to_contain_text("in raw")
    expect(page.locator(".mage-CellLine-drift")).to_have_count(0)
    lab.cell("slow = raw").locator(".cm-content").click()
    page.keyboard.press("Control+End")
    for _ in range(len(".dropna()")):
        page.keyboard.press("ArrowLeft")
    expect(line(page, "slow")).to_contain_text("raw: 3 × 2 from raw, run 1")
    expect(page.locator(".jp-Cell.mage-mod-lifted")).to_have_count(3)
    lab.picture("cells-name-light")
    page.locator(".cm-line", has_text="total = float").hover(position={"x": 118, "y": 8})
    expect(page.locator(".mage-NameTooltip")).to_have_text("raw: 3 × 2 from raw, run 1")
    page.keyboard.press("Control+End")
    page.keyboard.type("  # none missing")
    expect(page.locator(".mage-RailDetails")).to_contain_text("edited since export")
    line(page, "slow").get_by_role("button", name="edited since export").click()
    preview = page.locator(".mage-Export")
    expect(preview.get_by_role("option", selected=True)).to_contain_text("slow.py")
    expect(preview).to_contain_text("Computed again")
    lab.picture("export-again-light")


def test_the_rail_follows_the_notebook_when_it_is_scrolled(lab: Any) -> None:
    cells = [block(f"value_{n} = {n}\nprint(value_{n})", "custom") for n in range(60)]
    lab.write(NOTEBOOK, *cells)
    lab.notebook(NOTEBOOK)
    page = lab.page
    lab.command("mage-jlab:go-to-rail")
    rows = page.locator(".mage-Rail-row")
    expect(rows).to_have_count(60)
    expect(rows.last).not_to_be_in_viewport()
    page.locator(".jp-Notebook .jp-CodeCell").first.hover()
    # cells get their height as they come into view, so that the way to the end grows meanwhile
    for _ in range(30):
        page.mouse.wheel(0, 800)
        page.wait_for_timeout(100)
    expect(rows.last).to_be_in_viewport()
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("value_0")


def test_two_browsers_on_one_notebook_lose_nothing(lab: Any) -> None:
    lab.write(NOTEBOOK, "raw = [1, 2, 3]")
    lab.notebook(NOTEBOOK)
    other = lab.page.context.new_page()
    other.goto(f"{lab.server.url}lab/tree/{NOTEBOOK}?token={lab.server.token}&reset")
    other.wait_for_selector(".jp-Notebook .jp-Cell")
    lab.cell("raw =").click()
    lab.command("mage-jlab:set-block-type", type="data_loader")
    assert saved_tags(lab) == [["block:data_loader"]]
    script = "window.jupyterapp.commands.execute('mage-jlab:set-block-type', {type: 'chart'})"
    other.locator(".jp-CodeCell").first.click()
    other.evaluate(f"{script}.then(() => null)")
    other.evaluate("void window.jupyterapp.commands.execute('docmanager:save')")
    # The host asks before it overwrites what another browser saved; nothing is lost unasked.
    expect(other.locator(".jp-Dialog")).to_be_visible()
    cells = json.loads((lab.root / NOTEBOOK).read_text())["cells"]
    assert cells[0]["metadata"]["tags"] == ["block:data_loader"]
