"""What the last readings of notebooks left, so that a check after an edit is quick."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mage_jlab.notebook.reading import Memory

_KEPT = 8
"""Notebooks that are remembered: those that were read last."""


class ReadingMemory:
    """Keeps what readings left, for a few notebooks.

    What one reading uses no other sees: of two that read one notebook at the same time, the second
    begins with nothing.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Memory] = OrderedDict()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def of(self, notebook: Hashable) -> Iterator[Memory]:
        """Lend what the last reading of a notebook left; after an error it is forgotten."""
        from mage_jlab.notebook.reading import Memory

        with self._lock:
            memory = self._kept.pop(notebook, None)
        memory = memory or Memory()
        yield memory
        with self._lock:
            self._kept[notebook] = memory
            self._kept.move_to_end(notebook)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
