"""Following definitions of functions and classes: what holds when they are called."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from mage_jlab.notebook.classes import keeps_state, method_style
from mage_jlab.notebook.expressions import Expressions
from mage_jlab.notebook.scopes import bound_names, declared, local_names, parameters, type_names
from mage_jlab.notebook.values import Called, Value


class Definitions(Expressions):
    """Follows ``def``, ``class`` and ``lambda``."""

    @abstractmethod
    def run(self, body: Sequence[ast.stmt]) -> None:
        """Follow statements one after another."""

    def do_functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """A definition: decorators and defaults run now, the body when it is called."""
        decorators = [self.value(part) for part in node.decorator_list]
        held = self.defaults(node.args)
        before, self.typed = self.typed, self.typed | type_names(node)
        self._annotations(node)
        style = method_style(node)
        function = replace(self.summary(node, node.name), holds=bool(held), style=style)
        self.typed = before
        if any(one.function is not None and one.function.gives == "changer" for one in decorators):
            function = replace(function, changes=function.changes | {node.name})
        value = Value(self.new().own, held | self.late(function), "function", function=function)
        for part, decorator in zip(node.decorator_list, decorators, strict=True):
            if decorator.function is not None:
                self.call_function(part, decorator, [value], {})
        if style == "setter" and node.name in self.state.values:
            value = replace(value, function=self.state.values[node.name].function)
        self.bind(node.name, value, "def", node)

    do_asyncfunctiondef = do_functiondef

    def _annotations(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if self.lazy:
            return
        given = node.args
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
            if one is not None and one.annotation:
                self.value(one.annotation)
        if node.returns:
            self.value(node.returns)

    def do_classdef(self, node: ast.ClassDef) -> None:
        """A class: its body runs now, in a scope of its own; its methods when they are called."""
        for part in node.decorator_list:
            self.value(part)
        before, self.typed = self.typed, self.typed | type_names(node)
        for word in node.keywords:
            self.value(word.value)
        methods: dict[str, Called] = {}
        for part in reversed(node.bases):
            base = self.value(part).function
            methods |= dict(base.methods) if base is not None else {}
        own = bound_names(node.body)
        inner = self.child(own)
        inner.class_body = True
        inner.run(node.body)
        self.typed = before
        for name, value in inner.state.values.items():
            if name in methods:
                methods[f"super {name}"] = methods[name]
            if value.function is not None:
                methods[name] = value.function
        for name, place in inner.reads_now.items():
            if name in own:
                self.mixed_class_names.setdefault(name, place)
            self.read_at(name, place)
        late = {name: place for name, place in inner.reads.items() if name not in inner.reads_now}
        self.absorb(inner)
        kept = {node.name} if keeps_state(node) else set()
        summary = Called(
            node.name,
            reads=tuple(late.items()),
            changes=frozenset(inner.late_changes | kept),
            writes=frozenset(inner.written),
            gives_names=frozenset(late),
            draws=frozenset(inner.draws),
            strings=frozenset(inner.string_names),
            is_class=True,
            gives_late=frozenset(late),
            sets=frozenset(inner.late_sets),
            methods=tuple(methods.items()),
        )
        value = Value(self.new().own, self.late(summary), "function", function=summary)
        self.bind(node.name, value, "class", node)

    def summary(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str
    ) -> Called:
        """Follow a function's body as if it were called.

        And tell what it reads, changes and gives.
        """
        inner = self.child(local_names(node))
        body = [ast.Return(node.body)] if isinstance(node, ast.Lambda) else node.body
        given = parameters(node)
        for parameter in given:
            inner.state.sure.add(parameter)
            inner.state.values[parameter] = Value(
                frozenset({("outer", f"({parameter}")}), frozenset({("inner", f"({parameter}")})
            )
        inner.outer_scope = declared(body, ast.Global)
        inner.nonlocal_names = declared(body, ast.Nonlocal)
        inner.run(body)
        surely = {token for token, (_, certain) in inner.changed.items() if certain}
        changed = {name for scope, name in inner.changed if scope == "outer"}
        maybe = {name for name in changed if ("outer", name) not in surely and name[0] == "("}
        changed -= maybe
        inside = {name for scope, name in surely if scope == "inner"}
        gives = frozenset(token for value in inner.returned for token in value.all)
        kinds = {value.kind for value in inner.returned}
        classes = {value.cls for value in inner.returned}
        given_back = [one for value in inner.returned for one in (value, *(value.items or ()))]
        functions = [one.function for one in given_back if one.function is not None]
        if any(one.keeps or one.changes & (inner.local or set()) for one in functions):
            kinds = {"changer"}
        self.adopt(inner)
        outer = frozenset(token[1] for token in gives if token[0] in ("outer", "inner"))
        return Called(
            name,
            tuple(given),
            reads=tuple(inner.reads.items()),
            changes=frozenset(one for one in changed if not one.startswith("(")),
            writes=frozenset(inner.written),
            changes_parameters=frozenset(one[1:] for one in changed if one.startswith("(")),
            gives_parameters=frozenset(one[1:] for one in outer if one.startswith("(")),
            gives_names=frozenset(one for one in outer if not one.startswith("(")),
            is_generator=inner.is_generator or isinstance(node, ast.AsyncFunctionDef),
            gives=next(iter(kinds)) if len(kinds) == 1 else "unknown",
            draws=frozenset(inner.draws),
            seeds=frozenset(inner.seeded),
            strings=frozenset(inner.string_names),
            gives_late=frozenset(token[1] for token in gives if token[0] == "late"),
            sets=frozenset(inner.session.values()),
            figures=frozenset(inner.figures),
            changes_inside=frozenset(one[1:] for one in inside if one.startswith("(")),
            maybe=frozenset(one[1:] for one in maybe),
            rest=(
                node.args.vararg.arg if node.args.vararg else None,
                node.args.kwarg.arg if node.args.kwarg else None,
            ),
            uses=frozenset(inner.uses),
            calls=tuple(inner.late_calls),
            gives_cls=next(iter(classes)) if len(classes) == 1 else None,
            keeps=inner.keeps,
        )
