"""What R writes: its lines, and between them what it signals, in the order in which it did."""

from __future__ import annotations

import codecs
import secrets

from ..log import AttemptLog, LineFolder


class Output:
    """Reads R's standard output.

    Messages and warnings come on it too, between NULs and behind a mark that no block can know:
    only so do they keep their place among the lines.
    """

    def __init__(self) -> None:
        self.mark = secrets.token_hex(8)
        self._start = b"\0" + self.mark.encode()
        self._rest = b""
        self.begin()

    def begin(self) -> None:
        """Begin anew with the next block."""
        self._lines = LineFolder("stdout")
        self._text = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def feed(self, log: AttemptLog, data: bytes) -> None:
        """Take what has come."""
        data = self._rest + data
        self._rest = b""
        while data:
            start = data.find(b"\0")
            if start < 0:
                self._write(log, data)
                return
            self._write(log, data[:start])
            data = data[start:]
            if not data.startswith(self._start):
                if self._start.startswith(data):
                    break
                self._write(log, data[:1])
                data = data[1:]
                continue
            end = data.find(b"\0", 1)
            if end < 0:
                break
            self._signalled(log, data[len(self._start) : end].decode("utf-8", "backslashreplace"))
            data = data[end + 1 :]
        self._rest = data

    def end(self, log: AttemptLog) -> None:
        """Write a line that was begun."""
        self._write(log, self._rest)
        self._rest = b""
        self._lines.end(log)

    def _write(self, log: AttemptLog, data: bytes) -> None:
        if data:
            self._lines.feed(log, self._text.decode(data))

    @staticmethod
    def _signalled(log: AttemptLog, text: str) -> None:
        level, _, message = text.partition(" ")
        for line in message.split("\n"):
            log.line(level, line)
