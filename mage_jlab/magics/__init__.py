"""``%load_ext mage_jlab``: ``%%block``, ``%run_pipeline`` and ``%product``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def register(shell: InteractiveShell) -> None:
    """Give a shell the magics.

    Args:
        shell: the running IPython shell.
    """
    from mage_jlab.magics.pipelines import PipelineMagics

    shell.register_magics(PipelineMagics)
