"""What is said of a notebook's analysis and of its export."""

from __future__ import annotations

from mage_jlab.domain.analysis import Analysis, Diagnostic, Severity
from mage_jlab.domain.export import Export

SIGNS = {Severity.ERROR: "✖", Severity.WARNING: "△", Severity.INFO: "i"}
"""A mark for each severity."""


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


def _problem(diagnostic: Diagnostic) -> str:
    place = f"cell #{diagnostic.index}"
    if diagnostic.line is not None:
        place += f", line {diagnostic.line}"
    text = f"{SIGNS[diagnostic.severity]} {place}: {diagnostic.message} [{diagnostic.code}]"
    return "\n".join([text, *(f"    fix: {fix}" for fix in diagnostic.fixes)])


def analysis_text(analysis: Analysis) -> str:
    """Draw the pipeline that a notebook is, and say what stands in its way."""
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
