"""The pipeline's generated files.

What its blocks share, and the session settings that run before each of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.environment import Binding
from mage_jlab.notebook.facts import Parsed, facts_of
from mage_jlab.notebook.known import BUILTINS
from mage_jlab.notebook.problems import Places, error
from mage_jlab.notebook.resolving import Survey
from mage_jlab.notebook.scope_state import Context
from mage_jlab.notebook.statements import statements_of
from mage_jlab.notebook.survey import reads_of
from mage_jlab.notebook.walk import Walk


def shared_source(walk: Walk, names: Iterable[str]) -> str:
    """Write ``utils/<pipeline>.py``.

    The definitions, with the imports and literals that they read.
    """
    imports: dict[str, None] = {}
    found: dict[str, Binding] = {}
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in found:
            continue
        meanings = walk.meanings.get(name)
        if meanings is None:
            if name == "display":
                imports["from IPython.display import display"] = None
            elif name not in BUILTINS:
                imports.update(dict.fromkeys(star for _, star in walk.environment.stars))
            continue
        binding = meanings[-1]
        if binding.origin == "import":
            imports.update(dict.fromkeys(binding.statements))
        else:
            found[name] = binding
            queue += reads_of(binding)
    if not found:
        return ""
    ordered = sorted(found.values(), key=lambda one: (one.cell, one.place.line if one.place else 0))
    plain = [one.statements[0] for one in ordered if one.origin == "literal"]
    definitions = [one.statements[0] for one in ordered if one.origin == "definition"]
    parts = ["\n".join(_sorted(imports))] if imports else []
    if plain:
        parts.append("\n".join(dict.fromkeys(plain)))
    text = "\n\n".join(parts)
    body = "\n\n\n".join(dict.fromkeys(definitions))
    return (f"{text}\n\n\n{body}" if text else body) + "\n"


def _sorted(imports: Iterable[str]) -> list[str]:
    return sorted(imports, key=lambda text: (not text.startswith("from __future__"), text))


def setup_source(walk: Walk, cells: Mapping[int, tuple[Cell, Parsed]], survey: Survey) -> str:
    """Write ``utils/<pipeline>_setup.py`` from the session settings of untagged cells.

    With what they read.
    """
    needed: dict[str, None] = {}
    settings: list[str] = []
    for index, (_, parsed) in cells.items():
        facts = walk.facts.get(index)
        if parsed.tree is None or facts is None:
            continue
        modules = {
            name: one[-1].module or ""
            for name, one in walk.meanings.items()
            if one[-1].module is not None
        }
        for statement in statements_of(parsed.tree, parsed.source, modules):
            if statement.kind != "setting":
                continue
            odd = _gather(statement.text, walk, survey, needed)
            if odd is None:
                settings.append(statement.text)
                continue
            survey.report(
                index,
                error(
                    "session-setting",
                    f"This setting reads {odd}, which a run does not have before its blocks.",
                    Places(parsed.source).of(statement.node),
                    ("Write its value here", "Move the line into the blocks that need it"),
                ),
            )
    if not settings:
        return ""
    head = _sorted(
        text for text in needed if text.startswith(("import ", "from ")) and _is_import(text)
    )
    rest = [text for text in needed if text not in head]
    return "\n".join([*head, "", *rest, *settings]) + "\n"


def _is_import(text: str) -> bool:
    return isinstance(ast.parse(text).body[0], ast.Import | ast.ImportFrom)


def _gather(text: str, walk: Walk, survey: Survey, needed: dict[str, None]) -> str | None:
    """Collect what a setting reads; give the first name that it cannot have."""
    for name in facts_of(text, Context()).reads:
        meanings = walk.meanings.get(name)
        if meanings is None:
            if name not in BUILTINS:
                return name
            continue
        binding = meanings[-1]
        if binding.origin == "import":
            needed.update(dict.fromkeys(binding.statements))
        elif binding.origin == "literal" and name not in survey.unstable:
            for read in reads_of(binding):
                odd = _gather(read, walk, survey, needed) if read.isidentifier() else None
                if odd is not None:
                    return odd
            needed[binding.statements[0]] = None
        else:
            return name
    return None
