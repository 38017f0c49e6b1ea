"""``python -m mage_jlab`` is ``jupyter mage``."""

from __future__ import annotations

from mage_jlab.cli import main

if __name__ == "__main__":
    main()
