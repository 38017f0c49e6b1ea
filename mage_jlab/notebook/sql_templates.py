"""Names that stand in SQL as templates (``{{ x }}``), or marked (``:x``, ``$x``, ``{x}``)."""

from __future__ import annotations

import re

from mage_jlab.notebook.known import names

LITERAL = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Quoted text and comments."""

WORD = re.compile(r"[^\W\d]\w*")
"""A name or a word of SQL."""

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_BRACE = re.compile(r"(?<!\{)\{([^\W\d]\w*)\}(?!\})")
_MARKED = re.compile(r"(?<![:\w$])[:$]([^\W\d]\w*)")
_OF_TEMPLATES = names("words_of_templates")


def masked(text: str) -> str:
    """Give the text with a name as long in the place of each template, its lines kept."""

    def blank(found: re.Match[str]) -> str:
        whole = found[0]
        if whole.startswith(("{#", "{%")) or "\n" in whole:
            return re.sub(r"[^\n]", " ", whole)
        return "__" + "x" * (len(whole) - 2)

    return _BRACE.sub(blank, _TEMPLATE.sub(blank, text))


def marked_names(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the names in Jinja's templates, and those that are marked in another way."""
    templates: dict[str, None] = {}
    for found in _TEMPLATE.findall(text):
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|\|\s*\w+|\.\s*\w+|\b\w+\s*\(", " ", found)
        if not found.startswith("{#"):
            templates |= dict.fromkeys(w for w in WORD.findall(bare) if w not in _OF_TEMPLATES)
    rest = LITERAL.sub(lambda found: " " * len(found[0]), _TEMPLATE.sub("", text))
    marked = [*_MARKED.findall(rest), *_BRACE.findall(_TEMPLATE.sub("", text))]
    return tuple(templates), tuple(dict.fromkeys(marked))


def as_templates(text: str, names: frozenset[str]) -> str:
    """Give the text with Jinja's templates in the place of marked names (``:x``, ``$x``, ``{x}``).

    Args:
        text: the SQL.
        names: the names that are variables here; others stay as they are.
    """

    def template(found: re.Match[str]) -> str:
        return "{{ " + found[1] + " }}" if found[1] in names else found[0]

    parts = []
    end = 0
    for found in [*LITERAL.finditer(text), None]:
        start = found.start() if found else len(text)
        parts.append(_MARKED.sub(template, _BRACE.sub(template, text[end:start])))
        if found is not None:
            parts.append(_BRACE.sub(template, found[0]))
            end = found.end()
    return "".join(parts)
