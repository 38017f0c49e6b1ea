"""What each line magic becomes outside of IPython: Python, nothing, or a refusal."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mage_jlab.notebook import shell
from mage_jlab.notebook.foreign import connects
from mage_jlab.notebook.known import CHANGING_METHODS, names
from mage_jlab.notebook.problems import Place, Problem, error, note, warning

DROPPED = names("magics_left_out")
"""Line magics that leave no name behind and change no data."""
ALIASES = frozenset({"mkdir", "rmdir", "rm", "cp", "mv", "touch", "ln"})
"""Magics that IPython makes of commands of the shell."""
AROUND = {
    "time": "",
    "prun": r"(?:-[DlsT]\s*\S+|-[rq]+)\s+",
    "lprun": r"(?:-[fmDTu]\s*\S+|-[rsz]+)\s+",
    "mprun": r"(?:-[fT]\s*\S+|-[rc]+)\s+",
    "memit": r"(?:-[rti]\s*\S+|-[co]+)\s+",
}
"""Magics that run a statement once and say something of it, with the form of their options."""
_AUTOMAGIC = frozenset({"ls", "ll", "pwd", "who", "whos", "lsmagic"})
_INSTALLERS = frozenset({"pip", "uv", "conda", "mamba", "micromamba"})
_INPUT_FIX = "Write it in Python"


@dataclass(frozen=True)
class Written:
    """What stands in a magic's place.

    Attributes:
        code: one line of Python; None where nothing does.
        imports: the modules that it needs.
        lost: a name that the magic would have bound, and why a run has it not.
    """

    code: str | None = None
    imports: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    requirements: tuple[str, ...] = ()
    lost: tuple[tuple[str, str], ...] = field(default=())


def automagic(line: str) -> str:
    """Give the only line of a cell with its ``%``, where IPython would put one itself."""
    word, _, rest = line.strip().partition(" ")
    known = word in DROPPED | ALIASES | _INSTALLERS or word in _WAYS or word in AROUND
    if line.strip() in _AUTOMAGIC:
        return f"%{line.strip()}"
    if not known or not rest or re.match(r"[=.,(\[+*/<>-]", rest.lstrip()):
        return line
    try:
        ast.parse(line.strip())
    except (SyntaxError, ValueError):
        return f"%{line.strip()}"
    return line


def line_magic(word: str, rest: str, place: Place, *, assigned: bool) -> Written:
    """Translate a line magic.

    Args:
        word: the magic's name.
        rest: what follows it.
        place: where it stands.
        assigned: whether its value is bound to a name.
    """
    if word in AROUND:
        statement = re.sub(rf"^(?:{AROUND[word]})+", "", rest) if AROUND[word] else rest
        return Written(statement or "pass")
    if word in _INSTALLERS:
        return shell_line(f"{word} {rest}", place)
    way = _WAYS.get(word)
    if way is not None:
        return way(rest, place, assigned)
    if word in ALIASES and not assigned:
        return shell_line(f"{word} {rest}", place)
    if word in DROPPED and not assigned:
        return left_out(f"%{word} is left out of the block's file.", place, quiet=word == "block")
    if assigned:
        message = f"This line takes its value from %{word}, and a run has no such value."
        return refused(message, place, _INPUT_FIX)
    message = f"%{word} has no meaning outside of a notebook, and code below may depend on it."
    return refused(message, place, _INPUT_FIX, f"Remove %{word}")


def shell_line(command: str, place: Place, own: frozenset[str] = frozenset()) -> Written:
    """Translate a line of the shell that shows what it prints."""
    packages = shell.installs(command)
    if packages is not None:
        said = note("magic", "This line goes to requirements.txt.", place)
        return Written(None, (), (said,), tuple(packages))
    if shell.manages_tools(command):
        return left_out("Installing tools is left out of the block's file.", place)
    if re.fullmatch(r"cd(\s+[^;&|]*)?", command):
        return left_out("cd changes the folder of that one line only, so it is left out.", place)
    text = shell.expanded(command, own)
    if text is None:
        return refused(
            "This shell line cannot be put into an f-string.", place, "Write it with subprocess.run"
        )
    return Written(shell.run(text), ("subprocess",)) if command else Written()


def output_line(command: str, place: Place, own: frozenset[str] = frozenset()) -> Written:
    """Translate a line of the shell whose lines of output are a value."""
    text = shell.expanded(command, own)
    if text is None:
        return refused(
            "This shell line cannot be put into an f-string.", place, "Write it with subprocess.run"
        )
    return Written(shell.output(text), ("subprocess",))


def left_out(message: str, place: Place, *, quiet: bool = False) -> Written:
    """Leave a line out, with a note."""
    return Written(None, (), () if quiet else (note("magic", message, place),))


def refused(message: str, place: Place, *fixes: str) -> Written:
    """Leave a line out whose effect a run would miss: an error."""
    return Written(None, (), (error("magic", message, place, fixes),))


def _timeit(rest: str, place: Place, assigned: bool) -> Written:
    if assigned:
        return refused(
            "The times of %timeit are another value in each run.", place, "Remove the line"
        )
    statement = re.sub(r"^(?:-[nrpv]\s*\d+\s+|-[qco]+\s+)+", "", rest)
    return timed_often(statement, place, "%timeit")


def timed_often(text: str, place: Place, word: str) -> Written:
    """Leave code out that is run as often as a timer likes; refuse it where that leaves a trace."""
    if leaves_trace(text):
        message = f"{word} runs this as often as it likes, and it changes what the notebook holds."
        return refused(message, place, f"Run it once, without {word}", "Remove the line")
    return left_out(
        f"{word} is left out of the block's file: what it binds is gone after it.", place
    )


def leaves_trace(text: str) -> bool:
    """Say whether code changes an object or a file, as far as its words say it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.keyword) and node.arg == "inplace":
            return True
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            called = node.value.func
            if (
                isinstance(called, ast.Attribute)
                and _stays(called.value)
                and (
                    called.attr in CHANGING_METHODS
                    or (called.attr.startswith("to_") and node.value.args)
                )
            ):
                return True
    return False


def _stays(owner: ast.expr) -> bool:
    """Say whether what a method is called on is there after the statement."""
    while isinstance(owner, ast.Attribute | ast.Subscript):
        owner = owner.value
    return isinstance(owner, ast.Name)


def _cd(rest: str, place: Place, _assigned: bool) -> Written:
    path = rest.split("#")[0].strip().removeprefix("-q ").strip().strip("'\"")
    if path.startswith("-"):
        return refused("%cd - depends on where the session was before.", place, "Name the folder")
    text = shell.expanded(path or "~")
    if text is None:
        return refused("This folder cannot be put into an f-string.", place, "Write os.chdir(…)")
    home = f"os.path.expanduser({text.source})" if path.startswith("~") or not path else text.source
    return Written(f"os.chdir({home})", ("os",))


def _env(rest: str, place: Place, assigned: bool) -> Written:
    name, sign, value = rest.partition("=")
    if not sign or " " in name.strip():
        name, sign, value = rest.partition(" ")
    name = name.strip()
    if not sign:
        if not name:
            return left_out("%env is left out of the block's file.", place)
        if assigned:
            return Written(f'os.environ["{name}"]', ("os",))
        return left_out(f"Showing {name} of the environment is left out.", place)
    text = shell.expanded(value.strip())
    if text is None:
        return refused("This value cannot be put into an f-string.", place, "Set os.environ[…]")
    return Written(f'os.environ["{name}"] = {text.source}', ("os",))


def _pwd(_rest: str, place: Place, assigned: bool) -> Written:
    if assigned:
        return Written("os.getcwd()", ("os",))
    return left_out("%pwd is left out of the block's file.", place)


def _run(rest: str, place: Place, _assigned: bool) -> Written:
    words = [word for word in rest.split() if not word.startswith("-")]
    file = words[0] if words else "the file"
    module = file.rsplit("/", 1)[-1].removesuffix(".py").removesuffix(".ipynb")
    fixes = [f"Import what this notebook uses of it (from {module} import …)"]
    if file.endswith(".ipynb"):
        fixes = ["Copy the cells that this notebook uses", "Move its functions to a .py file"]
    message = f"%run brings all names of {file} into the notebook, and which they are stands there."
    return refused(message, place, *fixes)


def _store(rest: str, place: Place, _assigned: bool) -> Written:
    if rest.startswith(("-r", "-z", "-d")):
        return refused(
            "%store reads what another session kept, and a run has none.",
            place,
            "Read it from a file",
            "Remove %store",
        )
    message = "What %store keeps for other notebooks is not kept by a run."
    return Written(None, (), (warning("magic", message, place, ("Write it to a file",)),))


def _pylab(rest: str, _place: Place, _assigned: bool) -> Written:
    code = (
        "import numpy, matplotlib; import numpy as np; from matplotlib import pylab, mlab, pyplot; "
        "from matplotlib import pyplot as plt"
    )
    stars = "" if "--no-import-all" in rest else "; from pylab import *; from numpy import *"
    return Written(code + stars)


def _aimport(rest: str, place: Place, _assigned: bool) -> Written:
    modules = [
        one.strip() for one in rest.split(",") if one.strip() and not one.strip().startswith("-")
    ]
    if not modules:
        return left_out("%aimport is left out of the block's file.", place)
    return Written(f"import {', '.join(modules)}")


def _output(rest: str, place: Place, _assigned: bool) -> Written:
    return output_line(rest, place)


def _xdel(rest: str, _place: Place, _assigned: bool) -> Written:
    return Written(f"del {rest.removeprefix('-n').strip()}")


def _sql(rest: str, place: Place, assigned: bool) -> Written:
    if connects(rest) and not assigned:
        return left_out("This line says which database is asked; it is left out.", place)
    message = "A line of SQL inside of Python cannot be exported."
    return refused(
        message, place, "Move it to a cell of its own", "Write duckdb.sql(…) or pd.read_sql(…)"
    )


def _r(rest: str, place: Place, assigned: bool) -> Written:
    del rest, assigned
    message = "A line of R inside of Python cannot be exported."
    return refused(message, place, "Write a %%R cell, with -i and -o for what it takes and gives")


_WAYS: dict[str, Callable[[str, Place, bool], Written]] = {
    "timeit": _timeit,
    "cd": _cd,
    "env": _env,
    "set_env": _env,
    "pwd": _pwd,
    "run": _run,
    "store": _store,
    "pylab": _pylab,
    "aimport": _aimport,
    "sx": _output,
    "system": _output,
    "xdel": _xdel,
    "sql": _sql,
    "R": _r,
    "Rpush": _r,
    "Rpull": _r,
    "Rget": _r,
}
