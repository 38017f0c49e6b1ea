"""The parameters cell: literals are the runtime variables.

Derived lines are computed again where they are used.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, field

from mage_jlab.domain.word import Json
from mage_jlab.notebook.facts import Parsed
from mage_jlab.notebook.problems import Places, Problem, Repair, error
from mage_jlab.notebook.scopes import COMPREHENSIONS, SCOPES
from mage_jlab.notebook.statements import text_of

RESERVED = frozenset(
    [
        "execution_date",
        "ds",
        "hr",
        "interval_start_datetime",
        "interval_end_datetime",
        "interval_seconds",
        "interval_start_datetime_previous",
        "env",
        "event",
        "execution_partition",
        "pipeline_run_id",
        "trigger_name",
        "pipeline_uuid",
        "block_uuid",
        "repo_path",
        "configuration",
        "context",
        "logger",
        "retry",
        "dynamic_block_index",
        "spark",
        "remote_blocks",
        "global_vars",
        "parent_block_uuid",
        "pipeline_run",
        "idempotency_key",
        "kwargs",
    ]
)
"""Names that a block's ``kwargs`` has anyway (Mage AI's, and ours)."""


@dataclass
class Parameters:
    """What a parameters cell says.

    Attributes:
        variables: the runtime variables with their defaults.
        sources: their defaults, as they are written.
        derived: names that are computed from them, each with its line.
        imports: import statements of the cell.
    """

    variables: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    derived: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_parameters(parsed: Parsed) -> Parameters:
    """Read a parameters cell."""
    found = Parameters()
    if parsed.tree is None:
        return found
    places = Places(parsed.source)
    lines = parsed.source.split("\n")
    for node in parsed.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Pass):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        target = _target(node)
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if target is None or value is None:
            found.problems.append(
                error(
                    "parameters",
                    "A parameters cell holds only assignments: a name, and its default.",
                    places.of(node),
                    (_apart("Move the line to a cell of its own"),),
                )
            )
            continue
        name = target.id
        if name in RESERVED:
            found.problems.append(
                error(
                    "reserved-name",
                    f"{name} is a name that every run gives to its blocks, "
                    f"so it cannot be a parameter.",
                    places.of(target),
                    (
                        Repair(
                            "rename-name",
                            f"Call it {_free(name, parsed)} everywhere",
                            names=(name, _free(name, parsed)),
                            automatic=True,
                        ),
                    ),
                )
            )
            continue
        if name in found.sources or name in found.derived:
            found.problems.append(
                error(
                    "parameters",
                    f"{name} has two defaults in this cell.",
                    places.of(target),
                    (Repair("drop-first", "Keep the last one", names=(name,), automatic=True),),
                )
            )
            continue
        _add(found, name, value, text_of(node, lines), lines, places)
    return found


def _apart(title: str) -> Repair:
    return Repair("split", title, automatic=True)


def _free(name: str, parsed: Parsed) -> str:
    return next(one for one in (f"my_{name}", f"my_own_{name}") if one not in parsed.words)


def _target(node: ast.stmt) -> ast.Name | None:
    if (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
    ):
        return node.targets[0]
    return (
        node.target
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        else None
    )


def _add(
    found: Parameters, name: str, value: ast.expr, line: str, lines: list[str], places: Places
) -> None:
    try:
        literal = ast.literal_eval(value)
        same = json.loads(json.dumps(literal, allow_nan=False)) == literal and _is_json(literal)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        same = False
    if same:
        found.variables[name] = literal
        found.sources[name] = ast.get_source_segment("\n".join(lines), value) or ast.unparse(value)
        return
    odd = next(
        (
            part
            for part in ast.walk(value)
            if isinstance(part, (*SCOPES, *COMPREHENSIONS, ast.Await, ast.NamedExpr))
        ),
        None,
    )
    if odd is not None:
        found.problems.append(
            error(
                "parameters",
                f"{name} is computed by more than a plain expression, so it "
                f"cannot stand in the parameters cell.",
                places.of(odd),
                (_apart("Make that line a block of its own"),),
            )
        )
        return
    varying = next((part for part in ast.walk(value) if _varies(part)), None)
    if varying is not None:
        found.problems.append(
            error(
                "parameters",
                f"{name} is another value each time it is computed, "
                f"and each block would compute it.",
                places.of(varying),
                (_apart("Make that line a block of its own"),),
            )
        )
        return
    found.derived[name] = line


def _varies(node: ast.AST) -> bool:
    """Say whether a call gives another value each time: a clock, a random number, a new id."""
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called.rsplit(".", 1)[-1] in _VARYING or ".random." in f".{called}."


_VARYING = frozenset(
    {"now", "today", "utcnow", "time", "time_ns", "uuid1", "uuid4", "urandom", "input"}
)


def _is_json(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(part) for key, part in value.items())
    if isinstance(value, list):
        return all(_is_json(part) for part in value)
    return value is None or isinstance(value, str | int | float | bool)
