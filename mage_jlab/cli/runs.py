"""``jupyter mage runs``: past and present runs."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import click

from mage_jlab.cli.session import Session, with_session
from mage_jlab.cli.words import MARKS, WORDS, ago, between, duration, table
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.page import HARD_CAP
from mage_jlab.domain.run import LogLine, Run, RunState
from mage_jlab.domain.trigger import Miss

RUN = click.argument("ref", metavar="R")
FOLLOW_EVERY = 0.3
"""Seconds between two looks at a log that is followed."""


@click.group()
def runs() -> None:
    """List, show, cancel and retry runs, and read their logs.

    R is a run's id, pipeline#number, or last.
    """


@runs.command("list")
@click.option("--pipeline", metavar="P", help="Only runs of this pipeline.")
@click.option(
    "--state",
    metavar="S",
    type=click.Choice([s.value for s in RunState]),
    help="Only runs in this state.",
)
@click.option("--missed", is_flag=True, help="Nominal times that passed without a run, and why.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, HARD_CAP),
    default=50,
    show_default=True,
    help="At most so many.",
)
@click.option("--before", metavar="CURSOR", help="Go on from the page before.")
@with_session
def list_(
    session: Session,
    pipeline: str | None,
    state: str | None,
    missed: bool,
    limit: int,
    before: str | None,
) -> None:
    """List runs, newest first."""
    project = session.project()
    if (
        pipeline is not None
        and pipeline not in session.services.projects.files(project.id).pipelines()
    ):
        raise NotFoundError(f"There is no pipeline {pipeline} in this project.")
    if missed:
        misses = session.services.triggers.misses(
            project_id=project.id, pipeline=pipeline, limit=limit, before=before
        )
        document = {"misses": [miss.to_json() for miss in misses.items], "next": misses.next}
        session.answer(document, lambda: _misses(misses.items))
        return
    page = session.services.runs.list(
        project=project.id, pipeline=pipeline, state=state, limit=limit, before=before
    )
    document = {"runs": [run.to_json() for run in page.items], "next": page.next}
    session.answer(document, lambda: _runs(page.items, page.next))


@runs.command()
@RUN
@click.option("--block", metavar="B", help="Only this block of it, item by item.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, HARD_CAP),
    default=HARD_CAP,
    show_default=True,
    help="With --block: at most so many items.",
)
@click.option("--before", metavar="CURSOR", help="With --block: go on from the page before.")
@with_session
def show(session: Session, ref: str, block: str | None, limit: int, before: str | None) -> None:
    """Show one run with its blocks."""
    found = _find(session, ref)
    cursor = None
    if block is not None:
        page = session.services.runs.block_runs(found.id, block, limit, before)
        cursor = page.next
        found = found.model_copy(update={"block_runs": list(page.items)})
    document = found.to_json() if block is None else {**found.to_json(), "next": cursor}
    more = f"\nMore: --before {cursor}" if cursor else ""
    session.answer(document, lambda: _run(found) + more)


@runs.command()
@RUN
@with_session
def cancel(session: Session, ref: str) -> None:
    """Stop a run: blocks under way are ended, the others do not start."""
    stopped = session.services.runs.cancel(_find(session, ref).id)
    session.answer(stopped.to_json(), lambda: _run(stopped))


@runs.command()
@RUN
@click.option(
    "--code",
    type=click.Choice(["run", "current"]),
    default="run",
    show_default=True,
    help="The code that it started with, or today's files.",
)
@with_session
def retry(session: Session, ref: str, code: str) -> None:
    """Let the same run go on with what has not succeeded."""
    resumed = session.services.runs.retry(_find(session, ref).id, code)
    session.answer(resumed.to_json(), lambda: _run(resumed))


@runs.command()
@RUN
@click.option("--block", metavar="B", help="Only what this block wrote.")
@click.option(
    "--follow", is_flag=True, help="Go on until the run has ended; with --json a line of JSON each."
)
@with_session
def logs(session: Session, ref: str, block: str | None, follow: bool) -> None:
    """Print what the blocks of a run wrote."""
    run = _find(session, ref)
    lines: list[LogLine] = []
    after: str | None = None
    while True:
        page = session.services.runs.log(run.id, block=block, after=after)
        after = page.next
        if follow:
            for line in page.lines:
                click.echo(
                    json.dumps(line.to_json(), ensure_ascii=False)
                    if session.as_json
                    else _line(line)
                )
        else:
            lines += page.lines
        if page.lines:
            continue
        if not follow or page.ended:
            break
        time.sleep(FOLLOW_EVERY)
    if not follow:
        document = {"lines": [line.to_json() for line in lines]}
        session.answer(
            document, lambda: "\n".join(map(_line, lines)) or "Nothing was written to the log."
        )


def _find(session: Session, ref: str) -> Run:
    return session.services.runs.get(ref, project_id=_project_id(session))


def _project_id(session: Session) -> str | None:
    place = session.place()
    return session.services.projects.open(str(place)).id if place else None


def _runs(found: Sequence[Run], cursor: str | None) -> str:
    if not found:
        return "No run yet."
    rows = []
    for run in found:
        seconds = between(run.started_at, run.ended_at)
        rows.append(
            [
                f"{MARKS[run.state]} {WORDS[run.state]}",
                f"{run.pipeline}#{run.number}",
                ago(run.created_at),
                duration(seconds) if seconds is not None else "–",
                run.trigger or "by hand",
                run.failed_block or "",
            ]
        )
    text = table(["State", "Run", "Created", "Took", "Trigger", "Failed at"], rows)
    return f"{text}\nMore: --before {cursor}" if cursor else text


def _misses(found: Sequence[Miss]) -> str:
    if not found:
        return "Nothing was missed."
    rows = [
        [miss.pipeline, miss.trigger, str(miss.count), ago(miss.from_), ago(miss.to), miss.reason]
        for miss in found
    ]
    return table(["Pipeline", "Trigger", "Times", "From", "To", "Reason"], rows)


def _run(run: Run) -> str:
    from mage_jlab.cli.timeline import failures, timeline, title

    about = [f"{run.pipeline}#{run.number}", run.id, f"created {ago(run.created_at)}"]
    if run.trigger:
        about.append(f"by {run.trigger}")
    about += [f"{name}={value!r}" for name, value in run.variables.items()]
    own = f"{run.error.type}: {run.error.message}" if run.error else ""
    parts = [title(run), "  ".join(about), own, timeline(run), failures(run.block_runs)]
    return "\n".join(part for part in parts if part)


def _line(line: LogLine) -> str:
    at = line.at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    return f"{at}  {line.block}  {line.text}"
