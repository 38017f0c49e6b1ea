"""What one cell does with names, by its text and what stands above it. Pure, and kept by text."""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
import warnings
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from mage_jlab.notebook.interpreter import Interpreter
from mage_jlab.notebook.magics import Translation, translate
from mage_jlab.notebook.problems import Place, Places, Problem, Repair, error
from mage_jlab.notebook.scope_state import Bound, Context
from mage_jlab.notebook.scopes import tree_of
from mage_jlab.notebook.values import Called, Token, Value

_WORD = re.compile(r"[^\W\d]\w*")
_KEPT = 4096
_ASYNC = frozenset({"async", "await"})
_NEWER = re.compile(r"\s*(?:(?:async\s+)?def|class)\s+\w+\s*\[|\s*type\s+\w+\s*[\[=]")
"""The statements of Python 3.12 (PEP 695) that an older parser refuses."""


@dataclass(frozen=True)
class Parsed:
    """A cell's text as a syntax tree; without one there is a problem, or the cell is not Python."""

    text: str
    translation: Translation
    tree: ast.Module | None
    words: frozenset[str]
    syntax: Problem | None = None

    @property
    def source(self) -> str:
        """The cell's lines as runnable Python."""
        return self.translation.source


@dataclass(frozen=True)
class CellFacts:
    """What a cell does with names.

    Attributes:
        reads: names that may be read before the cell binds them, with the first place.
        bare: those of them that the cell itself never binds before.
        firm: those of them that are read on every path.
        binds: names that the cell binds, in the order of the last binding.
        sure: names that are bound at the end on all paths.
        changed: objects from above, or made here, that are changed in place, each with the
            place and whether that is certain.
        called: objects from above that hold functions which are called.
        values: what the names stand for at the end.
        deleted: names that are gone at the end.
        string_names: names that are read through a string inside a function or comprehension.
        session: where the cell changes settings, or the state of a module, and which, dotted.
        figures: where it first begins a figure of pyplot, and where it goes on with one.
    """

    reads: dict[str, Place] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()
    firm: frozenset[str] = frozenset()
    binds: dict[str, Bound] = field(default_factory=dict)
    sure: frozenset[str] = frozenset()
    changed: dict[Token, tuple[Place, bool]] = field(default_factory=dict)
    called: dict[Token, Place] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    deleted: dict[str, Place] = field(default_factory=dict)
    draws: dict[str, Place] = field(default_factory=dict)
    seeded: dict[str, Place] = field(default_factory=dict)
    written: frozenset[str] = frozenset()
    string_names: dict[str, Place] = field(default_factory=dict)
    session: dict[Place, str] = field(default_factory=dict)
    figures: dict[str, Place] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_async: bool = False

    @cached_property
    def surely_changed(self) -> frozenset[str]:
        """The names whose object the cell surely changes in place."""
        surely = {token for token, (_, certain) in self.changed.items() if certain}
        found = {name for scope, name in surely if scope in ("outer", "inner")}
        return frozenset(found | {name for name in self.binds if self.values[name].own & surely})

    def functions(self) -> dict[str, Called]:
        """Give the functions and classes that the cell leaves behind."""
        return {
            name: value.function
            for name, value in self.values.items()
            if value.function is not None
            and name in self.binds
            and self.binds[name].how in ("def", "class", "assign")
        }


@lru_cache(maxsize=_KEPT)
def parse(text: str) -> Parsed:
    """Parse a cell's text; a text that does not compile gives the problem instead of a tree."""
    translation = translate(text)
    words = frozenset(_WORD.findall(translation.source))
    if not translation.source.isascii():
        words |= {unicodedata.normalize("NFKC", word) for word in words}
    if translation.language is not None:
        too_long = next((one for one in translation.problems if one.code == "cell-size"), None)
        return Parsed(text, translation, None, words, too_long)
    source = translation.source
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = tree_of(source)
            compile(source, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as problem:
        return Parsed(text, translation, None, words, _syntax(problem, source))
    except (ValueError, RecursionError, MemoryError) as problem:
        return Parsed(
            text,
            translation,
            None,
            words,
            error("syntax", f"This cell cannot be read: {problem}.", Place(1, 1)),
        )
    return Parsed(text, translation, tree, words)


def _syntax(problem: SyntaxError, source: str) -> Problem:
    line, column = problem.lineno or 1, max(problem.offset or 1, 1)
    end = problem.end_offset if problem.end_lineno == problem.lineno else None
    message = (problem.msg or "it is no Python").rstrip(".")
    message = f"This cell is no Python that runs: {message}."
    lines = source.split("\n")
    if sys.version_info < (3, 12) and line <= len(lines) and _NEWER.match(lines[line - 1]):
        version = ".".join(map(str, sys.version_info[:2]))
        message = (
            f"Type parameters need Python 3.12, and Jupyter runs on {version} here, which cannot "
            "read them."
        )
    return error(
        "syntax",
        message,
        Place(line, column, end if end and end > column else None),
        (Repair("go", "Go to the line"),),
    )


@lru_cache(maxsize=_KEPT)
def facts_of(text: str, context: Context) -> CellFacts:
    """Follow a cell's code; a cell that cannot be parsed has no facts."""
    parsed = parse(text)
    if parsed.tree is None:
        return CellFacts()
    walk = Interpreter(context, Places(parsed.source))
    walk.shown = _shown(parsed)
    walk.run(parsed.tree.body)
    problems = list(walk.problems)
    for name, place in walk.mixed_class_names.items():
        problems.append(
            error(
                "unknown-code",
                f"The class binds {name} and reads an outer {name} too, which "
                f"means something else inside a block.",
                place,
                (f"Give one of the two {name} another name",),
            )
        )
    return CellFacts(
        reads=walk.reads,
        bare=frozenset(walk.bare),
        firm=frozenset(walk.firm),
        binds={name: bound for name, bound in walk.binds.items() if name in walk.state.values},
        sure=frozenset(walk.state.sure),
        changed=walk.changed,
        called=walk.called,
        values={name: walk.current(name) for name in walk.state.values},
        deleted={
            name: place for name, place in walk.deleted.items() if name not in walk.state.values
        },
        draws=walk.draws,
        seeded=walk.seeded,
        written=frozenset(walk.written),
        string_names=walk.string_names,
        session=walk.session,
        figures=walk.figures,
        stars=tuple(ast.unparse(star) for star in walk.stars),
        problems=tuple(problems),
        is_async=bool(parsed.words & _ASYNC) and _awaits(parsed.tree),
    )


def _shown(parsed: Parsed) -> ast.expr | None:
    """Give the expression whose value the notebook displays: the last, without a semicolon."""
    last = parsed.tree.body[-1] if parsed.tree is not None and parsed.tree.body else None
    if not isinstance(last, ast.Expr) or parsed.source.rstrip().endswith(";"):
        return None
    return last.value


def _awaits(tree: ast.Module) -> bool:
    """Say whether a cell awaits outside of its functions."""
    queue: list[ast.AST] = list(tree.body)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
            return True
        if isinstance(node, ast.comprehension) and node.is_async:
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            queue += list(ast.iter_child_nodes(node))
    return False
