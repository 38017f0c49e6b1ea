"""The text of a SQL block as a Jinja template whose values do not become text.

Each ``{{ … }}`` leaves a marker, a word that nobody can guess; ``placing`` puts the values where
the markers stand. Where each piece of the rest came from in the file is remembered, so that a
database's error finds its line.
"""

from __future__ import annotations

import re
import secrets
from bisect import bisect_right
from typing import Any, Callable, NamedTuple

from .failures import SqlError, missing_package

_ORIGIN = re.compile("\x02(\\d+)\x03")
_TEMPLATED = re.compile(r"\{[{%#]")
_REFUSED = ("Macro", "CallBlock", "AssignBlock", "FilterBlock", "Import", "FromImport")
_ABSENT = ("Include", "Extends", "Block")
LONGEST = 16 * 1024 * 1024
"""The longest text that a template may give, in characters."""


class Identifier(str):
    """A text that stands for a name: the filter ``identifier`` makes it."""

    __slots__ = ()


class TableName(str):
    """SQL text that names a table; made by mage_jlab alone, never from a value."""

    __slots__ = ()


class Rendered(NamedTuple):
    """SQL text with markers.

    ``values`` holds the value of each marker; ``origins`` are pairs of an offset in ``text`` and
    the offset in the file that it came from, in order.
    """

    text: str
    values: dict[str, Any]
    marker: re.Pattern[str] | None
    file: str
    origins: list[tuple[int, int]]

    def origin(self, offset: int) -> int:
        """Give the offset in the file of a character of the text."""
        place = bisect_right(self.origins, (offset, 1 << 62)) - 1
        if place < 0:
            return 0
        mine, theirs = self.origins[place]
        return min(theirs + offset - mine, len(self.file))


def plain(file: str) -> Rendered:
    """Give a text that is no template as it stands."""
    return Rendered(file, {}, None, file, [(0, 0)])


def render(file: str, names: dict[str, Any], functions: dict[str, Callable[..., Any]]) -> Rendered:
    """Render a block's text.

    Args:
        file: the text.
        names: what ``{{ name }}`` gives.
        functions: what templates may call; they win over a name.

    Raises:
        SqlError: when the template cannot be read, or asks for what is not there.
    """
    file = file.replace("\r\n", "\n")
    if not _TEMPLATED.search(file):
        return plain(file)
    try:
        import jinja2
        import jinja2.sandbox
    except ImportError:
        raise missing_package("jinja2") from None
    nonce = secrets.token_hex(8)
    values: dict[str, Any] = {}

    def mark(value: Any) -> str:
        if isinstance(value, jinja2.Undefined):
            return str(value)  # raises, and says the name
        marker = f"mj{nonce}n{len(values)}x"
        values[marker] = value
        return marker

    environment = jinja2.sandbox.SandboxedEnvironment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, finalize=mark
    )
    environment.filters["identifier"] = Identifier
    names = dict(names)
    source = _with_block_outputs(file, names, functions)
    try:
        marked = _with_origins(environment, source, file)
        _refuse(environment, source, file)
        text = environment.from_string(marked).render({**names, **functions})
    except jinja2.TemplateSyntaxError as error:
        raise _at_line(file, error.lineno, str(error.message)) from None
    except jinja2.UndefinedError as error:
        raise SqlError("UndefinedName", *_undefined(file, str(error.message))) from None
    except jinja2.exceptions.SecurityError as error:
        raise SqlError(
            "TemplateError", f"The template asks for what is not allowed: {error}."
        ) from None
    if len(text) > LONGEST:
        raise SqlError("TemplateError", f"The template gives more than {LONGEST:,} characters.")
    pieces = _ORIGIN.split(text)
    origins, length = [], len(pieces[0])
    out = [pieces[0]]
    for offset, piece in zip(pieces[1::2], pieces[2::2]):
        origins.append((length, int(offset)))
        out.append(piece)
        length += len(piece)
    marker = re.compile(f"mj{nonce}n\\d+x")
    return Rendered("".join(out), values, marker, file, origins)


def _with_origins(environment: Any, source: str, file: str) -> str:
    """Put the offset of each piece of text, and of each ``{{``, before it."""
    out = []
    at = 0
    in_raw = False
    for _, kind, value in environment.lex(source):
        # whitespace that a ``{%-`` takes away is not among the tokens
        found = source.find(value, at)
        at = found if found >= 0 else at
        in_raw = kind == "raw_begin" or (in_raw and kind != "raw_end")
        if kind == "data":
            # each line says where it is from, since a loop may repeat some of them
            place = at
            for line in value.splitlines(keepends=True):
                out.append(f"\x02{_in_file(source, file, place)}\x03{line}")
                place += len(line)
        elif kind == "variable_begin":
            out.append(f"\x02{_in_file(source, file, at)}\x03{value}")
        else:
            out.append(value)
        at += len(value)
    return "".join(out)


def _in_file(source: str, file: str, offset: int) -> int:
    """Give the offset in the file of one in the source, which has other words for some calls."""
    if source is file:
        return offset
    line = source.count("\n", 0, offset)
    column = offset - (source.rfind("\n", 0, offset) + 1)
    start = 0
    for _ in range(line):
        start = file.find("\n", start) + 1
    return min(start + column, len(file))


def _refuse(environment: Any, source: str, file: str) -> None:
    """Refuse what would make SQL text out of values: text comes from the file alone."""
    from jinja2 import nodes

    tree = environment.parse(source)
    for name in (*_REFUSED, *_ABSENT):
        for node in tree.find_all(getattr(nodes, name)):
            words = {"Macro": "macro", "AssignBlock": "set block"}.get(name, name.lower())
            raise _at_line(
                file, node.lineno, f"A SQL block has no {words}: write the text where it is used."
            )


def _at_line(file: str, line: int, message: str) -> SqlError:
    start = 0
    for _ in range(line - 1):
        start = file.find("\n", start) + 1
    first = len(file[start:]) - len(file[start:].lstrip(" \t"))
    return SqlError("TemplateError", message, file, start + first)


def _undefined(file: str, message: str) -> tuple[str, str, int]:
    found = re.search(r"'([^']+)' is undefined", message)
    name = found[1] if found else ""
    use = re.search(rf"\{{[{{%][^}}]*?\b({re.escape(name)})\b", file) if name else None
    sentence = (
        f"{name} is no runtime variable, no result of a block above, and nothing that a run says: "
        "give it a default in the pipeline's variables, or correct the name."
        if found and " " not in name
        else f"{message}."
    )
    return sentence, file, use.start(1) if use else 0


def _with_block_outputs(
    file: str, names: dict[str, Any], functions: dict[str, Callable[..., Any]]
) -> str:
    """Evaluate ``block_output(…)`` calls, whose ``parse=lambda …`` is Python and not Jinja."""
    if "block_output" not in functions or "block_output" not in file:
        return file
    import ast

    out: list[str] = []
    at = 0
    for found in re.finditer(r"\bblock_output\s*\(", file):
        if found.start() < at:
            continue
        call = _python_call(file, found.start())
        if call is None:
            raise SqlError(
                "TemplateError", "This block_output(…) cannot be read.", file, found.start()
            )
        end = found.start() + len(call)
        tree = ast.parse(call.strip(), mode="eval")
        given = {**names, "block_output": functions["block_output"]}
        # the block's own code, run where all of it runs: in its worker
        value = eval(compile(tree, "<block_output>", "eval"), given)  # noqa: S307  # as said above
        name = f"_block_output_{len(out) // 2}"
        names[name] = value
        out += [file[at : found.start()], name + "\n" * call.count("\n")]
        at = end
    return "".join([*out, file[at:]]) if out else file


def _python_call(file: str, start: int) -> str | None:
    """Give the text of the Python call that begins at an offset; None when it has no end."""
    import ast

    end = start
    while (end := file.find(")", end) + 1) > 0:
        text = file[start:end]
        try:
            ast.parse(text, mode="eval")
        except SyntaxError:
            continue
        return text
    return None
