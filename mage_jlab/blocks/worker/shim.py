"""What imports give in a worker: mage_jlab where it is missing, and displays that reach the run."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any, Callable

from . import decorators
from .display import shower


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


class AfterImport(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads a module as ever and changes it before anybody sees it.

    Args:
        name: the module's full name.
        change: is given the module.
    """

    def __init__(self, name: str, change: Callable[[types.ModuleType], None]) -> None:
        self._name = name
        self._change = change
        self._loader: Any = None

    def find_spec(self, fullname: str, path: Any, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """Offer that one module, where it is installed."""
        if fullname != self._name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        self._loader = spec.loader
        spec.loader = self
        return spec

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the module and change it."""
        self._loader.exec_module(module)
        self._change(module)


def offer() -> None:
    """Make ``import mage_jlab``, ``display`` and ``plt.show()`` work in this process."""
    sys.meta_path.insert(0, AfterImport("IPython.core.display_functions", _display))
    sys.meta_path.insert(0, AfterImport("matplotlib", _backend))
    sys.meta_path.insert(0, AfterImport("plotly.io._renderers", _plotly))
    sys.meta_path.insert(0, AfterImport("altair", _altair))
    sys.meta_path.append(MageJlabFinder())


def _display(module: types.ModuleType) -> None:
    """Outside of a notebook IPython's own would only print."""
    vars(module)["display"] = shower.display
    vars(module)["clear_output"] = shower.clear


def _plotly(module: types.ModuleType) -> None:
    """Its figures are shown as in JupyterLab, and open no browser."""
    vars(module)["renderers"].default = "plotly_mimetype"


def _altair(module: types.ModuleType) -> None:
    """Its charts are shown as specifications, which need no script of their own."""
    vars(module)["renderers"].enable("mimetype")


def _backend(module: types.ModuleType) -> None:
    # set here and not in the environment, which child processes without this package inherit
    vars(module)["use"](f"module://{__package__}.backend")
