"""Following calls: what they change in place.

What they give, and what they read by name in a literal string.
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from dataclasses import replace

from mage_jlab.notebook import known, randomness
from mage_jlab.notebook.library_calls import LibraryCalls, copies, inplace
from mage_jlab.notebook.values import IMMUTABLE, NONE, LateCall, Value


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
        every = [*arguments, *words.values()]
        self.handed_on(node, base, every)
        for value in every:
            if value.kind in ("figure", "buffer"):
                self.change(value, node.func)
        if isinstance(node.func, ast.Call | ast.Lambda) and callee.module is None:
            dotted = ""
        if callee.function is not None:
            return self.call_function(node, callee, arguments, words)
        if callee.cls is not None:
            given = self.method(node, callee, "__call__", arguments, words)
            if given is not None:
                return given
        if method is not None and base is not None and base.module is None:
            return self._of_method(node, base, method.attr, arguments, words, discarded, looks)
        if dotted:
            return self.of_library(node, dotted, arguments, words, looks)
        if callee.kind == "changer":
            self.change(callee, node.func)
        if name == "display" and not self.known(name):
            return self.new("immutable")
        for token in callee.own:
            self.called.setdefault(token, self.places.of(node.func))
        owners = [owner for scope, owner in callee.own if scope == "outer"]
        found = [one for one in map(self.current, owners) if one.function is not None]
        for one in found:
            self.call_function(node, one, arguments, words)
        if callee.kind == "unknown" and callee.own and not found:
            looks = False
        called = next(iter(owners), None)
        if self.parent is not None and called is not None and name is not None:
            return self._of_late(node, called, arguments, words)
        return self.of_unknown(node, every, looks)

    def _of_late(
        self, node: ast.Call, name: str, arguments: list[Value], words: dict[str, Value]
    ) -> Value:
        """In a function, a call of what is not known yet: it is carried out when it is."""
        self.drawn(ast.unparse(node.func), self.places.of(node.func))
        self.late_calls[LateCall(name, tuple(arguments), tuple(words.items()))] = None
        shared = NONE.union(*(value.all for value in (*arguments, *words.values())))
        return Value(self.new().own | shared, shared)

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
        given = self.method(node, base, name, arguments, words)
        if given is not None:
            return given
        if name not in known.KNOWN_METHODS:
            self.late_method(base, name, arguments, words)
        if name in self.context.changing and base.kind in ("unknown", "object"):
            self.change(base, target, certain=False)
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
        if base.kind == "buffer":
            if name not in ("getvalue", "getbuffer", "tell", "fileno"):
                self.change(base, target)
            return self.new()
        if name == "pipe":
            for value in arguments[:1]:
                if value.function is not None:
                    return self.call_function(node, value, [base, *arguments[1:]], words)
        if base.kind == "plotter" or (
            base.kind == "pandas" and name in ("plot", "hist", "boxplot")
        ):
            return self.new("figure")
        if base.kind == "figure":
            if name not in ("savefig", "show", "get_figure"):
                self.change(base, target)
            return Value(base.own, base.parts, "figure")
        if (
            base.kind == "plot"
            or (base.kind == "formula" and name.startswith(("fit", "get_")))
            or (base.kind == "patsy" and name not in known.FRESH_METHODS)
        ):
            return self.new(base.kind, base.all | inside)
        if base.kind == "pandas":
            if name in known.PANDAS_CHANGING or (name == "append" and discarded):
                self.change(base, target)
            if name in known.LAZY_METHODS:
                return self.new("pandas", base.own)
            return self.new(
                "immutable" if name in ("to_csv", "to_json", "item", "nunique") else "pandas"
            )
        return self._of_object(node, base, name, inside, discarded, looks)

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
            name in known.CHANGING_IF_DISCARDED and (discarded or base.is_container)
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
        if name in known.FRESH_METHODS and not base.is_container and copies(node.keywords):
            return self.new(base.kind if base.kind == "array" else "unknown")
        if not looks:
            self.change(Value(base.own, kind=base.kind), target, certain=False)
            self.put_inside(base, inside)
        if base.is_container and name in ("items", "values", "keys"):
            view = self.new("container", base.all)
            return replace(view, element=Value(base.parts, base.parts))
        if name in ("copy", "items", "values", "keys", "get") or base.is_container:
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
