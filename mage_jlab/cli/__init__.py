"""The command line: ``jupyter mage …``, one file a group of subcommands.

Nothing heavy is imported before a command needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command of this process's arguments, and leave with its exit status."""
    from mage_jlab.cli.outcome import run

    sys.exit(run(sys.argv[1:]))
