"""Where things lie: the state folder, the variables folder, and the walls of a project."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from mage_jlab.domain.errors import OutsideProjectError

SOCKET_PATH_LIMIT = 100
"""The longest path of a Unix socket that every system takes, in bytes."""


@dataclass(frozen=True)
class StateFolder:
    """The folder with the ledger, the engine's log, lock and socket, and the snapshots."""

    root: Path
    database_url_override: str | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> StateFolder:
        """Give the state folder that the environment names, else one in the user's Jupyter data."""
        environ = os.environ if environ is None else environ
        folder = environ.get("MAGE_JLAB_STATE_DIR")
        if not folder:
            from jupyter_core.paths import jupyter_data_dir

            folder = str(Path(jupyter_data_dir()) / "mage_jlab")
        return cls(Path(folder).expanduser().absolute(), environ.get("MAGE_JLAB_DATABASE_URL"))

    def make(self) -> None:
        """Make the folder, for its owner alone."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)

    @property
    def ledger(self) -> Path:
        """The SQLite file of the ledger."""
        return self.root / "ledger.db"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the ledger."""
        return self.database_url_override or f"sqlite:///{self.ledger}"

    @property
    def lock(self) -> Path:
        """The file whose lock an engine holds."""
        return self.root / "engine.lock"

    @property
    def log(self) -> Path:
        """The engine's log."""
        return self.root / "engine.log"

    @property
    def snapshots(self) -> Path:
        """The folder of blobs and laid out snapshots."""
        return self.root / "snapshots"

    @property
    def socket(self) -> Path:
        """The engine's socket: here, or in a short place when the path would be too long."""
        here = self.root / "engine.sock"
        if len(os.fsencode(here)) <= SOCKET_PATH_LIMIT:
            return here
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        if runtime and len(os.fsencode(runtime)) + 22 <= SOCKET_PATH_LIMIT:
            return Path(runtime) / f"{name}.sock"
        return Path(tempfile.gettempdir()) / f"mage_jlab-{os.getuid()}" / f"{name}.sock"


def inside(root: Path, relative: str | os.PathLike[str]) -> Path:
    """Resolve a path of a project and make sure that it stays inside.

    Args:
        root: the project's folder.
        relative: a path relative to it; symlinks are followed before the check.

    Raises:
        OutsideProjectError: when it leads out of the project.
    """
    place = root.resolve()
    path = (place / relative).resolve()
    if path != place and place not in path.parents:
        raise OutsideProjectError(f"{os.fspath(relative)} leads out of the project.")
    return path


def path_part(name: str) -> str:
    """Write a block's name as one part of a path: a ``/`` becomes ``%2F``."""
    return quote(name, safe=" ") if name not in (".", "..") else name.replace(".", "%2E")


def data_root(variables_dir: Path, project_uuid: str) -> Path:
    """Give our folder in a project's variables folder, with ``products/``, ``logs/``, ``base/``."""
    return variables_dir / "mage_jlab" / project_uuid
