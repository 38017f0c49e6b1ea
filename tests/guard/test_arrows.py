"""Imports point one way: a room imports only rooms to its left."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from guarded import ROOT, files

from mage_jlab.domain.graph import find_cycle

LEFT_TO_RIGHT = """
    domain demo store notebook blocks engine services events api cli magics app
"""
RANKS = {room: at for at, room in enumerate(LEFT_TO_RIGHT.split())}
SIDE_BY_SIDE = {"api", "cli", "magics"}
BROWSER_RANKS = {"contract": 0, "client": 1, "model": 2, "tokens": 3, "ui": 4, "index": 9}
FEATURE_RANK = 5

PYTHON = [path for path in files("mage_jlab", ".py") if len(path.parts) > 2 or path.stem in RANKS]
BROWSER = files("labextension/src", ".ts", ".tsx")


def room_of(path: Path) -> str:
    part = path.parts[1]
    return part.removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Give the full names of all modules that a file imports, also inside functions."""
    package = list(path.with_suffix("").parts[:-1])
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
            found.add(module)
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def test_every_room_has_its_place() -> None:
    rooms = {room_of(path) for path in files("mage_jlab", ".py") if len(path.parts) > 2}
    assert rooms <= set(RANKS), f"rooms without a rank: {rooms - set(RANKS)}"


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_python_rooms_import_to_the_left(path: Path) -> None:
    room = room_of(path)
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "mage_jlab" or len(parts) < 2 or parts[1] not in RANKS:
            continue
        other = parts[1]
        beside = {other, room} <= SIDE_BY_SIDE
        left = RANKS[other] < RANKS[room] and not beside
        assert other == room or left, f"{room} imports {name}"


@pytest.mark.parametrize("path", files("mage_jlab/blocks/worker", ".py"), ids=str)
def test_the_worker_needs_no_installed_mage_jlab(path: Path) -> None:
    absolute = {name for name in imports(path) if name.split(".")[0] == "mage_jlab"}
    inside = {name for name in absolute if name.startswith("mage_jlab.blocks.worker")}
    assert absolute == inside


def browser_room(path: Path) -> str:
    return path.relative_to("labextension/src").parts[0].split(".")[0]


def browser_rank(room: str) -> int:
    return BROWSER_RANKS.get(room, FEATURE_RANK)


@pytest.mark.parametrize("path", BROWSER, ids=str)
def test_browser_folders_import_to_the_left(path: Path) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    room = browser_room(path)
    for place in browser_imports(path, source):
        other = browser_room(place) if place != Path("labextension/src") else "index"
        features = browser_rank(other) == browser_rank(room) == FEATURE_RANK
        left = browser_rank(other) < browser_rank(room)
        assert other == room or left or features, f"{room} imports {place}"


def browser_imports(path: Path, source: str) -> list[Path]:
    """Give the places that a file imports from the extension, also types and lazy ones."""
    targets = re.findall(r"""(?:from|import)\s*\(?\s*['"](\.{1,2}/[^'"]*|\.{1,2})['"]""", source)
    return [(ROOT / path.parent / target).resolve().relative_to(ROOT) for target in targets]


def test_no_two_browser_files_import_each_other_in_a_circle() -> None:
    known = {path.with_suffix(""): path for path in BROWSER}
    upstream = {
        str(path): {
            str(known.get(place) or known[place / "index"])
            for place in browser_imports(path, (ROOT / path).read_text(encoding="utf-8"))
            if place in known or place / "index" in known
        }
        for path in BROWSER
    }
    assert find_cycle(upstream) is None


def test_a_view_never_fetches() -> None:
    for path in BROWSER:
        if browser_rank(browser_room(path)) == FEATURE_RANK:
            source = (ROOT / path).read_text(encoding="utf-8")
            for call in ("makeRequest(", "fetch(", "new WebSocket("):
                assert not re.search(rf"(?<![\w.]){re.escape(call)}", source), f"{path}: {call}"
                assert f"ServerConnection.{call}" not in source, f"{path}: {call}"
