"""Cell magics whose body is a text: scripts, files and what is shown, as Python with that text.

The text becomes a string that keeps its lines, so that every place stays a place of the cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mage_jlab.notebook import shell
from mage_jlab.notebook.magic_words import Written, left_out, refused
from mage_jlab.notebook.problems import Place

SHOWN = {
    "html": "HTML",
    "HTML": "HTML",
    "javascript": "Javascript",
    "js": "Javascript",
    "latex": "Latex",
    "markdown": "Markdown",
    "svg": "SVG",
    "SVG": "SVG",
}
SCRIPTS = frozenset({"bash", "sh", "script", "python", "python3", "perl", "ruby"})
FILES = frozenset({"writefile", "file"})
OUTPUTS = frozenset({"sx", "system", "!"})
TEXTS = SHOWN.keys() | SCRIPTS | FILES | OUTPUTS
"""The cell magics that this room writes as Python."""

_OPTION = re.compile(
    r"(?:^|\s)--(out|err|proc|bg|no-raise-error|raise-error)(?:[ =]+([^\W\d]\w*))?"
)

_WORD = re.compile(r"(?:\{[^}]*\}|'[^']*'|\"[^\"]*\"|\S)+")


@dataclass(frozen=True)
class _Around:
    """The Python before and after the string that holds a cell's text."""

    before: str
    after: str
    imports: tuple[str, ...] = ()


def text_cell(word: str, rest: str, body: list[str], place: Place) -> tuple[str, Written]:
    """Write a cell whose body is a text as Python with as many lines.

    Args:
        word: the magic's name, one of ``TEXTS``.
        rest: what stands beside it.
        body: the lines below it.
        place: the place of the magic's line.

    Returns:
        The Python, and what there is to say of it (its ``code`` is not used).
    """
    around = _around(word, rest, place)
    if isinstance(around, Written):
        return "\n" * len(body), around
    imports = "".join(f"import {module}; " for module in around.imports)
    return f"{imports}{around.before}{_string(body)}{around.after}", Written()


def _around(word: str, rest: str, place: Place) -> _Around | Written:
    if word in SHOWN:
        made = SHOWN[word]
        return _Around(f"from IPython.display import {made}, display; display({made}(", "))")
    if word in OUTPUTS:
        return _Around(
            "subprocess.run(",
            ", shell=True, check=False, text=True, stdout=subprocess.PIPE).stdout.splitlines()",
            ("subprocess",),
        )
    if word in FILES:
        return _file(rest, place)
    return _script(word, rest, place)


def _file(rest: str, place: Place) -> _Around | Written:
    append = bool(re.match(r"(?:-a|--append)\b", rest.strip()))
    path = re.sub(r"^(?:-a|--append)\b", "", rest.strip()).strip().strip("'\"")
    text = shell.expanded(path)
    if not path or text is None:
        return refused("This cell writes a file whose name cannot be read.", place, "Name the file")
    opened = f"os.path.expanduser({text.source})" if path.startswith("~") else text.source
    mode = "a" if append else "w"
    before = f'with open({opened}, "{mode}", encoding="utf-8") as _file: _file.write('
    return _Around(before, ")", ("os",) if path.startswith("~") else ())


def _script(word: str, rest: str, place: Place) -> _Around | Written:
    options = {found[1]: found[2] for found in _OPTION.finditer(f" {rest}")}
    flags = {"bg", "no-raise-error", "raise-error"}
    words = f" {rest}"
    for found in list(_OPTION.finditer(words))[::-1]:
        end = found.end(1) if found[1] in flags else found.end()
        words = words[: found.start()] + words[end:]
    if "bg" in options or "proc" in options:
        message = f"%%{word} --bg leaves a process behind, and a run ends with its blocks."
        return refused(message, place, "Let it run to its end")
    arguments = [one.strip("'\"") for one in _WORD.findall(words)]
    if word == "script":
        word, arguments = (arguments[0], arguments[1:]) if arguments else ("bash", [])
        if word in ("false", "true", "echo"):
            return left_out("This cell is switched off, so it is left out.", place)
    texts = [shell.expanded(one) for one in arguments]
    if any(one is None for one in texts):
        return refused(
            f"The line of %%{word} cannot be put into f-strings.", place, "Write it in Python"
        )
    first = "sys.executable" if word in ("python", "python3") else f'"{word}"'
    command = ", ".join([first, *(one.source for one in texts if one is not None)])
    imports = ("subprocess", "sys") if first == "sys.executable" else ("subprocess",)
    check = "no-raise-error" not in options
    tail = f", text=True, check={check}"
    out, err = options.get("out"), options.get("err")
    if out and err:
        return _Around(
            f"_done = subprocess.run([{command}], input=",
            f"{tail}, capture_output=True); {out} = _done.stdout; {err} = _done.stderr",
            imports,
        )
    if out or err:
        name, pipe = (out, "stdout") if out else (err, "stderr")
        return _Around(
            f"{name} = subprocess.run([{command}], input=",
            f"{tail}, {pipe}=subprocess.PIPE).{pipe}",
            imports,
        )
    return _Around(f"subprocess.run([{command}], input=", f"{tail})", imports)


def _string(body: list[str]) -> str:
    """Give lines as a string that stands on as many lines and ends with a line's end."""
    if not "".join(body).strip():
        return '""' + "\n" * len(body)
    lines = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in body]
    end = "\\n" if lines[-1] else ""
    return '"""\\\n' + "\n".join(lines) + end + '"""'
