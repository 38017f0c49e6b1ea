"""Paths, URLs and tables that stand in code as literals, or are put together from literals."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Mapping

PATH = re.compile(
    r"^[^\s<>|\"]*(?:[/\\][^\s<>|\"]+|\.[A-Za-z][A-Za-z0-9]{0,7})$|^[a-z][a-z0-9+]*://\S+$"
)
"""What looks like a path or a URL wherever it stands."""


def address(text: str) -> str:
    """Give a path, URL or database in the one form that is compared."""
    text = re.sub(r"^(?:sqlite|duckdb):/{3}", "", text.replace("\\", "/"))
    if "://" in text:
        return re.sub(r"(?<!:)/+", "/", text)
    return posixpath.normpath(text) if text else text


def folded(node: ast.expr, known: Mapping[str, str]) -> str | None:
    """Give an address as text.

    Of one that holds variables its form, which is the same wherever it is the same.

    Args:
        node: the expression.
        known: the texts that names stand for.
    """
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part, known) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _joined(node, known)
    if isinstance(node, ast.Call):
        return _called(node, known)
    return None


def _part(part: ast.expr, known: Mapping[str, str]) -> str:
    if isinstance(part, ast.FormattedValue):
        return folded(part.value, known) or "{" + ast.unparse(part.value) + "}"
    return str(part.value) if isinstance(part, ast.Constant) else ""


def _joined(node: ast.BinOp, known: Mapping[str, str]) -> str | None:
    left = folded(node.left, known)
    if left is None:
        return None
    if isinstance(node.op, ast.Mod):
        parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        texts = [folded(part, known) for part in parts]
        marks = re.sub(r"%[-\d.]*[sdif]", "{}", left)
        if marks.count("{}") != len(texts):
            return None
        return _filled(
            marks,
            [text or "{" + ast.unparse(p) + "}" for text, p in zip(texts, parts, strict=True)],
        )
    right = folded(node.right, known)
    if isinstance(node.op, ast.Add) and right is None:
        right = "{" + ast.unparse(node.right) + "}"
    if right is None or not isinstance(node.op, ast.Div | ast.Add):
        return None
    return f"{left}/{right}" if isinstance(node.op, ast.Div) else left + right


def _called(node: ast.Call, known: Mapping[str, str]) -> str | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in ("Path", "PurePath", "PosixPath", "str", "fspath", "abspath", "expanduser"):
        return folded(node.args[0], known) if len(node.args) == 1 else None
    if name == "format" and owner is not None:
        text = folded(owner, known)
        given = [folded(part, known) or "{" + ast.unparse(part) + "}" for part in node.args]
        plain = text is not None and re.sub(r"\{\d?\}", "{}", text).count("{}") == len(given)
        return _filled(re.sub(r"\{\d?\}", "{}", text or ""), given) if plain else None
    if name in ("join", "joinpath") and owner is not None:
        parts = list(node.args) if name == "join" else [owner, *node.args]
        if name == "join" and "path" not in ast.unparse(owner):
            return None
        texts = [folded(part, known) for part in parts]
        return "/".join(str(text) for text in texts) if None not in texts else None
    return None


def _filled(marks: str, texts: list[str]) -> str:
    parts = marks.split("{}")
    return "".join(part + text for part, text in zip(parts, [*texts, ""], strict=True))
