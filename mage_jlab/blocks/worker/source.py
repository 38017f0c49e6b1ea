"""A block's file as a module, compiled under the project's own name, its last expression shown."""

from __future__ import annotations

import ast
import linecache
import os
import re
import sys
import types
from typing import Any, Callable

from . import decorators
from .failures import StatedError

SHOW = "__mage_jlab_show__"
"""The name that a displayed expression is handed to."""

MUTE = "__mage_jlab_mute__"
"""The name of what is called first where the cell began with ``%%capture``."""

CAPTURED = "# %%capture"
"""What an export writes in the place of ``%%capture``."""

MODULE = "mage_jlab_block_"
"""The prefix of a block's module name; without a dot, so that pickle finds it without a package."""


_compiled: dict[tuple[Any, ...], types.CodeType] = {}
"""Compiled files of this worker's snapshot, by what their code depends on."""

_loaded: set[str] = set()


def forget_modules() -> None:
    """Drop the modules of blocks that have run: each block has a fresh namespace."""
    for name in _loaded:
        sys.modules.pop(name, None)
    _loaded.clear()


class BlockSource:
    """The text of a block's file and what was recorded about it.

    Args:
        path: the snapshot's copy that is read.
        filename: the project's own file, which tracebacks name.
        mark: the decorator of the block's type.
        body: the first and the last line of the cell's text in the file, or None.
        name: the block's name.
    """

    def __init__(
        self, path: str, filename: str, mark: str, body: list[int] | None, name: str
    ) -> None:
        found = os.stat(path)
        self._stamp = (path, found.st_mtime_ns, found.st_size, filename, str(body))
        self._path = path
        self.text = ""
        self.filename = filename
        self.mark = mark
        self.body = body
        self.module_name = MODULE + re.sub(r"\W", "_", name)

    def load(
        self, names: dict[str, Any], show: Callable[[Any], None], unbound: set[str]
    ) -> types.ModuleType:
        """Execute the file in a fresh module.

        Args:
            names: what stands in the globals before the file runs.
            show: takes the value of the cell's last expression.
            unbound: parameters without a value in this run; using one raises as in the notebook.
        """
        key = (*self._stamp, *sorted(unbound))
        code = _compiled.get(key)
        if code is None:
            code = _compiled[key] = self._compile(unbound)
        module = types.ModuleType(self.module_name)
        module.__file__ = self.filename
        vars(module).update(names)
        vars(module)[SHOW] = show
        # dataclasses and pickle look a class's module up by name
        sys.modules[self.module_name] = module
        _loaded.add(self.module_name)
        exec(code, vars(module))  # noqa: S102  # running code is what a worker is for
        return module

    def has_function(self, module: types.ModuleType) -> bool:
        """Say whether the file decorates a function with its own type's mark."""
        return bool(decorators.marked(vars(module), self.mark, self.module_name))

    def functions(self, module: types.ModuleType) -> list[Callable[..., Any]]:
        """Give the functions that this block is made of.

        Raises:
            StatedError: when the file decorates none.
        """
        found = decorators.marked(vars(module), self.mark, self.module_name)
        if not found:
            name = os.path.basename(self.filename)
            raise StatedError(
                "NoFunction",
                f"{name} has no function decorated with @{self.mark}: put @{self.mark} "
                "above the function that this block runs.",
            )
        return found

    def _compile(self, unbound: set[str]) -> types.CodeType:
        with open(self._path, encoding="utf-8") as file:
            self.text = file.read()
        lines = self.text.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(self.text), None, lines, self.filename)
        tree = ast.parse(self.text, self.filename)
        for function in self._block_functions(tree):
            self._show_last(function)
            self._mute(function)
            self._unbind(function, unbound)
        tree = ast.fix_missing_locations(tree)
        return compile(tree, self.filename, "exec", dont_inherit=True)

    def _block_functions(self, tree: ast.Module) -> list[Any]:
        return [
            node
            for node in tree.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and any(self._names_mark(decorator) for decorator in node.decorator_list)
        ]

    def _names_mark(self, decorator: ast.expr) -> bool:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute):
            return target.attr == self.mark
        return isinstance(target, ast.Name) and target.id == self.mark

    def _show_last(self, function: Any) -> None:
        """Hand the last expression of a plain cell to ``show``, as a notebook displays it."""
        if self.body is None or function.lineno >= self.body[0]:
            return
        first, last = self.body
        in_cell = [
            index
            for index, statement in enumerate(function.body)
            if first <= statement.lineno and (statement.end_lineno or 0) <= last
        ]
        if not in_cell:
            return
        statement = function.body[in_cell[-1]]
        if not isinstance(statement, ast.Expr) or self._is_silenced(statement):
            return
        name = ast.copy_location(ast.Name(SHOW, ast.Load()), statement)
        call = ast.copy_location(ast.Call(name, [statement.value], []), statement)
        statement.value = call

    def _mute(self, function: Any) -> None:
        """Have a block show nothing whose cell began with ``%%capture``."""
        if self.body is None or function.lineno >= self.body[0]:
            return
        lines = self.text.split("\n")[self.body[0] - 1 : self.body[1]]
        first = next((line.strip() for line in lines if line.strip()), "")
        if first == CAPTURED:
            call = ast.Expr(ast.Call(ast.Name(MUTE, ast.Load()), [], []))
            function.body.insert(0, ast.copy_location(call, function.body[0]))

    def _is_silenced(self, statement: ast.stmt) -> bool:
        lines = self.text.encode().split(b"\n")
        line = lines[(statement.end_lineno or 1) - 1][statement.end_col_offset or 0 :]
        return line.split(b"#", 1)[0].strip() == b";"

    @staticmethod
    def _unbind(function: Any, unbound: set[str]) -> None:
        arguments = function.args
        names = [
            argument.arg
            for argument in arguments.posonlyargs + arguments.args + arguments.kwonlyargs
            if argument.arg in unbound
        ]
        if names:
            targets: list[ast.expr] = [ast.Name(name, ast.Del()) for name in names]
            statement = ast.copy_location(ast.Delete(targets), function.body[0])
            for target in targets:
                ast.copy_location(target, statement)
            function.body.insert(0, statement)
