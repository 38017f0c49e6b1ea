"""Cells in another language: what stands beside ``%%sql`` and ``%%R``, and the code below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from mage_jlab.notebook.known import names
from mage_jlab.notebook.problems import Place, Problem, error

SQL_WORDS = frozenset({"sql", "dql", "duckdb", "bigquery"})
"""Cell magics whose body is SQL: jupysql's and ipython-sql's, magic_duckdb's, BigQuery's."""

_QUERY = re.compile(
    r"(?:select|with|from|insert|update|delete|create|drop|alter|copy|show|describe|summarize|explain|"
    r"pragma|values|attach|detach|install|load|truncate|merge|replace|pivot|unpivot|set|use|call|"
    r"begin|commit|vacuum|analyze|grant|table)\b|\(|--(?!\w)|/\*",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"^([^\W\d]\w*)\s*=?\s*<<\s*")
_LINE = re.compile(r"^(?:([^\W\d]\w*)\s*=\s*)?%(sql|R)\b(.*)$")
_CONFIG = re.compile(r"^%(?:config|load_ext|reload_ext)\b|^#|^import\s|^from\s+\S+\s+import\s")
_SQL_OPTIONS = frozenset({"--with", "-w", "--save", "-S", "--alias", "-A", "-c", "--creator", "-f"})
_PERSISTS = re.compile(r"\s*(?:-\w*[pP]\b|--(?:persist|append))")
_R_OPTIONS = names("r_options")
_R_FLAGS = frozenset({"-n", "--noreturn", "-d", "--dataframe", "--isolate_svgs", "--type"})
_FIGURE = {
    "w": "width",
    "width": "width",
    "h": "height",
    "height": "height",
    "u": "units",
    "units": "units",
    "r": "res",
    "res": "res",
    "p": "pointsize",
    "pointsize": "pointsize",
}


@dataclass(frozen=True)
class Foreign:
    """A cell's code in another language.

    Attributes:
        language: ``sql`` or ``R``.
        text: the code, with the line ends of the cell.
        line: the line of the cell where it begins, from 1, and in it the column, from 1.
        results: the names that the magic binds.
        inputs: the names that it hands to the code (``%%R -i``).
        saved: whether the result is a name for SQL alone (``--save``).
        frame: whether the result is a frame in a notebook too, whatever the configuration.
        connection: the URL or the name of a connection that it names; empty without one.
        dialect: the data provider that the magic itself stands for; empty without one.
        figure: the size of R's figures, as they stand beside the magic.
    """

    language: Literal["sql", "R"]
    text: str
    line: int
    column: int = 1
    results: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    saved: bool = False
    frame: bool = False
    connection: str = ""
    dialect: str = ""
    figure: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


def foreign_cell(word: str, rest: str, body: Sequence[str], first: int) -> Foreign | None:
    """Read a cell magic in another language.

    Args:
        word: the magic's name.
        rest: what stands beside it.
        body: the lines below.
        first: the place of the magic's line in the cell, from 0.
    """
    if word == "R":
        return _r(rest, list(body), first)
    if word in SQL_WORDS:
        return _sql(word, rest, list(body), first)
    return None


def foreign_line(lines: Sequence[str], start: int) -> Foreign | None:
    """Read a cell that is one query or one line of R: ``top = %sql SELECT …``."""
    found: tuple[int, re.Match[str]] | None = None
    for number, line in enumerate(lines[start:], start):
        if not line.strip() or _CONFIG.match(line):
            continue
        match = _LINE.match(line)
        if match is None or (found is not None and not _only_connects(found[1])):
            return None
        found = (number, match)
    if found is None or _only_connects(found[1]) or _PERSISTS.match(found[1][3]):
        return None
    number, match = found
    name, word, rest = match[1], match[2], match[3].strip()
    read = _r(rest, [], number) if word == "R" else _sql("sql", rest, [], number)
    column = max(lines[number].find(read.text.strip().split("\n")[0]) + 1, 1)
    given = (name,) if name else read.results
    return replace(read, results=given, line=number + 1, column=column)


def _only_connects(line: re.Match[str]) -> bool:
    return line[2] == "sql" and connects(line[3])


def connects(rest: str) -> bool:
    """Say whether what stands beside ``%sql`` opens or picks a connection and asks nothing."""
    rest = rest.strip()
    if _ASSIGNED.match(rest) or _QUERY.match(rest):
        return False
    words = rest.split()
    return (
        not words
        or "://" in words[0]
        or words[0].startswith("-")
        or words[1:2] == []
        or words[1].startswith("-")
    )


def connection_of(rest: str) -> tuple[str, str]:
    """Give the connection that stands beside ``%sql`` and its alias, each empty without one."""
    words = rest.split()
    named = alias = ""
    while words:
        word = words.pop(0)
        if word in _SQL_OPTIONS:
            value = words.pop(0) if words else ""
            alias = value if word in ("--alias", "-A") else alias
        elif not word.startswith("-") and not named:
            named = word
    return named, alias


def _sql(word: str, rest: str, body: list[str], first: int) -> Foreign:
    if word == "bigquery":
        name = next((one for one in rest.split() if one.isidentifier()), "")
        text = "\n".join(body)
        return Foreign(
            "sql", text, first + 2, 1, (name,) if name else (), (), frame=True, dialect="bigquery"
        )
    name, connection, saved = "", "", False
    while rest and not _QUERY.match(rest):
        assigned = _ASSIGNED.match(rest)
        head, _, tail = rest.partition(" ")
        if assigned:
            name, rest = assigned[1], rest[assigned.end() :]
            continue
        if head.startswith("-"):
            option, sign, value = head.partition("=")
            if option in ("-o",) and word in ("dql", "duckdb"):
                name, _, tail = tail.strip().partition(" ")
            elif option in _SQL_OPTIONS and not sign:
                value, _, tail = tail.strip().partition(" ")
            if option in ("--save", "-S") and not name:
                name, saved = value, True
        elif not connection:
            connection = head
        else:
            break
        rest = tail.strip()
    lines = [rest, *body] if rest else body
    return Foreign(
        "sql",
        "\n".join(lines),
        first + (1 if rest else 2),
        1,
        (name,) if name else (),
        (),
        saved,
        word in ("dql", "duckdb"),
        connection,
        "duckdb" if word in ("dql", "duckdb") else "",
    )


def _r(rest: str, body: list[str], first: int) -> Foreign:
    given: dict[str, list[str]] = {}
    code = ""
    words = rest.split()
    rest_words = len(words)
    while words:
        word = words.pop(0)
        option, sign, value = word.partition("=")
        if (
            option[:2] in ("-i", "-o", "-w", "-h", "-r", "-u")
            and len(option) > 2
            and option[1] != "-"
        ):
            option, sign, value = option[:2], "=", option[2:] + sign + value
        if option in _R_FLAGS:
            continue
        if option in _R_OPTIONS:
            given.setdefault(option.lstrip("-"), []).append(
                value if sign else words.pop(0) if words else ""
            )
            continue
        code = rest.split(None, rest_words - len(words) - 1)[-1]
        break
    inputs = _names(given, "i", "input")
    results = _names(given, "o", "output")
    figure = tuple((_FIGURE[key], values[-1]) for key, values in given.items() if key in _FIGURE)
    lines = [code, *body] if code else body
    problems = [
        error(
            "magic",
            f"{one} is no name that a block can hand on.",
            Place(first + 1, 1),
            ("Bind it to a name first",),
        )
        for one in [*inputs, *results]
        if not re.fullmatch(r"[^\W\d]\w*", one)
    ]
    return Foreign(
        "R",
        "\n".join(lines),
        first + (1 if code else 2),
        1,
        results,
        inputs,
        figure=figure,
        problems=tuple(problems),
    )


def _names(given: dict[str, list[str]], *options: str) -> tuple[str, ...]:
    texts = [text for option in options for text in given.get(option, [])]
    return tuple(dict.fromkeys(name for text in texts for name in text.split(",") if name))
