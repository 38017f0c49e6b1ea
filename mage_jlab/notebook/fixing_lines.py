"""Fixes that move, copy or drop single lines."""

from __future__ import annotations

import ast

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.notebook.cells import Offer
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.facts import parse
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.lines import (
    binding_statements,
    lines_of,
    names_read,
    put_first,
    put_last,
    stands_alone,
    take_out,
)
from mage_jlab.notebook.scopes import bound_names


def move_line(draft: Draft, offer: Offer) -> None:
    """Move the line that binds a name into the block that reads it."""
    name = offer.repair.names[0]
    from_ = draft.at(offer)
    for index in draft.code_cells():
        if index not in (from_, offer.cell) and name in parse(draft.source(index)).words:
            raise UnprocessableError(
                f"{name} is used in cell #{index} as well, so its line cannot move into one block.",
                "used-elsewhere",
            )
    node = _line(draft, from_, name)
    _still_means_the_same(draft, from_, node, offer.cell)
    taken, left = take_out(draft.source(from_), node)
    if name in names_read(left):
        raise UnprocessableError(
            f"{name} is used in the rest of cell #{from_} as well; move the lines by hand.",
            "used-elsewhere",
        )
    draft.set_source(offer.cell, put_first(draft.source(offer.cell), taken))
    _leave(draft, from_, left)


def make_parameter(draft: Draft, offer: Offer) -> None:
    """Move the line that binds a name to a literal into the cell of the runtime variables."""
    name = offer.repair.names[0]
    from_ = draft.at(offer)
    node = _line(draft, from_, name)
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    try:
        ast.literal_eval(value or ast.Name("none"))
    except ValueError:
        raise UnprocessableError(
            f"{name} is no plain value, so it cannot be a parameter.", "not-literal"
        ) from None
    taken, left = take_out(draft.source(from_), node)
    from_ += _among_parameters(draft, from_, taken)
    _leave(draft, from_, left)


def add_parameter(draft: Draft, offer: Offer) -> None:
    """Make a name that no cell defines a runtime variable, None by default."""
    _among_parameters(draft, min(draft.code_cells()), f"{offer.repair.names[0]} = None")


def _among_parameters(draft: Draft, at: int, line: str) -> int:
    """Add a line to the cell of the runtime variables; gives how many cells were put in."""
    parameters = draft.parameters_cell()
    new = parameters is None
    if parameters is None:
        parameters = draft.insert(at, "")
        draft.add_tag(parameters, "parameters")
    draft.set_source(parameters, put_last(draft.source(parameters), line))
    return int(new)


def split(draft: Draft, offer: Offer) -> None:
    """Move the statement of a problem to a cell of its own below: a block."""
    node = _statement_at(draft, offer)
    at = offer.cell
    taken, left = take_out(draft.source(at), node)
    type_ = guess_type(taken) or draft.type_of(at) or BlockType.TRANSFORMER
    draft.set_source(at, left)
    draft.set_type(draft.insert(at + 1, taken), type_)


def move_out(draft: Draft, offer: Offer) -> None:
    """Move a definition to an untagged cell of its own above."""
    name = offer.repair.names[0]
    at = draft.at(offer)
    node = _line(draft, at, name)
    tree = parse(draft.source(at)).tree
    taken, left = take_out(draft.source(at), node)
    earlier = bound_names(one for one in (tree.body if tree else []) if one.lineno < node.lineno)
    if earlier & names_read(taken):
        raise UnprocessableError(
            f"{name} needs what stands above it in cell #{at}, so it cannot leave the cell.",
            "not-one-line",
        )
    draft.set_source(at, left)
    draft.insert(at, taken)


def open_here(draft: Draft, offer: Offer) -> None:
    """Copy the line that opens a connection or a file into the cell that uses it."""
    name = offer.repair.names[0]
    from_ = draft.at(offer)
    node = _line(draft, from_, name)
    _still_means_the_same(draft, from_, node, offer.cell)
    taken, _ = take_out(draft.source(from_), node)
    if not _repeatable(node):
        raise UnprocessableError(
            f"{name} is not opened by one plain line that can be repeated; merge the cells.",
            "not-repeatable",
        )
    draft.set_source(offer.cell, put_first(draft.source(offer.cell), taken))


def drop_line(draft: Draft, offer: Offer) -> None:
    """Take the line of a problem out of its cell."""
    line = offer.diagnostic.line or 1
    rows = draft.source(offer.cell).split("\n")
    del rows[line - 1 : line]
    draft.set_source(offer.cell, "\n".join(rows))


def drop_first(draft: Draft, offer: Offer) -> None:
    """Take the first of two statements that bind a name out of a cell."""
    source = draft.source(offer.cell)
    found = binding_statements(source, offer.repair.names[0])
    if len(found) < 2 or not stands_alone(source, found[0]):
        raise UnprocessableError("The two lines cannot be told apart.", "not-one-line")
    draft.set_source(offer.cell, take_out(source, found[0])[1])


def put_first_line(draft: Draft, offer: Offer) -> None:
    """Put a line at the start of a cell."""
    draft.set_source(offer.cell, put_first(draft.source(offer.cell), offer.repair.names[0]))


def hand_on(draft: Draft, offer: Offer) -> None:
    """End a cell with a line that takes a state, and begin this one with a line that sets it.

    Its last result is the state then, so the block's name is kept in its metadata.
    """
    taken, given, name = offer.repair.names
    from_ = draft.at(offer)
    if not draft.mage(from_).get("name"):
        draft.set_mage(from_, "name", name)
    source = draft.source(from_)
    if taken not in source:
        draft.set_source(from_, _before_display(source, taken))
    if draft.type_of(from_) is BlockType.CHART:
        draft.set_type(from_, BlockType.TRANSFORMER)
    draft.set_source(offer.cell, put_first(draft.source(offer.cell), given))


def _before_display(source: str, lines: str) -> str:
    """Put lines at the end of a cell, or before its last expression, if that only shows a name."""
    tree = parse(source).tree
    last = tree.body[-1] if tree is not None and tree.body else None
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Name | ast.Attribute):
        return put_last(source, lines)
    rows = source.split("\n")
    return "\n".join([*rows[: last.lineno - 1], lines, *rows[last.lineno - 1 :]])


def bind_first(draft: Draft, offer: Offer) -> None:
    """Bind a name to None at the start of the cell, where only functions bind it."""
    name = offer.repair.names[0]
    for index in draft.code_cells():
        if binding_statements(draft.source(index), name):
            raise UnprocessableError(
                f"{name} is bound in cell #{index} too, and must keep its value there.",
                "used-elsewhere",
            )
    draft.set_source(offer.cell, put_first(draft.source(offer.cell), f"{name} = None"))


def _line(draft: Draft, at: int, name: str) -> ast.stmt:
    source = draft.source(at)
    found = binding_statements(source, name)
    if len(found) != 1:
        raise UnprocessableError(
            f"{name} is bound in {len(found)} statements of cell #{at}; move them by hand.",
            "not-one-line",
        )
    others = bound_names(found) - {name}
    if others or not stands_alone(source, found[0]):
        raise UnprocessableError(
            f"The line that binds {name} in cell #{at} does more than that; split it first.",
            "not-one-line",
        )
    return found[0]


def _statement_at(draft: Draft, offer: Offer) -> ast.stmt:
    source = draft.source(offer.cell)
    tree = parse(source).tree
    line = offer.diagnostic.line or 1
    for node in tree.body if tree is not None else []:
        first, last = lines_of(node)
        if first <= line <= last and stands_alone(source, node):
            return node
    raise UnprocessableError("The statement shares its line with others.", "not-one-line")


def _still_means_the_same(draft: Draft, from_: int, node: ast.stmt, to: int) -> None:
    """Refuse to carry a line past a cell that binds a name which it reads."""
    reads = names_read(ast.unparse(node))
    own = parse(draft.source(from_)).tree
    below = [one for one in (own.body if own else []) if one.lineno > node.lineno]
    between = {name for name in bound_names(below) if name in reads}
    for index in draft.code_cells():
        tree = parse(draft.source(index)).tree
        if from_ < index < to and tree is not None:
            between |= bound_names(tree.body) & reads
    if between:
        raise UnprocessableError(
            f"{min(between)} is bound anew between the two cells, so the line would mean "
            "something else there.",
            "not-the-same",
        )


def _repeatable(node: ast.stmt) -> bool:
    """Say whether a line only opens: one call of plain values and names, none of them writing."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return False
    calls = [part for part in ast.walk(node.value) if isinstance(part, ast.Call)]
    words = [
        part.value
        for call in calls
        for part in [*call.args, *(word.value for word in call.keywords)]
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    emptied = any(word in ("w", "wb", "x", "a", "w+", "wt", ":memory:") for word in words)
    return not emptied and bool(calls[0].args or calls[0].keywords)


def _leave(draft: Draft, at: int, left: str) -> None:
    draft.set_source(at, left)
    if not left.strip():
        draft.remove(at)
