"""``check``, ``export`` and ``open``: notebooks as pipelines."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mage_jlab.cli.notebook_text import analysis_text, exported, refused
from mage_jlab.cli.outcome import DONE_AND_FAILED
from mage_jlab.cli.session import Session, with_session
from mage_jlab.domain.analysis import Analysis
from mage_jlab.domain.errors import BadInputError, NotFoundError

CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")
"""The form of a diagnostic's code."""

NOTEBOOK = click.argument("notebook", metavar="NB", type=click.Path(path_type=Path))
"""The argument that names a notebook."""


def find_notebook(session: Session, notebook: Path) -> Path:
    """Give the absolute path of a notebook, named from here or from the project's folder.

    Raises:
        NotFoundError: when there is no such file.
    """
    if notebook.is_file():
        return notebook.absolute()
    place = session.place(notebook)
    if place is not None and (place / notebook).is_file():
        return (place / notebook).absolute()
    raise NotFoundError(f"There is no notebook {notebook} here ({Path.cwd()}).")


@click.command()
@NOTEBOOK
@click.option(
    "--fix",
    "codes",
    metavar="CODE",
    multiple=True,
    help="Carry out the fixes of this code that leave no choice, and write the notebook; `all` for "
    "every code; more codes may follow.",
)
@click.argument("more", metavar="", nargs=-1)
@with_session
def check(session: Session, notebook: Path, codes: tuple[str, ...], more: tuple[str, ...]) -> int:
    """Say how the notebook NB reads as a pipeline, and what stands in the way.

    Nothing is written without --fix.
    """
    if more and not codes:
        raise click.UsageError(f"What is {more[0]}? Codes follow --fix.")
    path = str(find_notebook(session, notebook))
    place = session.place(notebook)
    project = session.services.projects.open(str(place)) if place else None
    project_id = project.id if project else None
    if codes:
        analysis = _mended(session, path, project_id, (*codes, *more))
    else:
        analysis = session.services.notebooks.check(path, project_id=project_id)
    session.answer(analysis.to_json(), lambda: analysis_text(analysis))
    return DONE_AND_FAILED if analysis.errors else 0


@click.command()
@NOTEBOOK
@click.option(
    "--pipeline",
    metavar="P",
    help="The pipeline's name; by default the notebook's own, else the file's.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing, say what would be written.")
@click.option("--diff", is_flag=True, help="Show the difference of each file.")
@with_session
def export(
    session: Session, notebook: Path, pipeline: str | None, dry_run: bool, diff: bool
) -> int:
    """Write the blocks and the pipeline of the notebook NB as files, all of them or none."""
    path = find_notebook(session, notebook)
    project = session.project(notebook)
    done = session.services.notebooks.export(
        str(path), project_id=project.id, pipeline=pipeline, dry_run=dry_run, diff=diff
    )
    session.answer(done.to_json(), lambda: exported(done, dry_run=dry_run, diff=diff))
    return DONE_AND_FAILED if refused(done) else 0


@click.command("open")
@click.argument("pipeline", metavar="P")
@with_session
def open_(session: Session, pipeline: str) -> None:
    """Give the notebook that the pipeline P is written in, made where there is none."""
    path = session.services.notebooks.open(session.project().id, pipeline)
    session.answer({"notebook": path}, path)


def _mended(
    session: Session, path: str, project_id: str | None, codes: tuple[str, ...]
) -> Analysis:
    """Mend a notebook's file, say what was done, and give its analysis now."""
    unknown = [code for code in codes if not CODE.fullmatch(code)]
    if unknown:
        raise BadInputError(f"{unknown[0]!r} is no code of a diagnostic (scratch-value, magic, …).")
    done = session.services.notebooks.mend(
        path, project_id=project_id, codes=() if "all" in codes else codes
    )
    for diagnostic, fix in done.done:
        session.note(f"mended cell #{diagnostic.index}: {fix.title} [{diagnostic.code}]")
    for sentence in done.left:
        session.note(f"not mended: {sentence}")
    if not done.done:
        session.note("Nothing to mend without a choice of yours.")
    return done.analysis
