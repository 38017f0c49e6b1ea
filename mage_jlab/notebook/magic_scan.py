"""Finding IPython's own lines in a cell: magics, shell lines, help and calls without parentheses.

The rules are those of ``IPython.core.inputtransformer2``: a special line begins where a statement
does, or stands right of a plain ``=``; a backslash at its end goes on with the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

_HELP = re.compile(r"^\s*(?:[^=#]*=\s*)?%{0,2}(?!\d)[\w*]+(?:\.\w+|\[[^\]]*\])*\s*\?{1,2}\s*;?\s*$")
_ESCAPED = re.compile(r"^(\s*)(!!|!|%|\?{1,2}|,(?=\s*\w)|;(?=\s*\w)|/(?=[^\W\d]))(.*)$")
_PROMPT = re.compile(r"^(?:>>>|\.\.\.)(?: |$)|^In \[\d+\]: |^\s*\.{3,}: ?")
_FIRST_PROMPT = re.compile(r"^>>>(?: |$)|^In \[\d+\]: ")

Kind = Literal["magic", "shell", "output", "help", "call"]


@dataclass(frozen=True)
class Special:
    """One line that is IPython's and not Python's.

    Attributes:
        first: its place among the cell's lines, from 0.
        last: its last line; a backslash joins several.
        indent: the blanks before it.
        target: what it is assigned to, as text; empty without an assignment.
        mark: the characters that make it special (``%``, ``!``, ``!!``, ``?``, ``,``, …).
        text: what follows them, in one line.
    """

    first: int
    last: int
    indent: str
    target: str
    kind: Kind
    mark: str
    text: str


def plain_lines(text: str) -> list[str]:
    """Give a cell's lines as IPython takes them: without a common indent, without prompts."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    blanks = first[: len(first) - len(first.lstrip())]
    if blanks:
        lines = [line.removeprefix(blanks) for line in lines]
        first = first.lstrip()
    if _FIRST_PROMPT.match(first):
        lines = [_PROMPT.sub("", line, count=1) for line in lines]
    return lines


def specials(lines: Sequence[str]) -> Iterator[Special]:
    """Find the special lines of a cell, in order."""
    quote, depth, continued, number = "", 0, False, 0
    while number < len(lines):
        line = lines[number]
        if not quote and depth == 0 and not continued:
            last = number
            while lines[last].endswith("\\") and last + 1 < len(lines):
                last += 1
            found = _special(number, last, lines)
            if found is not None:
                yield found
                number = found.last + 1
                continue
        quote, depth = _follow(line, quote, depth)
        continued = line.endswith("\\") and len(quote) != 3
        if len(quote) == 1 and not continued:
            quote = ""
        number += 1


def _special(first: int, last: int, lines: Sequence[str]) -> Special | None:
    line = lines[first]
    if _HELP.match(line):
        return Special(first, first, _blanks(line), "", "help", "?", line.strip())
    found = _ESCAPED.match(line)
    if found is not None:
        indent, mark = found[1], found[2]
        kind = _kind(mark)
        return Special(first, last, indent, "", kind, mark, _joined(found[3], lines, first, last))
    at = _assignment(line)
    if at is None:
        return None
    right = line[at + 1 :].lstrip()
    target = line[:at].strip()
    if re.match(r"%[^\W\d]", right):
        text = _joined(right[1:], lines, first, last)
        return Special(first, last, _blanks(line), target, "magic", "%", text)
    if right.startswith("!"):
        text = _joined(right[1:], lines, first, last)
        return Special(first, last, _blanks(line), target, "output", "!", text)
    return None


def _kind(mark: str) -> Kind:
    kinds: dict[str, Kind] = {"%": "magic", "!": "shell", "!!": "output"}
    return kinds.get(mark, "help" if mark.startswith("?") else "call")


def _joined(start: str, lines: Sequence[str], first: int, last: int) -> str:
    parts = [start, *lines[first + 1 : last + 1]]
    return " ".join([*(part.rstrip()[:-1] for part in parts[:-1]), parts[-1].rstrip()]).strip()


def _blanks(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _assignment(line: str) -> int | None:
    """Give the place of the first ``=`` outside of brackets that is an assignment of its own."""
    if "=" not in line or not ("%" in line or "!" in line):
        return None
    depth, quote = 0, ""
    for at, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#":
            return None
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "=" and depth == 0:
            if line[at + 1 : at + 2] == "=" or line[at - 1 : at] in tuple("=!<>+-*/%&|^:@"):
                return None
            return at
    return None


def _follow(line: str, quote: str, depth: int) -> tuple[str, int]:
    """Follow strings and brackets through a line of Python."""
    position = 0
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
    return quote, depth
