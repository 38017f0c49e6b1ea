"""What the guard tests look at: the files that git tracks or would track, read once."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Give every file of the repository that is not ignored, relative to its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [Path(name) for name in listed.split("\0") if name]
    found = tuple(sorted(path for path in paths if (ROOT / path).is_file()))
    assert len(found) > 100, "git lists hardly any file: the guards would guard nothing"
    return found


def files(folder: str, *suffixes: str) -> list[Path]:
    """Give the tracked files below a folder with one of the suffixes."""
    found = [path for path in tracked() if path.is_relative_to(folder) and path.suffix in suffixes]
    assert found, f"there is no {suffixes} in {folder}"
    return found


def text(path: Path) -> str | None:
    """Read a tracked file as text; None when it is none."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
