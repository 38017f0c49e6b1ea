"""What a statement does: whether it gives rows, what it writes, and which tables it names."""

from __future__ import annotations

from typing import Any

from .dialects import GRAMMARS
from .pieces import Statement

_ROWS = {
    "SELECT", "FROM", "VALUES", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "PRAGMA", "SUMMARIZE",
    "PIVOT", "UNPIVOT", "TABLE", "CALL", "LIST", "EXECUTE", "EXEC", "FETCH",
}  # fmt: skip
_WRITES = {"INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE"}
_BOUND = {*_ROWS, *_WRITES, "WITH"}
_READS = {"SELECT", "FROM", "VALUES", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "TABLE", "SUMMARIZE"}
_NEVER_READS = {
    "INSERT", "UPDATE", "DELETE", "MERGE", "DROP", "CREATE", "ALTER", "TRUNCATE", "GRANT", "REVOKE",
    "CALL", "COPY", "VACUUM", "ATTACH", "DETACH", "INTO", "LOAD", "EXECUTE", "EXEC", "LOCK",
    "REPLACE", "IMPORT", "EXPORT", "INSTALL",
}  # fmt: skip


def verb(statement: Statement) -> str:
    """Give the word that says what a statement does, past WITH and its tables."""
    depth = 0
    words = [(token.token_type.name, token.text.upper()) for token in statement.tokens]
    first = next((str(word) for kind, word in words if kind != "L_PAREN"), "")
    if first != "WITH":
        return first
    for kind, word in words:
        depth += (kind == "L_PAREN") - (kind == "R_PAREN")
        if not depth and (word in _WRITES or word in ("SELECT", "FROM", "VALUES", "TABLE")):
            return str(word)
    return "SELECT"


def gives_rows(statement: Statement) -> bool:
    """Say whether a statement is there for its rows."""
    word = verb(statement)
    if word in _WRITES:
        return _has(statement, "RETURNING") or _has(statement, "OUTPUT")
    return word in _ROWS


def is_query(statement: Statement) -> bool:
    """Say whether a statement is a query, which can make a table."""
    return verb(statement) in ("SELECT", "FROM", "VALUES", "PIVOT", "TABLE")


def takes_parameters(statement: Statement) -> bool:
    """Say whether databases take bind parameters in a statement of this kind."""
    return statement.tokens[0].text.upper() in _BOUND or statement.tokens[0].text == "("


def only_reads(statement: Statement) -> bool:
    """Say whether a statement certainly changes nothing.

    Words inside quotes do not count; a word that no reading statement has, anywhere outside of
    them, does.
    """
    if verb(statement) not in _READS:
        return False
    previous = None
    for place, token in enumerate(statement.tokens):
        kind, word = token.token_type.name, token.text.upper()
        after = statement.tokens[place + 1 : place + 2]
        is_call = bool(after) and after[0].token_type.name == "L_PAREN"
        quoted = kind.endswith("STRING") or kind == "IDENTIFIER"
        # replace(…) is a function too, and t.update a column
        is_function = is_call and word in ("REPLACE", "INSERT", "TRUNCATE")
        if word in _NEVER_READS and not (quoted or is_function or previous == "DOT"):
            return False
        if word == "UPDATE" and previous == "FOR":
            return False
        previous = kind
    return True


def written_table(statement: Statement) -> str | None:
    """Give the table that a statement makes or writes, as its text; None when it writes none."""
    tokens = statement.tokens
    words = [token.text.upper() for token in tokens]
    if not words:
        return None
    place = None
    if verb(statement) in ("INSERT", "REPLACE", "MERGE") and "INTO" in words:
        place = words.index("INTO") + 1
    elif verb(statement) == "UPDATE":
        place = words.index("UPDATE") + 1
    elif words[0] == "CREATE" and "TABLE" in words[:6]:
        place = words.index("TABLE") + 1
        while words[place : place + 1] and words[place] in ("IF", "NOT", "EXISTS"):
            place += 1
    if place is None:
        return None
    text = ""
    for token in tokens[place:]:
        is_name = token.token_type.name not in ("L_PAREN", "ALIAS", "SET", "VALUES", "SELECT")
        joined = token.token_type.name == "DOT" or not text or text.endswith(".")
        if not (is_name and joined):
            break
        quoted = token.token_type.name == "IDENTIFIER"
        text += statement.quoted(token) if quoted else token.text
    return text or None


def named_tables(statement: Statement, provider: str) -> set[str]:
    """Give the names of the tables that a statement reads, without schemas and in lower case.

    Where the text is beyond sqlglot's grammar every word of it counts.
    """
    from sqlglot import exp, parse_one
    from sqlglot.errors import SqlglotError

    marks = ["NULL"] * len(statement.values)
    try:
        tree: Any = parse_one(statement.text(marks), dialect=GRAMMARS[provider])
        found = {table.name.casefold() for table in tree.find_all(exp.Table) if not table.db}
        if not isinstance(tree, exp.Command):
            return found
    except (SqlglotError, RecursionError):
        pass
    return words(statement)


def words(statement: Statement) -> set[str]:
    """Give every word and quoted name of a statement, in lower case."""
    return {
        token.text.casefold()
        for token in statement.tokens
        if not token.token_type.name.endswith("STRING")
    }


def _has(statement: Statement, word: str) -> bool:
    return any(
        token.text.upper() == word and token.token_type.name != "IDENTIFIER"
        for token in statement.tokens
    )
