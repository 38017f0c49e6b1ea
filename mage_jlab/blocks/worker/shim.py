"""``import mage_jlab`` for interpreters that do not have it: the decorators, and nothing more."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any

from . import decorators


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands last on ``sys.meta_path``: a real mage_jlab is found before it."""

    def find_spec(self, fullname: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """Offer the module ``mage_jlab`` and nothing else."""
        if fullname != "mage_jlab":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin="mage_jlab worker")

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill the module with the decorators."""
        module.__doc__ = "The decorators of mage_jlab."
        vars(module).update(decorators.ALL)


def offer() -> None:
    """Make ``import mage_jlab`` work in this process."""
    sys.meta_path.append(Finder())
