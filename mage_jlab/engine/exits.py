"""Exit statuses of the engine's process that mean something to its supervisor."""

from __future__ import annotations

ALREADY = 75
"""Another process is the engine of this state folder."""
HOPELESS = 78
"""Starting it again would change nothing: the ledger is newer than this version."""
