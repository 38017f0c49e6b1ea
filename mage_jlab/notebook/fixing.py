"""Fixes carried out on a notebook: each act changes a copy, and nothing is written."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from mage_jlab.domain.analysis import DiagnosticPlace, Fixed
from mage_jlab.domain.block import BlockType
from mage_jlab.notebook.cells import Offer, WorkbenchReading
from mage_jlab.notebook.document import upgrade
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.fixing_lines import make_parameter, move_line
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.offers import find_offer

Act = Callable[[Draft, Offer], None]


def carry_out(
    notebook: dict[str, Any], reading: WorkbenchReading, place: DiagnosticPlace, fix: str
) -> Fixed:
    """Carry out one fix.

    Args:
        notebook: the notebook that was read; it is not changed.
        reading: its reading.
        place: the diagnostic.
        fix: the id of one of its fixes; ``go`` and ``edit`` change nothing.

    Raises:
        NotFoundError: when the notebook has no such diagnostic, or that has no such fix.
        UnprocessableError: when the code cannot be changed so; the sentence says what stands
            in the way.
    """
    offer = find_offer(reading, place, fix)
    draft = Draft(upgrade(copy.deepcopy(notebook)))
    ACTS[offer.repair.act](draft, offer)
    return draft.fixed(upgrade(copy.deepcopy(notebook)))


def _nothing(draft: Draft, offer: Offer) -> None:
    """Leave it to a person."""


def _make_block(draft: Draft, offer: Offer) -> None:
    """Make a cell a block, of the type that its code suggests."""
    at = draft.at(offer)
    type_ = guess_type(translate(draft.source(at)).source) or BlockType.TRANSFORMER
    draft.set_type(at, type_)


def _untag(draft: Draft, offer: Offer) -> None:
    """Make a cell no block."""
    draft.set_type(draft.at(offer), None)


ACTS: dict[str, Act] = {
    "go": _nothing,
    "edit": _nothing,
    "make-block": _make_block,
    "untag": _untag,
    "move": move_line,
    "parameter": make_parameter,
}
"""How each act is carried out."""
