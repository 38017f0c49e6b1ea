"""The demo: two notebooks about 336,776 flights, and their data."""

from __future__ import annotations

import shutil
from pathlib import Path

from mage_jlab.domain.errors import ConflictError

FOLDERS = ("notebooks", "data")
"""What the demo puts into a project."""


def write_demo(project: Path) -> None:
    """Put the demo's notebooks and data into a project's folder.

    Args:
        project: the folder of a project.

    Raises:
        ConflictError: when one of its files is there already; nothing is written then.
    """
    here = Path(__file__).parent
    files = [
        file.relative_to(here)
        for folder in FOLDERS
        for file in sorted((here / folder).rglob("*"))
        if file.is_file() and ".ipynb_checkpoints" not in file.parts and file.suffix != ".db"
    ]
    for file in files:
        if (project / file).exists():
            raise ConflictError(f"{project / file} is there already; the demo overwrites nothing.")
    for file in files:
        target = project / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(here / file, target)
