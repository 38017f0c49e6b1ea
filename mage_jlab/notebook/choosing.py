"""What a person chose for the cells of a notebook: types, names, merges, the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mage_jlab.domain.analysis import CellChoice, Fixed
from mage_jlab.domain.errors import BadInputError
from mage_jlab.notebook.document import find_cell
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.merging import merge_cells
from mage_jlab.notebook.roles import PARAMETERS_TAGS, leads_out


def choose(notebook: dict[str, Any], choices: Sequence[CellChoice]) -> Fixed:
    """Make a copy of a notebook as choices say; cells without one stay as they are.

    Raises:
        BadInputError: when a cell is not code, or a name leads out of the project.
        NotFoundError: when there is no such cell.
        UnprocessableError: when cells cannot be joined as it is wanted.
    """
    draft = Draft(notebook)
    for choice in choices:
        cell = find_cell(draft.notebook, choice.cell_id)
        if cell.kind != "code":
            raise BadInputError(
                f"Cell #{cell.index} is a {cell.kind} cell; only code cells can be blocks."
            )
        if choice.name is not None and (not choice.name or leads_out(choice.name)):
            raise BadInputError(
                f"{choice.name or 'An empty name'} cannot be the name of a block: it leads out of "
                "the project.",
                "block-name",
            )
        draft.set_type(cell.index, None if choice.parameters else choice.type)
        draft.set_mage(cell.index, "name", choice.name if choice.type is not None else None)
        draft.remove_tags(cell.index, PARAMETERS_TAGS)
        if choice.parameters:
            draft.add_tag(cell.index, "parameters")
    for choice in choices:
        if choice.merge is not None:
            one, other = (draft.now(cell) for cell in (choice.merge, choice.cell_id))
            if one != other:  # else they were joined already, by another choice
                places = (find_cell(draft.notebook, cell).index for cell in (one, other))
                merge_cells(draft, *places)
    return draft.fixed()
