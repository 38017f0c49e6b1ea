"""Every use case once: the HTTP surface, the command line and the magics call these.

Services run in their caller. They are synchronous and safe from any thread.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mage_jlab.services.doors import Doors
from mage_jlab.store.paths import StateFolder

if TYPE_CHECKING:
    from mage_jlab.services.blocks import Blocks
    from mage_jlab.services.engine import Engine
    from mage_jlab.services.notebooks import Notebooks
    from mage_jlab.services.pipelines import Pipelines
    from mage_jlab.services.products import Products
    from mage_jlab.services.projects import Projects
    from mage_jlab.services.retention import Retention
    from mage_jlab.services.runs import Runs
    from mage_jlab.services.triggers import Triggers


class Services:
    """The services of one state folder; each is built when it is first asked for.

    Args:
        state: the state folder.
        root: the folder that every project must lie in, and that paths are relative to; without
            it (on the command line) projects lie anywhere and their paths are absolute.
    """

    def __init__(self, state: StateFolder, *, root: Path | None = None) -> None:
        self.state = state
        self.root = root.resolve() if root is not None else None
        self.doors = Doors(state)

    @cached_property
    def projects(self) -> Projects:
        """Projects: find, open, create."""
        from mage_jlab.services.projects import Projects

        return Projects(self.doors, self.root)

    @cached_property
    def pipelines(self) -> Pipelines:
        """Pipelines: rows of lists, one pipeline, its graph."""
        from mage_jlab.services.pipelines import Pipelines

        return Pipelines(self.doors, self.projects)

    @cached_property
    def blocks(self) -> Blocks:
        """Blocks: their code."""
        from mage_jlab.services.blocks import Blocks

        return Blocks(self.projects)

    @cached_property
    def notebooks(self) -> Notebooks:
        """Notebooks: tag, check, export, open."""
        from mage_jlab.services.notebooks import Notebooks

        return Notebooks(self.projects)

    @cached_property
    def runs(self) -> Runs:
        """Runs: start, follow, cancel, retry, and their logs."""
        from mage_jlab.services.runs import Runs

        return Runs(self.doors, self.projects)

    @cached_property
    def triggers(self) -> Triggers:
        """Triggers: what the files say, and what is enabled here."""
        from mage_jlab.services.triggers import Triggers

        return Triggers(self.doors, self.projects)

    @cached_property
    def products(self) -> Products:
        """Data products: what they are, and pages of them."""
        from mage_jlab.services.products import Products

        return Products(self.doors, self.projects)

    @cached_property
    def retention(self) -> Retention:
        """Retention: what is not kept any longer."""
        from mage_jlab.services.retention import Retention

        return Retention(self.doors, self.projects)

    @cached_property
    def engine(self) -> Engine:
        """The engine of the state folder."""
        from mage_jlab.services.engine import Engine

        return Engine(self.doors)
