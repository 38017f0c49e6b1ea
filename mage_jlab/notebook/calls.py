"""Following calls: what they change in place.

What they give, and what they read by name in a literal string.
"""

from __future__ import annotations

import ast
from abc import abstractmethod

from mage_jlab.notebook import known, randomness
from mage_jlab.notebook.instances import class_name, instance_kind
from mage_jlab.notebook.library_calls import LibraryCalls, copies, inplace
from mage_jlab.notebook.values import IMMUTABLE, NONE, Called, Value


class Calls(LibraryCalls):
    """Evaluates calls; :class:`Expressions` gives it the values of their parts."""

    @abstractmethod
    def value(self, node: ast.expr) -> Value:
        """Follow an expression and give what it may stand for."""

    @abstractmethod
    def attribute(self, base: Value, name: str) -> Value:
        """Give what an attribute of a value may stand for."""

    def of_call(self, node: ast.Call) -> Value:
        """A call of a method, of a library's function.

        Of one of the notebook, or of something unknown.
        """
        discarded, self.discarded = self.discarded is node, None
        looks = not discarded or known.only_looks(_bare(node.func), shown=self.shown is node)
        method = node.func if isinstance(node.func, ast.Attribute) else None
        base = self.value(method.value) if method else None
        if method is not None and base is not None and base.module is None:
            callee = Value()
        else:
            callee = self.attribute(base, method.attr) if method and base else self.value(node.func)
        arguments = [self.value(part) for part in node.args]
        words = {word.arg or "**": self.value(word.value) for word in node.keywords}
        name = node.func.id if isinstance(node.func, ast.Name) else None
        dotted = (
            callee.module
            or (name if name in known.BUILTINS and callee.function is None else None)
            or ""
        )
        self.strings(node, dotted, method)
        self._handed_on(node, [*arguments, *words.values()])
        for value in [*arguments, *words.values()]:
            if value.kind == "figure":
                self.change(value, node.func)
        if isinstance(node.func, ast.Call | ast.Lambda) and callee.module is None:
            dotted = ""
        if callee.function is not None:
            return self._of_notebook(node, callee, arguments, words)
        if method is not None and base is not None and base.module is None:
            return self._of_method(node, base, method.attr, arguments, words, discarded, looks)
        if dotted:
            return self.of_library(node, dotted, arguments, words, looks)
        if callee.kind == "changer":
            self.change(callee, node.func)
        if name == "display" and not self.known(name):
            return self.new("immutable")
        return self.of_unknown(node, [*arguments, *words.values()], looks)

    def _handed_on(self, node: ast.Call, arguments: list[Value]) -> None:
        """A function that is handed to a call is taken to be called by it."""
        place = self.places.of(node.func)
        for value in arguments:
            if value.kind == "changer":
                self.change(value, node.func)
            if value.function is not None:
                for name in value.function.changes:
                    self.change_name(name, place, certain=True)
                for name in value.function.draws:
                    if name not in self.seeded:
                        self.draws.setdefault(name, place)
                self.take_session(value.function, place)

    def _of_notebook(
        self, node: ast.Call, callee: Value, arguments: list[Value], words: dict[str, Value]
    ) -> Value:
        function = callee.function
        assert function is not None
        place = self.places.of(node.func)
        given = dict(zip(function.parameters, arguments, strict=False)) | words
        every = [*arguments, *words.values()]
        for name in function.changes_inside:
            if name in given:
                self.change(Value(given[name].parts), node.func, certain=False)
        for name in function.changes_parameters:
            if name in given:
                self.change(given[name], node.func)
                self.put_inside(given[name], NONE.union(*(value.all for value in every)))
            else:
                self.change(Value(callee.parts), node.func)
            if len(arguments) > len(function.parameters) or "**" in words:
                for value in every:
                    self.change(value, node.func)
        for name in function.changes:
            self.change_name(name, place, certain=True)
        for name in function.writes:
            self.bind(name, self.new(), "assign", node.func)
            self.written.add(name)
        for name in function.draws:
            if name not in self.seeded:
                self.draws.setdefault(name, place)
        self.take_session(function, place)
        given_names = [self.current(name) for name in function.gives_names]
        held = callee.parts.union(
            *(one.parts if one.kind == "function" else one.all for one in given_names)
        )
        held = frozenset(token for token in held if token[0] != "late") | {
            ("late", late) for late in function.gives_late
        }
        if function.is_class or function.is_generator:
            kind = "generator" if function.is_generator else instance_kind(function)
            return self.new(kind, held.union(*(value.all for value in every)))
        shared = held.union(
            *(given[name].all for name in function.gives_parameters if name in given)
        )
        if not shared:
            return self.new(function.gives if function.gives != "function" else "unknown")
        return Value(shared | self.new().own, shared, function.gives)

    def _of_method(
        self,
        node: ast.Call,
        base: Value,
        name: str,
        arguments: list[Value],
        words: dict[str, Value],
        discarded: bool,
        looks: bool,
    ) -> Value:
        target = _first_name(node.func)
        if _of_class(node.func) and name in known.BOUND_CHANGING and arguments:
            self.change(arguments[0], node.args[0])
        inside = NONE.union(*(value.all for value in [*arguments, *words.values()]))
        if inplace(node):
            self.change(base, target)
            return IMMUTABLE
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant):
            return IMMUTABLE
        self.writes_out(node, words)
        self.drawn(name, self.places.of(node.func))
        if name in known.LOGGING_SETTINGS:
            self.session.setdefault(self.places.of(node.func), f"logging.{name}")
        drawn = randomness.method_draws(name, base.kind, node)
        if drawn and drawn not in self.seeded:
            self.draws.setdefault(drawn, self.places.of(node.func))
        if base.kind == "function" and name == "register":
            self.change(base, target)
        if base.kind in ("immutable", "function"):
            return self.new("immutable" if name in known.FRESH_METHODS else "unknown")
        if base.kind == "rng":
            self.change(base, target)
            for value in arguments if name in ("shuffle",) else ():
                self.change(value, node.func)
            return self.new("array")
        method = self._method(base.kind, name)
        if method is not None:
            return self._of_notebook(node, Value(function=method), [base, *arguments], words)
        if name == "pipe":
            for value in arguments[:1]:
                if value.function is not None:
                    return self._of_notebook(node, value, [base, *arguments[1:]], words)
        if base.kind == "plotter" or (
            base.kind == "pandas" and name in ("plot", "hist", "boxplot")
        ):
            return self.new("figure")
        if base.kind == "figure":
            if name not in ("savefig", "show", "get_figure"):
                self.change(base, target)
            return Value(base.own, base.parts, "figure")
        if base.kind == "pandas":
            if name in known.PANDAS_CHANGING or (name == "append" and discarded):
                self.change(base, target)
            return self.new(
                "immutable" if name in ("to_csv", "to_json", "item", "nunique") else "pandas"
            )
        return self._of_object(node, base, name, inside, discarded, looks)

    def _method(self, kind: str, name: str) -> Called | None:
        """Give a method of an instance of one of the notebook's classes."""
        owner = class_name(kind)
        function = self.current(owner).function if owner is not None else None
        return dict(function.methods).get(name) if function is not None else None

    def _of_object(
        self,
        node: ast.Call,
        base: Value,
        name: str,
        inside: frozenset[tuple[str, str]],
        discarded: bool,
        looks: bool,
    ) -> Value:
        target = _first_name(node.func)
        changes = (name in known.CHANGING_METHODS or known.changes_by_name(name)) or (
            name in known.CHANGING_IF_DISCARDED and (discarded or base.kind == "container")
        )
        if changes:
            self.change(base, target)
            if name not in known.DEEP_CHANGING:
                self.put_inside(base, inside)
            elif base.kind == "pipeline" or not name.startswith(("fit", "partial_fit")):
                self.change(Value(base.parts), target, certain=False)
            if name.startswith("fit"):
                itself = name == "fit" and base.kind in ("estimator", "pipeline", "unknown")
                return Value(base.own, base.parts, base.kind) if itself else self.new("object")
            return Value(base.parts | inside, base.parts | inside)
        if name in known.FRESH_METHODS and base.kind != "container" and copies(node.keywords):
            return self.new(base.kind if base.kind == "array" else "unknown")
        if not looks:
            self.change(Value(base.own, kind=base.kind), target, certain=False)
            self.put_inside(base, inside)
        if name in ("copy", "items", "values", "keys", "get") or base.kind == "container":
            return Value(
                self.new().own | (base.parts if name not in ("copy", "keys") else NONE),
                base.parts | inside,
            )
        if base.kind == "array":
            return Value(base.own, base.parts, "array")
        if base.kind == "connection":
            return self.new("connection", base.all)
        if discarded or known.gives_part(name) or base.kind in ("iterator", "generator", "file"):
            return Value(self.new().own | base.all, base.parts | inside)
        return self.new("object", inside)


def _bare(function: ast.expr) -> str:
    """Give the last name of what is called."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _of_class(method: ast.expr) -> bool:
    """Say whether a method is taken from a builtin class: ``list.append``."""
    owner = method.value if isinstance(method, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in ("list", "dict", "set", "bytearray")


def _first_name(node: ast.expr) -> ast.expr:
    inner = node
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return inner if isinstance(inner, ast.Name) else node
