"""Guards of the ledger's updates, taken from the one table of legal changes."""

from __future__ import annotations

from mage_jlab.domain.run import LEGAL_CHANGES, BlockRunState


def sources(target: BlockRunState, *, ended: bool | None = None) -> list[str]:
    """Give the states from which a block run may come to ``target``.

    Args:
        target: the new state.
        ended: only states that have ended (True) or have not (False); both when None.
    """
    return [
        state.value
        for state, targets in LEGAL_CHANGES.items()
        if target in targets and ended in (None, state.ended)
    ]
