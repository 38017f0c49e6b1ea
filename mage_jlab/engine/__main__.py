"""``python -m mage_jlab.engine``."""

from __future__ import annotations

import sys

from mage_jlab.engine.main import main

sys.exit(main())
