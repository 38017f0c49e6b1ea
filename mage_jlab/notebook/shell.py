"""Shell lines as Python: ``!cmd {x}`` is a call of ``subprocess`` with an f-string.

Names are put in as IPython does it (``IPython.utils.text.DollarFormatter``): ``{expression}``,
``$name``, ``$$`` for a dollar sign; a command in which one of these cannot be read stays as it is.
"""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import dataclass

from mage_jlab.notebook.known import names

_DOLLAR = re.compile(r"\$(\$|[^\W\d]\w*(?:\.[^\W\d]\w*)*)")
_OF_THE_SYSTEM = names("shell_names")
_INSTALL = re.compile(
    r"^(?:python[\d.]*\s+-m\s+|\S*/|sudo\s+)*(?:uv\s+)?pip[\d.]*\s+install\b(.*)$"
)
_TOOLS = re.compile(
    r"^(?:sudo\s+)?(?:(?:conda|mamba|micromamba|apt|apt-get|brew|npm|jupyter|yum|apk)\b|"
    r"(?:python[\d.]*\s+-m\s+)?(?:uv\s+)?pip[\d.]*\s+(?!install\b))"
)
_OPTIONS_WITH_VALUE = names("pip_options")


@dataclass(frozen=True)
class Text:
    """A text with names in it, as the source of a Python expression.

    Attributes:
        source: a string literal, an f-string where there are names.
        plain: whether there are none.
    """

    source: str
    plain: bool


def installs(command: str) -> list[str] | None:
    """Give the packages that a command installs by pip; None when it does something else."""
    found = _INSTALL.match(command)
    return None if found is None else _packages(found[1])


def manages_tools(command: str) -> bool:
    """Say whether a command looks after the machine's packages rather than the notebook's data."""
    return _TOOLS.match(command) is not None


def expanded(text: str, own: frozenset[str] = frozenset()) -> Text | None:
    """Give a line of a magic or of the shell as Python, with the names in it.

    Args:
        text: the line.
        own: names of the environment that the cell itself sets, which are the shell's.

    Returns:
        None when no f-string can say it.
    """
    parts = _parts(text, own)
    names = [part for part, is_name in parts if is_name]
    if not names:
        return Text(_quoted("".join(part for part, _ in parts)), plain=True)
    if any("\\" in name or "\n" in name for name in names):
        return None
    for quote in ('"', "'"):
        if not any(quote in name for name in names):
            inner = "".join(
                "{" + part + "}" if is_name else _escaped(part, quote) for part, is_name in parts
            )
            return Text(f"f{quote}{inner}{quote}", plain=False)
    return None


def run(command: Text) -> str:
    """Give the Python that runs a command and shows what it prints."""
    return f"subprocess.run({command.source}, shell=True, check=False)"


def output(command: Text) -> str:
    """Give the Python that runs a command and has the lines that it prints."""
    return (
        f"subprocess.run({command.source}, shell=True, check=False, text=True, "
        "stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.splitlines()"
    )


def _parts(text: str, own: frozenset[str]) -> list[tuple[str, bool]]:
    """Split a text into what stands and what is evaluated, the second marked."""
    parts: list[tuple[str, bool]] = []
    position = 0
    while position < len(text):
        char = text[position]
        if text.startswith(("{{", "}}"), position):
            parts.append((char, False))
            position += 2
        elif char == "{":
            end = _closing(text, position)
            name = text[position + 1 : end] if end else ""
            if not _evaluates(name):
                return [(text, False)]
            parts.append((name.strip(), True))
            position = (end or 0) + 1
        elif char == "}":
            return [(text, False)]
        elif char == "$" and (found := _DOLLAR.match(text, position)):
            word = found[1]
            if word == "$":
                parts.append(("$", False))
            else:
                is_name = word not in _OF_THE_SYSTEM and word not in own
                parts.append((word if is_name else found[0], is_name))
            position = found.end()
        else:
            parts.append((char, False))
            position += 1
    return parts


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return None


def _evaluates(text: str) -> bool:
    """Say whether IPython would find a value: braces of the shell or of awk hold none."""
    bare = re.sub(r"![rsa]$", "", text.strip())
    try:
        node = ast.parse(bare, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return not isinstance(node, ast.Tuple | ast.Set | ast.Constant)


def _escaped(text: str, quote: str) -> str:
    for one in ("\\", quote):
        text = text.replace(one, f"\\{one}")
    return text.replace("{", "{{").replace("}", "}}").replace("\n", "\\n")


def _quoted(text: str) -> str:
    plain = '"' not in text and "\\" not in text and text.isprintable()
    return f'"{text}"' if plain else repr(text)


def _packages(arguments: str) -> list[str]:
    arguments = re.split(r"\s*(?:&&|\|\||[;|])\s*|\s\d?>", arguments)[0]
    try:
        words = shlex.split(arguments, comments=True)
    except ValueError:
        words = arguments.split()
    packages: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in _OPTIONS_WITH_VALUE:
            skip = True
        elif not word.startswith(("-", "$", "{", ".", "/")):
            packages.append(word)
    return packages
