"""What a soak runs: a diamond of short blocks, as a snapshot and as a project on disk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot
from mage_jlab.store.project_files import create_project

UPSTREAM: dict[str, list[str]] = {"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}
MANY = 10_000
"""So many crash retries that a kill never ends a run: what is killed must go on."""
CODE = """
@transformer
def {name}(*args, **kwargs):
    import time

    time.sleep(0.05)
    return {{"by": {name!r}, "of": list(args)}}
"""
PIPELINE = """
blocks:
- {type: transformer, uuid: a, language: python, upstream_blocks: []}
- {type: transformer, uuid: b, language: python, upstream_blocks: [a]}
- {type: transformer, uuid: c, language: python, upstream_blocks: [a]}
- {type: transformer, uuid: d, language: python, upstream_blocks: [b, c]}
name: soak
type: python
uuid: soak
"""


def lay_out(folder: Path) -> Path:
    """Make the project that the schedule runs; give its folder."""
    place = folder / "project"
    create_project(place, "project")
    (place / "pipelines/soak").mkdir(parents=True)
    (place / "pipelines/soak/metadata.yaml").write_text(PIPELINE)
    _write_blocks(place)
    return place


def snapshot(folder: Path) -> dict[str, Any]:
    """Lay out the snapshot of the runs that are started by hand."""
    place = folder / "project"
    laid_out = folder / "snapshots" / "soak" / "project"
    _write_blocks(laid_out)
    plan = Plan(
        project_uuid="u", project_name="project", place=str(place), cwd=str(place),
        products=str(folder / "data/products"), logs=str(folder / "data/logs"), pipeline="soak",
        interpreter=sys.executable,
        blocks=[
            PlannedBlock(
                name=name, type="transformer", file=f"transformers/{name}.py", code="c",
                upstream=above, crash_retries=MANY,
            )
            for name, above in UPSTREAM.items()
        ],
    )  # fmt: skip
    return Snapshot(hash="soak", folder=str(laid_out), files={}, plan=plan).to_json()


def _write_blocks(place: Path) -> None:
    (place / "transformers").mkdir(parents=True, exist_ok=True)
    for name in UPSTREAM:
        (place / f"transformers/{name}.py").write_text(CODE.format(name=name))
