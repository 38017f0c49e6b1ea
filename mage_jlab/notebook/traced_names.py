"""The names of a notebook, with a trace of what one cell asks of them and does to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mage_jlab.notebook.environment import Binding, ObjectId


@dataclass
class Trace:
    """What one cell asked of the names, and did to them.

    Attributes:
        touched: names that were looked up, whether they were there or not.
        scanned: objects whose holders were looked for among all names.
        before: names that were bound or taken away, with what they meant before.
        done: each binding in order; None where the name was taken away.
        placed: whether something that was kept says where another cell bound a name.
        keep: whether the trace tells all that the cell depends on.
    """

    touched: set[str] = field(default_factory=set)
    scanned: set[ObjectId] = field(default_factory=set)
    before: dict[str, Binding | None] = field(default_factory=dict)
    done: list[tuple[str, Binding | None]] = field(default_factory=list)
    placed: bool = False
    keep: bool = True


class Names(dict[str, "Binding"]):
    """What each name means: a dictionary that keeps a trace of its use.

    Going through all of it leaves no trace: who does so says what it looked for (``scanned``).
    """

    def __init__(self, given: dict[str, Binding] | None = None, trace: Trace | None = None) -> None:
        super().__init__(given or {})
        self.trace = trace or Trace()

    def inner(self) -> Names:
        """Give a copy to work on: what is asked of it counts, what is done to it does not."""
        return Names(self, Trace(touched=self.trace.touched))

    def known(self, words: frozenset[str]) -> frozenset[str]:
        """Give those of some words that are names."""
        self.trace.touched |= words
        return words & self.keys()

    def was(self, name: str) -> Binding | None:
        """Give what a name meant before the cell."""
        self.trace.touched.add(name)
        return self.trace.before[name] if name in self.trace.before else dict.get(self, name)

    def play(self, done: tuple[tuple[str, Binding | None], ...]) -> None:
        """Do again what a trace says was done, without a trace."""
        for name, binding in done:
            if binding is None:
                dict.pop(self, name, None)
            else:
                dict.__setitem__(self, name, binding)

    def get(self, name: str, default: Any = None) -> Any:
        """Give what a name means."""
        self.trace.touched.add(name)
        return dict.get(self, name, default)

    def __getitem__(self, name: str) -> Binding:
        self.trace.touched.add(name)
        return dict.__getitem__(self, name)

    def __contains__(self, name: object) -> bool:
        self.trace.touched.add(str(name))
        return dict.__contains__(self, name)

    def __setitem__(self, name: str, binding: Binding) -> None:
        self.trace.before.setdefault(name, dict.get(self, name))
        self.trace.done.append((name, binding))
        dict.__setitem__(self, name, binding)

    def take(self, name: str) -> None:
        """Take a name away, if it is there."""
        self.trace.before.setdefault(name, dict.get(self, name))
        self.trace.done.append((name, None))
        dict.pop(self, name, None)
