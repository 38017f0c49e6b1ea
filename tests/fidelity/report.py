"""``docs/fidelity.md``: the figures of the corpus, by repository, made by ``make fidelity``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fidelity.corpus import FOLDER, Repository, repositories
from tests.fidelity.static import Checked, check
from tests.fidelity.verdict import Verdict, judge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"


def write(judged: Callable[[Path], Verdict] = judge) -> bool:
    """Run the corpus and write the page; says whether nothing was different or failed.

    Args:
        judged: gives the verdict of a notebook.
    """
    rows, details, totals = [], [], _Row("**all**")
    with ThreadPoolExecutor(2) as pool:
        for repository in repositories():
            runs = [repository.folder / path for path in repository.runs]
            row = _Row(f"{repository.name} {repository.release} ({repository.licence})")
            row.read([check(path) for path in repository.paths()])
            verdicts = list(pool.map(judged, runs))
            row.ran(verdicts)
            totals.add(row)
            rows.append(row)
            details += _details(repository, verdicts)
    table = "\n".join(_table([*rows, totals]))
    form = (Path(__file__).parent / "page.md").read_text()
    PAGE.write_text(form.format(table=table, details="\n".join(details)))
    return not (totals.different or totals.failed or totals.crashed)


class _Row:
    """The figures of one repository."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.notebooks = self.crashed = self.run = self.blocks = self.compared = 0
        self.equal = self.refused = self.different = self.failed = 0
        self.missing = self.drawn = self.real = self.ordering = 0

    def read(self, checked: Sequence[Checked]) -> None:
        self.notebooks = len(checked)
        self.crashed = sum(one.crash is not None for one in checked)

    def ran(self, verdicts: Sequence[Verdict]) -> None:
        self.run = len(verdicts)
        for verdict in verdicts:
            self.blocks += verdict.blocks
            self.compared += verdict.compared
            self.equal += verdict.kind == "equal"
            self.refused += verdict.kind == "refused"
            self.different += verdict.kind == "different"
            self.failed += verdict.kind not in ("equal", "refused", "different")
            if verdict.edges is not None:
                self.missing += len(verdict.edges.missing)
                self.drawn += verdict.edges.drawn
                self.real += verdict.edges.drawn - len(verdict.edges.false)
                self.ordering += verdict.edges.ordering

    def add(self, other: _Row) -> None:
        for key, value in vars(other).items():
            if key != "name":
                setattr(self, key, getattr(self, key) + value)

    def cells(self) -> list[str]:
        share = f"{self.real}/{self.drawn} ({self.real / self.drawn:.0%})" if self.drawn else ""
        numbers = (self.notebooks, self.crashed, self.run, self.blocks, self.compared, self.equal)
        rest = (self.refused, self.different, self.failed, self.missing)
        return [self.name, *map(str, (*numbers, *rest)), share, str(self.ordering)]


def _table(rows: Iterable[_Row]) -> list[str]:
    head = [
        *("repository", "notebooks read", "crashed", "run here", "blocks", "results compared"),
        *("equal", "refused", "different", "failed", "edges missing", "edges real", "for order"),
    ]
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _details(repository: Repository, verdicts: Sequence[Verdict]) -> list[str]:
    """List what is to be said of single notebooks."""
    lines = [f"\n## {repository.name}\n"]
    for verdict in verdicts:
        path = Path(verdict.path).relative_to(FOLDER / repository.folder.name)
        lines.append(f"- `{path}`: {verdict.kind}, {verdict.blocks} blocks")
        said = [f"edge missing: {one}" for one in (verdict.edges.missing if verdict.edges else [])]
        lines += [f"  - {line.splitlines()[0]}" for line in [*verdict.details, *said]]
    if repository.read:
        lines.append(f"- {len(repository.read)} more are analysed only: {repository.why}")
    return lines
