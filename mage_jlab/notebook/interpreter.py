"""Following a cell's statements: what is bound where, on which paths, and what is read before."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from mage_jlab.notebook.definitions import Definitions
from mage_jlab.notebook.known import RESTORING
from mage_jlab.notebook.scopes import (
    imported_name,
    known_outcome,
    pattern_names,
    type_names,
)
from mage_jlab.notebook.strings import literal_text
from mage_jlab.notebook.values import IMMUTABLE, Value


class Interpreter(Definitions):
    """Walks the statements of one scope (a cell.

    Or a function's body) in the order in which they run.
    """

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Follow statements one after another."""
        for statement in body:
            if self.state.dead:
                return
            method: Callable[[ast.AST], None] | None = getattr(
                self, f"do_{type(statement).__name__.lower()}", None
            )
            if method:
                method(statement)

    def do_expr(self, node: ast.Expr) -> None:
        """An expression whose value is thrown away (or displayed)."""
        self.discarded = node.value
        self.value(node.value)

    def do_assign(self, node: ast.Assign) -> None:
        """``a = b = value``."""
        value = self.value(node.value)
        if isinstance(node.value, ast.Lambda) and isinstance(node.targets[0], ast.Name):
            function = self.summary(node.value, node.targets[0].id)
            function = replace(function, holds=bool(self.defaults(node.value.args)))
            value = Value(value.own, value.parts, "function", function=function)
        text = literal_text(node.value)
        for target in node.targets:
            self.assign(target, value, node)
            if isinstance(target, ast.Name) and isinstance(text, str):
                # all texts that a name may stand for: which one it is, is not followed
                self.texts[target.id] = f"{self.texts.get(target.id, '')}\n{text}"

    def do_annassign(self, node: ast.AnnAssign) -> None:
        """``a: int = value``."""
        in_function = self.local is not None and not self.class_body
        if not self.lazy and not (in_function and node.simple):
            self.value(node.annotation)
        if node.value is not None:
            self.assign(node.target, self.value(node.value), node)

    def do_augassign(self, node: ast.AugAssign) -> None:
        """``a += value``: reads and binds, and changes what is not immutable in place."""
        if isinstance(node.target, ast.Name):
            old = self.read(node.target.id, node.target)
            new = self.value(node.value)
            if old.kind != "immutable":
                self.change(old, node.target, certain=True)
                old = old.holding(new.parts)
            self.bind(node.target.id, old, "assign", node.target)
        else:
            self.value(node.value)
            self.store(node.target, IMMUTABLE)

    def do_delete(self, node: ast.Delete) -> None:
        """``del name``, or of an element."""
        for target in node.targets:
            self._delete(target)

    def _delete(self, target: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self._delete(part)
        elif isinstance(target, ast.Name):
            self.read(target.id, target)
            self.unbind(target.id, target)
        else:
            self.store(target, IMMUTABLE)

    def do_if(self, node: ast.If) -> None:
        """Two paths; one of them where it is known how the test comes out."""
        self.value(node.test)
        outcome = known_outcome(node.test)
        if outcome is not None:
            self.run(node.body if outcome else node.orelse)
            return
        other = self.state.copy()
        self.possible += 1
        self.run(node.body)
        mine, self.state = self.state, other
        self.run(node.orelse)
        self.possible -= 1
        mine.merge(self.state)
        self.state = mine

    def do_for(self, node: ast.For | ast.AsyncFor) -> None:
        """A body that runs any number of times.

        Twice is enough to see what one round hands to the next.
        """
        item = self.each(node.iter)
        self._loop(node.body, node.orelse, lambda: self.assign(node.target, item, node, "for"))

    do_asyncfor = do_for

    def do_while(self, node: ast.While) -> None:
        """Like a ``for``, with a test."""
        self.value(node.test)
        self._loop(node.body, node.orelse, lambda: None, test=node.test)

    def _loop(
        self,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        begin: Callable[[], None],
        test: ast.expr | None = None,
    ) -> None:
        endless = isinstance(test, ast.Constant) and bool(test.value)
        before = self.state.copy()
        outer, self.breaks = self.breaks, []
        for _ in range(2):
            begin()
            self.run(body)
            if test is not None and not self.state.dead:
                self.value(test)
            before.possibly(self.state)
            self.state = before.copy()
        breaks, self.breaks = self.breaks, outer
        if endless and breaks:
            self.state = breaks[0]
            for one in breaks[1:]:
                self.state.merge(one)
            sure = set(self.state.sure)
            self.state.possibly(before)
            self.state.sure = sure
            return
        self.run(orelse)
        for one in breaks:
            self.state.merge(one)

    def do_break(self, _node: ast.Break) -> None:
        """The path goes on after the loop."""
        self.breaks.append(self.state.copy())
        self.state.dead = True

    def do_continue(self, _node: ast.Continue) -> None:
        """The path goes on at the loop's head."""
        self.state.dead = True

    def do_raise(self, node: ast.Raise) -> None:
        """The path ends."""
        for part in (node.exc, node.cause):
            if part:
                self.value(part)
        self.state.dead = True

    def do_return(self, node: ast.Return) -> None:
        """The path ends, with a value."""
        if node.value:
            self.returned.append(self.value(node.value))
        self.state.dead = True

    def do_assert(self, node: ast.Assert) -> None:
        """Two expressions."""
        self.value(node.test)
        if node.msg:
            self.value(node.msg)

    def do_with(self, node: ast.With | ast.AsyncWith) -> None:
        """Context managers; one that suppresses errors may leave its body anywhere."""
        before, session = self.state.copy(), dict(self.session)
        swallows = False
        for item in node.items:
            value = self.value(item.context_expr)
            given = self.use(value, "__enter__", item.context_expr)
            self.use(value, "__exit__", item.context_expr)
            if given is not None:
                value = given
            elif value.kind in ("generator", "iterator"):
                value = Value(self.new().own | value.parts, value.parts)
            swallows = swallows or "suppress" in ast.unparse(item.context_expr)
            if item.optional_vars:
                self.assign(item.optional_vars, value, node, "with")
        self.run(node.body)
        if any(_restores(item.context_expr) for item in node.items):
            self.session = session
        if swallows:
            self.state.merge(before)

    do_asyncwith = do_with

    def do_try(self, node: ast.Try) -> None:
        """A body that may stop anywhere, its handlers, and what runs in any case."""
        before = self.state.copy()
        caught = any(_catches_names(handler) for handler in node.handlers)
        self.possible += caught
        self.run(node.body)
        self.possible -= caught
        stopped = before.copy()
        stopped.possibly(self.state)
        stopped.sure &= before.sure
        self.run(node.orelse)
        ends = [self.state]
        self.possible += 1
        for handler in node.handlers:
            self.state = stopped.copy()
            if handler.type:
                self.value(handler.type)
            if handler.name:
                self.bind(handler.name, IMMUTABLE, "except", handler)
            self.run(handler.body)
            if handler.name:
                self.unbind(handler.name, handler)
            ends.append(self.state)
        self.possible -= 1
        self.state = ends[0].copy()
        for end in ends[1:]:
            self.state.merge(end)
        if self.state.dead and node.finalbody:
            self.state = stopped.copy()
            self.run(node.finalbody)
            self.state.dead = True
        else:
            self.run(node.finalbody)

    do_trystar = do_try

    def do_match(self, node: ast.Match) -> None:
        """One path a case; a name or ``_`` alone catches all that is left."""
        subject = self.value(node.subject)
        self.possible += 1
        start, ends, caught = self.state, [], False
        for case in node.cases:
            self.state = start.copy()
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchValue):
                    self.value(part.value)
                elif isinstance(part, ast.MatchClass):
                    self.value(part.cls)
            for name in pattern_names(case.pattern):
                self.bind(name, Value(subject.all, subject.parts), "assign", case.pattern)
            if case.guard:
                self.value(case.guard)
            self.run(case.body)
            ends.append(self.state)
            catches = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            caught = caught or (catches and case.guard is None)
        self.possible -= 1
        self.state = ends[0] if caught else start
        for end in ends[1:] if caught else ends:
            self.state.merge(end)

    def do_typealias(self, node: ast.AST) -> None:
        """``type Rows[T] = list[T]`` (Python 3.12), whose value is looked at when it is used."""
        name, value = getattr(node, "name", None), getattr(node, "value", None)
        before, self.typed = self.typed, self.typed | type_names(node)
        if isinstance(value, ast.expr):
            self.value(value)
        self.typed = before
        if isinstance(name, ast.Name):
            self.bind(name.id, IMMUTABLE, "assign", name)

    def do_import(self, node: ast.Import) -> None:
        """``import a.b as c``."""
        for alias in node.names:
            name = imported_name(alias)
            dotted = alias.name if alias.asname else alias.name.split(".")[0]
            self.bind(name, Value(kind="module", module=dotted), "import", node)

    def do_importfrom(self, node: ast.ImportFrom) -> None:
        """``from a import b``; of a star it is not known what it binds."""
        for alias in node.names:
            if node.module == "__future__":
                self.lazy = self.lazy or alias.name == "annotations"
            if alias.name == "*":
                self.stars.append(node)
            else:
                module = f"{'.' * node.level}{node.module or ''}.{alias.name}"
                self.bind(imported_name(alias), Value(kind="module", module=module), "import", node)


def _catches_names(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler catches what a name without a value raises."""
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {one.id for one in caught if isinstance(one, ast.Name)}
    return bool(names & {"NameError", "Exception", "BaseException"})


def _restores(manager: ast.expr) -> bool:
    """Say whether a context manager takes the settings of its body back when it ends."""
    called = manager.func if isinstance(manager, ast.Call) else manager
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in RESTORING
