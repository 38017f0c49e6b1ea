"""The log of one attempt: JSON lines with time, level, text, attempt and block."""

from __future__ import annotations

import json
import os
import threading
import time

LIMIT = 10 * 1024 * 1024
"""How much text one attempt may log, in characters."""

LONGEST_LINE = 64 * 1024
"""A line that is longer is cut into several, in characters."""

FLUSH_EVERY = 0.05
"""How long a line may wait before it is written, in seconds."""

TEXT_BUFFER = 64 * 1024

_encode = json.encoder.encode_basestring_ascii


class AttemptLog:
    """Appends lines to an attempt's log file, which is made with the first line.

    Args:
        path: the file; its folder is made when needed.
        block: the block's name.
        attempt: the number of the attempt.
    """

    def __init__(self, path: str, block: str, attempt: int) -> None:
        self._path = path
        self._tail = f',"attempt":{attempt},"block":{_encode(block)}}}\n'
        self._file: int | None = None
        self._lines: list[str] = []
        self._waiting = 0
        self._written = 0
        self._flushed_at = 0.0
        self._stamp = (0, "")
        self._lock = threading.RLock()
        self.full = False
        self._buffered = True

    def line(self, level: str, text: str) -> None:
        """Add one line; past the limit one note is written and the rest is dropped.

        Args:
            level: ``stdout``, ``stderr``, or the level of a logging record in lower case.
            text: the line, without its end.
        """
        if self.full:
            return
        with self._lock:
            self._written += len(text) + 1
            if self._written > LIMIT:
                self.full = True
                level = "warning"
                text = f"More than {LIMIT // 1024 // 1024} MB were written: the rest is left out."
            entry = f'{{"at":"{self._now()}","level":{_encode(level)},"text":{_encode(text)}'
            self._lines.append(entry + self._tail)
            self._waiting += len(text)
            if (
                not self._buffered
                or self._waiting > TEXT_BUFFER
                or time.monotonic() - self._flushed_at > FLUSH_EVERY
            ):
                self.flush()

    def in_child(self) -> None:
        """Make it work in a forked child, where no thread writes what waits."""
        self._lock = threading.RLock()
        self._lines = []
        self._waiting = 0
        self._buffered = False

    @property
    def waiting(self) -> bool:
        """Whether lines wait to be written."""
        return bool(self._lines)

    def flush(self) -> None:
        """Write what waits; a log that cannot be written must not fail the block."""
        with self._lock:
            lines, self._lines = self._lines, []
            self._waiting = 0
            self._flushed_at = time.monotonic()
            if not lines:
                return
            try:
                if self._file is None:
                    os.makedirs(os.path.dirname(self._path), exist_ok=True)
                    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                    self._file = os.open(self._path, flags, 0o644)
                data = memoryview("".join(lines).encode())
                while data:
                    data = data[os.write(self._file, data) :]
            except OSError:
                self.full = True

    def close(self) -> None:
        """Write what waits and close the file."""
        self.flush()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _now(self) -> str:
        now = time.time()
        thousandths = int(now * 1000)
        if thousandths != self._stamp[0]:
            text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            self._stamp = (thousandths, f"{text}.{thousandths % 1000:03d}Z")
        return self._stamp[1]


class LineFolder:
    r"""Turns pieces of text into lines of a log, each as it would stand on a terminal at the end.

    Progress bars write ``\r`` and the line anew many times: only what would stand on a terminal
    at the end is kept.

    Args:
        level: the level of the lines.
    """

    def __init__(self, level: str) -> None:
        self._level = level
        self._rest = ""

    def feed(self, log: AttemptLog, text: str) -> None:
        """Add a piece of text."""
        if "\n" not in text:
            self._rest = self._folded(self._rest + text)
            if len(self._rest) > LONGEST_LINE:
                self.end(log)
            return
        *lines, rest = text.split("\n")
        lines[0] = self._rest + lines[0]
        self._rest = self._folded(rest)
        for line in lines:
            if log.full:
                return
            shown = self._folded(line.rstrip("\r"))
            for start in range(0, len(shown) or 1, LONGEST_LINE):
                log.line(self._level, shown[start : start + LONGEST_LINE])

    def end(self, log: AttemptLog) -> None:
        """Write a line that was begun, as it stands."""
        rest, self._rest = self._rest.rstrip("\r"), ""
        if rest:
            log.line(self._level, self._folded(rest))

    @staticmethod
    def _folded(line: str) -> str:
        if "\r" not in line:
            return line
        ended = line.endswith("\r")
        kept = line.rstrip("\r").rsplit("\r", 1)[-1]
        return kept + "\r" if ended else kept
