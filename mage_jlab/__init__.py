"""mage_jlab: turn a notebook into a data pipeline that runs every night.

What a block author imports: the decorators, and ``Project`` for notebooks and scripts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from mage_jlab.blocks.worker.decorators import (
        callback,
        chart,
        condition,
        custom,
        data_exporter,
        data_loader,
        scratchpad,
        sensor,
        test,
        transformer,
    )
    from mage_jlab.services.client import Project

__version__ = "0.1.0"

__all__ = [
    "Project",
    "callback",
    "chart",
    "condition",
    "custom",
    "data_exporter",
    "data_loader",
    "scratchpad",
    "sensor",
    "test",
    "transformer",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for: importing mage_jlab itself costs nothing."""
    if name == "Project":
        from mage_jlab.services.client import Project

        return Project
    if name in __all__:
        from mage_jlab.blocks.worker import decorators

        return getattr(decorators, name)
    raise AttributeError(f"module 'mage_jlab' has no attribute {name!r}")


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "mage-jlab"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from mage_jlab.app import MageApp

    return [{"module": "mage_jlab", "app": MageApp}]


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics of ``%load_ext mage_jlab``."""
    from mage_jlab.magics import register

    register(shell)
