"""What is collected while a scope is followed: reads, bindings and changes of names."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, field
from typing import Self

from mage_jlab.notebook.known import BUILTINS
from mage_jlab.notebook.problems import Place, Places, Problem
from mage_jlab.notebook.values import IMMUTABLE, Called, LateCall, State, Token, Value


@dataclass(frozen=True)
class Context:
    """What the cells above say about names, as far as the cell mentions them.

    Attributes:
        modules: name -> what it was imported as, dotted.
        functions: name -> what is known of the notebook's function of that name.
        kinds: name -> the kind of its value.
        names: all names that are bound above.
        classes: name -> the notebook's class that it is an instance of.
        changing: methods with which an instance of a class above changes itself.
    """

    modules: tuple[tuple[str, str], ...] = ()
    functions: tuple[tuple[str, Called], ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    names: frozenset[str] = frozenset()
    classes: tuple[tuple[str, Called], ...] = ()
    changing: frozenset[str] = frozenset()

    def value(self, name: str) -> Value:
        """Give the value of a name from above."""
        function = dict(self.functions).get(name)
        parts = frozenset({("inner", name)}) if function is None or function.holds else frozenset()
        return Value(
            frozenset({("outer", name)}),
            parts | (function.late if function is not None else frozenset()),
            dict(self.kinds).get(name, "unknown"),
            dict(self.modules).get(name),
            function,
            cls=dict(self.classes).get(name),
        )


@dataclass(frozen=True)
class Bound:
    """A binding of a name: by what statement, and where it stands last."""

    how: str
    place: Place


@dataclass
class ScopeState:
    """The names of one scope while its statements are followed."""

    context: Context
    places: Places
    local: set[str] | None = None
    parent: ScopeState | None = None
    state: State = field(default_factory=State)
    reads: dict[str, Place] = field(default_factory=dict)
    reads_now: dict[str, Place] = field(default_factory=dict)
    bare: set[str] = field(default_factory=set)
    binds: dict[str, Bound] = field(default_factory=dict)
    deleted: dict[str, Place] = field(default_factory=dict)
    changed: dict[Token, tuple[Place, bool]] = field(default_factory=dict)
    called: dict[Token, Place] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    late_changes: set[str] = field(default_factory=set)
    late_sets: set[str] = field(default_factory=set)
    draws: dict[str, Place] = field(default_factory=dict)
    seeded: dict[str, Place] = field(default_factory=dict)
    string_names: dict[str, Place] = field(default_factory=dict)
    session: dict[Place, str] = field(default_factory=dict)
    figures: dict[str, Place] = field(default_factory=dict)
    mixed_class_names: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stars: list[ast.ImportFrom] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)
    breaks: list[State] = field(default_factory=list)
    outer_scope: set[str] = field(default_factory=set)
    overlay: list[str] = field(default_factory=list)
    class_body: bool = False
    keeps: bool = False
    is_generator: bool = False
    discarded: ast.expr | None = None
    shown: ast.expr | None = None
    following: set[str] = field(default_factory=set)
    uses: set[tuple[str, str]] = field(default_factory=set)
    late_calls: dict[LateCall, None] = field(default_factory=dict)
    methods: dict[str, Called] = field(default_factory=dict)
    entered: list[Called] = field(default_factory=list)
    followed: int = 0
    nonlocal_names: set[str] = field(default_factory=set)
    possible: int = 0
    firm: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    lazy: bool = False
    typed: set[str] = field(default_factory=set)
    fresh: itertools.count[int] = field(default_factory=itertools.count)

    def child(self, local: set[str]) -> Self:
        """Give the state of a scope inside this one, with names of its own."""
        inner = type(self)(self.context, self.places, local, self)
        inner.fresh = self.fresh
        inner.lazy = self.lazy
        inner.typed = self.typed
        return inner

    def new(self, kind: str = "unknown", parts: frozenset[Token] = frozenset()) -> Value:
        """Give a value that this cell makes."""
        own: frozenset[Token] = (
            frozenset() if kind == "immutable" else frozenset({("new", str(next(self.fresh)))})
        )
        return Value(own, parts, kind)

    def read(self, name: str, node: ast.AST) -> Value:
        """Read a name at a node."""
        return self.read_at(name, self.places.of(node))

    def read_at(self, name: str, place: Place) -> Value:
        """Read a name at a place: of this scope where it is bound, else from outside."""
        value = self.state.values.get(name)
        mine = self.local is not None and name in self.local and not self.class_body
        if value is None or not (name in self.state.sure or mine):
            if mine:
                value = value or Value()
            elif name in self.typed:
                return IMMUTABLE
            else:
                self._outside(name, place, bare=value is None)
                outer = self.outer_value(name)
                value = outer if value is None else value.joined(outer)
        if value.function is not None and name not in self.following:
            self.following.add(name)
            self.possible += 1  # by lines of the function that may never be reached
            for other, _ in value.function.reads:
                self.read_at(other, place)
            self.possible -= 1
            self.following.discard(name)
            for other in value.function.strings:
                if self.local is None or other not in self.local:
                    self.string_names.setdefault(other, place)
        return value

    def _outside(self, name: str, place: Place, *, bare: bool) -> None:
        self.reads.setdefault(name, place)
        if self.class_body:
            self.reads_now.setdefault(name, place)
        if bare:
            self.bare.add(name)
            if not self.possible:
                self.firm.add(name)

    def outer_value(self, name: str) -> Value:
        """Give what is known of a name from outside this scope."""
        scope = self.parent
        while scope is not None:
            found = scope.state.values.get(name)
            if found is not None and not scope.class_body:
                tokens = (frozenset({("outer", name)}), frozenset({("inner", name)}))
                return Value(*tokens, found.kind, found.module, found.function, cls=found.cls)
            scope = scope.parent
        return self.context.value(name)

    def bind(self, name: str, value: Value, how: str, node: ast.AST) -> None:
        """Bind a name in this scope, or outside of it where it is declared ``global``."""
        if name in self.outer_scope:
            self.written.add(name)
        elif name in self.nonlocal_names:
            self.keeps = True
        elif name not in self.overlay:
            self.binds.pop(name, None)
            self.binds[name] = Bound(how, self.places.of(node))
            self.deleted.pop(name, None)
        self.state.sure.add(name)
        self.state.values[name] = value
        if self.class_body and value.function is not None:
            self.late_changes |= value.function.changes
            self.late_sets |= value.function.sets
            self.written |= value.function.writes
            self.string_names.update(dict.fromkeys(value.function.strings, self.places.of(node)))
            for other, place in value.function.reads:
                self.reads.setdefault(other, place)

    def unbind(self, name: str, node: ast.AST) -> None:
        """Take a name away."""
        self.state.sure.discard(name)
        self.state.values.pop(name, None)
        self.deleted[name] = self.places.of(node)

    def change(self, value: Value, node: ast.AST, *, certain: bool = True) -> None:
        """Note that the object behind a value is changed in place.

        What is unknown is not taken to change data or functions.
        """
        if value.module is not None or value.kind == "immutable":
            return
        if not certain and value.kind in ("array", "function", "pandas"):
            return
        place = self.places.of(node)
        for token in value.own:
            known = self.changed.get(token)
            if token[0] not in ("late", "does") and (known is None or (certain and not known[1])):
                self.changed[token] = (place, certain)

    def put_inside(self, container: Value, tokens: frozenset[Token]) -> None:
        """Note that a container now holds more objects, under whatever name it is known."""
        if not tokens:
            return
        for name, value in self.state.values.items():
            if value.own & container.own:
                self.state.values[name] = value.holding(tokens)
        for token in container.own:
            if (
                token[0] == "outer"
                and token[1] not in self.state.values
                and not token[1].startswith("(")
            ):
                self.state.values[token[1]] = self.outer_value(token[1]).holding(tokens)
                self.state.sure.add(token[1])

    def absorb(self, inner: ScopeState) -> None:
        """Take over what a scope did that ran at once (a class body)."""
        for token, (place, certain) in inner.changed.items():
            if token[0] == "outer":
                self.change_name(token[1], place, certain)
            else:
                self.changed.setdefault(token, (place, certain))
        self.draws.update(inner.draws)
        self.seeded.update(inner.seeded)
        self.session.update(inner.session)
        self.figures.update(inner.figures)
        self.adopt(inner)

    def change_name(self, name: str, place: Place, certain: bool) -> None:
        """Note that the object behind a name is changed in place."""
        value = self.current(name)
        for token in value.own if value.module is None else ():
            known = self.changed.get(token)
            if known is None or (certain and not known[1]):
                self.changed[token] = (place, certain)

    def current(self, name: str) -> Value:
        """Give what a name stands for here, on any path, without counting it as read."""
        value = self.state.values.get(name)
        if value is None:
            return self.outer_value(name)
        local = self.local is not None and name in self.local
        return value if local or name in self.state.sure else value.joined(self.outer_value(name))

    def adopt(self, inner: ScopeState) -> None:
        """Take over a scope's problems."""
        self.problems += inner.problems
        self.mixed_class_names.update(inner.mixed_class_names)
        self.stars += inner.stars

    def known(self, name: str) -> bool:
        """Say whether a name is bound here or above, other than as a builtin."""
        scope: ScopeState | None = self
        while scope is not None:
            if name in scope.state.values:
                return True
            scope = scope.parent
        return name in self.context.names and name not in BUILTINS
