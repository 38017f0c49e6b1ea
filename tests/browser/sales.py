"""A small pipeline for the browser's tests: a loader, a slow and a quick branch, their join."""

from __future__ import annotations

import time
from typing import Any

NOTEBOOK = "demo/notebooks/sales.ipynb"

LOAD = """raw = pd.DataFrame({"market": ["CA", "US", "CA"], "amount": [3, None, 5]})
print("read", len(raw), "rows")"""
SLOW = """time.sleep(seconds)
slow = raw.dropna()"""
TOTAL = """total = float(raw["amount"].sum())"""
BROKEN = """import logging
logging.warning("amounts look odd")
total = float(raw["amont"].sum())"""
DONE = """done = slow.assign(total=str(total))"""


def write_sales(lab: Any, *, seconds: float = 0.0, total: str = TOTAL) -> str:
    """Write the notebook, export it as the pipeline ``sales``, and give its project's id."""
    lab.write(
        NOTEBOOK,
        "import time\nimport pandas as pd",
        {"source": f"seconds = {seconds}", "tags": ["parameters"]},
        {"source": LOAD, "tags": ["block:data_loader"]},
        {"source": SLOW, "tags": ["block:transformer"]},
        {"source": total, "tags": ["block:transformer"], "id": "total-cell"},
        {"source": DONE, "tags": ["block:data_exporter"]},
    )
    lab.server.mage("export", NOTEBOOK)
    project = lab.server.api("GET", "projects")["items"][0]
    return str(project["id"])


def start(lab: Any, project: str) -> str:
    """Start a run outside the browser and give its id."""
    run = lab.server.api("POST", "runs", {"project": project, "pipeline": "sales"})
    return str(run["id"])


def wait_for_end(lab: Any, project: str) -> dict[str, Any]:
    """Wait outside the browser until the newest run has ended, and give it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        run = lab.server.api("GET", f"runs?project={project}")["items"][0]
        if run["ended_at"] is not None:
            return dict(run)
        time.sleep(0.2)
    raise AssertionError("The run did not end within a minute.")


def show_sidebar(lab: Any) -> Any:
    """Open the sidebar and give it."""
    lab.page.evaluate("window.jupyterapp.shell.activateById('mage-jlab-sidebar')")
    return lab.page.locator("#mage-jlab-sidebar")
