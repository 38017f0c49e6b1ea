"""How long the items of fan-outs take, so that short ones are claimed several at a time."""

from __future__ import annotations

from collections import OrderedDict

from mage_jlab.domain.attempt import Outcome, OutcomeKind
from mage_jlab.store.ledger.claiming import Claim

HAND_S = 0.02
"""How much work of short items is claimed ahead for each slot, in seconds."""
MOST_AHEAD = 32
"""How many items are claimed for each slot at most."""
KEPT = 64
"""How many blocks' paces stay in memory."""
WEIGHT = 0.2
"""How much the last item counts against those before it."""


class Pace:
    """The mean duration of the items of each block that ran lately, in seconds."""

    def __init__(self) -> None:
        self._means: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, ended: list[tuple[Claim, Outcome]]) -> Claim | None:
        """Take attempts that have ended; gives the last one that was an item and went well."""
        last = None
        for claim, outcome in ended:
            if not claim.item or outcome.kind is not OutcomeKind.SUCCESS:
                continue
            if outcome.started_at is None or outcome.ended_at is None:
                continue
            last = claim
            took = (outcome.ended_at - outcome.started_at).total_seconds()
            key = (claim.facts.id, claim.block)
            before = self._means.pop(key, took)
            self._means[key] = before + WEIGHT * (took - before)
            if len(self._means) > KEPT:
                self._means.popitem(last=False)
        return last

    def ahead(self, claim: Claim) -> int:
        """Give how many items like this one a slot may have in hand, 1 where they take long."""
        mean = max(self._means.get((claim.facts.id, claim.block), HAND_S), 1e-4)
        return max(1, min(MOST_AHEAD, int(HAND_S / mean)))
