"""Following expressions: what they read, in which order, and which objects they give."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable

from mage_jlab.notebook import known
from mage_jlab.notebook.calls import Calls
from mage_jlab.notebook.known import BOUND_CHANGING, CONSTANTS
from mage_jlab.notebook.scope_state import ScopeState
from mage_jlab.notebook.scopes import target_names
from mage_jlab.notebook.values import IMMUTABLE, NONE, Called, Token, Value

_PANDAS_VIEWS = frozenset({"loc", "iloc", "at", "iat", "attrs", "flags"})
_PANDAS_PLAIN = frozenset({"shape", "size", "empty", "ndim", "dtype", "dtypes", "name"})
_PANDAS_AXES = frozenset({"index", "columns"})
_ARRAY_PLAIN = frozenset({"shape", "size", "ndim", "dtype", "nbytes", "itemsize"})


class Expressions(Calls):
    """Evaluates expressions to abstract values."""

    def value(self, node: ast.expr) -> Value:
        """Follow an expression and give what it may stand for."""
        method: Callable[[ast.expr], Value] | None = getattr(
            self, f"of_{type(node).__name__.lower()}", None
        )
        if method is not None:
            return method(node)
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part)
        return self.new()

    def of_constant(self, _node: ast.Constant) -> Value:
        """A literal."""
        return IMMUTABLE

    def of_joinedstr(self, node: ast.JoinedStr) -> Value:
        """An f-string: text, after its parts."""
        for part in node.values:
            self.value(part)
        return IMMUTABLE

    def of_name(self, node: ast.Name) -> Value:
        """A name."""
        return self.read(node.id, node)

    def of_tuple(self, node: ast.Tuple) -> Value:
        """A tuple keeps its items apart, so that it can be unpacked."""
        items = tuple(self.value(part) for part in node.elts)
        parts = NONE.union(*(item.all for item in items))
        plain = all(item.kind == "immutable" for item in items)
        return Value(NONE, parts, "immutable" if plain else "container", items=items)

    def of_list(self, node: ast.List) -> Value:
        """A list holds its items."""
        return self.new("container", NONE.union(*(self.value(part).all for part in node.elts)))

    def of_set(self, node: ast.Set) -> Value:
        """A set holds its items."""
        return self.new("container", NONE.union(*(self.value(part).all for part in node.elts)))

    def of_dict(self, node: ast.Dict) -> Value:
        """A dict holds its values."""
        parts = NONE
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.value(key)
            parts |= self.value(value).all
        return self.new("container", parts)

    def of_starred(self, node: ast.Starred) -> Value:
        """``*items``."""
        value = self.value(node.value)
        return Value(value.parts, value.parts)

    def of_binop(self, node: ast.BinOp) -> Value:
        """An operator gives a new value; of lists it holds the same items."""
        left, right = self.value(node.left), self.value(node.right)
        kinds = {left.kind, right.kind}
        if kinds == {"immutable"}:
            return IMMUTABLE
        kind = next((one for one in ("pandas", "array") if one in kinds), "unknown")
        self.use(left, known.operator_method(node.op), node)
        if left.is_container and right.is_container:
            kind = "container"
        return self.new(kind, NONE if kind in ("pandas", "array") else left.parts | right.parts)

    def of_unaryop(self, node: ast.UnaryOp) -> Value:
        """A new value of the same kind."""
        kind = self.value(node.operand).kind
        return self.new(kind if kind in ("pandas", "array", "immutable") else "unknown")

    def of_compare(self, node: ast.Compare) -> Value:
        """A truth value, or a mask."""
        kinds = [self.value(part).kind for part in (node.left, *node.comparators)]
        return self.new(next((one for one in ("pandas", "array") if one in kinds), "immutable"))

    def of_boolop(self, node: ast.BoolOp) -> Value:
        """One of its values; those after the first may never be read, which changes nothing."""
        result = self.value(node.values[0])
        self.possible += 1
        for part in node.values[1:]:
            before = self.state.copy()
            result = result.joined(self.value(part))
            self.state.sure &= before.sure
        self.possible -= 1
        return result

    def of_ifexp(self, node: ast.IfExp) -> Value:
        """One of two values."""
        self.value(node.test)
        other = self.state.copy()
        self.possible += 1
        first = self.value(node.body)
        mine, self.state = self.state, other
        second = self.value(node.orelse)
        self.possible -= 1
        mine.merge(self.state)
        self.state = mine
        return first.joined(second)

    def of_namedexpr(self, node: ast.NamedExpr) -> Value:
        """``(name := value)`` binds in the scope around comprehensions."""
        value = self.value(node.value)
        self.bind(node.target.id, value, "assign", node.target)
        return value

    def of_attribute(self, node: ast.Attribute) -> Value:
        """A module's member, or something of an object, which may be a part of it."""
        base = self.value(node.value)
        method = base.cls.method(node.attr) if base.cls is not None else None
        if base.cls is None or (method is not None and method.style == "property"):
            given = self.use(base, node.attr, node)
            if given is not None:
                return given
        return self.attribute(base, node.attr)

    def attribute(self, base: Value, name: str) -> Value:
        """Give what an attribute of a value may stand for."""
        if base.module is not None:
            dotted = f"{base.module}.{name}"
            if dotted in CONSTANTS or (name.startswith("__") and name.endswith("__")):
                return IMMUTABLE
            return Value(kind="module", module=dotted)
        if base.kind == "immutable" or name in _ARRAY_PLAIN:
            return IMMUTABLE
        if base.kind == "pandas":
            if name in _PANDAS_PLAIN:
                return IMMUTABLE
            if name in _PANDAS_VIEWS:
                return base
            if name == "plot":
                return self.new("plotter")
            return self.new("array" if name == "values" else "pandas")
        if base.kind == "array":
            return base
        if name in BOUND_CHANGING:
            return Value(base.own, base.parts, "changer")
        return Value(
            base.all,
            base.parts,
            base.kind if base.kind in ("rng", "figure", "patsy") else "unknown",
        )

    def of_subscript(self, node: ast.Subscript) -> Value:
        """An element, a view or a selection."""
        base = self.value(node.value)
        index = self.value(node.slice)
        given = self.use(base, "__getitem__", node)
        if given is not None:
            return given
        if base.kind in ("pandas", "immutable"):
            return self.new(base.kind)
        if isinstance(node.slice, ast.Compare) or index.kind == "pandas":
            return self.new(base.kind)
        if base.is_container and isinstance(node.slice, ast.Slice):
            return self.new("container", base.parts)
        if base.is_container:
            if (
                base.items
                and isinstance(node.slice, ast.Constant)
                and isinstance(node.slice.value, int)
            ):
                position = node.slice.value
                if -len(base.items) <= position < len(base.items):
                    return base.items[position]
            return Value(base.parts, base.parts)
        if base.module is not None:
            return self._of_module(base.module)
        kind = base.kind if base.kind in ("array", "figure", "patsy") else "unknown"
        return Value(base.all, base.parts, kind)

    def _of_module(self, module: str) -> Value:
        """An element of something in a module: ``os.environ["A"]``, ``np.r_[a, b]``."""
        if module in ("os.environ", "sys.argv"):
            return IMMUTABLE
        if module.split(".")[0] in ("typing", "collections", "builtins"):
            return Value(kind="module", module=module)
        return self.new("array" if module.startswith("numpy.") else "unknown")

    def of_slice(self, node: ast.Slice) -> Value:
        """Bounds of a slice."""
        for part in (node.lower, node.upper, node.step):
            if part is not None:
                self.value(part)
        return IMMUTABLE

    def of_lambda(self, node: ast.Lambda) -> Value:
        """A function that is handed on at once: what it reads is read here."""
        held = self.defaults(node.args)
        summary = self.summary(node, "lambda")
        for name, place in summary.reads:
            self.read_at(name, place)
        for name in summary.strings:
            self.string_names.setdefault(name, self.places.of(node))
        return Value(self.new().own, held | self.late(summary), "function", function=summary)

    def late(self, function: Called) -> frozenset[Token]:
        """Give the names of the notebook that a function reads anew at each call."""
        return (
            frozenset(("late", name) for name, _ in function.reads if not self._own(name))
            | frozenset(("late", name) for name in function.gives_late)
            | function.does
        )

    def _own(self, name: str) -> bool:
        scope: ScopeState | None = self
        while scope is not None:
            if name in scope.overlay or (scope.local is not None and name in scope.local):
                return True
            scope = scope.parent
        return False

    @abstractmethod
    def summary(self, node: ast.Lambda, name: str) -> Called:
        """Follow a function's body, and tell what calling it does."""

    def defaults(self, given: ast.arguments) -> frozenset[Token]:
        """Follow the defaults of parameters; give the objects that the function then holds."""
        found = NONE
        for part in (*given.defaults, *(one for one in given.kw_defaults if one)):
            found |= self.value(part).all
        return found

    def of_await(self, node: ast.Await) -> Value:
        """What an awaitable gives."""
        value = self.value(node.value)
        return value if value.kind == "connection" else Value(value.own, value.parts)

    def of_yield(self, node: ast.Yield | ast.YieldFrom) -> Value:
        """Makes the function a generator."""
        self.is_generator = True
        if node.value is not None:
            self.value(node.value)
        return Value()

    of_yieldfrom = of_yield

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> Value:
        names = [name.id for part in node.generators for name in target_names(part.target)]
        before = set(self.state.sure)
        saved = {name: self.state.values.get(name) for name in names}
        first = self.each(node.generators[0].iter)
        self.overlay += names
        for position, part in enumerate(node.generators):
            item = first if position == 0 else self.each(part.iter)
            self.assign(part.target, item, part.target, "for")
            for test in part.ifs:
                self.value(test)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            result = self.value(node.value)
        else:
            result = self.value(node.elt)
        del self.overlay[len(self.overlay) - len(names) :]
        self.state.sure &= before
        for name, value in saved.items():
            self.state.values.pop(name, None)
            if value is not None:
                self.state.values[name] = value
        kind = "generator" if isinstance(node, ast.GeneratorExp) else "container"
        return self.new(kind, result.all)

    of_listcomp = of_setcomp = of_dictcomp = of_generatorexp = _comprehension

    def each(self, node: ast.expr) -> Value:
        """Follow what is gone through, and give what it gives."""
        value = self.value(node)
        given = self.use(value, "__iter__", node)
        return self.item(value if given is None else given)

    def item(self, value: Value) -> Value:
        """Give what going through a value gives."""
        if value.element is not None:
            return value.element
        if value.kind == "immutable":
            return IMMUTABLE
        if value.kind == "pandas":
            return self.new("pandas")
        if value.kind == "figure":
            return Value(value.own, value.parts, "figure")
        if value.is_container or value.kind in ("iterator", "generator"):
            return Value(value.parts, value.parts)
        if value.kind == "object":
            return self.new("object", value.parts)
        return Value(value.all, value.parts)

    def assign(self, target: ast.expr, value: Value, node: ast.AST, how: str = "assign") -> None:
        """Bind a target to a value."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value, how, target)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, self.new("container", value.all), node, how)
        elif isinstance(target, ast.Tuple | ast.List):
            items = value.items
            whole = items is not None and len(items) == len(target.elts)
            starred = any(isinstance(part, ast.Starred) for part in target.elts)
            for position, part in enumerate(target.elts):
                if items is not None and whole and not starred:
                    self.assign(part, items[position], node, how)
                elif value.kind == "figure":
                    self.assign(part, Value(value.own, value.parts, "figure"), node, how)
                else:
                    self.assign(part, self._apart(value), node, how)
        else:
            self.store(target, value)

    def _apart(self, value: Value) -> Value:
        """Give one of the values that something unpacks to."""
        if value.kind in ("immutable", "changer"):
            return value
        if value.kind == "object":
            return self.new("object", value.parts)
        outer = frozenset(token for token in value.all if token[0] != "new")
        fresh = self.new(
            value.kind if value.kind in ("pandas", "array", "connection", "patsy") else "unknown"
        )
        return Value(
            fresh.own | (outer if value.kind not in ("pandas",) else NONE) | value.parts,
            value.parts,
            fresh.kind,
        )

    def store(self, target: ast.expr, value: Value) -> None:
        """Store into an element or an attribute.

        A change in place of what stands before the last bracket or dot.
        """
        if isinstance(target, ast.Attribute | ast.Subscript):
            base = self.value(target.value)
            if isinstance(target, ast.Subscript):
                self.value(target.slice)
            if self.session_store(target, self.places.of(target)):
                return
            self.change(base, _root(target))
            if isinstance(target.value, ast.Attribute) and target.value.attr in _PANDAS_AXES:
                self.change(self.value(target.value.value), _root(target))
            if base.kind not in ("pandas", "array"):
                self.put_inside(base, value.all)


def _root(node: ast.expr) -> ast.expr:
    """Give the name that a chain of attributes, calls and elements starts with, or the chain."""
    inner = node
    while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call):
        inner = inner.func if isinstance(inner, ast.Call) else inner.value
    return inner if isinstance(inner, ast.Name) else node
