"""What every command has: the project it is about, the services, and how to answer."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.project import Project

if TYPE_CHECKING:
    from mage_jlab.services.services import Services

Command = TypeVar("Command", bound=Callable[..., Any])


class Session:
    """One call of one command.

    Args:
        folder: what ``--project`` said, or None.
        as_json: whether stdout gets one JSON document.
    """

    def __init__(self, folder: Path | None, *, as_json: bool) -> None:
        self.folder = folder
        self.as_json = as_json

    @functools.cached_property
    def services(self) -> Services:
        """The use cases, over the state folder of the environment."""
        from mage_jlab.services.services import Services
        from mage_jlab.store.paths import StateFolder

        return Services(StateFolder.from_environ())

    def place(self, notebook: Path | None = None) -> Path | None:
        """Give the project's folder: ``--project``, else the nearest above the notebook or here.

        Raises:
            NotFoundError: when ``--project`` names a folder that is no project.
        """
        from mage_jlab.store.project_files import find_project

        if self.folder is not None:
            folder = self.folder.absolute()
            if find_project(folder) != folder.resolve():
                raise NotFoundError(
                    f"{self.folder} is not a project. `jupyter mage init {self.folder}` makes one."
                )
            return folder
        if notebook is not None:
            found = find_project(notebook.absolute().parent)
            if found is not None:
                return found
        return find_project(Path.cwd())

    def project(self, notebook: Path | None = None) -> Project:
        """Open the project that this command is about.

        Raises:
            NotFoundError: when there is none.
        """
        place = self.place(notebook)
        if place is None:
            raise NotFoundError(
                f"There is no project at {Path.cwd()} or above it. "
                "`jupyter mage init DIR` makes one, --project DIR names one."
            )
        return self.services.projects.open(str(place))

    def answer(self, document: Mapping[str, Any], text: str | Callable[[], str]) -> None:
        """Answer on stdout: the document with ``--json``, else the text (made only then)."""
        if self.as_json:
            click.echo(json.dumps(document, ensure_ascii=False))
        else:
            click.echo(text if isinstance(text, str) else text())

    def note(self, text: str) -> None:
        """Say something beside the answer, on stderr."""
        click.echo(text, err=True)


def with_session(command: Command) -> Command:
    """Give a command ``--project`` and ``--json``, and a session as its first argument."""

    @click.option(
        "--project",
        "project_folder",
        metavar="DIR",
        type=click.Path(path_type=Path),
        help="The project's folder; else the nearest one upwards.",
    )
    @click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
    @functools.wraps(command)
    def wrapped(project_folder: Path | None, as_json: bool, **arguments: Any) -> Any:
        return command(Session(project_folder, as_json=as_json), **arguments)

    return wrapped  # type: ignore[return-value] # the wrapper takes what click passes, whatever the command takes
