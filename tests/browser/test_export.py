"""Export from the lab: the diff first, then the files; conflicts, problems, no project."""

from __future__ import annotations

import json
import re
from typing import Any

from playwright.sync_api import expect

WRITTEN = re.compile(r"\d+ files? written")
NOTEBOOK = "demo/notebooks/sales.ipynb"
CELLS = (
    {"source": "raw = [1, 2, 3]", "tags": ["block:data_loader"]},
    {"source": "total = sum(raw)", "tags": ["block:transformer"]},
)


def open_export(lab: Any) -> Any:
    lab.page.get_by_role("button", name="Export…").click()
    return lab.page.locator(".mage-Export")


def test_the_diff_comes_first_and_then_the_files(lab: Any) -> None:
    lab.write(NOTEBOOK, *CELLS)
    lab.notebook(NOTEBOOK)
    page = lab.page
    preview = open_export(lab)
    expect(preview).to_contain_text("to pipeline sales")
    expect(preview).to_contain_text("Nothing is written yet")
    assert not (lab.root / "demo/data_loaders/raw.py").exists()
    preview.get_by_role("option", name="transformers/total.py").click()
    expect(preview.locator(".mage-DiffCode")).to_contain_text("def total(raw, **kwargs):")
    preview.get_by_role("button", name="Export ").click()
    expect(preview).to_contain_text(WRITTEN)
    assert "total = sum(raw)" in (lab.root / "demo/transformers/total.py").read_text()
    metadata = json.loads((lab.root / NOTEBOOK).read_text())["metadata"]
    assert metadata["mage"] == {"pipeline": "sales", "project": ".."}

    page.get_by_role("tab", name="sales.ipynb").click()
    lab.cell("total =").locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" * 2")
    open_export(lab)
    expect(preview).to_contain_text("Becomes stale")
    added = preview.locator("tr[data-kind='added']")
    expect(added).to_contain_text("total = sum(raw) * 2")
    lab.picture("export-light")
    preview.get_by_role("button", name="Export ").click()
    expect(preview).to_contain_text(WRITTEN)
    assert "* 2" in (lab.root / "demo/transformers/total.py").read_text()
    expect(page.get_by_role("tab", name="sales.ipynb")).not_to_have_class("jp-mod-dirty")


def test_an_export_without_a_change_writes_nothing(lab: Any) -> None:
    lab.server.mage("export", "demo/notebooks/flight_delays.ipynb")
    lab.notebook("demo/notebooks/flight_delays.ipynb")
    preview = open_export(lab)
    expect(preview).to_contain_text("Files and notebook are the same. Nothing to export.")
    expect(preview.get_by_role("button", name="Open pipeline")).to_be_enabled()
    lab.theme("Dark")
    lab.picture("export-dark")


def test_a_problem_stops_the_export_and_the_button_leads_to_it(lab: Any) -> None:
    lab.write(
        NOTEBOOK,
        "limit = [row for row in range(9) if row > 7]",
        {**CELLS[0], "source": "raw = limit + [1]"},
    )
    lab.notebook(NOTEBOOK)
    preview = open_export(lab)
    preview.get_by_role("button", name="Mend 1 problem first").click()
    expect(lab.page.locator(".jp-Cell.jp-mod-active")).to_contain_text("raw = limit")
    assert not (lab.root / "demo/pipelines/sales").exists()


def test_a_file_that_somebody_else_changed_is_not_overwritten(lab: Any) -> None:
    lab.write(NOTEBOOK, *CELLS)
    lab.server.mage("export", NOTEBOOK)
    file = lab.root / "demo/transformers/total.py"
    mine = file.read_text().replace("sum(raw)", "max(raw)")
    file.write_text(mine)
    lab.notebook(NOTEBOOK)
    lab.cell("total =").locator(".cm-content").click()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type(" * 2")
    preview = open_export(lab)
    expect(preview.locator(".mage-Banner")).to_contain_text("transformers/total.py")
    expect(preview.get_by_role("button", name="Export ")).to_be_disabled()
    lab.picture("export-conflict-light")
    assert file.read_text() == mine


def test_a_folder_becomes_a_project_on_request(empty_lab: Any) -> None:
    lab = empty_lab
    lab.write("work/notebooks/sales.ipynb", *CELLS)
    lab.notebook("work/notebooks/sales.ipynb")
    preview = open_export(lab)
    expect(preview).to_contain_text("This folder is not a project yet")
    lab.picture("export-no-project-light")
    assert not (lab.root / "work/metadata.yaml").exists()
    preview.get_by_role("button", name="Make this folder a project").click()
    expect(preview.get_by_role("button", name="Export ")).to_be_enabled()
    assert (lab.root / "work/metadata.yaml").exists()


def test_run_exports_what_differs_first(lab: Any) -> None:
    lab.write(NOTEBOOK, *CELLS)
    lab.notebook(NOTEBOOK)
    page = lab.page
    page.get_by_role("button", name="Run pipeline").click()
    page.get_by_role("menuitem", name="Run pipeline").click()
    preview = page.locator(".mage-Export")
    preview.get_by_role("button", name="files and run").click()
    run = page.locator(".mage-RunView")
    expect(run.locator("header [data-mark='success']").first).to_be_visible(timeout=60_000)
    expect(run).to_contain_text("2 blocks")
    assert (lab.root / "demo/transformers/total.py").exists()
