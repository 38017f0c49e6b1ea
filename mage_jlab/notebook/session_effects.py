"""What calls do to the whole session: settings, patches of modules, pyplot's current figure."""

from __future__ import annotations

import ast

from mage_jlab.notebook import known
from mage_jlab.notebook.problems import Place, error
from mage_jlab.notebook.scope_state import ScopeState
from mage_jlab.notebook.strings import keeps_table
from mage_jlab.notebook.values import Called, Value

_PYPLOT = ("matplotlib.pyplot.", "pylab.", "matplotlib.pylab.")
_WITHOUT_MODULE_STATE = ("numpy.", "tensorflow.", "torch.", "jax.")
_REFUSED = {
    "globals": "globals() gives all names of the notebook, and a block has only its inputs.",
    "locals": "locals() gives all names of the notebook, and a block has only its inputs.",
    "vars": "vars() gives all names of the notebook, and a block has only its inputs.",
    "dir": "dir() gives all names of the notebook, and a block has only its inputs.",
}


class SessionEffects(ScopeState):
    """Notes what a cell does that holds beyond the names it binds."""

    def session_call(self, node: ast.Call, dotted: str, first: Value | None) -> None:
        """Note a library's call that changes settings, or the state of a module.

        Args:
            node: the call.
            dotted: the function's full name.
            first: the value of its first argument, if it has one.
        """
        place = self.places.of(node.func)
        patches = dotted in known.CHANGES_FIRST and first is not None and first.module is not None
        keeps = dotted.startswith("duckdb.") and node.args and keeps_table(node.args[0])
        if dotted in known.SETTING_CALLS or patches or keeps or _changes_module(dotted):
            self.session.setdefault(place, dotted)
        if dotted.startswith(_PYPLOT):
            self._pyplot(dotted.removeprefix("matplotlib.").split(".", 1)[-1], place)

    def session_store(self, target: ast.expr, place: Place) -> bool:
        """Note a store into something of a module; say whether it is one."""
        inner = target
        while isinstance(inner, ast.Attribute | ast.Subscript):
            inner = inner.value
        if isinstance(inner, ast.Call):
            decimals = ast.unparse(inner.func).endswith("getcontext")
            module = "decimal.context" if decimals else imported_by_call(inner)
        else:
            module = self.current(inner.id).module if isinstance(inner, ast.Name) else None
        if module is None:
            return False
        self.session.setdefault(place, f"{module}.{_attributes(target)}".rstrip("."))
        return True

    def take_session(self, function: Called, place: Place) -> None:
        """Take over what a function of the notebook does to the session when it is called."""
        for dotted in function.sets:
            self.session.setdefault(place, dotted)
        for what in function.figures:
            self.figures.setdefault(what, place)

    def drawn(self, name: str, place: Place) -> None:
        """Note a call that may draw a figure of its own, by its name."""
        if known.DRAWING.search(name):
            self.figures.setdefault("begins", place)

    def _pyplot(self, name: str, place: Place) -> None:
        if name in known.PYPLOT_NEW:
            self.figures.setdefault("new", place)
            self.figures.setdefault("begins", place)
        elif name in known.PYPLOT_USES:
            self.figures.setdefault("uses", place)
        elif name in known.PYPLOT_FINISHES:
            self.figures.setdefault("finishes", place)
        elif "." not in name and name not in known.PYPLOT_NEUTRAL and not name[:1].isupper():
            self.figures.setdefault("begins", place)

    def reaches_names(self, node: ast.Call, dotted: str) -> None:
        """Refuse what reaches names behind the code's back."""
        place = self.places.of(node.func)
        if dotted in ("globals", "locals") or (dotted in ("vars", "dir") and not node.args):
            self.problems.append(
                error("unknown-code", _REFUSED[dotted], place, ("Name what the cell needs",))
            )
        elif dotted == "exec" or (dotted == "eval" and not is_literal_call(node)):
            message = (
                f"What {dotted}(…) runs is known only when it runs, so its names cannot be "
                "followed."
            )
            self.problems.append(error("unknown-code", message, place, ("Write the code itself",)))
        elif dotted == "input":
            message = "input() waits for a person, and a run has none."
            self.problems.append(
                error("unknown-code", message, place, ("Make the value a parameter",))
            )


def imported_by_call(node: ast.Call) -> str | None:
    """Give the module of ``__import__("os")``, which magics are translated to."""
    given = node.args[0] if node.args else None
    if isinstance(node.func, ast.Name) and node.func.id == "__import__":
        return str(given.value) if isinstance(given, ast.Constant) else None
    return None


def is_literal_call(node: ast.Call) -> bool:
    """Say whether a call has one argument, a literal text."""
    return (
        len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    )


def _changes_module(dotted: str) -> bool:
    """``sys.path.append``, ``os.environ.pop``: a changing method of an object in a module."""
    owner, _, last = dotted.rpartition(".")
    name = owner.rpartition(".")[2]
    is_class = name[:1].isupper() and not name.isupper()
    return (
        last in known.MODULE_CHANGING
        and "." in owner
        and not is_class
        and not dotted.startswith(_WITHOUT_MODULE_STATE)
    )


def _attributes(target: ast.expr) -> str:
    names: list[str] = []
    while isinstance(target, ast.Attribute | ast.Subscript):
        if isinstance(target, ast.Attribute):
            names.append(target.attr)
        target = target.value
    return ".".join(reversed(names))
