"""The project's ``requirements.txt``: what a notebook installs by ``%pip`` is added once."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def add_requirements(text: str | None, lines: Sequence[str]) -> str:
    """Append requirements that the file does not name yet.

    Args:
        text: the file's text, or None when there is none.
        lines: requirements, such as ``pandas>=3``; a package that the file names already, in
            whatever version, is left alone.
    """
    result = text or ""
    named = {_name(line) for line in result.splitlines()}
    for line in lines:
        if _name(line) in named:
            continue
        named.add(_name(line))
        if result and not result.endswith("\n"):
            result += "\n"
        result += f"{line.strip()}\n"
    return result


def _name(line: str) -> str:
    """The package that a line names, in its one spelling; else the line itself."""
    bare = line.split("#")[0].strip()
    match = _NAME.match(bare)
    if match is None or "://" in bare.split("@")[0]:
        return bare
    return re.sub(r"[-_.]+", "-", match[0]).lower()
