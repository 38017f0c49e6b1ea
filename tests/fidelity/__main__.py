"""``python -m tests.fidelity``: hold any notebooks against the one rule."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.fidelity import static


def main() -> int:
    """Do what the command line says; 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="analyse notebooks without running them")
    check.add_argument("places", nargs="+", type=Path, help="notebooks, or folders of them")
    check.add_argument("--code", action="append", default=[], help="show the cells of this code")
    check.add_argument("--all", action="store_true", help="show warnings and notes too")
    given = parser.parse_args()
    return 0 if static.report(given.places, set(given.code), show_all=given.all) else 1


if __name__ == "__main__":
    sys.exit(main())
