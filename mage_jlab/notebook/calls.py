"""Following calls: what they change in place.

What they give, and what they read by name in a literal string.
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace

from mage_jlab.notebook import known, randomness
from mage_jlab.notebook.session_effects import (
    SessionEffects,
    imported_by_call,
    is_literal_call,
)
from mage_jlab.notebook.strings import names_in_call
from mage_jlab.notebook.values import IMMUTABLE, NONE, Value


class Calls(SessionEffects):
    """Evaluates calls; :class:`Expressions` gives it the values of their parts."""

    @abstractmethod
    def value(self, node: ast.expr) -> Value:
        """Follow an expression and give what it may stand for."""

    @abstractmethod
    def attribute(self, base: Value, name: str) -> Value:
        """Give what an attribute of a value may stand for."""

    @abstractmethod
    def item(self, value: Value) -> Value:
        """Give what going through a value gives."""

    def of_call(self, node: ast.Call) -> Value:
        """A call of a method, of a library's function.

        Of one of the notebook, or of something unknown.
        """
        discarded, self.discarded = self.discarded is node, None
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
        self._strings(node, dotted, method)
        self._handed_on(node, [*arguments, *words.values()])
        for value in [*arguments, *words.values()]:
            if value.kind == "figure":
                self.change(value, node.func)
        if isinstance(node.func, ast.Call | ast.Lambda) and callee.module is None:
            dotted = ""
        if callee.function is not None:
            return self._of_notebook(node, callee, arguments, words)
        if method is not None and base is not None and base.module is None:
            return self._of_method(node, base, method.attr, arguments, words, discarded)
        if dotted:
            return self._of_library(node, dotted, arguments, words)
        if callee.kind == "changer":
            self.change(callee, node.func)
        if name == "display" and not self.known(name):
            return self.new("immutable")
        return self._of_unknown(node, [*arguments, *words.values()])

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
            kind = "generator" if function.is_generator else "unknown"
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
    ) -> Value:
        target = _first_name(node.func)
        if _of_class(node.func) and name in known.BOUND_CHANGING and arguments:
            self.change(arguments[0], node.args[0])
        inside = NONE.union(*(value.all for value in [*arguments, *words.values()]))
        if _inplace(node):
            self.change(base, target)
            return IMMUTABLE
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant):
            return IMMUTABLE
        self._out(node, words)
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
        return self._of_object(node, base, name, inside, discarded)

    def _of_object(
        self,
        node: ast.Call,
        base: Value,
        name: str,
        inside: frozenset[tuple[str, str]],
        discarded: bool,
    ) -> Value:
        target = _first_name(node.func)
        changes = (name in known.CHANGING_METHODS or known.changes_by_name(name)) or (
            name in known.CHANGING_IF_DISCARDED and (discarded or base.kind == "container")
        )
        if changes:
            self.change(base, target)
            if name not in known.DEEP_CHANGING:
                self.put_inside(base, inside)
            else:
                self.change(Value(base.parts), target, certain=False)
            if name.startswith("fit"):
                return Value(base.own, base.parts) if name == "fit" else self.new()
            return Value(base.parts | inside, base.parts | inside)
        if name in known.FRESH_METHODS and base.kind != "container" and _copies(node.keywords):
            return self.new(base.kind if base.kind == "array" else "unknown")
        if discarded and name not in known.QUIET_METHODS and not name.startswith("to_"):
            self.change(Value(base.all, kind=base.kind), target, certain=False)
            self.put_inside(base, inside)
        if name in ("copy", "items", "values", "keys", "get") or base.kind == "container":
            return Value(
                self.new().own | (base.parts if name not in ("copy", "keys") else NONE),
                base.parts | inside,
            )
        if base.kind == "array":
            return Value(base.own, base.parts, "array")
        return Value(self.new().own | base.all, base.parts | inside)

    def _out(self, node: ast.Call, words: dict[str, Value]) -> None:
        if "out" in words:
            self.change(words["out"], node.func, certain=words["out"].kind != "unknown")

    def _of_library(
        self,
        node: ast.Call,
        dotted: str,
        arguments: list[Value],
        words: dict[str, Value],
    ) -> Value:
        self._random(node, dotted)
        self._out(node, words)
        self.reaches_names(node, dotted)
        self.session_call(node, dotted, arguments[0] if arguments else None)
        if dotted == "eval" and is_literal_call(node):
            self._eval(node)
        if dotted == "__import__":
            return Value(kind="module", module=imported_by_call(node))
        everything = NONE.union(*(value.all for value in [*arguments, *words.values()]))
        first = dotted in known.CHANGES_FIRST or known.changes_first(dotted)
        filled = known.out_position(dotted)
        if filled is not None and len(arguments) > filled:
            self.change(arguments[filled], node.args[filled])
        if first and arguments:
            self.change(arguments[0], node.args[0])
            self.put_inside(arguments[0], NONE.union(*(value.all for value in arguments[1:])))
            return Value(arguments[0].parts | arguments[0].own, arguments[0].parts)
        for position, value in enumerate(arguments[:1]):
            if value.kind in ("iterator", "generator") and value.own:
                self.change(value, node.args[position])
        if _inplace(node) and arguments:
            self.change(arguments[0], node.args[0])
        root = dotted.split(".")[0]
        if root not in known.PURE_ROOTS and dotted not in known.BUILTINS:
            return self._of_unknown(node, [*arguments, *words.values()])
        if dotted == "getattr":
            return Value(everything, everything)
        if dotted == "numpy.nan_to_num" and arguments and not _copies(node.keywords):
            self.change(arguments[0], node.args[0])
        if dotted == "numpy.einsum":
            return Value(everything, everything, "array")
        aliases = dotted in known.ALIAS_FUNCTIONS or (
            dotted == "numpy.array" and not _copies(node.keywords)
        )
        if aliases and arguments:
            kind = "array" if dotted.startswith("numpy.") else arguments[0].kind
            return Value(arguments[0].own, arguments[0].parts, kind)
        kind = known.kind_of(dotted)
        place = self.places.of(node.func)
        if not dotted.startswith("matplotlib."):
            if kind == "figure":
                self.figures.setdefault("begins", place)
            self.drawn(dotted.rpartition(".")[2], place)
        if dotted in known.SHALLOW_FUNCTIONS:
            items = NONE.union(
                *(
                    self.item(value).all if value.kind != "unknown" else value.all
                    for value in arguments
                ),
                *(value.all for value in words.values()),
            )
            if dotted in known.PICKING_FUNCTIONS:
                return Value(items, items)
            element = self._element(node, dotted, arguments)
            if element is not None:
                return replace(self.new(kind, items), element=element)
            return self.new(kind if kind != "unknown" else "container", items)
        if kind in ("iterator", "file", "connection", "lock"):
            return self.new(kind, everything)
        last = dotted.rsplit(".", 1)[-1]
        if kind == "unknown" and last[:1].isupper():
            return self.new(kind, everything)
        return self.new(kind)

    def _element(self, node: ast.Call, dotted: str, arguments: list[Value]) -> Value | None:
        """Give what ``zip`` and ``enumerate`` give at each step: a tuple of values apart."""
        if any(isinstance(part, ast.Starred) for part in node.args):
            return None
        if dotted == "enumerate" and arguments:
            items: tuple[Value, ...] = (IMMUTABLE, self.item(arguments[0]))
        elif dotted == "zip" and arguments:
            items = tuple(self.item(value) for value in arguments)
        else:
            return None
        return Value(NONE, NONE.union(*(item.all for item in items)), "container", items=items)

    def _of_unknown(self, node: ast.Call, arguments: list[Value]) -> Value:
        """Nothing is known: it may change what it is given, and give it back."""
        self.drawn(ast.unparse(node.func), self.places.of(node.func))
        for value in arguments:
            if value.kind not in ("immutable", "pandas") or value.kind == "pandas":
                self.change(value, node.func, certain=False)
        shared = NONE.union(*(value.all for value in arguments))
        return Value(self.new().own | shared, shared)

    def _random(self, node: ast.Call, dotted: str) -> None:
        place = self.places.of(node.func)
        seeded = randomness.seeds(dotted)
        if seeded:
            self.seeded.setdefault(seeded, place)
        drawn = randomness.draws(dotted, node)
        if drawn and drawn not in self.seeded:
            self.draws.setdefault(drawn, place)

    def _eval(self, node: ast.Call) -> None:
        text = node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        try:
            tree = ast.parse(str(text).strip(), mode="eval")
        except SyntaxError:
            return
        for part in ast.walk(tree):
            if isinstance(part, ast.Name):
                self._string_name(part.id, node)

    def _strings(self, node: ast.Call, dotted: str, method: ast.Attribute | None) -> None:
        found = names_in_call(node, dotted, method.attr if method else "")
        for name in found.names:
            if name in found.certain or self.known(name):
                self._string_name(name, node)
        if found.unknown is not None:
            self.problems.append(found.unknown.at(self.places.of(node.func)))

    def _string_name(self, name: str, node: ast.Call) -> None:
        place = self.places.of(node.args[0] if node.args else node)
        mine = self.local is not None and name in self.local
        if not mine and name not in self.overlay and (self.parent is not None or self.overlay):
            self.string_names.setdefault(name, place)
        self.read_at(name, place)


def _of_class(method: ast.expr) -> bool:
    """Say whether a method is taken from a builtin class: ``list.append``."""
    owner = method.value if isinstance(method, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in ("list", "dict", "set", "bytearray")


def _copies(words: Iterable[ast.keyword]) -> bool:
    """Say whether a call copies, as it does unless it says ``copy=False`` (or None)."""
    return not any(
        word.arg == "copy" and not (isinstance(word.value, ast.Constant) and word.value.value)
        for word in words
    )


def _inplace(node: ast.Call) -> bool:
    return any(
        word.arg in ("inplace", "in_place")
        and not (isinstance(word.value, ast.Constant) and word.value.value is False)
        for word in node.keywords
    )


def _first_name(node: ast.expr) -> ast.expr:
    inner = node
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return inner if isinstance(inner, ast.Name) else node
