"""The engine's log: one JSON object a line, in a file that is turned over when it grows."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler

from mage_jlab.domain.word import rfc3339
from mage_jlab.store.paths import StateFolder

LIMIT_BYTES = 5_000_000
KEPT = 3


class JsonLines(logging.Formatter):
    """Writes a record as ``{at, level, source, text}``, with ``traceback`` when there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        fields = {
            "at": rfc3339(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname,
            "source": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(fields, ensure_ascii=False)


def set_up(state: StateFolder, *, foreground: bool = False) -> None:
    """Send what is logged to the engine's log, and to stderr as well in the foreground."""
    file = RotatingFileHandler(state.log, maxBytes=LIMIT_BYTES, backupCount=KEPT, encoding="utf-8")
    file.setFormatter(JsonLines())
    handlers: list[logging.Handler] = [file]
    if foreground:
        screen = logging.StreamHandler(sys.stderr)
        screen.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handlers.append(screen)
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
