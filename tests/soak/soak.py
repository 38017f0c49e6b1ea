"""Runs pipelines for a while and kills everything that can be killed; then reads what happened.

``python -m tests.soak.soak SECONDS [--database sqlite|postgresql] [--seed N] [--output FILE]``
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from mage_jlab.domain.errors import EngineUnavailableError, NotFoundError
from mage_jlab.domain.run import Run, RunState
from mage_jlab.engine.client import EngineClient
from mage_jlab.store.paths import StateFolder
from tests.integration.engine.history import violations
from tests.servers.database_server import DatabaseServer
from tests.servers.ledger_databases import administer, ledger_database, ledger_server
from tests.soak.pipelines import UPSTREAM, lay_out, snapshot

KILLS_A_MINUTE = 40
SETTLE_S = 120.0
"""How long what is under way may take at the end, when nothing is killed any more."""


class Soak:
    """One ledger, one or two engines on it, and somebody who means them no good.

    Args:
        folder: where state, project and products lie.
        database: the ledger's address, None for SQLite.
        server: the PostgreSQL that it is on.
        seed: of what is done when.
    """

    def __init__(
        self, folder: Path, database: str | None, server: DatabaseServer | None, seed: int
    ) -> None:
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._server = server
        states = [StateFolder(folder / "state", database)]
        if database is not None:
            states.append(StateFolder(folder / "other", database))
        self._states = states
        self._clients = [EngineClient(state, "soak") for state in states]
        self._place = lay_out(folder)
        self._snapshot = snapshot(folder)
        self._project = ""

    def start(self) -> None:
        """Start the engines, and a schedule that fires every two seconds."""
        self._ensure()
        self._project = self._clients[0].command(
            "open_project", uuid="u", place=str(self._place), name="project",
            data_root=str(self._place.parent / "data"),
        )["project"]  # fmt: skip
        spec = {"name": "often", "pipeline": "soak", "kind": "interval", "spec": "2s"}
        spec |= {"catch_up": "all", "overlap": "allow"}
        self._clients[0].command("set_trigger", project=self._project, spec=spec, enabled=True)

    def go_on(self, seconds: float) -> None:
        """Start runs and kill for some seconds."""
        until = time.monotonic() + seconds
        strike_at = time.monotonic()
        while time.monotonic() < until:
            self._ensure()
            with contextlib.suppress(EngineUnavailableError):
                self._start_run()
            if time.monotonic() >= strike_at:
                strike_at += self.random.expovariate(KILLS_A_MINUTE / 60)
                self.random.choice(list(self._strikes()))()
            time.sleep(self.random.uniform(0.05, 0.4))

    def settle(self) -> None:
        """Let everything that is under way come to its end."""
        until = time.monotonic() + SETTLE_S
        for client in self._clients:
            client.ensure()
        trigger = self._clients[0].command("status")
        while trigger["running_blocks"] + trigger["queued_blocks"] + trigger["live_runs"]:
            self._disable()
            if time.monotonic() > until:
                return
            time.sleep(0.5)
            trigger = self._clients[0].command("status")

    def report(self) -> dict[str, object]:
        """Say what was done, what came of it, and which promises were broken."""
        from mage_jlab.store.ledger.reader import LedgerReader

        reader = LedgerReader(self._states[0])
        try:
            runs, cursor = Counter[str](), None
            failed: list[str] = []
            while True:
                page = reader.runs(limit=500, before=cursor)
                runs.update(item.state.value for item in page.items)
                failed += [
                    f"run {item.id} failed: {_why(reader.run(item.id))}"
                    for item in page.items
                    if item.state is RunState.FAILED
                ]
                cursor = page.next
                if cursor is None:
                    break
        finally:
            reader.close()
        found = violations(self._states[0], UPSTREAM)
        found += [f"{count} runs are {state}" for state, count in runs.items() if state in LIVE]
        found += failed
        return {
            "runs": dict(runs),
            "done": dict(self.done),
            "kills_and_stops": sum(self.done.values()),
            "violations": found,
        }

    def close(self) -> None:
        """Stop the engines."""
        for client in self._clients:
            with contextlib.suppress(EngineUnavailableError):
                if client.running():
                    client.command("stop")

    def _disable(self) -> None:
        with contextlib.suppress(NotFoundError, EngineUnavailableError):
            spec = {"name": "often", "pipeline": "soak", "kind": "interval", "spec": "2s"}
            self._clients[0].command("set_trigger", project=self._project, spec=spec, enabled=False)

    def _ensure(self) -> None:
        for client in self._clients:
            with contextlib.suppress(EngineUnavailableError):
                client.ensure()

    def _start_run(self) -> None:
        self.random.choice(self._clients).command(
            "create_run", project=self._project, pipeline="soak", snapshot=self._snapshot
        )

    def _strikes(self) -> Iterator[Callable[[], None]]:
        yield self._kill_engine
        yield self._kill_worker
        yield self._kill_worker
        yield self._stop_for_a_while
        yield self._kill_all
        if self._server is not None:
            yield self._cut_connections

    def _engine(self) -> psutil.Process | None:
        pid = self.random.choice(self._clients).status().pid
        with contextlib.suppress(psutil.NoSuchProcess):
            return None if pid is None else psutil.Process(pid)
        return None

    def _kill_engine(self) -> None:
        engine = self._engine()
        if engine is not None:
            self._signal(engine, signal.SIGKILL, "engine killed")

    def _kill_worker(self) -> None:
        engine = self._engine()
        with contextlib.suppress(psutil.NoSuchProcess):
            if engine is not None and (workers := engine.children()):
                self._signal(self.random.choice(workers), signal.SIGKILL, "worker killed")

    def _kill_all(self) -> None:
        engine = self._engine()
        with contextlib.suppress(psutil.NoSuchProcess):
            if engine is not None and (supervisor := engine.parent()) is not None:
                if "mage_jlab.engine.supervisor" in supervisor.cmdline():
                    self._signal(supervisor, signal.SIGKILL, "supervisor killed")
                self._signal(engine, signal.SIGKILL, "engine killed")

    def _stop_for_a_while(self) -> None:
        engine = self._engine()
        if engine is None:
            return
        self._signal(engine, signal.SIGSTOP, "engine stopped")
        time.sleep(self.random.uniform(0.2, 2.0))
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine.pid, signal.SIGCONT)

    def _cut_connections(self) -> None:
        assert self._server is not None
        administer(
            self._server,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE starts_with(datname, 'ledger_') AND pid <> pg_backend_pid()",
        )
        self.done["connections cut"] += 1

    def _signal(self, process: psutil.Process, number: signal.Signals, what: str) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
            self.done[what] += 1


LIVE = ("queued", "running")


def _why(run: Run) -> str:
    errors = [run.error, *(block.error for block in run.block_runs)]
    return "; ".join(f"{error.type}: {error.message}" for error in errors if error is not None)


def soak(seconds: float, database: str, seed: int) -> dict[str, object]:
    """Soak one database and give the report.

    Args:
        seconds: how long to kill.
        database: ``sqlite`` or ``postgresql``.
        seed: of what is done when.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mage_jlab-soak-")))
        server = stack.enter_context(ledger_server()) if database == "postgresql" else None
        url = None if server is None else stack.enter_context(ledger_database(server))
        made = Soak(folder, url, server, seed)
        stack.callback(made.close)
        made.start()
        made.go_on(seconds)
        made.settle()
        return {"database": database, "seconds": seconds, "seed": seed, **made.report()}


def main() -> int:
    """Soak, print the report, and give 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    report = soak(options.seconds, options.database, options.seed)
    text = json.dumps(report, indent=2)
    print(text)  # the command's answer
    if options.output is not None:
        options.output.write_text(text + "\n")
    return 1 if report["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
