"""Names that code reads through literal strings: queries of frames, SQL over frames, formulas."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mage_jlab.notebook.problems import Problem, warning

_AT_NAME = re.compile(r"@\s*([A-Za-z_]\w*)")
_TABLE = re.compile(
    r'\b(?:from|join|describe|summarize|into|update|table|using)\s+"?([A-Za-z_]\w*)\b"?(?!\s*[.(])',
    re.IGNORECASE,
)
_COMMA_TABLES = re.compile(
    r"\bfrom\s+([A-Za-z_]\w*(?:\s+(?:as\s+)?[A-Za-z_]\w*)?(?:\s*,\s*[A-Za-z_]\w*(?:\s+(?:as\s+)?[A-Za-z_]\w*)?)+)",
    re.IGNORECASE,
)
_COMMON = re.compile(
    r"(?:\bwith\s+(?:recursive\s+)?|,\s*)([A-Za-z_]\w*)\s+as\s+(?:materialized\s+)?\(",
    re.IGNORECASE,
)
_SQL_TEXT = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)
_KEEPS = re.compile(
    r"\s*(?:create|insert|update|delete|alter|drop|attach|set|install|load)\b", re.IGNORECASE
)
_SQL_METHODS = frozenset({"sql", "query", "execute", "query_df"})
_FROM_FORMULA = re.compile(r"statsmodels\..*\.from_formula")
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s*(?:\.\s*\w+\s*)*\(")
_FORMULAS = ("statsmodels.formula.", "patsy.", "formulaic.", "linearmodels.")


@dataclass(frozen=True)
class NamesInCall:
    """Names that a call may read through a string.

    Attributes:
        certain: those that the library looks up whatever is bound (``@t`` in a query).
        unknown: the warning, when the string is not literal.
    """

    names: tuple[str, ...] = ()
    certain: frozenset[str] = frozenset()
    unknown: Problem | None = None


def names_in_call(
    node: ast.Call, dotted: str, method: str, texts: Mapping[str, str]
) -> NamesInCall:
    """Give the names that a call reads through its string, by what is known of the function.

    Args:
        node: the call.
        dotted: the library function's full name; empty when it is not one.
        method: the method's name; empty when it is none.
        texts: the literal strings that names of the cell stand for.
    """
    text = _text(node)
    if dotted in ("pandas.eval", "numexpr.evaluate"):
        return _literal(text, _identifiers, certain=False)
    if dotted in ("polars.sql", "pandasql.sqldf"):
        return _literal(text, tables, certain=False)
    if dotted.startswith("duckdb.") and dotted.rsplit(".", 1)[-1] in _SQL_METHODS:
        return _literal(text, tables, certain=False)
    if dotted.startswith(_FORMULAS) or _FROM_FORMULA.fullmatch(dotted):
        text = _formula(node, texts)
        return _literal(text, _identifiers, certain=False) if text else NamesInCall()
    if not dotted and method in ("query", "eval"):
        if isinstance(text, str) and re.search(r"\bfrom\b", text, re.IGNORECASE):
            return _literal(text, tables, certain=False)
        return _literal(text, _AT_NAME.findall, certain=True)
    if not dotted and method in ("sql", "execute") and isinstance(text, str):
        return _literal(text, tables, certain=False)
    return NamesInCall()


def functions_in_formula(node: ast.Call, dotted: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Give the functions that a model's formula calls by name, or by that of their module.

    Loading a model of statsmodels evaluates its formula anew, where only patsy's own functions and
    NumPy are at hand.

    Args:
        node: the call that makes the model.
        dotted: the library function's full name.
        texts: the literal strings that names of the cell stand for.
    """
    if not (dotted.startswith("statsmodels.formula.") or _FROM_FORMULA.fullmatch(dotted)):
        return ()
    return tuple(_CALLED.findall(_formula(node, texts)))


def _formula(node: ast.Call, texts: Mapping[str, str]) -> str:
    words = {word.arg: word.value for word in node.keywords}
    given = node.args[0] if node.args else words.get("formula")
    if isinstance(given, ast.Name):
        return texts.get(given.id, "")
    text = literal_text(given) if given is not None else False
    return text if isinstance(text, str) else ""


def tables(text: str) -> list[str]:
    """Give the names that SQL uses as tables."""
    text = _SQL_TEXT.sub(" ", text)
    found = _TABLE.findall(text)
    for group in _COMMA_TABLES.findall(text):
        found += [part.split()[0] for part in group.split(",") if part.split()]
    common = {name.lower() for name in _COMMON.findall(text)}
    common = {
        name
        for name in common
        if not re.search(rf"\b{name}\s+as\s*\([^()]*\b{name}\b", text, re.IGNORECASE)
    }
    return list(dict.fromkeys(name for name in found if name.lower() not in common))


def keeps_table(given: ast.expr) -> bool:
    """Say whether literal SQL makes or changes a table, which its connection then keeps."""
    text = literal_text(given)
    return isinstance(text, str) and _KEEPS.match(text) is not None


def _identifiers(text: str) -> list[str]:
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text.replace("~", "+")).readline))
        names = [token.string for token in tokens if token.type == tokenize.NAME]
    except (tokenize.TokenError, SyntaxError):
        names = re.findall(r"[A-Za-z_]\w*", text)
    return list(dict.fromkeys(names))


def _text(node: ast.Call) -> str | bool:
    """Give the literal string of a call, an f-string's fixed parts.

    True when it is not literal, False without one.
    """
    words = {word.arg: word.value for word in node.keywords}
    given = (
        node.args[0] if node.args else words.get("expr", words.get("query", words.get("formula")))
    )
    if given is None:
        return False
    return literal_text(given)


def literal_text(given: ast.expr) -> str | bool:
    """Give an expression's literal text; True when it is something else."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    if isinstance(given, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else " 0 " for part in given.values]
        return "".join(str(part) for part in parts)
    if isinstance(given, ast.BinOp) and isinstance(given.op, ast.Add):
        left, right = literal_text(given.left), literal_text(given.right)
        if isinstance(left, str) and isinstance(right, str):
            return left + right
    if (
        isinstance(given, ast.Call)
        and isinstance(given.func, ast.Attribute)
        and given.func.attr in ("format", "strip")
    ):
        return literal_text(given.func.value)
    return True


def _literal(text: str | bool, names: Callable[[str], list[str]], *, certain: bool) -> NamesInCall:
    if isinstance(text, bool):
        if not text:
            return NamesInCall()
        return NamesInCall(
            unknown=warning(
                "unknown-code",
                "This string is not literal, so the names that it reads are not "
                "known. Names that it needs must be in the cell.",
                fixes=("Write the string in place", "Declare the blocks above in upstream"),
            )
        )
    found = tuple(names(text))
    return NamesInCall(found, frozenset(found) if certain else frozenset())
