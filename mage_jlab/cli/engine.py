"""``jupyter mage engine``: the engine of the state folder."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import click

from mage_jlab.cli.outcome import DONE_AND_FAILED
from mage_jlab.cli.session import Session, with_session
from mage_jlab.cli.words import ago
from mage_jlab.domain.errors import ConflictError

if TYPE_CHECKING:
    from mage_jlab.domain.engine import EngineStatus

FOLLOW_EVERY = 0.5
"""Seconds between two looks at a log that is followed."""


@click.group()
def engine() -> None:
    """Start, stop and watch the engine.

    It is started by whatever needs it; nobody has to start it by hand.
    """


@engine.command()
@click.option("--foreground", is_flag=True, help="Stay in this terminal until it is stopped.")
@with_session
def start(session: Session, foreground: bool) -> int:
    """Start the engine, if none is up."""
    if foreground:
        return _serve(session)
    before = session.services.engine.status().pid
    started = session.services.engine.start()
    if started.pid == before:
        session.note("An engine is up already; this command is its client.")
    _answer(session, started)
    return 0


@engine.command()
@click.option("--drain", is_flag=True, help="Let blocks that run end first.")
@with_session
def stop(session: Session, drain: bool) -> None:
    """Stop the engine; live runs go on at its next start."""
    _answer(session, session.services.engine.stop(drain=drain))


@engine.command()
@with_session
def status(session: Session) -> None:
    """Say whether the engine is up, and what it does."""
    _answer(session, session.services.engine.status())


@engine.command()
@click.option(
    "--follow", is_flag=True, help="Go on until interrupted; with --json a line of JSON each."
)
@with_session
def logs(session: Session, follow: bool) -> None:
    """Print the last lines of the engine's log."""
    from mage_jlab.services.engine import readable

    lines = session.services.engine.log()
    if not follow:
        session.answer(
            {"lines": lines}, "\n".join(lines) or "The engine has not written a log yet."
        )
        return
    for line in lines:
        _say(session, line)
    path = session.services.state.log
    place = path.stat().st_size if path.exists() else 0
    while True:
        time.sleep(FOLLOW_EVERY)
        size = path.stat().st_size if path.exists() else 0
        place = min(place, size)
        if size == place:
            continue
        with path.open("rb") as file:
            file.seek(place)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        place += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            _say(session, readable(line))


def _serve(session: Session) -> int:
    from mage_jlab.domain.engine import EngineState
    from mage_jlab.engine.main import main as serve

    found = session.services.engine.status()
    if found.state is not EngineState.STOPPED:
        raise ConflictError(
            f"An engine is up already (pid {found.pid}). `jupyter mage engine stop` ends it."
        )
    return DONE_AND_FAILED if serve(["--foreground"]) else 0


def _say(session: Session, line: str) -> None:
    click.echo(json.dumps({"line": line}, ensure_ascii=False) if session.as_json else line)


def _answer(session: Session, found: EngineStatus) -> None:
    def text() -> str:
        if found.pid is None:
            return f"The engine is {found.state}."
        work = f"{found.running_blocks} blocks running, {found.queued_blocks} queued"
        who = f"pid {found.pid}, version {found.version}"
        said = f"The engine is {found.state} ({who}): {work}, next run {ago(found.next_fire_at)}"
        return f"{said}\n{found.trouble}" if found.trouble else said

    session.answer(found.to_json(), text)
