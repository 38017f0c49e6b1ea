"""The matplotlib backend of workers: without a screen; ``plt.show()`` shows and closes figures."""

from __future__ import annotations

from typing import Any

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from .display import shower


class FigureManager(FigureManagerBase):
    """Shows figures in the block run's output."""

    @classmethod
    def pyplot_show(cls, **_: Any) -> None:
        """Show all open figures and close them."""
        shower.figures()

    def show(self) -> None:
        """Show all open figures and close them."""
        shower.figures()


class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc]  # matplotlib has no types here
    """Agg's canvas with our manager."""

    manager_class = FigureManager
