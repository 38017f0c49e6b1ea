"""Following calls of the notebook's own functions, and uses of objects of its classes."""

from __future__ import annotations

import ast
from abc import abstractmethod
from dataclasses import replace

from mage_jlab.notebook.problems import Place
from mage_jlab.notebook.session_effects import SessionEffects
from mage_jlab.notebook.values import NONE, Called, LateCall, Token, Value

_MOST = 200
"""Calls within one call that are followed; a function that calls itself is followed once."""


class Functions(SessionEffects):
    """Carries out, on abstract values, what is known of the notebook's functions."""

    @abstractmethod
    def item(self, value: Value) -> Value:
        """Give what going through a value gives."""

    def use(self, value: Value, how: str, node: ast.AST) -> Value | None:
        """Note that something is done with a value, which may change it because of what it is.

        Args:
            value: the value.
            how: a method's or attribute's name: ``__getitem__``, ``random``.
            node: where it is done.

        Returns:
            What it gives, where a method of a class of the notebook does it.
        """
        for scope, name in value.own:
            if scope == "outer" and name.startswith("("):
                self.uses.add((name[1:], how))
        if (value.kind == "rng" and not how.startswith("__")) or (
            value.kind == "defaultdict" and how == "__getitem__"
        ):
            self.change(value, node, certain=value.kind == "rng")
        method = value.cls.method(how) if value.cls is not None else None
        if method is None:
            return None
        return self.call_function(node, Value(value.parts, NONE, function=method), [value], {})

    def method(
        self,
        node: ast.AST,
        base: Value,
        name: str,
        arguments: list[Value],
        words: dict[str, Value],
    ) -> Value | None:
        """Carry out a method of a class of the notebook; nothing is given where it is none."""
        for scope, owner in base.own:
            if scope == "outer" and owner.startswith("("):
                self.uses.add((owner[1:], name))
        of_class = base.function is not None and base.function.is_class
        cls = base.function if of_class else base.cls
        found = cls.method(name) if cls is not None else None
        if found is None or cls is None:
            return None
        first = [] if of_class or found.style == "static" else [base]
        if found.style == "class":
            first = [Value(base.own, base.parts, "function", function=cls)]
        callee = Value(base.parts, NONE, function=found)
        return self.call_function(node, callee, [*first, *arguments], words)

    def late_method(
        self,
        base: Value,
        name: str,
        arguments: list[Value],
        words: dict[str, Value],
    ) -> None:
        """In a function, note a method of what is not known yet, and is when it is called."""
        owner = next((one for scope, one in base.own if scope == "outer"), None)
        if self.parent is not None and owner is not None and arguments:
            given = tuple(words.items())
            self.late_calls[LateCall(owner, tuple(arguments), given, name)] = None

    def handed_on(self, node: ast.Call, base: Value | None, arguments: list[Value]) -> None:
        """A function that is handed to a call is taken to be called by it, with what stands beside.

        Args:
            node: the call.
            base: what it is a method of, if it is one.
            arguments: all values that it is given.
        """
        place = self.places.of(node.func)
        for value in arguments:
            if value.kind == "changer":
                self.change(value, node.func)
            function = value.function
            if function is None:
                continue
            for name in function.changes:
                self.change_name(name, place, certain=True)
            self._take_random(function, place)
            self.take_session(function, place)
            touched = function.changes_parameters | function.changes_inside
            touched |= {name for name, _ in function.uses} | function.maybe
            if not touched or function.is_class:
                continue
            others = [one for one in arguments if one is not value]
            if base is not None and base.is_container:
                others.append(base)
            for other in others:
                if other.kind in ("pandas", "immutable", "function") or other.module is not None:
                    continue
                item = self.item(other)
                self.call_function(node, value, [item] * len(function.parameters), {})
                if not other.is_container and function.changes_parameters:
                    self.change(other, node.func, certain=False)

    def call_function(
        self, node: ast.AST, callee: Value, arguments: list[Value], words: dict[str, Value]
    ) -> Value:
        """Carry out a call of a function or class of the notebook.

        Args:
            node: where it is called.
            callee: the function's value.
            arguments: what it is given by position.
            words: what it is given by name; ``**`` where these are not known.

        Returns:
            What it gives.
        """
        function = callee.function
        assert function is not None
        if not self.entered:
            self.followed = 0
        self.followed += 1
        if any(one is function for one in self.entered) or self.followed > _MOST:
            every = NONE.union(*(value.all for value in (*arguments, *words.values())))
            return Value(self.new().own | every, every)
        self.entered.append(function)
        try:
            return self._call(node, callee, function, arguments, words)
        finally:
            self.entered.pop()

    def _call(
        self,
        node: ast.AST,
        callee: Value,
        function: Called,
        arguments: list[Value],
        words: dict[str, Value],
    ) -> Value:
        target = node.func if isinstance(node, ast.Call) else node
        place = self.places.of(target)
        every = [*arguments, *words.values()]
        given = _given(function, arguments, words)
        inside = NONE.union(*(value.all for value in every))
        surplus = len(arguments) > len(function.parameters) or "**" in words
        for name in sorted(function.changes_parameters | function.changes_inside):
            deep = name in function.changes_inside
            if name in given:
                if name in function.changes_parameters:
                    self.change(given[name], target)
                    self.put_inside(given[name], inside)
                if deep:
                    self.change(Value(given[name].parts), target)
            else:
                self.change(Value(callee.parts), target)
            for value in every if surplus else ():
                self.change(value, target)
        for name in function.maybe & given.keys():
            if given[name].kind != "pandas" or name not in function.changes_parameters:
                self.change(given[name], target, certain=False)
        for name in function.changes:
            self.change_name(name, place, certain=True)
        for name in function.writes:
            self.bind(name, self.new(), "assign", target)
            self.written.add(name)
        self._take_random(function, place)
        self.take_session(function, place)
        for name, how in sorted(function.uses):
            if name in given:
                self.use(given[name], how, target)
        for call in function.calls:
            self._late_call(target, call, given)
        return self._gives(node, callee, function, given, arguments, words)

    def _take_random(self, function: Called, place: Place) -> None:
        """Take over what a function draws from the session's generators, and which it seeds."""
        for name in function.draws - self.seeded.keys():
            self.draws.setdefault(name, place)
        for name in function.seeds:
            self.seeded.setdefault(name, place)

    def _gives(
        self,
        node: ast.AST,
        callee: Value,
        function: Called,
        given: dict[str, Value],
        arguments: list[Value],
        words: dict[str, Value],
    ) -> Value:
        every = [*arguments, *words.values()]
        given_names = [self.current(name) for name in function.gives_names]
        held = callee.parts.union(
            *(one.parts if one.kind == "function" else one.all for one in given_names)
        )
        held = frozenset(token for token in held if token[0] not in ("late", "does")) | {
            ("late", late) for late in function.gives_late
        }
        if function.is_class:
            made = self.new("unknown", held.union(*(value.all for value in every)))
            made = replace(made, cls=function if function.methods else None)
            begin = function.method("__init__")
            if begin is not None:
                self.call_function(node, Value(function=begin), [made, *arguments], words)
            return made
        if function.is_generator:
            return self.new("generator", held.union(*(value.all for value in every)))
        shared = held.union(
            *(given[name].all for name in function.gives_parameters if name in given)
        )
        made_by = next(
            (given[name].cls for name in function.gives_parameters if name in given), None
        )
        only = len(function.gives_parameters) == 1 and not function.gives_names
        kind = function.gives if function.gives != "function" else "unknown"
        cls = function.gives_cls or (made_by if only else None)
        if not shared:
            return replace(self.new(kind), cls=cls)
        return Value(shared | self.new().own, shared, kind, cls=cls)

    def _late_call(self, node: ast.AST, call: LateCall, given: dict[str, Value]) -> None:
        """Carry out a call within a function, now that it can be known what it calls."""
        inner = call.name.startswith("(")
        target = given.get(call.name[1:]) if inner else self.current(call.name)
        if target is None:
            return
        arguments = [self._placed(value, given) for value in call.arguments]
        words = {name: self._placed(value, given) for name, value in call.words}
        if call.method:
            self.method(node, target, call.method, arguments, words)
            return
        if target.kind == "changer":
            self.change(target, node)
        if target.function is not None:
            self.call_function(node, target, arguments, words)
        elif target.cls is not None:
            self.method(node, target, "__call__", arguments, words)
        elif target.module is None:
            for value in [*arguments, *words.values()]:
                self.change(value, node, certain=False)

    def _placed(self, value: Value, given: dict[str, Value]) -> Value:
        """Give a value of a function's body in terms of what the function was given."""

        def objects(tokens: frozenset[Token]) -> frozenset[Token]:
            found: set[Token] = set()
            for scope, name in tokens:
                if scope not in ("outer", "inner"):
                    found.add((scope, name))
                    continue
                one = given.get(name[1:]) if name.startswith("(") else self.current(name)
                if one is not None:
                    found |= one.own if scope == "outer" else one.parts
            return frozenset(found)

        named = [name for scope, name in value.own if scope == "outer"]
        kept = value
        if len(value.own) == 1 and named:
            name = named[0]
            one = given.get(name[1:]) if name.startswith("(") else self.current(name)
            kept = one if one is not None else value
        return replace(
            kept, own=objects(value.own), parts=objects(value.parts), items=None, element=None
        )


def _given(function: Called, arguments: list[Value], words: dict[str, Value]) -> dict[str, Value]:
    """Give the parameters of a call with their values."""
    others, named = function.rest
    plain = [name for name in function.parameters if name not in function.rest]
    given = dict(zip(plain, arguments, strict=False))
    given |= {name: value for name, value in words.items() if name in plain}
    left = {
        others: arguments[len(plain) :],
        named: [value for name, value in words.items() if name not in plain],
    }
    for name, values in left.items():
        if name is not None and values:
            parts = NONE.union(*(value.all for value in values))
            given[name] = Value(NONE, parts, "container")
    return given
