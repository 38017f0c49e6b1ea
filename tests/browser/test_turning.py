"""A whole notebook as a pipeline: the preview, a person's changes, the fixes, the diff, the run."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, expect

NOTEBOOK = "demo/notebooks/penguins.ipynb"
CELLS = (
    "import pandas as pd\nimport matplotlib.pyplot as plt",
    "limit = sorted([3000, 1])[1]  # grams",
    'raw = pd.DataFrame({"island": ["Dream", "Biscoe"], "mass": [3700, None]})\nraw.head()',
    {
        "source": 'clean = raw.dropna()\nclean = clean[clean["mass"] > limit]',
        "mage": {"upstream": ["read_penguin"]},
    },
    'fig, ax = plt.subplots()\nax.plot(clean["mass"])',
    'ax.set_title("Mass")\nax.set_ylabel("g")\nax.grid(True)\nax.legend(["mass"])\nax.margins(0)\nfig',
    'clean.to_csv("clean.csv", index=False)',
)


def turn(lab: Any, *cells: Any) -> Locator:
    """Write and open a notebook, and open the preview of what it would become."""
    lab.write(NOTEBOOK, *cells)
    lab.notebook(NOTEBOOK)
    lab.command("mage-jlab:go-to-rail")
    lab.page.get_by_role("button", name="Turn this notebook into a pipeline…").click()
    return lab.page.locator(".mage-Turn")


def sources(lab: Any) -> list[str]:
    """Give the texts of the live notebook's cells."""
    script = """() => [...window.jupyterapp.shell.widgets('main')]
        .find(one => one.content?.model?.cells)
        .content.widgets.map(cell => cell.model.sharedModel.getSource())"""
    return list(lab.page.evaluate(script))


def saved(lab: Any) -> list[dict[str, Any]]:
    """Save the notebook and give its cells' metadata."""
    lab.page.get_by_role("tab", name="penguins.ipynb").click()
    lab.command("docmanager:save")
    return [cell["metadata"] for cell in json.loads((lab.root / NOTEBOOK).read_text())["cells"]]


def row(preview: Locator, text: str) -> Locator:
    """Give the preview's row of the cell that holds a text."""
    return preview.locator(".mage-TurnCell", has_text=text)


def pick(lab: Any, cell: Locator, word: str) -> None:
    """Pick what a cell becomes."""
    cell.locator(".mage-TurnCell-role").click()
    lab.page.get_by_role("menuitem", name=word).click()


def problem(lab: Any, code: str) -> Locator:
    """Give the line of a problem on its cell."""
    return lab.page.locator(f".mage-CellProblem[data-code='{code}']")


def mend(lab: Any, code: str) -> None:
    """Mend a problem by the first fix of its menu, chosen by Enter."""
    problem(lab, code).first.get_by_role("button", name="Fix").click()
    first = lab.page.locator(".mage-FixMenu .lm-Menu-item").first
    expect(first).to_contain_class("lm-mod-active")
    lab.page.keyboard.press("Enter")
    expect(problem(lab, code)).to_have_count(0)


def undo(lab: Any, said: str) -> None:
    """Take back what was done, from the notification that says so."""
    toast = lab.page.locator(".Toastify__toast", has_text=said)
    toast.get_by_role("button", name="Undo").click()


def test_a_notebook_becomes_a_pipeline_and_runs(lab: Any) -> None:
    page = lab.page
    preview = turn(lab, *CELLS)
    expect(preview.locator(".mage-TurnCell")).to_have_count(7)
    expect(row(preview, "to_csv").locator(".mage-TurnCell-role")).to_contain_text("Data exporter")
    lab.picture("turning-light")

    # A person's changes: a type, a name, and a cell that stays scratch.
    pick(lab, row(preview, "pd.DataFrame"), "Data loader")
    preview.get_by_label("Name of the block of cell #2").fill("read_penguins")
    pick(lab, row(preview, "grams"), "Scratch: not a block")
    expect(preview.locator(".mage-Turn-outcome")).to_contain_text("read_penguins")
    expect(preview.locator("dl")).to_contain_text("3 problems")
    assert [one for one in saved(lab) if one.get("tags")] == []
    page.get_by_role("tab", name="Turn penguins").click()
    lab.theme("Dark")
    lab.picture("turning-changed-dark")
    lab.theme("Dark High Contrast")
    lab.picture("turning-contrast")
    lab.theme("Light")
    preview.get_by_role("button", name="Make 5 blocks").click()

    # What an export would write stands there at once, and says what stops it.
    diff = page.locator(".mage-Export:not(.mage-Turn)")
    diff.get_by_role("button", name="Mend 3 problems first").click()
    expect(page.locator(".mage-CellProblem")).to_have_count(3)
    assert saved(lab)[2] == {"tags": ["block:data_loader"], "mage": {"name": "read_penguins"}}
    lab.command("mage-jlab:go-to-rail")
    lab.picture("turning-problems-light")

    mend(lab, "scratch-value")
    moved = "limit = sorted([3000, 1])[1]  # grams\nclean = raw.dropna()"
    assert any(text.startswith(moved) for text in sources(lab))
    cells = len(sources(lab))
    mend(lab, "shared-object")
    assert len(sources(lab)) == cells - 1
    mend(lab, "unknown-upstream")
    expect(page.locator(".mage-Rail")).not_to_contain_text("stops the export")
    lab.picture("turning-mended-light")

    page.get_by_role("button", name="Export…").click()
    diff.get_by_role("option", name="data_loaders/read_penguins.py").click()
    expect(diff.locator(".mage-DiffCode")).to_contain_text("def read_penguins(**kwargs):")
    lab.picture("turning-diff-light")
    diff.get_by_role("button", name="Export ").click()
    diff.get_by_role("button", name="Run pipeline").click()
    run = page.locator(".mage-RunView")
    expect(run.locator("header [data-mark='success']").first).to_be_visible(timeout=60_000)

    # What the cells showed stands in the run: the table of the first, the figure of the joined.
    run.get_by_role("tab", name="Output").click()
    figures = run.locator(".mage-Output-one")
    expect(figures).to_have_count(2)
    expect(figures.first.locator("table")).to_contain_text("Biscoe")
    expect(figures.last.locator("img")).to_be_visible()
    expect(run.locator(".mage-Output")).not_to_contain_text("_display")
    lab.picture("run-output-light")
    assert (lab.root / "demo/notebooks/clean.csv").exists()


def test_undo_takes_a_fix_and_the_whole_preview_back(lab: Any) -> None:
    page = lab.page
    preview = turn(lab, *CELLS)
    expect(preview.locator(".mage-TurnCell")).to_have_count(7)
    pick(lab, row(preview, "grams"), "Scratch: not a block")
    expect(preview.locator("dl")).to_contain_text("3 problems")
    before = saved(lab)
    texts = sources(lab)
    page.get_by_role("tab", name="Turn penguins").click()
    preview.get_by_role("button", name="Make 5 blocks").click()
    page.get_by_role("tab", name="penguins.ipynb").click()
    tagged = saved(lab)
    assert tagged != before

    lab.cell("clean = raw").click()
    mend(lab, "scratch-value")
    assert sources(lab) != texts
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("clean = raw")
    undo(lab, "Done")
    expect(problem(lab, "scratch-value")).to_be_visible()
    assert (sources(lab), saved(lab)) == (texts, tagged)

    # The steps before are the notebook's own: each is one of its Undo.
    lab.command("notebook:undo-cell-action")
    expect(page.locator(".mage-CellLine")).to_have_count(0)
    assert (sources(lab), saved(lab)) == (texts, before)


def test_all_that_leaves_no_choice_is_fixed_at_once(lab: Any) -> None:
    block = ["block:transformer"]
    lab.write(
        NOTEBOOK,
        CELLS[0],
        {"source": "fig, ax = plt.subplots()", "tags": block},
        {"source": "ax.plot([1, 2])\nfig", "tags": block},
        {"source": "total = 1", "tags": block, "mage": {"name": "total"}},
        {"source": "other = 2", "tags": block, "mage": {"name": "total"}},
    )
    lab.notebook(NOTEBOOK)
    page = lab.page
    lab.command("mage-jlab:go-to-rail")
    foot = page.locator(".mage-Rail-foot")
    expect(foot).to_contain_text("problems stop the export")
    lab.picture("rail-fix-all-light")
    foot.get_by_role("button", name="that leave no choice").click()
    expect(page.locator(".mage-CellProblem")).to_have_count(0)
    expect(foot).to_have_count(0)
    assert len(sources(lab)) == 4
    undo(lab, "mended")
    expect(page.locator(".mage-CellProblem")).not_to_have_count(0)
    assert len(sources(lab)) == 5


def test_a_preview_of_nothing_says_what_to_do_and_fits_a_narrow_lab(lab: Any) -> None:
    page = lab.page
    preview = turn(lab, "")
    expect(preview).to_contain_text("There is no code yet")
    lab.picture("turning-empty-light")
    preview.get_by_role("button", name="Go to the notebook").click()
    lab.page.locator(".jp-Notebook .cm-content").first.click()
    page.keyboard.type("rows = list(range(3))")
    lab.command("mage-jlab:turn-notebook")
    expect(preview.locator(".mage-TurnCell")).to_have_count(1)
    page.set_viewport_size({"width": 1000, "height": 760})
    expect(preview.get_by_role("tab", name="Pipeline")).to_be_visible()
    lab.picture("turning-narrow-light")
    preview.get_by_role("tab", name="Pipeline").click()
    expect(preview.locator(".mage-Turn-outcome")).to_contain_text("rows")
    page.keyboard.press("F6")
    expect(preview.locator(":focus")).to_have_count(1)
