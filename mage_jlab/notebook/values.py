"""Abstract values: which objects a name may stand for, and all names at one place of a cell.

An object is a token. ``own`` are the objects that a value may be (or be a view of), ``parts`` those
that can be reached through it. A change of a value changes its own objects; who holds one of them
sees it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from mage_jlab.notebook.problems import Place

Token = tuple[str, str]
"""``("outer", name)`` and ``("inner", name)`` are the object that a name from above stands for, and
what lies inside it; ``("new", …)`` is an object that this cell makes, and ``("late", name)`` stands
for whatever the name means when a function inside the value is called, which ``("does", name)``
says that it changes."""
NONE: frozenset[Token] = frozenset()


@dataclass(frozen=True)
class Called:
    """What is known of a function of the notebook.

    Attributes:
        reads: the global names that it reads when it is called.
        changes: the global names that it changes in place.
        writes: the global names that it binds.
        changes_parameters: the parameters that it changes in place.
        gives_parameters: the parameters that its value may be, or hold.
        strings: the global names that it reads through literal strings.
        gives_names: the global names that its value may be, or hold.
        is_generator: whether calling it gives a generator (or a coroutine).
        gives: the kind of its value.
        draws: the global generators of random numbers that it draws from.
        seeds: those that it seeds.
        gives_late: the global names that functions in its value read when they are called.
        sets: the settings of the session that it changes, dotted.
        figures: what it does to pyplot's current figure.
        holds: whether its defaults are objects that it keeps.
        changes_inside: the parameters of which it changes what lies inside.
        maybe: the parameters that it hands to code that is not known, which may change them.
        rest: the parameters that take all other arguments, by position and by name.
        uses: what it does with its parameters: (parameter, name of the method or attribute).
        calls: its calls of functions that were not known where it was made.
        keeps: whether calling it changes variables of the function around it.
        gives_cls: the notebook's class that its value is an instance of.
        style: how a method is reached: ``property``, ``class``, ``static``, or plainly.
        methods: of a class, what is known of its methods.
    """

    name: str
    parameters: tuple[str, ...] = ()
    reads: tuple[tuple[str, Place], ...] = ()
    changes: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    changes_parameters: frozenset[str] = frozenset()
    gives_parameters: frozenset[str] = frozenset()
    gives_names: frozenset[str] = frozenset()
    is_generator: bool = False
    gives: str = "unknown"
    draws: frozenset[str] = frozenset()
    seeds: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    is_class: bool = False
    gives_late: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    figures: frozenset[str] = frozenset()
    holds: bool = False
    changes_inside: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    rest: tuple[str | None, str | None] = (None, None)
    uses: frozenset[tuple[str, str]] = frozenset()
    calls: tuple[LateCall, ...] = ()
    keeps: bool = False
    style: str = ""
    gives_cls: Called | None = None
    methods: tuple[tuple[str, Called], ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.parameters, self.reads))

    @cached_property
    def alone(self) -> Called:
        """The same function as one whose own file has all that it reads."""
        return replace(
            self,
            reads=(),
            changes=frozenset(),
            writes=frozenset(),
            strings=frozenset(),
            gives_late=frozenset(),
        )

    def method(self, name: str) -> Called | None:
        """Give what is known of a class's method."""
        return next((one for other, one in self.methods if other == name), None)

    @property
    def late(self) -> frozenset[Token]:
        """The names that it reads anew at each call, for a function of the notebook's own scope."""
        names = {name for name, _ in self.reads} | self.gives_late
        return frozenset(("late", name) for name in names) | self.does

    @property
    def does(self) -> frozenset[Token]:
        """The names whose objects it changes at each call."""
        return frozenset(("does", name) for name in self.changes)


@dataclass(frozen=True)
class LateCall:
    """A call of a name that was not known yet, with the values that it is given."""

    name: str
    arguments: tuple[Value, ...]
    words: tuple[tuple[str, Value], ...]
    method: str = ""


@dataclass(frozen=True)
class Value:
    """What an expression may give.

    Attributes:
        cls: the notebook's class that it is an instance of.
    """

    own: frozenset[Token] = NONE
    parts: frozenset[Token] = NONE
    kind: str = "unknown"
    module: str | None = None
    function: Called | None = None
    items: tuple[Value, ...] | None = None
    element: Value | None = None
    cls: Called | None = None

    @property
    def is_container(self) -> bool:
        """Whether it is a list, a dict, a set or a tuple."""
        return self.kind in ("container", "defaultdict")

    @property
    def all(self) -> frozenset[Token]:
        """All objects that can be reached through it."""
        return self.own | self.parts

    def joined(self, other: Value) -> Value:
        """Give what is either of the two."""
        return Value(
            self.own | other.own,
            self.parts | other.parts,
            self.kind if self.kind == other.kind else "unknown",
            self.module if self.module == other.module else None,
            self.function if self.function == other.function else None,
            cls=self.cls if self.cls == other.cls else None,
        )

    def holding(self, tokens: frozenset[Token]) -> Value:
        """Give the value with more objects inside."""
        return replace(self, parts=self.parts | tokens, items=None, element=None)


IMMUTABLE = Value(kind="immutable")


def changing_methods(cls: Called) -> frozenset[str]:
    """Give the names of the methods with which objects of a class change themselves."""
    methods = dict(cls.methods)
    found = {
        name
        for name, one in methods.items()
        if one.parameters and one.parameters[0] in one.changes_parameters | one.changes_inside
    }
    while True:
        more = {
            name
            for name, one in methods.items()
            if any((first,) == one.parameters[:1] and how in found for first, how in one.uses)
        }
        if more <= found:
            return frozenset(found - {"__init__"})
        found |= more


@dataclass
class State:
    """The names of a scope at one place: which are surely bound, and what they may stand for."""

    sure: set[str] = field(default_factory=set)
    values: dict[str, Value] = field(default_factory=dict)
    dead: bool = False

    def copy(self) -> State:
        """Give a state that can go its own way."""
        return State(set(self.sure), dict(self.values), self.dead)

    def merge(self, other: State) -> None:
        """Join a second path that leads to the same place."""
        if other.dead:
            return
        if self.dead:
            self.sure, self.values, self.dead = set(other.sure), dict(other.values), False
            return
        self.sure &= other.sure
        for name, value in other.values.items():
            mine = self.values.get(name)
            self.values[name] = value if mine is None or mine == value else mine.joined(value)

    def possibly(self, other: State) -> None:
        """Join what a path may have bound, though it did not lead here (a body that raised)."""
        dead, other.dead = other.dead, False
        self.merge(other)
        other.dead = dead
