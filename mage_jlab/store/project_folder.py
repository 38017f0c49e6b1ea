"""Finding a project's folder, making a new one, and what its ``metadata.yaml`` says."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import BadInputError, ConflictError, UnprocessableError
from mage_jlab.store.disk import read_text, write_atomic, write_error
from mage_jlab.store.journal import roll_back, write_all
from mage_jlab.store.lock import project_lock
from mage_jlab.store.paths import inside
from mage_jlab.store.yaml_text import dump_yaml, read_mapping

METADATA = "metadata.yaml"
_MARKS = re.compile(r"^project_(?:type|uuid)\s*:", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{|\{%")
_IGNORED = (".mage_data/", ".mage_jlab-journal/", ".ipynb_checkpoints/", "__pycache__/")
_PACKAGES = ["", *(t.folder for t in BlockType), "utils"]


def is_project(folder: Path) -> bool:
    """Whether a folder is a project.

    Its ``metadata.yaml`` lies beside ``pipelines/`` or names the project; a pipeline's own does
    neither.
    """
    file = folder / METADATA
    try:
        if not file.is_file():
            return False
        if (folder / "pipelines").is_dir():
            return True
        return bool(_MARKS.search(file.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return False


def find_project(start: Path) -> Path | None:
    """Give the nearest folder upwards from a file or folder that is a project, or None."""
    place = start.absolute()
    return next((f for f in [place, *place.parents] if is_project(f)), None)


def lay_out(folder: Path, project_uuid: str, name: str | None = None) -> None:
    """Write a new project's files: Mage AI's layout, with data outside git.

    Args:
        folder: where it shall stand; made when it is missing.
        project_uuid: its uuid.
        name: what people call it, when that is not the folder's name.

    Raises:
        ConflictError: when there is a project already, or a file of its stands in the way.
        BadInputError: when the folder cannot be one.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInputError(f"{folder} is a file, not a folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, str(folder)) from error
    place = folder.resolve()
    with project_lock(place):
        roll_back(place)
        if is_project(place):
            raise ConflictError(f"{folder} is a project already; nothing was changed.")
        for there in (METADATA, "io_config.yaml"):
            if (place / there).exists():
                raise ConflictError(f"{folder} has a {there} already, though it is no project.")
        texts = _new_files(project_uuid, name if name != place.name else None)
        ignored = read_text(inside(place, ".gitignore"), ".gitignore")
        texts[".gitignore"] = _with_lines(ignored or "", _IGNORED)
        new = {n: t for n, t in texts.items() if n == ".gitignore" or not (place / n).exists()}
        inside(place, "notebooks").mkdir(exist_ok=True)
        write_all(place, [(inside(place, n), text) for n, text in new.items()])


def _with_lines(text: str, lines: Sequence[str]) -> str:
    """Append the lines that a text does not have yet."""
    there = text.splitlines()
    missing = "".join(f"{line}\n" for line in lines if line not in there)
    return text + ("\n" if missing and text and not text.endswith("\n") else "") + missing


def _new_files(project_uuid: str, name: str | None) -> dict[str, str]:
    texts = {f"{package}/__init__.py".lstrip("/"): "" for package in _PACKAGES}
    texts["pipelines/__init__.py"] = ""
    texts["io_config.yaml"] = (
        "# Connections, by profile. A value may be \"{{ env_var('NAME') }}\": "
        "no secret stands in git then.\n"
        "version: 0.1.1\ndefault: {}\n"
    )
    named = {} if name is None else {"name": name}
    texts[METADATA] = dump_yaml(
        named
        | {
            "project_type": "standalone",
            "project_uuid": project_uuid,
            "variables_dir": ".mage_data",
        }
    )
    return texts


def ensure_uuid(place: Path) -> str:
    """Give the project's uuid; one is written into its ``metadata.yaml`` when it has none.

    Raises:
        UnreadableFileError: when that file is no YAML mapping.
        UnprocessableError: when it has no uuid and cannot be written.
    """
    found = read_metadata(place).get("project_uuid")
    if found:
        return str(found)
    with project_lock(place):
        found = read_metadata(place).get("project_uuid")
        if found:
            return str(found)
        made = uuid.uuid4().hex
        path = inside(place, METADATA)
        text = read_text(path, METADATA) or ""
        # The file may be a template, which no YAML parser can rewrite: a line more keeps all.
        separator = "" if not text or text.endswith("\n") else "\n"
        new = f"{text}{separator}project_uuid: {made}\n"
        if read_mapping(_rendered(new, {}), METADATA).get("project_uuid") != made:
            raise UnprocessableError(f"Add a line `project_uuid: {made}` to {place / METADATA}.")
        write_atomic(path, new.encode())
        return made


def read_metadata(place: Path, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read the project's ``metadata.yaml``, with ``env_var`` of its templates filled in.

    Raises:
        UnreadableFileError: when it is no YAML mapping.
        OutsideProjectError: when it is a link that leads out of the project.
    """
    text = read_text(inside(place, METADATA), METADATA) or ""
    return read_mapping(_rendered(text, os.environ if environ is None else environ), METADATA)


def variables_dir(
    place: Path, metadata: Mapping[str, Any], environ: Mapping[str, str] | None = None
) -> Path:
    """Give the folder of a project's data, as Mage AI finds it.

    A relative one is the project's own, an absolute one gets the project's name; for one in
    a bucket it is the folder in the user's home.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("MAGE_DATA_DIR") or str(metadata.get("variables_dir") or "")
    if not named or "://" in named:
        named = "~/.mage_data"
    folder = Path(named).expanduser()
    return folder / place.name if folder.is_absolute() else place / folder


def _rendered(text: str, environ: Mapping[str, str]) -> str:
    """Fill in ``env_var``; Mage AI's other calls, which ask for secrets, give nothing."""
    if not _TEMPLATE.search(text):
        return text
    from jinja2 import TemplateError
    from jinja2.sandbox import SandboxedEnvironment

    def nothing(*_: object) -> str:
        return ""

    names = ("mage_secret_var", "aws_secret_var", "azure_secret_var", "json_value")
    try:
        template = SandboxedEnvironment(keep_trailing_newline=True).from_string(text)
        return template.render(
            env_var=lambda name, default="": environ.get(str(name), default),
            **dict.fromkeys(names, nothing),
        )
    except TemplateError:
        return text
