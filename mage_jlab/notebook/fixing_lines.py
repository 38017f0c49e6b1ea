"""Fixes that move or change single lines."""

from __future__ import annotations

import ast

from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.notebook.cells import Offer
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.lines import (
    binding_statements,
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
    taken, left = take_out(draft.source(from_), _line(draft, from_, name))
    draft.set_source(offer.cell, put_first(draft.source(offer.cell), taken))
    draft.set_source(from_, left)
    if not left.strip():
        draft.remove(from_)


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
    parameters = draft.parameters_cell()
    if parameters is None:
        if left.strip():
            parameters = draft.insert(from_, "")
            from_ += 1
        else:
            parameters, left = from_, taken
        draft.add_tag(parameters, "parameters")
    if parameters != from_:
        draft.set_source(parameters, put_last(draft.source(parameters), taken))
    draft.set_source(from_, left)
    if not left.strip():
        draft.remove(from_)


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
