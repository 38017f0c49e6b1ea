"""``jupyter mage run``: run a pipeline and wait for its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mage_jlab.cli.outcome import DONE_AND_FAILED, INTERRUPTED
from mage_jlab.cli.session import Session, with_session
from mage_jlab.cli.values import read_duration
from mage_jlab.domain.errors import BadInputError, MageError
from mage_jlab.domain.run import Run, RunState

if TYPE_CHECKING:
    from mage_jlab.domain.project import Project


@click.command()
@click.argument("pipeline", metavar="P")
@click.option(
    "--var",
    "assignments",
    metavar="K=V",
    multiple=True,
    help="A runtime variable; may be repeated.",
)
@click.option(
    "--block", metavar="B", help="This block alone, on the products of the blocks above it."
)
@click.option("--upto", metavar="B", help="This block and all above it.")
@click.option("--from", "from_", metavar="B", help="This block and all below it.")
@click.option("--of", metavar="R", help="Take the other blocks' products from this run.")
@click.option("--export", "export_first", is_flag=True, help="Export the notebook first.")
@click.option("--dry-run", is_flag=True, help="Run nothing, say what would run.")
@click.option("--no-wait", is_flag=True, help="Do not wait for its end.")
@click.option(
    "--timeout", metavar="D", callback=read_duration, help="Wait so long at most; the run goes on."
)
@with_session
def run(
    session: Session,
    pipeline: str,
    assignments: tuple[str, ...],
    block: str | None,
    upto: str | None,
    from_: str | None,
    of: str | None,
    export_first: bool,
    dry_run: bool,
    no_wait: bool,
    timeout: float | None,
) -> int:
    """Run the pipeline P on the engine, and wait until it has ended."""
    if sum(choice is not None for choice in (block, upto, from_)) > 1:
        raise click.UsageError("--block, --upto and --from exclude each other.")
    if of is not None and from_ is None and block is None:
        raise click.UsageError("--of goes with --from or --block.")
    from mage_jlab.services.variables import parse_assignments

    variables = parse_assignments(assignments)
    project = session.project()
    if export_first:
        if not _export(session, project, pipeline):
            return DONE_AND_FAILED
    else:
        _warn_of_edits(session, project, pipeline)
    services = session.services
    if dry_run:
        plan = services.runs.plan(
            project.id, pipeline, variables=variables, block=block, upto=upto, from_=from_, of=of
        )
        would_run, reused = list(plan.would_run), list(plan.reuse)
        document = {"would_run": would_run, "reused": reused}
        session.answer(
            document,
            lambda: "\n".join(
                [*(f"run     {b}" for b in would_run), *(f"reuse   {b}" for b in reused)]
            ),
        )
        return 0
    started = services.runs.start(
        project.id, pipeline, variables=variables, block=block, upto=upto, from_=from_, of=of
    )
    if no_wait:
        session.answer(
            started.to_json(), f"Run {started.number} of {pipeline} has begun: {started.id}"
        )
        return 0
    return wait(session, started, timeout)


def wait(session: Session, started: Run, timeout: float | None) -> int:
    """Wait for a run with live progress, answer with it, and give the exit status."""
    from mage_jlab.cli.progress import progress

    name = f"{started.pipeline}#{started.number}"
    try:
        with progress() as shown:
            ended = session.services.runs.wait(started.id, timeout, shown.show)
    except KeyboardInterrupt:
        session.note(
            f"Run {name} goes on ({started.id}). `jupyter mage runs show {name}` looks at it."
        )
        return INTERRUPTED
    session.answer(ended.to_json(), lambda: report(session, ended))
    if not ended.state.ended:
        session.note(f"Run {name} goes on ({ended.id}); only the waiting has ended.")
    return 0 if ended.state is RunState.SUCCESS else DONE_AND_FAILED


def report(session: Session, ended: Run) -> str:
    """Show a run at its end: graph, timeline, errors, and the head of its last product."""
    from mage_jlab.cli import diagram
    from mage_jlab.cli.preview import last_product
    from mage_jlab.cli.timeline import failures, timeline, title

    parts = []
    try:
        parts.append(diagram.text(session.services.pipelines.graph(ended.project, ended.pipeline)))
    except MageError as error:
        session.note(
            error.message
        )  # the files have changed since the run began; the run is shown all the same
    parts += [f"{title(ended)}\n{timeline(ended)}", failures(ended.block_runs)]
    parts.append(last_product(session, ended))
    return "\n\n".join(part for part in parts if part)


def _workbench(session: Session, project: Project, pipeline: str) -> Path | None:
    place = Path(project.path)
    try:
        recorded = session.services.pipelines.get(project.id, pipeline).workbench
    except MageError:
        recorded = None
    candidate = place / (recorded or f"notebooks/{pipeline}.ipynb")
    return candidate if candidate.is_file() else None


def _export(session: Session, project: Project, pipeline: str) -> bool:
    from mage_jlab.cli.notebook_text import exported, refused

    notebook = _workbench(session, project, pipeline)
    if notebook is None:
        raise BadInputError(f"The pipeline {pipeline} has no notebook to export.")
    done = session.services.notebooks.export(
        str(notebook), project_id=project.id, pipeline=pipeline
    )
    session.note(exported(done))
    if refused(done) and session.as_json:
        session.answer(done.to_json(), "")
    return not refused(done)


def _warn_of_edits(session: Session, project: Project, pipeline: str) -> None:
    from mage_jlab.cli.notebook_text import refused

    notebook = _workbench(session, project, pipeline)
    if notebook is None:
        return
    try:
        differs = session.services.notebooks.export(
            str(notebook), project_id=project.id, pipeline=pipeline, dry_run=True
        )
    except MageError:
        return  # a notebook that cannot be read stops no run of the files
    own = notebook.relative_to(project.path).as_posix()  # its first export writes into it, too
    if set(differs.written) - {own} or differs.removed or refused(differs):
        session.note(
            f"{notebook.name} differs from the files, and the files are what runs. "
            "--export exports it first."
        )
