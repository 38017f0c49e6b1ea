"""Finding, opening and making projects."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    OutsideProjectError,
    UnreadableFileError,
)
from mage_jlab.store.project_files import ProjectFiles, create_project, find_project
from mage_jlab.store.project_folder import variables_dir


def test_a_new_project_has_what_mage_wants_and_keeps_data_out_of_git(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    metadata = yaml.safe_load((files.place / "metadata.yaml").read_text())
    assert metadata == {
        "project_type": "standalone",
        "project_uuid": files.word.uuid,
        "variables_dir": ".mage_data",
    }
    assert yaml.safe_load((files.place / "io_config.yaml").read_text()) == {
        "version": "0.1.1",
        "default": {},
    }
    assert ".mage_data/" in (files.place / ".gitignore").read_text().splitlines()
    for package in ("", "data_loaders", "custom", "utils", "pipelines"):
        assert (files.place / package / "__init__.py").read_text() == ""
    assert (files.place / "notebooks").is_dir()
    assert files.pipelines() == []
    assert files.data_root == files.place / ".mage_data" / "mage_jlab" / files.word.uuid


def test_an_existing_project_is_not_touched(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop", "The shop")
    assert files.word.name == "The shop"
    before = {p: p.read_bytes() for p in files.place.rglob("*") if p.is_file()}
    with pytest.raises(ConflictError, match="is a project already"):
        create_project(tmp_path / "shop", "Another")
    assert {p: p.read_bytes() for p in files.place.rglob("*") if p.is_file()} == before


def test_files_in_the_way_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.csv")
    files = create_project(tmp_path)
    assert (tmp_path / ".gitignore").read_text().splitlines()[:2] == ["*.csv", ".mage_data/"]
    assert find_project(tmp_path) == files.place
    other = tmp_path / "other"
    other.mkdir()
    (other / "metadata.yaml").write_text("title: something else\n")
    with pytest.raises(ConflictError, match=r"metadata\.yaml already"):
        create_project(other)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError):
        create_project(tmp_path / "file")


def test_a_pipelines_own_metadata_is_no_project(tmp_path: Path) -> None:
    files = create_project(tmp_path / "shop")
    files.create_pipeline("sales")
    inner = files.place / "pipelines" / "sales"
    assert find_project(inner) == files.place
    assert find_project(files.place / "notebooks" / "none.ipynb") == files.place
    assert find_project(tmp_path) is None
    with pytest.raises(NotFoundError):
        ProjectFiles.open(inner)


def test_a_folder_beside_pipelines_is_a_project_and_gets_its_uuid_once(tmp_path: Path) -> None:
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "metadata.yaml").write_text("# ours\nvariables_dir: \"{{ env_var('NOWHERE') }}\"")
    first = ProjectFiles.open(tmp_path)
    text = (tmp_path / "metadata.yaml").read_text()
    assert text.startswith("# ours\nvariables_dir: \"{{ env_var('NOWHERE') }}\"\nproject_uuid: ")
    assert ProjectFiles.open(tmp_path).word == first.word
    assert (tmp_path / "metadata.yaml").read_text() == text


def test_a_copy_elsewhere_is_another_project(tmp_path: Path) -> None:
    first = create_project(tmp_path / "a")
    shutil.copytree(first.place, tmp_path / "b")
    second = ProjectFiles.open(tmp_path / "b")
    (tmp_path / "link").symlink_to(first.place)
    assert second.word.uuid == first.word.uuid
    assert second.word.id != first.word.id
    assert ProjectFiles.open(tmp_path / "link").word.id == first.word.id


def test_a_corrupt_project_file_says_where(tmp_path: Path) -> None:
    (tmp_path / "metadata.yaml").write_text("project_type: standalone\nbad: [\n")
    with pytest.raises(UnreadableFileError) as caught:
        ProjectFiles.open(tmp_path)
    assert caught.value.line == 3


def test_a_project_file_that_leads_outside_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "outside.yaml").write_text("project_uuid: abc\n")
    (tmp_path / "p" / "metadata.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(OutsideProjectError):
        ProjectFiles.open(tmp_path / "p")


def test_the_variables_folder_is_found_as_mage_finds_it(tmp_path: Path) -> None:
    home = Path("~/.mage_data").expanduser()
    place = tmp_path / "shop"
    assert variables_dir(place, {}, {}) == home / "shop"
    assert variables_dir(place, {"variables_dir": ".data"}, {}) == place / ".data"
    assert variables_dir(place, {"variables_dir": "/data"}, {}) == Path("/data/shop")
    assert variables_dir(place, {"variables_dir": "s3://bucket"}, {}) == home / "shop"
    from_environ = variables_dir(place, {"variables_dir": ".data"}, {"MAGE_DATA_DIR": "/d"})
    assert from_environ == Path("/d/shop")
