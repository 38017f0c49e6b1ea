"""A notebook's session, watched: in a process of its own.

The cells run in IPython. After each of them every name's value is looked
at; during each, the names that are read are noted, and the files that are opened.
"""

from __future__ import annotations

import builtins
import contextlib
import io
import json
import os
import re
import socket
import sys
import time
import types
import warnings
from pathlib import Path
from typing import Any

from tests.fidelity.portrait import digest, portrait, public

_EXPANDED = re.compile(r"\{[^{}]+\}|\$\w+")
_WORD = re.compile(r"[^\W\d]\w*")


class Watched(dict[str, Any]):
    """The names of a session: who reads one, even inside of a function, is noted."""

    def __init__(self) -> None:
        super().__init__()
        self.before: dict[str, Any] = {}
        self.read: dict[str, None] = {}
        self.written: set[str] = set()
        self.watching = False

    def begin(self) -> None:
        """Begin to watch a cell."""
        self.before = dict(self)
        self.read, self.written = {}, set()
        self.watching = True

    def __getitem__(self, name: str) -> Any:
        value = dict.__getitem__(self, name)
        if self.watching and name not in self.written and self.before.get(name, self) is value:
            self.read[name] = None
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        self.written.add(name)
        dict.__setitem__(self, name, value)

    def __delitem__(self, name: str) -> None:
        self.written.add(name)
        dict.__delitem__(self, name)

    def copy(self) -> Watched:
        """Give a copy that tells what is read in it too, as formulas and queries make one."""
        other = Watched()
        other.update(self)
        other.before, other.read, other.written = self.before, self.read, self.written
        other.watching = self.watching
        return other


class Files:
    """Notes which files of a folder a cell opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder.resolve())
        self.read: set[str] = set()
        self.written: set[str] = set()
        self._stamps = self._look()
        sys.addaudithook(self._hear)

    def take(self) -> tuple[list[str], list[str]]:
        """Give what was read and written since the last time."""
        stamps = self._look()
        changed = {
            path
            for path in stamps.keys() | self._stamps.keys()
            if stamps.get(path) != self._stamps.get(path)
        }
        self._stamps = stamps
        found = sorted(self.read), sorted(self.written | changed)
        self.read, self.written = set(), set()
        return found

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("open", "sqlite3.connect") or not isinstance(arguments[0], str | bytes):
            return
        path = os.path.realpath(os.fsdecode(arguments[0]))
        if not path.startswith(self.folder + os.sep):
            return
        name = os.path.relpath(path, self.folder)
        writes = event != "open" or bool((arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR))
        if not writes or event != "open":
            self.read.add(name)
        if writes:
            self.written.add(name)

    def _look(self) -> dict[str, tuple[int, int]]:
        found = {}
        for path in Path(self.folder).rglob("*"):
            with contextlib.suppress(OSError):
                if path.is_file() and "__pycache__" not in path.parts:
                    about = path.stat()
                    found[str(path.relative_to(self.folder))] = (about.st_mtime_ns, about.st_size)
        return found


def _offline() -> None:
    """Refuse what leads out of this machine: a notebook that needs it cannot be compared."""
    here = ("localhost", "127.0.0.1", "::1", None, "")

    def refuse(host: Any, *_: Any, **__: Any) -> Any:
        if host in here:
            return found(host, *_, **__)
        raise OSError(f"{host} is not looked up: the notebook runs without a network")

    found = socket.getaddrinfo
    socket.getaddrinfo = refuse


def _ask(*_: Any) -> str:
    raise EOFError("nobody is there to answer")


class Session:
    """Runs the cells of one notebook, one after another.

    Args:
        wanted: the names whose values are told after a cell, by its id.
    """

    def __init__(self, wanted: dict[str, list[str]]) -> None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        class Shell(InteractiveShell):
            """IPython without a terminal or a window to draw in."""

            def enable_gui(self, gui: str | None = None) -> None:
                """Nothing is to be enabled."""

            def var_expand(self, cmd: str, depth: int = 0, **options: Any) -> str:
                """As IPython's, which copies all names to read one: the reading is noted."""
                for expression in _EXPANDED.findall(cmd):
                    for name in self.user_ns.keys() & set(_WORD.findall(expression)):
                        self.user_ns[name]
                return str(super().var_expand(cmd, depth + 1, **options))

        config = Config()
        config.HistoryManager.enabled = False
        self.names = Watched()
        self.shell = Shell.instance(config=config, user_ns=self.names)
        self.shell.colors = "nocolor"
        # as the kernel does: figures are shown after the cell that drew them, and closed
        self.shell.enable_matplotlib("inline")
        self.own = set(self.names)
        self.wanted = wanted
        self.files = Files(Path.cwd())
        self.digests: dict[str, tuple[str, str]] = {}

    def run(self, identity: str, source: str) -> dict[str, Any]:
        """Run a cell, and tell what it did."""
        began = time.perf_counter()
        self.names.begin()
        result = self.shell.run_cell(source, store_history=True)
        self.names.watching = False
        took = time.perf_counter() - began
        problem = result.error_before_exec or result.error_in_exec
        read, written = self.files.take()
        told = self._look(identity)
        return {
            "id": identity,
            "seconds": round(took, 3),
            "error": None if problem is None else f"{type(problem).__name__}: {problem}"[:500],
            "reads": [name for name in self.names.read if self._is_theirs(name)],
            **told,
            "files_read": read,
            "files_written": written,
        }

    def _is_theirs(self, name: str) -> bool:
        return name not in self.own and not name.startswith("_")

    def _look(self, identity: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        digests: dict[str, tuple[str, str]] = {}
        code = []
        for name, value in list(dict.items(self.names)):
            if not self._is_theirs(name):
                continue
            if isinstance(value, types.ModuleType | types.FunctionType | type):
                code.append(name)
            told = portrait(value)
            digests[name] = (digest(told), digest(public(told)))
            if name in self.wanted.get(identity, ()):
                values[name] = told
        before, self.digests = self.digests, digests
        bound = [
            name
            for name in digests
            if name in self.names.written
            or self.names.before.get(name, self) is not dict.get(self.names, name)
        ]
        changed = [name for name in digests if name in before and name not in bound]
        return {
            "values": values,
            "digests": {name: full for name, (full, _) in digests.items()},
            "bound": bound,
            "changed": [name for name in changed if digests[name][1] != before[name][1]],
            "touched": [name for name in changed if digests[name][0] != before[name][0]],
            "code": code,
        }


def main(request: str, answer: str) -> None:
    """Run the cells that a file names, and write what they did to another."""
    asked = json.loads(Path(request).read_text())
    sys.path[:] = ["", *(entry for entry in sys.path if entry not in ("", asked["root"]))]
    _offline()
    builtins.input = _ask
    warnings.simplefilter("ignore", DeprecationWarning)
    session = Session(asked["wanted"])
    for identity, source in asked["cells"]:
        quiet = io.StringIO()
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            done = session.run(identity, source)
        with Path(answer).open("a") as file:
            file.write(json.dumps(done) + "\n")
        if done["error"] and not asked["go_on"]:
            break
    with Path(answer).open("a") as file:
        file.write("done\n")
