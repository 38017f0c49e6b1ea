"""Projects: which ones there are, and the way from an id to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mage_jlab.domain.errors import BadInputError, MageError, NotFoundError, OutsideProjectError
from mage_jlab.domain.project import Project
from mage_jlab.services.doors import Doors
from mage_jlab.store.project_files import ProjectFiles, create_project, find_project


class Projects:
    """Finds projects by path and by id; none outside the root, when there is one.

    Args:
        doors: the ways to the ledger.
        root: the folder that every project must lie in, or None.
    """

    def __init__(self, doors: Doors, root: Path | None) -> None:
        self._doors = doors
        self._root = root
        self._places: dict[str, Path] = {}

    def list(self) -> Sequence[Project]:
        """Give the projects of the ledger, the root itself and its direct subfolders; by name.

        No disk is scanned: a project deeper down appears once it has been opened.
        """
        places = [place for place in self._known().values() if self._allowed(place)]
        places += self._near()
        found: dict[str, Project] = {}
        for place in dict.fromkeys(places):
            try:
                project = self._word(ProjectFiles.open(place))
            except MageError:
                continue  # moved, deleted or unreadable: opening it by path says what is wrong
            found[project.id] = project
        return sorted(found.values(), key=lambda project: (project.name.lower(), project.path))

    def open(self, path: str | Path) -> Project:
        """Give the project whose folder this is.

        Args:
            path: relative to the root when there is one.

        Raises:
            NotFoundError: when the folder is no project.
            OutsideProjectError: when it lies outside the root.
        """
        return self._word(ProjectFiles.open(self.resolve(path)))

    def around(self, path: Path) -> ProjectFiles | None:
        """Give the nearest project upwards from an absolute path; None when there is none here."""
        place = find_project(path)
        if place is None or not self._allowed(place):
            return None
        files = ProjectFiles.open(place)
        self._word(files)
        return files

    def create(self, path: str | Path, name: str | None = None, demo: bool = False) -> Project:
        """Make a new project in a folder that is none yet.

        Args:
            path: the folder, relative to the root when there is one; it is made when it is missing.
            name: the project's name; by default the folder's.
            demo: whether to put the demo's notebook and data into it.

        Raises:
            ConflictError: when the folder is a project, or files stand in the way.
        """
        folder = self.resolve(path)
        files = create_project(folder, name)
        if demo:
            from mage_jlab.demo import write_demo

            write_demo(files.place)
            files = ProjectFiles.open(files.place)
        return self._word(files)

    def get(self, project_id: str) -> Project:
        """Give the project with this id.

        Raises:
            NotFoundError: when nothing known here has it.
        """
        return self._word(self.files(project_id))

    def word(self, files: ProjectFiles) -> Project:
        """Give the word of opened files, with the path as this caller names it."""
        return self._word(files)

    def files(self, project_id: str) -> ProjectFiles:
        """Give the files of the project with this id.

        Raises:
            NotFoundError: when nothing known here has it.
        """
        place = self._place(project_id)
        if place is None:
            self.list()
            place = self._places.get(project_id)
        if place is None or not self._allowed(place):
            raise NotFoundError(f"There is no project {project_id} here.")
        files = ProjectFiles.open(place)
        if files.word.id != project_id:
            raise NotFoundError(f"The project {project_id} is no longer at {place}.")
        return files

    def allows(self, project_id: str) -> bool:
        """Whether the project with this id lies inside the root."""
        if self._root is None:
            return True
        place = self._place(project_id)
        return place is not None and self._allowed(place)

    def register(self, files: ProjectFiles) -> None:
        """Make the project known to the engine, which is started when none is up."""
        self._doors.engine.ensure()
        self.introduce(files)

    def introduce(self, files: ProjectFiles) -> None:
        """Make the project known to the engine that is up.

        Raises:
            EngineUnavailableError: when none is.
        """
        project = files.word
        self._doors.engine.command(
            "open_project",
            uuid=project.uuid,
            place=str(files.place),
            name=project.name,
            data_root=str(files.data_root),
        )

    def resolve(self, path: str | Path) -> Path:
        """Turn a caller's path into an absolute one.

        Raises:
            OutsideProjectError: when there is a root and the path leads out of it.
        """
        if "\0" in str(path):
            raise BadInputError("A path cannot hold a NUL character.")
        if self._root is None:
            return Path(path).expanduser().resolve()
        place = (self._root / str(path).lstrip("/")).resolve()
        if not self._allowed(place):
            raise OutsideProjectError(f"{path} leads out of the server's folder.")
        return place

    def relative(self, place: Path) -> str:
        """Write an absolute path as this caller names it: relative to the root, or absolute."""
        if self._root is None:
            return str(place)
        text = place.relative_to(self._root).as_posix()
        return "" if text == "." else text

    def _word(self, files: ProjectFiles) -> Project:
        place = files.place.resolve()
        if not self._allowed(place):
            raise OutsideProjectError(f"{place} lies outside the server's folder.")
        self._places[files.word.id] = place
        return files.word.model_copy(update={"path": self.relative(place)})

    def _allowed(self, place: Path) -> bool:
        return self._root is None or place == self._root or self._root in place.parents

    def _place(self, project_id: str) -> Path | None:
        """Give the folder of an id, which belongs to that place for ever."""
        if project_id not in self._places:
            self._places.update(self._known())
        return self._places.get(project_id)

    def _known(self) -> dict[str, Path]:
        return {row.id: Path(row.place) for row in self._doors.ledger.projects()}

    def _near(self) -> Sequence[Path]:
        if self._root is None:
            return []
        try:
            folders = [self._root, *sorted(p for p in self._root.iterdir() if p.is_dir())]
        except OSError:
            return []
        return [
            folder.resolve()
            for folder in folders
            if (folder / "metadata.yaml").is_file()
            and find_project(folder) == folder.resolve()
            and self._allowed(folder.resolve())
        ]
