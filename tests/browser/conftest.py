"""Fixtures of the browser's tests: a real JupyterLab on a demo project, in a real Chromium."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parent))

from servers import ROOT, Server, chromium, serve

IDLE = re.compile(r"Python 3 \(ipykernel\) \| Idle")
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the system's Chromium, without what needs a desktop or a network."""
    quiet = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync --disable-dev-shm-usage"
    )
    return {**browser_type_launch_args, "executable_path": chromium(), "args": quiet.split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Show as much as the design's pictures do."""
    size = {"width": 1440, "height": 900}
    return {**browser_context_args, "viewport": size, "timezone_id": "America/New_York"}


class Lab:
    """JupyterLab in the browser, on one server."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.root = server.root

    def open(self, path: str = "") -> None:
        """Open the lab, at a file when one is given, and wait until it is there."""
        tree = f"/tree/{path}" if path else ""
        self.page.goto(f"{self.server.url}lab{tree}?token={self.server.token}&reset")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")
        self.page.wait_for_selector(".jp-LauncherIcon, .jp-Notebook, .jp-Launcher")

    def notebook(self, path: str) -> None:
        """Open a notebook and wait until its kernel is idle."""
        self.open(path)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell")
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text(IDLE)

    def command(self, name: str, **arguments: Any) -> Any:
        """Run one of the lab's commands."""
        script = "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)"
        return self.page.evaluate(script, [name, arguments])

    def cell(self, text: str) -> Locator:
        """Give the cell that holds this text."""
        return self.page.locator(".jp-Notebook .jp-CodeCell", has_text=text).first

    def theme(self, name: str) -> None:
        """Change the theme: ``Light`` or ``Dark``, and wait until it is drawn."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        light = "true" if name == "Light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")

    def picture(self, name: str) -> None:
        """Keep a screenshot: among the results, and in the documentation when that is asked for."""
        folders = [ROOT / "test-results"]
        if os.environ.get("MAGE_SCREENSHOTS"):
            folders.append(ROOT / "docs" / "images")
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}.png", animations="disabled")

    def write(self, path: str, *cells: dict[str, Any] | str) -> None:
        """Write a notebook: a text is an untagged code cell, a dict has its source and metadata."""
        made = []
        for index, cell in enumerate(cells):
            given = {"source": cell} if isinstance(cell, str) else cell
            made.append(
                {
                    "cell_type": "code",
                    "id": given.get("id", f"cell-{index}"),
                    "metadata": {key: given[key] for key in ("tags", "mage") if given.get(key)},
                    "source": given["source"],
                    "outputs": [],
                    "execution_count": None,
                }
            )
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        notebook = {
            "cells": made,
            "metadata": {"kernelspec": kernel},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(notebook, indent=1))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Run a JupyterLab on an empty folder."""
    root = tmp_path / "root"
    root.mkdir()
    with serve(tmp_path, root) as started:
        yield started


@pytest.fixture
def lab(server: Server, page: Page) -> Lab:
    """Give the lab on a folder with the demo project ``demo``; nothing is exported yet."""
    server.mage("init", "demo", "--demo")
    server.api("POST", "projects", {"path": "demo", "create": False})
    return Lab(page, server)


@pytest.fixture
def empty_lab(server: Server, page: Page) -> Lab:
    """Give the lab on a folder without any project."""
    return Lab(page, server)
