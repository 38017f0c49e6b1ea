"""What the retention gives up, told before or after it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mage_jlab.services.doors import Doors
from mage_jlab.services.projects import Projects

if TYPE_CHECKING:
    from mage_jlab.store.retention import GivenUp


class Retention:
    """The retention of projects.

    Args:
        doors: the ways to ledger and engine.
        projects: the projects.
    """

    def __init__(self, doors: Doors, projects: Projects) -> None:
        self._doors = doors
        self._projects = projects

    def prune(self, project_id: str, *, dry_run: bool = False) -> list[GivenUp]:
        """Give up the products of a project that its rules do not keep, and delete their files.

        Args:
            project_id: the project.
            dry_run: only say what would go.

        Raises:
            UnreadableFileError: when the project's rules cannot be read; nothing is deleted.
        """
        from mage_jlab.store.retention import GivenUp

        files = self._projects.files(project_id)
        if dry_run:
            return self._doors.ledger.given_up(project_id)
        self._projects.introduce(files)
        answer = self._doors.engine.command("prune_products", project=project_id)
        return [GivenUp.model_validate(one) for one in answer["given_up"]]
