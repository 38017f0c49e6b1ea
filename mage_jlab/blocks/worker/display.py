"""What a block displays: its last expression, ``display(…)`` and figures, as in a notebook."""

from __future__ import annotations

import json
import sys
from typing import Any, Callable

from .codecs.figures import bundle_of, is_matplotlib, plain
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
        self._figures: list[Any] = []
        self._named: dict[str, int] = {}
        self._muted = False
        self.bundles: list[dict[str, Any]] = []

    def mute(self) -> None:
        """Show nothing from here on, as ``%%capture`` says."""
        self._muted = True

    def last(self, value: Any) -> None:
        """Show the value of the cell's last expression; None shows nothing."""
        if value is not None:
            self.show(value)

    def show(
        self,
        *values: Any,
        raw: bool = False,
        display_id: str | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Show values, as IPython's ``display`` does.

        Args:
            values: what to show.
            raw: whether the values are MIME bundles already.
            display_id: a name under which what is shown can be replaced.
            update: whether it takes the place of what was shown under that name.
        """
        for value in values:
            if self._muted or (not raw and self._shows_itself(value)):
                continue
            if is_matplotlib(value):
                self._figures.append(value)
            try:
                bundle = dict(value) if raw else bundle_of(value)
                json.dumps(bundle)
            except Exception as error:
                self._log.line("warning", f"{type(value).__name__} cannot be shown: {error}")
                continue
            place = self._named.get(display_id or "") if update else None
            if place is not None:
                self.bundles[place] = bundle
            elif len(self.bundles) < MOST:
                self._named[display_id or ""] = len(self.bundles)
                self.bundles.append(bundle)

    def clear(self) -> None:
        """Forget what was shown, as ``clear_output`` does."""
        self.bundles.clear()
        self._named.clear()

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
            before = any(one is figure for one in self._figures)
            if show and not before and (figure.axes or figure.texts):
                self.show(figure)
        pyplot.close("all")

    def _shows_itself(self, value: Any) -> bool:
        """Let a value show itself where it can (``_ipython_display_``)."""
        own = getattr(type(value), "_ipython_display_", None)
        if own is None or isinstance(value, type):
            return False
        try:
            own(value)
        except NotImplementedError:
            return False
        except Exception as error:
            self._log.line("warning", f"{type(value).__name__} cannot be shown: {error}")
        return True

    def products(self, store: Callable[[str, dict[str, Any]], dict[str, Any]]) -> list[Any]:
        """Store what was shown.

        Args:
            store: stores a bundle under a name and gives its manifest.
        """
        return [
            store(PRODUCT if not place else f"{PRODUCT}_{place + 1}", bundle)
            for place, bundle in enumerate(self.bundles)
        ]


class Handle:
    """What ``display(…, display_id=True)`` gives: it replaces what was shown.

    Args:
        display_id: the name of what was shown.
        shower: where it was shown.
    """

    def __init__(self, display_id: str, shower: Shower) -> None:
        self.display_id = display_id
        self._shower = shower

    def display(self, value: Any, **options: Any) -> None:
        """Show a value under this name."""
        self._shower.display(value, display_id=self.display_id, **options)

    def update(self, value: Any, **options: Any) -> None:
        """Show a value in the place of the last one."""
        self._shower.display(value, display_id=self.display_id, update=True, **options)


class Shower:
    """Takes ``display(…)`` and ``plt.show()`` and passes them on to the attempt under way."""

    def __init__(self) -> None:
        self.current: Display | None = None
        self._count = 0

    def display(self, *values: Any, display_id: Any = None, **options: Any) -> Handle | None:
        """Show values in the block run's output; a handle comes back when a name is asked for."""
        if display_id is True:
            self._count += 1
            display_id = f"display {self._count}"
        if self.current is not None:
            self.current.show(*values, display_id=display_id, **options)
        else:
            sys.stdout.write("".join(f"{plain(value)}\n" for value in values))
        return Handle(display_id, self) if display_id is not None else None

    def clear(self, wait: bool = False) -> None:
        """Forget what was shown.

        Args:
            wait: taken as IPython does; a run has nobody who would see it flicker.
        """
        del wait
        if self.current is not None:
            self.current.clear()

    def figures(self) -> None:
        """Show and close the open figures."""
        if self.current is not None:
            self.current.flush_figures()


shower = Shower()
"""The one of this process."""
