"""Capture of all that a block writes: prints, logging records, warnings, and native output."""

from __future__ import annotations

import io
import logging
import os
import select
import sys
import threading
import time
import warnings
from typing import Any

from .log import FLUSH_EVERY, AttemptLog, LineFolder


class Stream(io.TextIOBase):
    """A text stream whose lines go to the log of the attempt under way.

    Args:
        capture: where the log is found.
        level: the level of its lines: ``stdout`` or ``stderr``.
        descriptor: the file descriptor that ``fileno()`` gives, for those who write past Python.
    """

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, capture: Capture, level: str, descriptor: int) -> None:
        self._capture = capture
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self.folder = LineFolder(level)
        self.buffer = BinarySide(self)

    def write(self, text: str) -> int:
        """Take a piece of text; gives its length."""
        log = self._capture.log
        if log is not None and not log.full:
            with self._lock:
                self.folder.feed(log, text)
            self._capture.wake_if_waiting()
        return len(text)

    def in_child(self) -> None:
        """Make it work in a forked child."""
        self._lock = threading.Lock()

    def fileno(self) -> int:
        """Give the descriptor that native code writes to."""
        return self._descriptor

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True


class BinarySide(io.RawIOBase):
    """What ``sys.stdout.buffer`` is: bytes that are read as UTF-8."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def write(self, data: Any) -> int:
        """Take bytes; gives their number."""
        self._stream.write(bytes(data).decode("utf-8", "backslashreplace"))
        return len(data)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True


class LogHandler(logging.Handler):
    """Sends logging records to the attempt's log, with their level."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self._capture = capture

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        log = self._capture.log
        if log is not None:
            try:
                for line in self.format(record).split("\n"):
                    log.line(record.levelname.lower(), line)
                self._capture.wake_if_waiting()
            except Exception:
                self.handleError(record)


class Capture:
    """Owns the process's output for good; each attempt gives it a log for its time.

    File descriptors 1 and 2 become a pipe that a thread reads, so that what native code and child
    processes print is captured too.
    """

    def __init__(self) -> None:
        self.log: AttemptLog | None = None
        self._native, write_end = os.pipe()
        self._wake_read, self._wake_write = os.pipe()
        for descriptor in (self._native, self._wake_read, self._wake_write):
            os.set_blocking(descriptor, False)
        os.dup2(write_end, 1)
        os.dup2(write_end, 2)
        os.close(write_end)
        self._native_lines = LineFolder("stdout")
        self._native_lock = threading.Lock()
        self.stdout = Stream(self, "stdout", 1)
        self.stderr = Stream(self, "stderr", 2)
        self.handler = LogHandler(self)
        os.register_at_fork(before=self._before_fork, after_in_child=self._in_child)
        threading.Thread(target=self._pump, name="mage-jlab-output", daemon=True).start()

    def install(self) -> None:
        """Put our streams and log handler where blocks find them, whatever the last one left."""
        sys.stdout = self.stdout
        sys.stderr = self.stderr
        root = logging.getLogger()
        root.handlers[:] = [self.handler]
        root.setLevel(logging.INFO)
        warnings.showwarning = self._show_warning

    def begin(self, log: AttemptLog) -> None:
        """Send all output to this log from now on."""
        self.install()
        self._drain()
        self.log = log

    def end(self) -> None:
        """Write what is still on its way and close the log."""
        log = self.log
        if log is None:
            return
        self._drain()
        for folder in (self.stdout.folder, self.stderr.folder, self._native_lines):
            folder.end(log)
        self.log = None
        log.close()

    def _before_fork(self) -> None:
        if self.log is not None:
            self.log.flush()

    def _in_child(self) -> None:
        """Give a forked child its own locks: ours may be held by threads that it does not have."""
        self._native_lock = threading.Lock()
        for stream in (self.stdout, self.stderr):
            stream.in_child()
        if self.log is not None:
            self.log.in_child()

    def wake_if_waiting(self) -> None:
        """Have the thread write buffered lines soon, when there are any."""
        if self.log is not None and self.log.waiting:
            try:
                os.write(self._wake_write, b".")
            except BlockingIOError:
                return

    def _show_warning(
        self,
        message: Any,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: Any = None,
        line: Any = None,
    ) -> None:
        log = self.log
        if file is not None:
            file.write(warnings.formatwarning(message, category, filename, lineno, line))
        elif log is not None:
            place = f"{os.path.basename(filename)}:{lineno}"
            log.line("warning", f"{category.__name__}: {message} ({place})")
            self.wake_if_waiting()

    def _pump(self) -> None:
        poller = select.poll()
        poller.register(self._native, select.POLLIN)
        poller.register(self._wake_read, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poller.poll()}
            if self._native in ready:
                self._drain()
            if self._wake_read in ready:
                time.sleep(FLUSH_EVERY)
                self._read(self._wake_read)
                log = self.log
                if log is not None:
                    log.flush()

    def _drain(self) -> None:
        with self._native_lock:
            while True:
                data = self._read(self._native)
                if not data:
                    return
                log = self.log
                if log is not None and not log.full:
                    self._native_lines.feed(log, data.decode("utf-8", "backslashreplace"))

    @staticmethod
    def _read(descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 1 << 16)
        except BlockingIOError:
            return b""
