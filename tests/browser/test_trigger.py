"""The trigger editor: ten times as one types, a bad expression, saving, firing in a minute."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from sales import show_sidebar, write_sales


def open_editor(lab: Any) -> Any:
    """Open the editor for a new trigger from the pipeline's view and give it."""
    show_sidebar(lab).locator(".mage-PipelineRow", has_text="sales").click()
    view = lab.page.locator(".mage-PipelineView")
    view.get_by_role("button", name="Triggers", exact=True).click()
    view.get_by_role("button", name="New trigger…").click()
    return lab.page.locator(".mage-TriggerView")


def test_the_next_ten_times_follow_what_is_typed(lab: Any) -> None:
    write_sales(lab)
    lab.open()
    editor = open_editor(lab)
    editor.get_by_label("Name").fill("Weekdays")
    editor.get_by_label("How often").select_option("weekday")
    expect(editor.get_by_label("Cron")).to_have_value("30 2 * * 1-5")
    expect(editor).to_contain_text("At 02:30, Monday to Friday.")
    times = editor.locator(".mage-Times li")
    expect(times).to_have_count(10)
    expect(editor.locator(".mage-Times")).not_to_contain_text("Sat ")
    expect(times.first).to_contain_text("02:30 E")
    expect(times.first).to_contain_text("UTC")
    lab.picture("trigger-light")

    cron = editor.get_by_label("Cron")
    cron.fill("30 2 45 * *")
    expect(editor.get_by_role("alert")).to_have_text(
        "The third field must be 1 to 31, and it is 45."
    )
    expect(cron).to_have_attribute("aria-invalid", "true")
    expect(times).to_have_count(10)
    expect(editor.get_by_role("button", name="Save trigger")).to_be_disabled()
    lab.theme("Dark")
    lab.picture("trigger-dark")

    cron.fill("30 2 * * 1-5")
    editor.get_by_label("Time zone").select_option("UTC")
    expect(times.first).to_contain_text("02:30 UTC")
    editor.get_by_role("button", name="Save trigger").click()
    row = lab.page.locator("#mage-jlab-sidebar .mage-TriggerRow")
    expect(row).to_contain_text("Weekdays")
    expect(row.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    assert "30 2 * * 1-5" in (lab.root / "demo/pipelines/sales/triggers.yaml").read_text()

    row.get_by_role("switch").click()
    expect(row).to_contain_text("paused")
    row.click()
    expect(lab.page.locator(".mage-TriggerView").get_by_label("Cron")).to_have_value("30 2 * * 1-5")


def test_a_trigger_made_in_the_lab_fires_within_a_minute(lab: Any) -> None:
    project = write_sales(lab)
    lab.open()
    editor = open_editor(lab)
    editor.get_by_label("Name").fill("Each minute")
    editor.get_by_label("Cron").fill("* * * * *")
    expect(editor.locator(".mage-Times li").first).to_contain_text("in ")
    editor.get_by_role("button", name="Save trigger").click()
    sidebar = lab.page.locator("#mage-jlab-sidebar")
    run = sidebar.locator(".mage-RunRow[data-mage-state='success']")
    expect(run.first).to_be_visible(timeout=75_000)
    runs = lab.server.api("GET", f"runs?project={project}")["items"]
    assert runs[-1]["trigger"] == "Each minute"
    assert runs[-1]["nominal_at"].endswith(":00.000Z")
    expect(sidebar.locator(".mage-TriggerRow")).to_contain_text("last")
    lab.picture("trigger-fired-light")
