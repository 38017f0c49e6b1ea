"""What blocks import and find changed: mage_jlab where it is missing, and IPython's ``display``."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any

from . import decorators
from .display import shower

DISPLAY = "IPython.core.display_functions"
"""The module whose ``display`` only prints outside of a notebook."""


class MageJlabFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the decorators as ``mage_jlab``; it stands last, so that a real one is found first."""

    def find_spec(self, fullname: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """Offer the module ``mage_jlab`` and nothing else."""
        if fullname != "mage_jlab":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin="mage_jlab worker")

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill the module with the decorators."""
        module.__doc__ = "The decorators of mage_jlab."
        vars(module).update(decorators.ALL)


class DisplayFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads IPython's own module and puts the block run's ``display`` into it."""

    def find_spec(self, fullname: str, path: Any, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """Offer that one module, where IPython is installed."""
        if fullname != DISPLAY:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        self._loader = spec.loader
        spec.loader = self
        return spec

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module and change its ``display``."""
        self._loader.exec_module(module)
        vars(module)["display"] = shower.display


def offer() -> None:
    """Make both work in this process."""
    sys.meta_path.insert(0, DisplayFinder())
    sys.meta_path.append(MageJlabFinder())
