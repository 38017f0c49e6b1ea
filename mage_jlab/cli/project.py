"""``jupyter mage init``: a new project."""

from __future__ import annotations

from pathlib import Path

import click

from mage_jlab.cli.session import Session, with_session


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--name", help="The project's name; by default the folder's.")
@click.option("--demo", is_flag=True, help="With two notebooks and data about flights.")
@with_session
def init(session: Session, folder: Path, name: str | None, demo: bool) -> None:
    """Make a new project in the folder DIR."""
    project = session.services.projects.create(str(folder.absolute()), name=name, demo=demo)
    document = {"project": {"name": project.name, "uuid": project.uuid, "path": project.path}}
    session.answer(document, lambda: _text(folder, demo=demo))


def _text(folder: Path, *, demo: bool) -> str:
    lines = [f"{folder} is a project now."]
    if demo:
        lines += [
            "Its demo runs with:",
            f"  cd {folder}",
            "  jupyter mage export notebooks/flight_delays.ipynb",
            "  jupyter mage run flight_delays",
        ]
    return "\n".join(lines)
