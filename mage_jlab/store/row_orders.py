"""Orders of a frame's rows that were made lately, kept up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Order = NDArray[np.unsignedinteger[Any]]

MOST_BYTES = 256 * 1024 * 1024
"""The most bytes that orders take together: one of 10 million rows takes 40 MB."""


class RowOrders:
    """A bounded memory of row orders, the least lately used of which goes first.

    Orders are made one after another, so that sorting never takes more memory than one sort does.

    Args:
        most_bytes: the most bytes that all of them take.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, Order] = OrderedDict()
        self._looking = Lock()
        self._making = Lock()

    @property
    def size(self) -> int:
        """The bytes that the kept orders take."""
        return sum(order.nbytes for order in list(self._kept.values()))

    def get(self, key: Hashable, make: Callable[[], Order]) -> Order:
        """Give the order of a key, made when it is not kept.

        Args:
            key: the file's identity and what is asked of it.
            make: makes the order.
        """
        found = self._find(key)
        if found is not None:
            return found
        with self._making:
            found = self._find(key)
            if found is not None:
                return found
            order = make()
            with self._looking:
                self._kept[key] = order
                while self.size > self._most_bytes:
                    self._kept.popitem(last=False)
            return order

    def _find(self, key: Hashable) -> Order | None:
        with self._looking:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)
