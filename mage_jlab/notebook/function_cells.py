"""Function cells: a cell that holds one decorated function, which is exported as it stands."""

from __future__ import annotations

import ast

from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.environment import Environment
from mage_jlab.notebook.facts import Parsed, parse
from mage_jlab.notebook.known import BUILTINS
from mage_jlab.notebook.problems import Places, Problem, Repair, error
from mage_jlab.notebook.resolving import Resolver
from mage_jlab.notebook.values import Value

_BY_DECORATOR = {type_.decorator: type_ for type_ in BlockType if type_ is not BlockType.MARKDOWN}
Definition = ast.FunctionDef | ast.AsyncFunctionDef


def without_guards(parsed: Parsed) -> Parsed:
    """Leave out ``if "x" not in globals():`` lines, which only make a decorator known."""
    if parsed.tree is None or "globals()" not in parsed.text:
        return parsed
    lines = parsed.text.split("\n")
    for node in parsed.tree.body:
        if isinstance(node, ast.If) and _guards(node):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return parse("\n".join(lines))


def _guards(node: ast.If) -> bool:
    imports = (
        all(isinstance(part, ast.Import | ast.ImportFrom) for part in node.body) and not node.orelse
    )
    return imports and "globals()" in ast.unparse(node.test)


def decorated_function(
    parsed: Parsed,
) -> tuple[Definition | None, BlockType | None, Problem | None]:
    """Find the decorated function of a cell.

    The type that its decorator says, and what is wrong with it.
    """
    if parsed.tree is None:
        return None, None, None
    found = [
        (node, word) for node in parsed.tree.body for word in [_decorator(node)] if word is not None
    ]
    if not found:
        return None, None, None
    node, word = found[0]
    assert isinstance(node, Definition)
    if len(found) > 1:
        second = found[1][0]
        problem = error(
            "function-cell",
            "A cell holds one decorated function, and this is the second.",
            Places(parsed.source).of(second),
            (Repair("split", "Move it to a cell of its own", automatic=True),),
        )
        return node, _BY_DECORATOR[word], problem
    return node, _BY_DECORATOR[word], None


def _decorator(node: ast.stmt) -> str | None:
    if not isinstance(node, Definition):
        return None
    for one in node.decorator_list:
        target = one.func if isinstance(one, ast.Call) else one
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        if name in _BY_DECORATOR:
            return str(name)
    return None


def bind_function(block: BlockWork, resolver: Resolver, environment: Environment) -> Value:
    """Bind a function cell's parameters to results of blocks above, and find what else it reads.

    Returns:
        what the function gives.
    """
    function = block.function
    assert function is not None
    facts = block.facts
    places = Places(block.parsed.source)
    given = function.args
    required = [*given.posonlyargs, *given.args]
    required = required[: len(required) - len(given.defaults)]
    for parameter in required:
        binding = environment.names.get(parameter.arg)
        place = places.of(parameter)
        if binding is not None and binding.origin == "block":
            resolver.read(parameter.arg, place)
        elif len(required) == len(block.role.upstream):
            continue
        else:
            block.report(
                error(
                    "hidden-state",
                    f"No block above gives {parameter.arg}, so {function.name} cannot be called.",
                    place,
                    (
                        "Name the parameter like a result of a block above",
                        "Name the blocks above in upstream",
                    ),
                )
            )
    names = dict(facts.reads)
    for value in facts.values.values():
        if value.function is not None:
            names.update({name: place for name, place in value.function.reads if name not in names})
    for name, place in names.items():
        if name in facts.binds or (name in BUILTINS and name not in environment.names):
            continue
        binding = environment.names.get(name)
        if binding is not None and binding.origin in ("block", "parameter", "derived"):
            fix = (
                f'Read it from the arguments: kwargs["{name}"]'
                if binding.origin == "parameter"
                else f"Make {name} a parameter of {function.name}"
            )
            block.report(
                error(
                    "hidden-state",
                    f"{function.name} reads {name} from outside, and a block has only its inputs.",
                    place,
                    (fix,),
                )
            )
        else:
            resolver.read(name, place, bare=name not in facts.values)
    for problem in (*block.parsed.translation.problems, *facts.problems):
        block.report(problem)
    summary = facts.values[function.name].function
    return Value(kind=summary.gives if summary is not None else "unknown")


def gives_value(function: Definition) -> bool:
    """Say whether a function returns something other than None."""
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            return not (isinstance(node.value, ast.Constant) and node.value.value is None) or any(
                isinstance(other, ast.Return) for other in queue
            )
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            queue += list(ast.iter_child_nodes(node))
    return False
