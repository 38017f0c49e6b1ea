"""Projects are found near the root, by path and by id; none outside it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    OutsideProjectError,
)
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder


def test_projects_of_the_root_and_right_below_it_are_listed(
    services: Services, root: Path, project: Path
) -> None:
    (root / "notes").mkdir()
    deep = root / "a" / "b"
    deep.mkdir(parents=True)
    shutil.copytree(project, deep / "far")
    assert [found.path for found in services.projects.list()] == ["shop"]
    # One deeper down is known once it has been opened by its path.
    far = services.projects.open("a/b/far")
    assert far.path == "a/b/far"
    assert services.projects.get(far.id) == far


def test_the_root_itself_can_be_the_project(project: Path, tmp_path: Path) -> None:
    services = Services(StateFolder(tmp_path / "state"), root=project)
    (found,) = services.projects.list()
    assert (found.name, found.path) == ("shop", "")
    assert services.projects.open("").id == found.id


def test_a_copy_elsewhere_is_another_project(services: Services, root: Path, project: Path) -> None:
    shutil.copytree(project, root / "copy")
    copy, shop = services.projects.list()
    assert copy.uuid == shop.uuid
    assert copy.id != shop.id
    assert services.projects.files(copy.id).place == root / "copy"


@pytest.mark.parametrize("path", ["..", "../other", "shop/../../other", "/../other"])
def test_no_path_leads_out_of_the_root(services: Services, root: Path, path: str) -> None:
    (root.parent / "other").mkdir()
    with pytest.raises(OutsideProjectError):
        services.projects.open(path)
    with pytest.raises(OutsideProjectError):
        services.projects.create(path)


def test_no_link_leads_out_of_the_root(services: Services, root: Path, project: Path) -> None:
    outside = root.parent / "outside"
    shutil.move(project, outside)
    (root / "link").symlink_to(outside)
    with pytest.raises(OutsideProjectError):
        services.projects.open("link")
    assert services.projects.list() == []


def test_a_folder_that_is_none_and_an_unknown_id_are_not_found(
    services: Services, root: Path, project: Path
) -> None:
    (root / "notes").mkdir()
    with pytest.raises(NotFoundError):
        services.projects.open("notes")
    with pytest.raises(NotFoundError):
        services.projects.files("0123-4567")
    with pytest.raises(BadInputError):
        services.projects.open("a\0b")


def test_a_project_that_went_away_is_not_found(services: Services, project: Path) -> None:
    (found,) = services.projects.list()
    shutil.rmtree(project)
    with pytest.raises(NotFoundError):
        services.projects.files(found.id)
    assert services.projects.list() == []


def test_creating_makes_a_project_and_touches_none_that_is_there(
    services: Services, root: Path, project: Path
) -> None:
    made = services.projects.create("new")
    assert services.projects.get(made.id).path == "new"
    assert (root / "new/metadata.yaml").is_file()
    before = (project / "metadata.yaml").read_text()
    with pytest.raises(ConflictError):
        services.projects.create("shop")
    assert (project / "metadata.yaml").read_text() == before


def test_without_a_root_paths_are_absolute(project: Path, tmp_path: Path) -> None:
    services = Services(StateFolder(tmp_path / "state"))
    found = services.projects.open(project)
    assert found.path == str(project)
    assert services.projects.files(found.id).place == project
