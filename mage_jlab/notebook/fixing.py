"""Fixes carried out on a notebook: each act changes a copy, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from mage_jlab.domain.analysis import Diagnostic, DiagnosticPlace, Fix, Fixed
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.notebook import fixing_lines
from mage_jlab.notebook.cells import Offer, WorkbenchReading
from mage_jlab.notebook.document import Notebook
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.merging import merge_cells
from mage_jlab.notebook.offers import find_offer
from mage_jlab.notebook.renaming import rename_everywhere

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
    draft = Draft(notebook)
    offer = find_offer(reading, place, fix)
    ACTS[offer.repair.act](draft, offer)
    return draft.fixed()


@dataclass
class Mended:
    """What mending a notebook did.

    Attributes:
        notebook: the notebook as it is now.
        done: each fix that was carried out, with its diagnostic, in order.
        left: each that could not be carried out, with the reason.
    """

    notebook: Notebook
    done: list[tuple[Diagnostic, Fix]] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def mend(
    notebook: Notebook, read: Callable[[Notebook], WorkbenchReading], codes: Collection[str] = ()
) -> Mended:
    """Carry out the fixes that leave no choice, until none is left.

    Args:
        notebook: the notebook; it is not changed.
        read: gives the reading of a notebook.
        codes: the codes whose fixes are carried out; all without any.
    """
    start = Draft(notebook)
    mended = Mended(start.notebook)
    seen = {start.fingerprint()}
    while True:
        for offer in read(mended.notebook).offers:
            if not offer.fix.automatic or (codes and offer.diagnostic.code not in codes):
                continue
            draft = Draft(mended.notebook)
            try:
                ACTS[offer.repair.act](draft, offer)
            except UnprocessableError as error:
                mended.left[f"{offer.diagnostic.cell_id} {offer.fix.title}"] = error.message
                continue
            if draft.fingerprint() not in seen:  # else fixes would undo each other for ever
                seen.add(draft.fingerprint())
                mended.notebook = draft.notebook
                mended.done.append((offer.diagnostic, offer.fix))
                break
        else:
            return mended


def _nothing(draft: Draft, offer: Offer) -> None:
    """Leave it to a person."""


def _make_block(draft: Draft, offer: Offer) -> None:
    """Make a cell a block, of the type that its code suggests."""
    at = draft.at(offer)
    type_ = guess_type(translate(draft.source(at)).source) or BlockType.TRANSFORMER
    draft.set_type(at, type_)


def _untag(draft: Draft, offer: Offer) -> None:
    """Make a cell no block."""
    at = draft.at(offer)
    draft.set_type(at, None)
    draft.remove_tags(at, [tag for tag in draft.tags(at) if tag.startswith(("step:", "prev:"))])


def _set_type(draft: Draft, offer: Offer) -> None:
    """Give a block its type."""
    draft.set_type(draft.at(offer), BlockType(offer.repair.names[0]))


def _merge(draft: Draft, offer: Offer) -> None:
    """Join two cells."""
    merge_cells(draft, draft.at(offer), offer.cell)


def _move_up(draft: Draft, offer: Offer) -> None:
    """Move a cell of below above the one that needs it."""
    draft.move(draft.at(offer), offer.cell)


def _rename(draft: Draft, offer: Offer) -> None:
    """Give a block a name."""
    draft.set_mage(draft.at(offer), "name", offer.repair.names[0])


def _drop_key(draft: Draft, offer: Offer) -> None:
    """Take a key out of what the metadata says of a block."""
    draft.set_mage(draft.at(offer), offer.repair.names[0], None)


def _drop_upstream(draft: Draft, offer: Offer) -> None:
    """Take a block out of a block's declared upstream."""
    at, name = draft.at(offer), offer.repair.names[0]
    declared = draft.mage(at).get("upstream") or []
    draft.set_mage(at, "upstream", [one for one in declared if one != name] or None)
    draft.remove_tags(at, [f"prev:{name}"])


ACTS: dict[str, Act] = {
    "go": _nothing,
    "edit": _nothing,
    "add-parameter": fixing_lines.add_parameter,
    "bind-first": fixing_lines.bind_first,
    "drop-first": fixing_lines.drop_first,
    "drop-key": _drop_key,
    "drop-line": fixing_lines.drop_line,
    "drop-upstream": _drop_upstream,
    "hand-on": fixing_lines.hand_on,
    "make-block": _make_block,
    "merge": _merge,
    "move": fixing_lines.move_line,
    "move-up": _move_up,
    "move-out": fixing_lines.move_out,
    "new-id": _nothing,  # every cell of a draft has an id of its own
    "open": fixing_lines.open_here,
    "parameter": fixing_lines.make_parameter,
    "rename": _rename,
    "rename-name": rename_everywhere,
    "put-first": fixing_lines.put_first_line,
    "set-type": _set_type,
    "split": fixing_lines.split,
    "untag": _untag,
}
"""How each act is carried out."""
