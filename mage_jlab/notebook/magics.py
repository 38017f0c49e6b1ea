"""Magics and shell lines: translated to Python, blanked with a note, or refused.

The number of lines stays the cell's, so that every place in the result is a place in the cell.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from functools import lru_cache

from mage_jlab.notebook.problems import Place, Problem, error, note

DROPPED = frozenset(
    [
        "matplotlib",
        "config",
        "load_ext",
        "reload_ext",
        "unload_ext",
        "autoreload",
        "aimport",
        "precision",
        "who",
        "whos",
        "who_ls",
        "pinfo",
        "pinfo2",
        "pdoc",
        "psource",
        "history",
        "hist",
        "lsmagic",
        "pprint",
        "xmode",
        "colors",
        "doctest_mode",
        "pylab_off",
        "pdb",
        "debug",
        "tb",
        "reset_selective",
        "timeit",
        "prun",
        "lprun",
        "memit",
        "mprun",
        "ls",
        "pwd",
        "pycat",
        "quickref",
        "magic",
        "alias",
        "rehashx",
        "logon",
        "logoff",
        "logstop",
        "notebook",
        "watermark",
        "block",
        "run_pipeline",
        "product",
    ]
)
"""Line magics that leave no name behind and change no data."""
TIMED = frozenset({"time", "capture", "block"})
"""Magics around code that runs as it would without them."""

_ASSIGNED = re.compile(r"^\s*[\w.,\s\[\]'\"]+?=\s*([%!])")
_LINE = re.compile(r"^(\s*)(!!?|%%?|\?{1,2})(.*)$")
_HELP = re.compile(r"^\s*[\w.%*]+\s*\?{1,2}\s*$")
_INSTALL = re.compile(r"^(?:python\d?\s+-m\s+|\S*/)?(?:uv\s+)?pip\d?\s+install\s+(.*)$")
_OPTIONS_WITH_VALUE = frozenset(
    {"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target"}
)


@dataclass(frozen=True)
class Translation:
    """A cell's text without magics.

    Attributes:
        source: Python with as many lines as the cell.
        language: what the cell holds when it is not Python (``%%sql``, ``%%R``, …), else None.
        requirements: what ``pip install`` lines ask for.
        problems: notes on what was left out, errors on what cannot be translated.
    """

    source: str
    language: str | None = None
    requirements: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class _Work:
    requirements: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@lru_cache(maxsize=4096)
def translate(text: str) -> Translation:
    """Translate a cell's text."""
    if not any(mark in text for mark in "%!?"):
        return Translation(text)
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    work = _Work()
    if lines[first].startswith("%%"):
        word, _, rest = lines[first][2:].strip().partition(" ")
        if word not in TIMED:
            return _foreign(text, word, first, lines[first])
        place = Place(first + 1, 1, len(lines[first]) + 1)
        if word != "block":
            work.problems.append(note("magic", f"%%{word} is left out of the block's file.", place))
        if word == "time" and rest:
            lines[first] = rest
        else:
            lines[first] = ""
    for number in _logical_starts(lines):
        lines[number] = _line(lines[number], number + 1, work)
    return Translation("\n".join(lines), None, tuple(work.requirements), tuple(work.problems))


def _foreign(text: str, word: str, first: int, line: str) -> Translation:
    place = Place(first + 1, 1, len(line.rstrip()) + 1)
    blank = "\n" * text.count("\n")
    if word in ("sql", "R"):
        message = f"A %%{word} cell cannot be exported yet."
        fix = (
            "Write it in Python (duckdb.sql, pd.read_sql)"
            if word == "sql"
            else "Write it in Python"
        )
    else:
        message = f"A %%{word or '…'} cell is no Python, so it cannot be exported."
        fix = "Write it in Python"
    return Translation(
        blank,
        word or "magic",
        (),
        (error("magic", message, place, (fix, "Take the block tag off this cell")),),
    )


def _logical_starts(lines: list[str]) -> list[int]:
    """Give the lines that start a statement.

    Not inside a string or a bracket, not a continuation.
    """
    starts: list[int] = []
    quote, depth, continued = "", 0, False
    for number, line in enumerate(lines):
        fresh = not quote and depth == 0 and not continued
        if fresh:
            starts.append(number)
        magic = fresh and (_LINE.match(line) or _ASSIGNED.match(line))
        position = len(line) if magic else 0
        while position < len(line):
            char = line[position]
            if quote:
                if char == "\\":
                    position += 1
                elif line.startswith(quote, position):
                    position += len(quote) - 1
                    quote = ""
            elif char in "\"'":
                quote = char * 3 if line.startswith(char * 3, position) else char
                position += len(quote) - 1
            elif char == "#":
                break
            elif char in "([{":
                depth += 1
            elif char in ")]}":
                depth = max(0, depth - 1)
            position += 1
        continued = line.endswith("\\") and not magic
        if len(quote) == 1 and not continued:
            quote = ""
    return starts


def _line(line: str, number: int, work: _Work) -> str:
    place = Place(number, len(line) - len(line.lstrip()) + 1, len(line.rstrip()) + 1)
    assigned = _ASSIGNED.match(line)
    if assigned:
        timed = re.match(r"^(\s*[\w.,\s\[\]'\"]+?=\s*)%time\s+(.*)$", line)
        if timed:
            return timed[1] + timed[2]
        what = "a magic" if assigned[1] == "%" else "a shell line"
        work.problems.append(
            error(
                "magic",
                f"This line takes its value from {what}, and a run has no such value.",
                place,
                ("Write it in Python (subprocess.run, os.listdir, glob.glob)",),
            )
        )
        return _blank(line)
    if _HELP.match(line):
        work.problems.append(note("magic", "Asking for help is left out of the file.", place))
        return _blank(line)
    found = _LINE.match(line)
    if not found:
        return line
    indent, mark, rest = found[1], found[2], found[3].strip()
    if mark.startswith("?"):
        work.problems.append(note("magic", "Asking for help is left out of the file.", place))
        return _blank(line)
    if mark.startswith("!"):
        return _shell(indent, rest, place, work)
    return _magic(indent, rest, place, work)


def _magic(indent: str, rest: str, place: Place, work: _Work) -> str:
    word, _, argument = rest.partition(" ")
    argument = argument.strip()
    if word in ("pip", "uv") or (word in ("conda", "mamba") and argument.startswith("install")):
        return _shell(indent, rest, place, work)
    if word == "time":
        return indent + (argument or "pass")
    if word in ("sx", "system"):
        return _shell(indent, argument, place, work)
    if word in DROPPED:
        if word != "block":
            work.problems.append(note("magic", f"%{word} is left out of the block's file.", place))
        return _blank(indent)
    if word == "cd" and argument and not argument.startswith("-"):
        return f'{indent}__import__("os").chdir({argument.strip(chr(34) + chr(39))!r})'
    if word in ("env", "set_env"):
        name, sign, value = argument.partition("=")
        if not sign:
            name, sign, value = argument.partition(" ")
        if sign and "{" not in value and "$" not in value:
            return f'{indent}__import__("os").environ[{name.strip()!r}] = {value.strip()!r}'
    work.problems.append(
        error(
            "magic",
            f"%{word} has no meaning outside of a notebook, and code below may depend on it.",
            place,
            ("Write it in Python", f"Remove %{word}"),
        )
    )
    return _blank(indent)


def _shell(indent: str, command: str, place: Place, work: _Work) -> str:
    install = _INSTALL.match(command)
    if install:
        work.requirements.extend(_packages(install[1]))
        work.problems.append(note("magic", "This line goes to requirements.txt.", place))
        return _blank(indent)
    if re.match(r"^(conda|mamba)\s+install", command):
        work.problems.append(
            note("magic", "Installing with conda is left out of the block's file.", place)
        )
        return _blank(indent)
    text = re.sub(
        r"(?<!\$)\$(\w+)",
        lambda found: "{" + found[1] + "}" if found[1].isidentifier() else found[0],
        command,
    )
    text = text.replace("$$", "$")
    prefix = "f" if "{" in text else ""
    if prefix and not re.fullmatch(r"(?:[^{}]|\{[^{}]*\})*", text):
        work.problems.append(
            error(
                "magic",
                "The braces in this shell line cannot be translated.",
                place,
                ("Write it with subprocess.run",),
            )
        )
        return _blank(indent)
    quoted = repr(text) if not prefix else "f" + _quoted(text)
    return f'{indent}__import__("subprocess").run({quoted}, shell=True, check=False)'


def _quoted(text: str) -> str:
    """Quote a template for an f-string so that its replacement fields stay as they are."""
    for quote in ('"""', "'''"):
        if quote not in text and not text.endswith(quote[0]):
            return (
                f"{quote}{text}{quote}"
                if "\\" not in text
                else f"{quote}{text.replace(chr(92), chr(92) * 2)}{quote}"
            )
    return repr(text)


def _packages(arguments: str) -> list[str]:
    try:
        words = shlex.split(arguments, comments=True)
    except ValueError:
        words = arguments.split()
    packages: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _OPTIONS_WITH_VALUE or word in ("-r", "--requirement", "-e", "-c"):
            skip = True
        elif not word.startswith("-"):
            packages.append(word)
    return packages


def _blank(line: str) -> str:
    """Leave a statement that does nothing where one may be needed, else an empty line."""
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if indent else ""
