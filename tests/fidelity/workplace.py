"""Folders to run a notebook in: its own folder is copied, what lies around it is linked."""

from __future__ import annotations

import shutil
from pathlib import Path

LEVELS = 3
"""How many folders above the notebook's are laid out too, for paths like ``../../data``."""

_LEFT = (".git", ".ipynb_checkpoints", ".done")


def lay_out(notebook: Path, root: Path) -> Path:
    """Lay out a notebook's surroundings; gives the folder that stands for the notebook's own.

    Args:
        notebook: the notebook's file.
        root: an empty folder.
    """
    real = notebook.resolve().parent
    above = list(real.parents)[:LEVELS]
    place = root
    for folder, below in reversed(list(zip(above, [real, *above], strict=False))):
        if (folder / ".git").exists() or folder == Path(folder.anchor):
            continue
        place.mkdir(exist_ok=True)
        for entry in folder.iterdir():
            if entry != below and entry.name not in _LEFT:
                (place / entry.name).symlink_to(entry)
        place = place / below.name
    shutil.copytree(
        real, place, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT, "*.ipynb"),
        dirs_exist_ok=True,
    )  # fmt: skip
    return place


def home(root: Path) -> dict[str, str]:
    """Give the environment variables that keep a session's own files below a folder."""
    places = {"HOME": root, "IPYTHONDIR": root / "ipython", "MPLCONFIGDIR": root / "matplotlib"}
    return {name: str(place) for name, place in places.items()}
