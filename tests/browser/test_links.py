"""Links to runs and pipelines: copied from a menu, followed from an address."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from sales import show_sidebar, start, wait_for_end, write_sales


def test_a_copied_link_opens_what_it_was_copied_of(lab: Any) -> None:
    project = write_sales(lab)
    run = start(lab, project)
    wait_for_end(lab, project)
    page = lab.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.open()
    sidebar = show_sidebar(lab)
    sidebar.locator(".mage-RunRow").first.click(button="right")
    page.get_by_role("menuitem", name="Copy Link").click()
    link = str(page.evaluate("navigator.clipboard.readText()"))
    assert link == f"{lab.server.url}lab?mage=run&run={run}"
    page.goto(f"{link}&token={lab.server.token}")
    view = page.locator(".mage-RunView")
    expect(view.locator("h1")).to_contain_text("Run 1")
    assert "mage=" not in page.url


def test_a_link_leads_to_a_block_of_a_pipeline(lab: Any) -> None:
    project = write_sales(lab)
    query = f"mage=pipeline&project={project}&pipeline=sales&block=slow"
    lab.page.goto(f"{lab.server.url}lab?{query}&token={lab.server.token}")
    view = lab.page.locator(".mage-PipelineView")
    expect(view.locator("[role='treeitem'][aria-selected='true']")).to_contain_text("slow")
