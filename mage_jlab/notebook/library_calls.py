"""Following calls of libraries: what they change, what they give, what they read by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from mage_jlab.notebook import known, randomness
from mage_jlab.notebook.functions import Functions
from mage_jlab.notebook.session_effects import imported_by_call, is_literal_call
from mage_jlab.notebook.strings import functions_in_formula, names_in_call
from mage_jlab.notebook.values import IMMUTABLE, NONE, Value


class LibraryCalls(Functions):
    """Evaluates calls of libraries, known and unknown."""

    def writes_out(self, node: ast.Call, words: dict[str, Value]) -> None:
        """Note what a call writes its value to (``out=``)."""
        if "out" in words:
            self.change(words["out"], node.func, certain=words["out"].kind != "unknown")

    def of_library(
        self,
        node: ast.Call,
        dotted: str,
        arguments: list[Value],
        words: dict[str, Value],
        looks: bool,
    ) -> Value:
        """A call of a library's function.

        Args:
            node: the call.
            dotted: the function's full name.
            arguments: the values of the arguments by position.
            words: those by name.
            looks: whether the call, if nothing is known of it, is taken to change nothing.
        """
        self._random(node, dotted)
        self.writes_out(node, words)
        if dotted in known.PROTOCOLS or dotted in known.SHALLOW_FUNCTIONS:
            for value in arguments:
                self.use(value, known.PROTOCOLS.get(dotted, "__iter__"), node.func)
        made = self._made(dotted, arguments, words)
        if made is not None:
            return made
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
        if inplace(node) and arguments:
            self.change(arguments[0], node.args[0])
        root = dotted.split(".")[0]
        if root not in known.PURE_ROOTS and dotted not in known.BUILTINS:
            return self.of_unknown(node, [*arguments, *words.values()], looks)
        if dotted == "getattr":
            return Value(everything, everything)
        if dotted == "numpy.nan_to_num" and arguments and not copies(node.keywords):
            self.change(arguments[0], node.args[0])
        if dotted == "numpy.einsum":
            return Value(everything, everything, "array")
        aliases = dotted in known.ALIAS_FUNCTIONS or (
            dotted == "numpy.array" and not copies(node.keywords)
        )
        if aliases and arguments:
            kind = "array" if dotted.startswith("numpy.") else arguments[0].kind
            return Value(arguments[0].own, arguments[0].parts, kind)
        if dotted == "collections.ChainMap" and arguments:
            return Value(self.new().own | arguments[0].own, everything, "container")
        kind = self._kind_given(node, dotted)
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
        if kind in known.CANNOT_TRAVEL or kind in ("pipeline", "plot"):
            return self.new(kind, everything)
        last = dotted.rsplit(".", 1)[-1]
        if kind == "unknown" and last[:1].isupper():
            return self.new("estimator" if root in known.ESTIMATORS else "object", everything)
        return self.new(kind)

    def _kind_given(self, node: ast.Call, dotted: str) -> str:
        """Give the kind of what a library's function gives, by its arguments too."""
        kind = known.kind_of(dotted)
        words = {word.arg: word.value for word in node.keywords}
        if kind == "patsy" and _is_text(words.get("return_type"), "dataframe"):
            return "pandas"
        if dotted.startswith("pandas.read_") and any(
            word in words and not _is_text(words[word], None, False)
            for word in ("chunksize", "iterator")
        ):
            return "iterator"
        called = functions_in_formula(node, dotted, self.texts)
        return "formula" if any(self._is_theirs(name) for name in called) else kind

    def _is_theirs(self, name: str) -> bool:
        """Say whether a formula's function is none that every formula knows."""
        module = self.current(name).module or ""
        return self.known(name) and module != "numpy" and not module.startswith("patsy.")

    def _made(self, dotted: str, arguments: list[Value], words: dict[str, Value]) -> Value | None:
        """Give the function or class that a library's function makes of its arguments."""
        if dotted == "functools.partial" and arguments and arguments[0].function is not None:
            function = arguments[0].function
            given = [*arguments[1:], *words.values()]
            left = [name for name in function.parameters if name not in words]
            bound = dict(zip(function.parameters, arguments[1:], strict=False)) | words
            function = replace(function, parameters=tuple(left[len(arguments) - 1 :]))
            held = NONE.union(arguments[0].parts, *(value.all for value in given))
            uses = frozenset(one for one in function.uses if one[0] not in bound)
            function = replace(function, uses=uses, holds=bool(given))
            return Value(self.new().own, held, "function", function=function)
        return None

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

    def of_unknown(self, node: ast.Call, arguments: list[Value], looks: bool) -> Value:
        """Nothing is known of the function.

        One whose value is used is taken to make something new of what it is given; a call that
        stands for itself, and does not only look, to change it.
        """
        self.drawn(ast.unparse(node.func), self.places.of(node.func))
        if not looks:
            for value in arguments:
                certain = value.kind in ("array", "pandas") and self.shown is not node
                self.change(value, node.func, certain=certain)
        held = NONE.union(*(value.all for value in arguments if value.kind != "function"))
        return self.new("object", held)

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

    def strings(self, node: ast.Call, dotted: str, method: ast.Attribute | None) -> None:
        """Read the names that stand in a call's literal strings."""
        found = names_in_call(node, dotted, method.attr if method else "", self.texts)
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


def _is_text(node: ast.expr | None, *values: object) -> bool:
    return isinstance(node, ast.Constant) and node.value in values


def copies(words: Iterable[ast.keyword]) -> bool:
    """Say whether a call copies, as it does unless it says ``copy=False`` (or None)."""
    return not any(
        word.arg == "copy" and not (isinstance(word.value, ast.Constant) and word.value.value)
        for word in words
    )


def inplace(node: ast.Call) -> bool:
    """Say whether a call is told to work in place."""
    return any(
        word.arg in ("inplace", "in_place")
        and not (isinstance(word.value, ast.Constant) and word.value.value is False)
        for word in node.keywords
    )
