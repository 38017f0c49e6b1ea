"""The root of the command line: which commands there are, and where each lives."""

from __future__ import annotations

import importlib
from typing import NamedTuple

import click

from mage_jlab import __version__


class Row(NamedTuple):
    """A command of the root: the module and attribute that hold it, and its line in ``--help``."""

    module: str
    attribute: str
    help: str


ROWS: dict[str, Row] = {
    "init": Row("project", "init", "Make a new project."),
    "tag": Row("tag", "tag", "Make cells of a notebook blocks, or take that back."),
    "check": Row("notebook", "check", "Say how a notebook reads as a pipeline."),
    "export": Row("notebook", "export", "Write a notebook's blocks and pipeline as files."),
    "open": Row("notebook", "open_", "Give the notebook of a pipeline."),
    "graph": Row("graph", "graph", "Show the graph of a pipeline."),
    "run": Row("run", "run", "Run a pipeline and wait for its end."),
    "runs": Row("runs", "runs", "List, show, cancel and retry runs, and read their logs."),
    "trigger": Row("trigger", "trigger", "Set when a pipeline runs."),
    "product": Row("product", "product", "Look at what blocks returned."),
    "block": Row("block", "block", "Make a block from a template."),
    "engine": Row("engine", "engine", "Start, stop and watch the engine."),
}
"""The commands in the order of ``--help``."""


class LazyRoot(click.Group):
    """A group that imports a command's module when that command is used, never for its own help."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """Give the names of all commands, in the order of ``--help``."""
        return list(ROWS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 click's signature
        """Import a command; None when there is none of that name."""
        row = ROWS.get(cmd_name)
        if row is None:
            return None
        command = getattr(importlib.import_module(f"mage_jlab.cli.{row.module}"), row.attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's signature
        """Write the list of commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in ROWS.items()])


@click.command(cls=LazyRoot)
@click.version_option(__version__, prog_name="jupyter mage")
def root() -> None:
    """Turn a notebook into a data pipeline that runs every night.

    Every command takes --project DIR (else the nearest project upwards is meant) and --json.
    """
