"""The R process of a worker: started with its first R block, kept warm, as new for each block."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import struct
import subprocess
import sys
from typing import Any

from ..log import FLUSH_EVERY, AttemptLog, LineFolder
from .failures import RError, no_r
from .finding import find_rscript
from .output import Output
from .places import own_folder
from .serial import Reader, Vector, stream

HERE = os.path.dirname(os.path.abspath(__file__))

LOOK_EVERY = 0.2
"""How often it is looked whether R still lives, in seconds: a child of it may hold the pipe."""

GRACE = 5.0
"""How long R may take to end by itself after its last answer, in seconds."""


class Session:
    """One R process and the pipes to it.

    Raises:
        StatedError: when there is no R.
    """

    def __init__(self) -> None:
        self.folder, self._lock = own_folder()
        self._process: subprocess.Popen[bytes] | None = None
        self._commands = self._answers = self._out = self._err = -1
        self._buffer = b""
        self._ready = False
        self._output = Output()

    @property
    def pid(self) -> int | None:
        """The process that runs now, None without one."""
        return self._process.pid if self._process is not None else None

    def run(self, task: Vector, log: AttemptLog) -> dict[str, Any]:
        """Have R run a block; what it writes goes to the log while it runs.

        Args:
            task: the command, as ``running.r`` reads it.
            log: the attempt's log.

        Returns:
            R's answer.

        Raises:
            StatedError: when there is no R, or when it ends before it has answered.
        """
        try:
            self.start()
            self._send(task)
            answer = self._answer(log)
        except BaseException:
            # also when the attempt is cancelled: R does not stop at what it cannot hear
            self.end()
            raise
        if not answer["again"][0]:
            self._leave()
            self.start()
        return answer

    def start(self) -> None:
        """Start R where it does not run."""
        if self._process is not None and self._process.poll() is None:
            return
        self.end()
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        self._out, out = os.pipe()
        self._err, err = os.pipe()
        try:
            self._process = subprocess.Popen(
                [
                    _rscript(),
                    "--vanilla",
                    os.path.join(HERE, "loop.r"),
                    HERE,
                    f"/dev/fd/{commands}",
                    f"/dev/fd/{answers}",
                    self._output.mark,
                ],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                pass_fds=(commands, answers),
                env={**os.environ, "TMPDIR": self.folder},
            )
        finally:
            for descriptor in (commands, answers, out, err):
                os.close(descriptor)

    def end(self) -> None:
        """Kill R, if it runs, and close the pipes."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
        self._leave()

    def close(self) -> None:
        """End R and take the folder away."""
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def _leave(self) -> None:
        """Wait for R's end and close the pipes."""
        for descriptor in (self._commands, self._answers, self._out, self._err):
            if descriptor >= 0:
                os.close(descriptor)
        self._commands = self._answers = self._out = self._err = -1
        self._buffer = b""
        self._ready = False
        if self._process is not None:
            try:
                self._process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _send(self, message: Vector) -> None:
        data = b"".join(stream(message))
        data = struct.pack("<i", len(data)) + data
        # R that could not start has closed its end
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self._commands, data) :]

    def _answer(self, log: AttemptLog) -> dict[str, Any]:
        """Follow R until it has answered."""
        errors = LineFolder("stderr")
        self._output.begin()
        poller = select.poll()
        for descriptor in (self._out, self._err, self._answers):
            os.set_blocking(descriptor, False)
            poller.register(descriptor, select.POLLIN)
        found: dict[str, Any] | None = None
        while found is None:
            wait = FLUSH_EVERY if log.waiting else LOOK_EVERY
            ready = poller.poll(wait * 1000)
            if not ready:
                log.flush()
            for descriptor, event in ready:
                if event & (select.POLLHUP | select.POLLERR):
                    poller.unregister(descriptor)
            has_ended = self._process is None or self._process.poll() is not None
            for message in self._messages():
                if message["kind"][0] == "ready":
                    self._ready = True
                else:
                    found = message
            # what was written before the answer is there by now
            self._follow(errors, log)
            if has_ended and found is None:
                break
        self._output.end(log)
        errors.end(log)
        if found is None:
            raise self._ended()
        return found

    def _follow(self, errors: LineFolder, log: AttemptLog) -> None:
        while data := _read(self._out):
            self._output.feed(log, data)
        while data := _read(self._err):
            errors.feed(log, data.decode("utf-8", "backslashreplace"))

    def _messages(self) -> list[dict[str, Any]]:
        """Give the whole messages that have come."""
        while data := _read(self._answers):
            self._buffer += data
        found = []
        while len(self._buffer) >= 4:
            (length,) = struct.unpack_from("<i", self._buffer)
            if len(self._buffer) < 4 + length:
                break
            found.append(Reader(self._buffer[4 : 4 + length]).value())
            self._buffer = self._buffer[4 + length :]
        return found

    def _ended(self) -> RError:
        status = self._process.wait() if self._process else 0
        if not self._ready:
            return RError(
                "RNotStarted",
                f"R ended as it started (exit status {status}); the log has what it said.",
            )
        if status < 0:
            name = signal.Signals(-status).name
            return RError("RCrashed", f"R was ended by {name} while it ran this block.")
        return RError(
            "RQuit",
            f"The code ended R (exit status {status}) before the block was done: "
            "let it reach its end instead of calling quit().",
        )


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return b""


def _rscript() -> str:
    found = find_rscript(sys.executable, os.environ)
    if found is None:
        raise no_r(f"in {os.path.dirname(sys.executable)} or on the PATH of the engine")
    return found


_session: Session | None = None


def session() -> Session:
    """Give the one session of this worker."""
    global _session
    if _session is None:
        _session = Session()
    return _session


def running() -> int | None:
    """Give the pid of the R that runs now, None without one."""
    return _session.pid if _session is not None else None
