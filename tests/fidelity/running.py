"""Running a notebook's cells, or another module of this folder, in a process apart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from mage_jlab.notebook.document import cells_of
from tests.fidelity.forks import ROOT, end_group, wait_closed, zygote
from tests.fidelity.notebooks import Notebook
from tests.fidelity.workplace import home, lay_out


class TooLongError(Exception):
    """A notebook or a pipeline that did not end in time."""


def run_session(
    document: Notebook,
    path: Path,
    root: Path,
    wanted: dict[str, list[str]],
    *,
    limit: float,
    go_on: bool = False,
) -> list[dict[str, Any]]:
    """Run a notebook from top to bottom; gives what each cell did, up to one that fails.

    Args:
        document: the notebook.
        path: its file, whose surroundings the session gets a copy of.
        root: an empty folder.
        wanted: the names whose values are told after a cell, by its id.
        limit: seconds.
        go_on: whether cells below one that fails are run as well.

    Raises:
        TooLongError: when it takes longer than the limit.
    """
    cells = [(cell.id, cell.source) for cell in cells_of(document) if cell.kind == "code"]
    asked = {"cells": cells, "wanted": wanted, "root": str(ROOT), "go_on": go_on}
    return apart("session", asked, path, root, limit)


def apart(module: str, asked: Any, path: Path | None, root: Path, limit: float) -> list[Any]:
    """Run a module of ours as a process, in a group of its own that is ended afterwards.

    Args:
        module: its name.
        asked: what it shall do, as JSON.
        path: the notebook whose surroundings it gets a copy of, if any.
        root: the folder for its files.
        limit: seconds.

    Returns:
        the lines of its answer.

    Raises:
        TooLongError: when it takes longer than the limit.
        RuntimeError: when it dies.
    """
    root.mkdir(parents=True, exist_ok=True)
    place = lay_out(path, root / "around") if path is not None else root
    request, answer, log = (root / f"{module}.{end}" for end in ("request", "answer", "log"))
    request.write_text(json.dumps(asked))
    answer.touch()
    life, held = os.pipe()
    with log.open("wb") as words:
        process = zygote().fork(
            module, [str(request), str(answer)], place, home(root), [held, words.fileno()]
        )
    os.close(held)
    ended = wait_closed(life, limit)
    end_group(process)
    os.close(life)
    if not ended:
        raise TooLongError(f"the {module} took more than {limit:g} s")
    lines = answer.read_text().splitlines()
    if not lines or lines[-1] != "done":
        raise RuntimeError(f"the {module} ended early: {log.read_text()[-2000:]}")
    return [json.loads(line) for line in lines[:-1]]
