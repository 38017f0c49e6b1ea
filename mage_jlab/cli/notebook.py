"""``tag``, ``check``, ``export`` and ``open``: notebooks as pipelines."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mage_jlab.cli.outcome import DONE_AND_FAILED
from mage_jlab.cli.session import Session, with_session
from mage_jlab.domain.analysis import Analysis, Diagnostic, Severity, TaggedCell
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.export import Export

SIGNS = {Severity.ERROR: "✖", Severity.WARNING: "△", Severity.INFO: "i"}
"""A mark for each severity."""

CODE = re.compile(r"[a-z]+(?:-[a-z]+)*")
"""The form of a diagnostic's code."""

_MERGE = ("merge", "why")

NOTEBOOK = click.argument("notebook", metavar="NB", type=click.Path(path_type=Path))


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
    "--all",
    "every",
    is_flag=True,
    help="Every code cell that does something; the types are guessed.",
)
@click.option(
    "--cell", metavar="C", help="One cell: its id, or #3 for the cell at index 3, from 0."
)
@click.option(
    "--type",
    "type_",
    metavar="T",
    type=click.Choice([t.value for t in BlockType]),
    help="Its block type.",
)
@click.option("--name", metavar="N", help="Its name, where the code gives a poor one.")
@click.option(
    "--upstream",
    metavar="U",
    multiple=True,
    help="A block above that its code cannot show; may be repeated.",
)
@click.option("--remove", is_flag=True, help="Make the cell no block again.")
@with_session
def tag(
    session: Session,
    notebook: Path,
    every: bool,
    cell: str | None,
    type_: str | None,
    name: str | None,
    upstream: tuple[str, ...],
    remove: bool,
) -> None:
    """Make cells of the notebook NB blocks."""
    if every == (cell is not None):
        raise click.UsageError("Say which cells: either --all, or --cell C.")
    if every and (type_ or name or upstream or remove):
        raise click.UsageError("--type, --name, --upstream and --remove go with --cell.")
    if cell is not None and remove == (type_ is not None):
        raise click.UsageError("Say what happens to the cell: either --type T, or --remove.")
    if remove and (name or upstream):
        raise click.UsageError("--name and --upstream go with --type.")
    cells = session.services.notebooks.tag(
        str(find_notebook(session, notebook)),
        all=every,
        cell=cell,
        type=BlockType(type_) if type_ else None,
        name=name,
        upstream=upstream,
        remove=remove,
    )
    document = {"cells": [_document(tagged) for tagged in cells]}
    session.answer(
        document,
        lambda: "\n".join(map(_tagged, cells)) or "No cell does anything that a block would.",
    )


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
    session.answer(analysis.to_json(), lambda: _analysis(analysis))
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


def refused(done: Export) -> bool:
    """Whether an export wrote nothing because of an error or a conflict."""
    return bool(done.conflicts) or any(d.severity is Severity.ERROR for d in done.diagnostics)


def exported(done: Export, *, dry_run: bool = False, diff: bool = False) -> str:
    """Say what an export did, or would do."""
    lines = [_problem(diagnostic) for diagnostic in done.diagnostics]
    lines += [f"✖ {conflict.path}: {conflict.message}" for conflict in done.conflicts]
    if diff:
        lines += [change.diff for change in done.changes if change.diff]
    if refused(done):
        return "\n".join([*lines, "Nothing was written."])
    would = "would be " if dry_run else ""
    lines += [f"{would}written  {path}" for path in done.written]
    lines += [f"{would}removed  {path}" for path in done.removed]
    if not (done.written or done.removed):
        lines.append("Files and notebook are the same. Nothing to export.")
    else:
        counts = f"{len(done.written)} files {would}written, {len(done.unchanged)} unchanged"
        lines.append(f"Pipeline {done.pipeline}: {counts}.")
    return "\n".join(lines)


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


def _document(cell: TaggedCell) -> dict[str, object]:
    """Give a tagged cell as JSON; what speaks for a merge only where there is one."""
    return {key: value for key, value in cell.to_json().items() if cell.merge or key not in _MERGE}


def _tagged(cell: TaggedCell) -> str:
    what = f"{cell.type.value} {cell.name or ''}".rstrip() if cell.type else "not a block"
    return f"#{cell.index}  {cell.cell_id}  {what}"


def _problem(diagnostic: Diagnostic) -> str:
    place = f"cell #{diagnostic.index}"
    if diagnostic.line is not None:
        place += f", line {diagnostic.line}"
    text = f"{SIGNS[diagnostic.severity]} {place}: {diagnostic.message} [{diagnostic.code}]"
    return "\n".join([text, *(f"    fix: {fix}" for fix in diagnostic.fixes)])


def _analysis(analysis: Analysis) -> str:
    from mage_jlab.cli.diagram import Line, lanes

    drawn = lanes(
        [
            Line(block.name, block.type, tuple(block.upstream), _flow(block.inputs, block.results))
            for block in analysis.blocks
        ]
    )
    problems = [_problem(diagnostic) for diagnostic in analysis.diagnostics]
    count = len(analysis.errors)
    if count:
        end = f"{count} {'problem stops' if count == 1 else 'problems stop'} the export."
    elif analysis.blocks:
        end = f"Pipeline {analysis.pipeline}: {len(analysis.blocks)} blocks, ready to export."
    else:
        end = "No cell is a block yet. `jupyter mage tag NB --all` tags them."
    return "\n".join([*([drawn, ""] if drawn else []), *problems, end])


def _flow(inputs: dict[str, str], results: list[str]) -> str:
    reads = ", ".join(inputs)
    gives = ", ".join(results)
    return " ".join(
        part for part in (f"in {reads}" if reads else "", f"out {gives}" if gives else "") if part
    )
