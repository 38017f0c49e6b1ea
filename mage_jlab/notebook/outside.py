"""What a cell reads and writes outside of Python: literal paths, URLs and tables."""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mage_jlab.notebook.guess import WRITES
from mage_jlab.notebook.strings import literal_text

_PATH = re.compile(
    r"^[^\s<>|\"]*(?:[/\\][^\s<>|\"]+|\.[A-Za-z][A-Za-z0-9]{0,7})$|^[a-z][a-z0-9+]*://\S+$"
)
_SQL_READ = re.compile(r"\b(?:from|join)\s+[\"`]?([A-Za-z_][\w.]*)", re.IGNORECASE)
_SQL_WRITE = re.compile(
    r"\b(?:insert\s+(?:or\s+\w+\s+)?into|create\s+(?:or\s+replace\s+)?(?:temp\w*\s+)?(?:table|view)(?:\s+if\s+not\s+exists)?|"
    r"delete\s+from|drop\s+table(?:\s+if\s+exists)?|truncate\s+table|alter\s+table|replace\s+into|"
    r"update(?=\s+\S+\s+set\b)|copy(?=\s+\S+\s+(?:\(.*\)\s*)?(?:from|to)\s))\s+[\"`]?([A-Za-z_][\w.]*)",
    re.IGNORECASE,
)
_SQL = re.compile(
    r"^\s*(?:select|with|insert|create|update|delete|drop|truncate|alter|replace|copy|from)\b",
    re.IGNORECASE,
)
_MOVING = frozenset(
    {
        "rename",
        "unlink",
        "remove",
        "rmtree",
        "copy",
        "copyfile",
        "copytree",
        "move",
        "replace",
        "makedirs",
        "mkdir",
        "touch",
        "urlretrieve",
        "symlink_to",
        "rmdir",
    }
)


@dataclass(frozen=True)
class Outside:
    """The literal addresses that a cell names: those it writes, and all."""

    writes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def meets(self, other: Outside) -> list[str]:
        """Give the addresses that two cells share while one of them writes there."""
        found = [a for a in self.writes for b in other.names if _same(a, b)]
        found += [b for b in other.writes for a in self.names if _same(a, b)]
        return sorted(set(found))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    if one.startswith("table:") or other.startswith("table:"):
        return False
    if "*" in one or "*" in other:
        return fnmatch.fnmatch(one, other) or fnmatch.fnmatch(other, one)
    return one.startswith(other.rstrip("/") + "/") or other.startswith(one.rstrip("/") + "/")


@dataclass
class _Found:
    writes: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    connected: set[str] = field(default_factory=set)
    writes_sql: bool = False


@lru_cache(maxsize=4096)
def outside_of(source: str, literals: tuple[tuple[str, str], ...]) -> Outside:
    """Find the literal addresses in a cell.

    Args:
        source: the cell's Python.
        literals: name -> text of the literals and parameters that the cell's names stand for.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return Outside()
    found = _Found()
    known = dict(literals)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
        ):
            text = _text(node.value, known)
            if text is not None:
                known.setdefault(node.targets[0].id, text)
    comments = _comments(tree)
    for node in ast.walk(tree):
        if node in comments:
            continue
        if isinstance(node, ast.Call):
            _call(node, known, found)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _PATH.match(node.value)
            and len(node.value) < 300
        ):
            found.names.add(address(node.value))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and _SQL.match(node.value)
        ):
            _sql(node.value, found)
    if found.writes_sql:
        found.writes |= found.connected
    return Outside(frozenset(found.writes), frozenset(found.names | found.writes | found.connected))


def _comments(tree: ast.Module) -> set[ast.AST]:
    """Give the texts that stand for themselves: they say something to people."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _call(node: ast.Call, known: Mapping[str, str], found: _Found) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    paths = list(_paths(node, known))
    if name == "to_sql" and node.args:
        table = _text(node.args[0], known)
        if table:
            found.writes.add(f"table:{table.lower()}")
        found.writes_sql = True
    elif name == "read_sql_table" and node.args:
        table = _text(node.args[0], known)
        found.names.update({f"table:{table.lower()}"} if table else ())
    elif name in ("connect", "create_engine"):
        found.connected.update(
            paths
            or [
                text
                for text in [_text(node.args[0], known) if node.args else None]
                if text and text != ":memory:"
            ]
        )
    elif name == "open" and paths:
        mode = next(
            (
                str(part.value)
                for part in [*node.args, *(word.value for word in node.keywords)]
                if isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and re.fullmatch(r"[rwaxbt+]{1,4}", part.value)
            ),
            "r",
        )
        (found.writes if set(mode) & set("wax+") else found.names).update(paths)
    elif (
        any(name == one or (one.endswith("_") and name.startswith(one)) for one in WRITES)
        or name in _MOVING
    ):
        found.writes.update(paths)
        if name in ("commit", "executemany"):
            found.writes_sql = True
    else:
        found.names.update(paths)
    if name == "run" and node.args and isinstance(node.args[0], ast.Constant | ast.JoinedStr):
        command = literal_text(node.args[0])
        for word in str(command).split():
            if _PATH.match(word):
                found.writes.add(address(word))


def _paths(node: ast.Call, known: Mapping[str, str]) -> Iterator[str]:
    """Give the addresses among a call's arguments, and what a method is called on."""
    parts: list[ast.expr] = [*node.args, *(word.value for word in node.keywords)]
    if isinstance(node.func, ast.Attribute):
        parts.append(node.func.value)
    for part in parts:
        text = _text(part, known)
        if text is not None and (_PATH.match(text) or isinstance(part, ast.Call | ast.BinOp)):
            yield address(text)


def _text(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """Give an address as text.

    Of one that holds variables its form, which is the same wherever it is the same.
    """
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.JoinedStr):
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            elif isinstance(part, ast.FormattedValue):
                parts.append(_text(part.value, known) or "{" + ast.unparse(part.value) + "}")
        return "".join(parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        left, right = _text(node.left, known), _text(node.right, known)
        if left is None or right is None:
            return None
        return f"{left}/{right}" if isinstance(node.op, ast.Div) else left + right
    if isinstance(node, ast.Call):
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name in ("Path", "PurePath", "str", "fspath") and len(node.args) == 1:
            return _text(node.args[0], known)
        if (
            name == "join"
            and isinstance(node.func, ast.Attribute)
            and "path" in ast.unparse(node.func.value)
        ):
            parts_ = [_text(part, known) for part in node.args]
            return (
                "/".join(str(part) for part in parts_)
                if all(part is not None for part in parts_)
                else None
            )
    return None


def address(text: str) -> str:
    """Give a path, URL or database in the one form that is compared."""
    text = text.replace("\\", "/")
    text = re.sub(r"^sqlite:/{3}", "", text)
    return re.sub(r"(?<!:)/+", "/", text).removeprefix("./")


def _sql(text: str, found: _Found) -> None:
    written = {f"table:{name.lower()}" for name in _SQL_WRITE.findall(text)}
    found.writes |= written
    found.writes_sql = found.writes_sql or bool(written)
    found.names |= {f"table:{name.lower()}" for name in _SQL_READ.findall(text)}
