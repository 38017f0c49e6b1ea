"""The untagged cells of a notebook that is made anew, from what its blocks' files stand on."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from mage_jlab.domain.word import Json
from mage_jlab.store.project_files import ProjectFiles
from mage_jlab.store.record_yaml import PipelineRecord


@dataclass
class Scratch:
    """Texts that blocks share, each once and in the order in which they were met.

    ``derived`` are lines that are computed from the runtime variables, and belong to their cell;
    ``defaults`` are the variables' own values as the notebook wrote them.
    """

    defaults: dict[str, str] = field(default_factory=dict)
    imports: dict[str, None] = field(default_factory=dict)
    derived: dict[str, None] = field(default_factory=dict)
    copied: dict[str, None] = field(default_factory=dict)

    def read(self, text: str, body: tuple[int, int], variables: Collection[str], own: str) -> None:
        """Take what an exported block's file has around the text of its cell.

        Args:
            text: the file.
            body: the first and the last line of the cell's text in it.
            variables: the names of the runtime variables.
            own: the name of the project, whose shared module is a cell of its own.
        """
        lines = text.splitlines()
        cell = "\n".join(lines[body[0] - 1 : body[1]])
        known = set(variables)
        for node in _around(ast.parse(text), body[0]):
            source = "\n".join(lines[_first_line(node) - 1 : node.end_lineno])
            source = "\n".join(line[node.col_offset :] for line in source.split("\n"))
            if isinstance(node, ast.Import | ast.ImportFrom):
                if not _is_generated(node, own) and source not in cell:
                    self.imports[source] = None
            elif isinstance(node, ast.Assign) and _is_variable(node, known):
                self._keep_default(node, text)
            elif isinstance(node, ast.Assign) and _names(node.value, ast.Load) & known:
                self.derived[source] = None
                known |= {name for target in node.targets for name in _names(target, ast.Store)}
            else:
                self.copied[source] = None

    def variable(self, name: str, value: Json) -> str:
        """Give the line of a runtime variable, written as the notebook did if that is its value."""
        text = self.defaults.get(name, "")
        try:
            kept = bool(text) and ast.literal_eval(text) == value
        except ValueError:
            kept = False
        return f"{name} = {text if kept else repr(value)}"

    def _keep_default(self, node: ast.Assign, text: str) -> None:
        if isinstance(node.value, ast.Call) and len(node.value.args) == 2:
            name, default = node.value.args
            if isinstance(name, ast.Constant):
                self.defaults[str(name.value)] = ast.get_source_segment(text, default) or ""

    def cells(self, files: ProjectFiles, record: PipelineRecord) -> list[str]:
        """Give the texts of the cells: imports, the generated files of ``utils/``, copied code."""
        texts = ["\n".join(self.imports)]
        texts += [files.read(path) or "" for path in record.shared]
        texts.append("\n\n".join(self.copied))
        return [text for text in texts if text.strip()]


def _around(tree: ast.Module, first: int) -> Iterable[ast.stmt]:
    """Give the statements of the head, and those of the function before the cell's first line."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno < first:
            yield from (part for part in node.body if (part.end_lineno or 0) < first)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _is_generated(node: ast.Import | ast.ImportFrom, own: str) -> bool:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else node.names[0].name
    return module.split(".")[0] == "mage_jlab" or module.startswith(f"{own}.utils.")


def _is_variable(node: ast.Assign, variables: Collection[str]) -> bool:
    """Whether it is the generated line that takes a runtime variable from ``kwargs``."""
    target = node.targets[0]
    return (
        isinstance(target, ast.Name)
        and target.id in variables
        and "kwargs" in _names(node.value, ast.Load)
    )


def _names(tree: ast.expr, context: type[ast.expr_context]) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }
