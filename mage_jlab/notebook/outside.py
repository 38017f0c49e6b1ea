"""What a cell reads and writes outside of Python: literal paths, URLs and tables."""

from __future__ import annotations

import ast
import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from mage_jlab.notebook.guess import WRITES
from mage_jlab.notebook.known import names
from mage_jlab.notebook.literal_paths import PATH, address, folded
from mage_jlab.notebook.scopes import all_nodes, tree_of
from mage_jlab.notebook.shell_paths import command_paths

__all__ = ["Outside", "address", "outside_of"]

_LONGEST = 300
"""A longer text is no address, in characters."""

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
_SQL_FILE = re.compile(r"(\bto\s+)?'([^'\n]+\.[A-Za-z0-9*]{1,9})'", re.IGNORECASE)
_WRITING = names("writing_calls")
_PATH_CALLS = names("path_calls")
_WITH_MODE = frozenset({"open", "File", "ZipFile", "TarFile", "HDFStore", "Dataset"})
_ENDINGS = {"save": ".npy", "savez": ".npz", "savez_compressed": ".npz"}
"""What NumPy puts at the end of a name that has no ending."""


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


_TELLING = (ast.Assign, ast.Call, ast.Import, ast.ImportFrom, ast.Constant, ast.Expr)
_WRITING_STARTS = tuple(one for one in WRITES if one.endswith("_"))


@dataclass
class _Found:
    writes: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    connected: set[str] = field(default_factory=set)
    writes_sql: bool = False


@lru_cache(maxsize=4096)
def _telling(source: str) -> list[ast.AST]:
    return [node for node in all_nodes(tree_of(source)) if isinstance(node, _TELLING)]


@lru_cache(maxsize=4096)
def outside_of(sources: tuple[str, ...], literals: tuple[tuple[str, str], ...]) -> Outside:
    """Find the literal addresses in a cell.

    Args:
        sources: the cell's Python, and before it what comes along with it.
        literals: name -> text of the literals and parameters that the cell's names stand for.
    """
    try:
        nodes = [node for source in sources for node in _telling(source)]
    except (SyntaxError, ValueError):
        return Outside()
    found = _Found()
    known = dict(literals)
    for node in nodes:
        if (
            isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
        ):
            text = folded(node.value, known)
            if text is not None:
                known.setdefault(node.targets[0].id, text)
    comments = _comments(nodes)
    for node in nodes:
        if isinstance(node, ast.Call):
            _call(node, known, found)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.names |= {f"{one}.py" for one in _modules(node)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node in comments:
                continue
            if PATH.match(node.value) and len(node.value) < _LONGEST:
                found.names.add(address(node.value))
            elif _SQL.match(node.value):
                _sql(node.value, found)
    if found.writes_sql:
        found.writes |= found.connected
    return Outside(frozenset(found.writes), frozenset(found.names | found.writes | found.connected))


def _comments(nodes: list[ast.AST]) -> set[ast.AST]:
    """Give the texts that stand for themselves: they say something to people."""
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Give the modules that an import reads, as paths: a cell above may write one."""
    if isinstance(node, ast.ImportFrom):
        return [node.module.replace(".", "/")] if node.module and not node.level else []
    return [alias.name.replace(".", "/") for alias in node.names]


def _call(node: ast.Call, known: Mapping[str, str], found: _Found) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    paths = list(_paths(node, name, known))
    if name == "to_sql" and node.args:
        table = folded(node.args[0], known)
        if table:
            found.writes.add(f"table:{table.lower()}")
        found.writes_sql = True
    elif name == "read_sql_table" and node.args:
        table = folded(node.args[0], known)
        found.names.update({f"table:{table.lower()}"} if table else ())
    elif name in ("connect", "create_engine"):
        text = folded(node.args[0], known) if node.args else None
        given = [address(text)] if text and ":memory:" not in text else []
        found.connected.update(paths or given)
    elif name in _WITH_MODE and paths:
        (found.writes if _writes_by_mode(node) else found.names).update(paths)
    elif name in _WRITING or name in WRITES or name.startswith(_WRITING_STARTS):
        found.writes.update(paths)
        if name in ("commit", "executemany"):
            found.writes_sql = True
    else:
        found.names.update(paths)
    if name in ("run", "system", "check_output", "check_call", "Popen", "getoutput", "call"):
        _command(node, known, found)


def _writes_by_mode(node: ast.Call) -> bool:
    modes = [*node.args[:2], *(word.value for word in node.keywords if word.arg == "mode")]
    texts = [part.value for part in modes if isinstance(part, ast.Constant)]
    found = [
        text for text in texts if isinstance(text, str) and re.fullmatch(r"[rwaxbt+]{1,4}", text)
    ]
    return bool(found) and bool(set(found[-1]) & set("wax+"))


def _command(node: ast.Call, known: Mapping[str, str], found: _Found) -> None:
    """Take the files of a command: of its text, of its words, and of a script that it is given."""
    given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "input")]
    for part in given:
        text = folded(part, known)
        if isinstance(part, ast.List):
            text = " ".join(folded(one, known) or "" for one in part.elts)
        if text is not None:
            read, written = command_paths(text)
            found.names |= {address(one) for one in read}
            found.writes |= {address(one) for one in written}


def _paths(node: ast.Call, name: str, known: Mapping[str, str]) -> Iterator[str]:
    """Give the addresses among a call's arguments, and what a method is called on."""
    parts: list[ast.expr] = [*node.args, *(word.value for word in node.keywords)]
    if isinstance(node.func, ast.Attribute):
        parts.append(node.func.value)
    first = node.args[0] if node.args else None
    sure = name in _PATH_CALLS or name.startswith(("read_", "load", "scan_", "to_", "save"))
    for part in parts:
        text = folded(part, known)
        if not text or len(text) > _LONGEST or "\n" in text:
            continue
        if PATH.match(text) or isinstance(part, ast.Call | ast.BinOp):
            yield address(text)
        elif sure and part is first and not re.search(r"\s", text):
            yield address(text + _ENDINGS.get(name, ""))


def _sql(text: str, found: _Found) -> None:
    written = {f"table:{name.lower()}" for name in _SQL_WRITE.findall(text)}
    found.writes |= written
    found.writes_sql = found.writes_sql or bool(written)
    found.names |= {f"table:{name.lower()}" for name in _SQL_READ.findall(text)}
    for into, path in _SQL_FILE.findall(text):
        (found.writes if into else found.names).add(address(path))
