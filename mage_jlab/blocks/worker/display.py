"""What a block displays: its last expression, ``display(…)`` and figures, as in a notebook."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable

from .codecs.figures import bundle_of, plain
from .log import AttemptLog

MOST = 20
"""How many displayed values one attempt keeps."""

PRODUCT = "_display"
"""The product's name of what was displayed first; later ones are ``_display_2`` and so on."""


class Display:
    """Collects MIME bundles in the order in which they were shown.

    Args:
        log: where a value that cannot be shown is noted.
    """

    def __init__(self, log: AttemptLog) -> None:
        self._log = log
        self._shown: list[int] = []
        self.bundles: list[dict[str, Any]] = []

    def last(self, value: Any) -> None:
        """Show the value of the cell's last expression; None shows nothing."""
        if value is not None:
            self.show(value)

    def show(self, *values: Any, raw: bool = False, **_: Any) -> None:
        """Show values, as IPython's ``display`` does.

        Args:
            values: what to show.
            raw: whether the values are MIME bundles already.
        """
        for value in values:
            if len(self.bundles) >= MOST:
                return
            self._shown.append(id(value))
            try:
                bundle = dict(value) if raw else bundle_of(value)
                json.dumps(bundle)
                self.bundles.append(bundle)
            except Exception as error:
                self._log.line("warning", f"{type(value).__name__} cannot be shown: {error}")

    def flush_figures(self, *, show: bool = True) -> None:
        """Show the open matplotlib figures that were not shown yet, and close them all.

        Args:
            show: whether they are shown too; False after an error, when they are only closed.
        """
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            if show and id(figure) not in self._shown and (figure.axes or figure.texts):
                self.show(figure)
        pyplot.close("all")

    def products(self, store: Callable[[str, dict[str, Any]], dict[str, Any]]) -> list[Any]:
        """Store what was shown.

        Args:
            store: stores a bundle under a name and gives its manifest.
        """
        return [
            store(PRODUCT if not place else f"{PRODUCT}_{place + 1}", bundle)
            for place, bundle in enumerate(self.bundles)
        ]


class Shower:
    """Takes ``display(…)`` and ``plt.show()`` and passes them on to the attempt under way."""

    def __init__(self) -> None:
        self.current: Display | None = None

    def display(self, *values: Any, **options: Any) -> None:
        """Show values in the block run's output."""
        if self.current is not None:
            self.current.show(*values, **options)
        else:
            sys.stdout.write("".join(f"{plain(value)}\n" for value in values))

    def figures(self) -> None:
        """Show and close the open figures."""
        if self.current is not None:
            self.current.flush_figures()


shower = Shower()
"""The one of this process."""
