"""Session settings in a block.

In a notebook they hold for all cells below, in a run for that block alone.
"""

from __future__ import annotations

import ast

from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.known import SETTING_CALLS
from mage_jlab.notebook.problems import Places, error
from mage_jlab.notebook.randomness import seeds
from mage_jlab.notebook.resolving import Survey
from mage_jlab.notebook.statements import Statement, dotted_name, statements_of
from mage_jlab.notebook.walk import Walk

_SHOWN_ONLY = ("warnings.", "numpy.set_printoptions", "logging.", "tqdm.", "faulthandler.")
_SETTING_WORDS = {name.rsplit(".", 1)[-1] for name in SETTING_CALLS} | {
    "environ",
    "options",
    "rcParams",
    "chdir",
}
_DRAWING = ("matplotlib.", "seaborn.", "plotly.", "altair.")
_DRAWING_WORDS = frozenset({"plt", "sns", "px", "alt", "plot", "hist", "boxplot", "subplots", "ax"})


def check_settings(walk: Walk, survey: Survey) -> None:
    """Refuse settings in a block that blocks below would miss."""
    modules = {
        name: meanings[-1].module or ""
        for name, meanings in walk.meanings.items()
        if meanings[-1].module is not None
    }
    blocks = list(survey.blocks.values())
    for position, block in enumerate(blocks):
        if block.parsed.tree is None or position == len(blocks) - 1:
            continue
        if not _SETTING_WORDS & block.parsed.words:
            continue
        for statement in statements_of(block.parsed.tree, block.parsed.source, modules):
            if statement.kind == "setting":
                _check(block, statement, blocks[position + 1 :], modules)


def _check(
    block: BlockWork, statement: Statement, below: list[BlockWork], modules: dict[str, str]
) -> None:
    name = _name(statement.node, modules)
    if seeds(name) or name.startswith(_SHOWN_ONLY) or "display." in statement.text:
        return
    if name.startswith(_DRAWING) and not any(_DRAWING_WORDS & one.parsed.words for one in below):
        return
    block.report(
        error(
            "session-setting",
            f"This setting holds for all cells below, but in a run for {block.name} alone.",
            Places(block.parsed.source).of(statement.node),
            ("Move the line to an untagged cell", "Set it in each block that needs it"),
        )
    )


def _name(node: ast.stmt, modules: dict[str, str]) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return dotted_name(node.value.func, modules)
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    while isinstance(target, ast.Subscript):
        target = target.value
    return dotted_name(target, modules) if isinstance(target, ast.expr) else ""
