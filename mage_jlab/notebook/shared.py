"""The pipeline's shared file: what its blocks have in common."""

from __future__ import annotations

from collections.abc import Iterable

from mage_jlab.notebook.environment import Binding
from mage_jlab.notebook.heads import import_lines
from mage_jlab.notebook.known import BUILTINS
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
    parts = [import_lines(imports)] if imports else []
    if plain:
        parts.append("\n".join(dict.fromkeys(plain)))
    text = "\n\n".join(parts)
    body = "\n\n\n".join(dict.fromkeys(definitions))
    return (f"{text}\n\n\n{body}" if text else body) + "\n"
