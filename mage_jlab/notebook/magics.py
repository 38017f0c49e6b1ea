"""A cell's text as Python: magics and shell lines translated, left out with a note, or refused.

The number of lines stays the cell's, so that every place in the result is a place in the cell.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from mage_jlab.notebook.cell_magics import TEXTS, text_cell
from mage_jlab.notebook.foreign import Foreign, foreign_cell, foreign_line
from mage_jlab.notebook.magic_scan import Special, plain_lines, specials
from mage_jlab.notebook.magic_words import (
    AROUND,
    Written,
    automagic,
    left_out,
    line_magic,
    output_line,
    refused,
    shell_line,
    timed_often,
)
from mage_jlab.notebook.problems import Place, Problem, error

TIMED = frozenset({*AROUND, "capture", "block", "debug", "notify", "chime"})
"""Magics around code that runs as it would without them."""
LONGEST = 1_000_000
"""A cell with more text is not followed, in characters."""
CAPTURED = "# %%capture"
"""What stands in a file for ``%%capture``: what the block shows is not kept."""

_CALL = re.compile(r"^(\s*)(?:([^=()]+?)\s*=\s*)?(get_ipython\(\)\.\w+\(.*\))\s*;?\s*$")
_SET = re.compile(r"%(?:set_)?env\s+(\w+)[= ]|\bexport\s+(\w+)=|os\.environ\[[\"'](\w+)[\"']\]\s*=")
_LIST_ONLY = re.compile(r"\.(?:n|s|p|l|nlstr|spstr|paths|list|grep|fields|sort\(\d)\b")
_NEEDED = re.compile(
    r"[%!?]|get_ipython|^[ \t]*[,;/]|\A\s*(?:>>>|In \[)|\A(?:[ \t]*\n)*[ \t]+\S", re.MULTILINE
)
"""What no cell of plain Python has, or few: without it the text is taken as it is."""
_COLAB = re.compile(r"\bstr\(get_ipython\(\)\)")


@dataclass(frozen=True)
class Translation:
    """A cell's text without magics.

    Attributes:
        source: Python with as many lines as the cell.
        language: what the cell holds when it is not Python (``%%sql``, ``%%R``, …), else None.
        foreign: the SQL or R of the cell, and what stands beside its magic.
        requirements: what ``pip install`` lines ask for.
        problems: notes on what was left out, errors on what cannot be translated.
        lost: names that a magic binds in a notebook, each with why a run has it not.
    """

    source: str
    language: str | None = None
    requirements: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    lost: tuple[tuple[str, str], ...] = ()
    foreign: Foreign | None = None


@dataclass
class _Work:
    lines: list[str]
    own: frozenset[str]
    requirements: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    imported: set[str] = field(default_factory=set)

    def take(self, written: Written) -> None:
        """Note what there is to say of a line."""
        self.requirements += written.requirements
        self.problems += written.problems
        self.lost += written.lost

    def put(self, special: Special, written: Written) -> None:
        """Put what was written in the place of a special line."""
        self.take(written)
        blank = [""] * (special.last - special.first)
        target = f"{special.target} = " if special.target else ""
        if written.code is None:
            line = f"{special.indent}pass" if special.indent else ""
        else:
            fresh = [one for one in written.imports if one not in self.imported]
            if not special.indent:
                self.imported.update(fresh)
            imports = "".join(f"import {one}; " for one in fresh)
            line = f"{special.indent}{imports}{target}{written.code}"
        self.lines[special.first : special.last + 1] = [line, *blank]

    def translation(
        self, source: str | None = None, language: str | None = None, foreign: Foreign | None = None
    ) -> Translation:
        """Give all that was found."""
        return Translation(
            "\n".join(self.lines) if source is None else source,
            language,
            tuple(self.requirements),
            tuple(self.problems),
            tuple(self.lost),
            foreign,
        )


@lru_cache(maxsize=4096)
def translate(text: str) -> Translation:
    """Translate a cell's text."""
    if len(text) > LONGEST:
        return _too_long(text)
    if not _NEEDED.search(text) and "\n" in text.strip():
        return Translation(text)
    lines = plain_lines(text)
    own = frozenset(name for found in _SET.findall(text) for name in found if name)
    work = _Work(lines, own)
    return _body(work, 0)


def _too_long(text: str) -> Translation:
    megabytes = len(text) / 1e6
    message = f"This cell has {megabytes:.1f} MB of text, too much to be followed."
    fixes = ("Put the data into a file, and read it here",)
    problem = error("cell-size", message, Place(1, 1), fixes)
    return Translation("\n" * text.count("\n"), "text", problems=(problem,))


def _body(work: _Work, start: int) -> Translation:
    """Translate the lines from one on: the cell's, or those below a cell magic."""
    lines = work.lines
    first = next((i for i, line in enumerate(lines) if i >= start and line.strip()), None)
    if first is None:
        return work.translation()
    if lines[first].startswith("%%") and not re.match(r"%%\w+\?", lines[first]):
        return _cell_magic(work, first)
    only = [line for line in lines[first:] if line.strip()]
    if start == 0 and len(only) == 1:
        lines[first] = automagic(lines[first])
    foreign = foreign_line(lines, first)
    if foreign is not None:
        return _foreign(work, foreign)
    for special in list(specials(lines)):
        if special.first >= start:
            work.put(special, _special(special, work))
    for number, line in enumerate(lines):
        if "get_ipython()" in line and number >= start:
            _session_call(work, number)
    return work.translation()


def _cell_magic(work: _Work, first: int) -> Translation:
    line = work.lines[first]
    word, _, rest = line[2:].strip().partition(" ")
    rest = rest.strip()
    place = Place(first + 1, 1, len(line.rstrip()) + 1)
    body = work.lines[first + 1 :]
    if word in TEXTS:
        text, written = text_cell(word, rest, body, place)
        work.take(written)
        work.lines[first:] = text.split("\n")
        return work.translation()
    if word == "timeit":
        inner = _body(_Work([""] * (first + 1) + body, work.own), first + 1).source
        work.take(timed_often(inner, place, "%%timeit"))
        work.lines[first:] = [""] * (len(body) + 1)
        return work.translation()
    if word in TIMED:
        work.take(_around(word, rest, place))
        work.lines[first] = CAPTURED if word == "capture" and "--no-display" not in rest else ""
        return _body(work, first + 1)
    foreign = foreign_cell(word, rest, body, first)
    if foreign is not None:
        return _foreign(work, foreign)
    message = f"A %%{word or '…'} cell is no Python, so it cannot be exported."
    fixes = ("Write it in Python", "Take the block tag off this cell")
    work.problems.append(error("magic", message, place, fixes))
    return work.translation("\n" * (len(work.lines) - 1), language=word or "magic")


def _foreign(work: _Work, foreign: Foreign) -> Translation:
    work.problems += foreign.problems
    source = "\n" * (len(work.lines) - 1)
    return work.translation(source, language=foreign.language, foreign=foreign)


def _around(word: str, rest: str, place: Place) -> Written:
    said = left_out(f"%%{word} is left out of the block's file.", place, quiet=word == "block")
    if word == "time" and rest and not rest.startswith("-"):
        return refused("%%time takes no statement beside it.", place, "Move it to a line below")
    names = [one for one in rest.split() if one.isidentifier()]
    if word != "capture" or not names:
        return said
    reason = f"{names[0]} holds what a cell printed (%%capture), and a run does not keep that apart"
    return Written(None, (), said.problems, (), ((names[0], reason),))


def _special(special: Special, work: _Work) -> Written:
    lines = work.lines
    end = len(lines[special.last].rstrip()) + 1 if special.first == special.last else None
    place = Place(special.first + 1, len(special.indent) + 1, end)
    assigned = bool(special.target)
    if special.kind == "help":
        return left_out("Asking for help is left out of the file.", place)
    if special.kind == "call":
        return Written(_auto_called(special))
    if special.kind == "shell":
        return shell_line(special.text, place, work.own)
    if special.kind == "output":
        written = output_line(special.text, place, work.own)
        listed = re.escape(special.target) + _LIST_ONLY.pattern
        if assigned and written.code and re.search(rf"\b{listed}", "\n".join(lines)):
            made = f"IPython.utils.text.SList({written.code})"
            return Written(made, (*written.imports, "IPython.utils.text"), written.problems)
        return written
    word, _, rest = special.text.lstrip("% ").partition(" ")
    return line_magic(word, rest.strip(), place, assigned=assigned)


def _auto_called(special: Special) -> str:
    """``,f a b`` calls f with each word as a text, ``;f a b`` with one, ``/f a`` with values."""
    name, _, rest = special.text.strip().partition(" ")
    if special.mark == ",":
        return f"{name}({', '.join(repr(word) for word in rest.split())})"
    if special.mark == ";":
        return f"{name}({rest.strip()!r})"
    return f"{name}({', '.join(rest.split())})"


def _session_call(work: _Work, number: int) -> None:
    """Translate ``get_ipython().run_line_magic("time", "f()")``, as nbconvert writes it."""
    line = work.lines[number] = _COLAB.sub('""', work.lines[number])
    found = _CALL.match(line)
    if found is None:
        return
    try:
        call = ast.parse(found[3].strip(), mode="eval").body
        given = [ast.literal_eval(one) for one in getattr(call, "args", [])]
    except (SyntaxError, ValueError):
        return
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return
    if not all(isinstance(one, str) for one in given):
        return
    mark = {"run_line_magic": "%", "magic": "%", "system": "!", "getoutput": "!!"}.get(
        call.func.attr
    )
    if mark is None or not given:
        return
    text = mark + " ".join(given)
    target = f"{found[2].strip()} = " if found[2] else ""
    text = target + (text.replace("!!", "!", 1) if target else text)
    for special in specials([found[1] + text]):
        moved = replace(special, first=number, last=number)
        work.put(moved, _special(moved, work))
