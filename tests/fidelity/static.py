"""What ``check`` says of notebooks that are not run: crashes, and diagnostics by code."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from mage_jlab.domain.analysis import Diagnostic, Severity
from mage_jlab.domain.errors import MageError
from tests.fidelity.notebooks import code_of, load, mended, notebooks_in, read, tagged


@dataclass
class Checked:
    """One notebook, analysed.

    Attributes:
        blocks: how many blocks ``tag --all`` makes of it.
        refusal: why it cannot be read as a notebook of Python, when it cannot.
        crash: the traceback, when the analysis failed.
        diagnostics: what was said, each with the cell's text.
        seconds: how long it took.
    """

    path: Path
    blocks: int = 0
    refusal: str | None = None
    crash: str | None = None
    diagnostics: list[tuple[Diagnostic, str]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def errors(self) -> list[tuple[Diagnostic, str]]:
        """The diagnostics that stop an export."""
        return [pair for pair in self.diagnostics if pair[0].severity is Severity.ERROR]


def check(path: Path, *, mend: bool = False) -> Checked:
    """Tag all cells of a notebook and analyse it; nothing of it is run.

    Args:
        path: the notebook's file.
        mend: whether the fixes that leave no choice are carried out first.
    """
    found = Checked(path)
    began = time.perf_counter()
    try:
        document = tagged(load(path))
        if mend:
            document = mended(document)
        reading = read(document)
    except MageError as refusal:
        found.refusal = str(refusal)
    except Exception:
        found.crash = traceback.format_exc()
    else:
        texts = code_of(document)
        found.blocks = len(reading.blocks)
        found.diagnostics = [(d, texts[d.cell_id]) for d in reading.analysis.diagnostics]
    found.seconds = time.perf_counter() - began
    return found


def report(places: list[Path], codes: set[str], *, show_all: bool, mend: bool) -> bool:
    """Print what is said of all notebooks of some folders.

    Args:
        places: notebooks, or folders of them.
        codes: show the cells of these codes; of every error when empty.
        show_all: show warnings and notes too.
        mend: whether the fixes that leave no choice are carried out first.

    Returns:
        whether no analysis crashed.
    """
    done = [check(path, mend=mend) for place in places for path in notebooks_in(place)]
    counted: Counter[str] = Counter()
    notebooks: Counter[str] = Counter()
    for one in done:
        shown = one.diagnostics if show_all or codes else one.errors
        for diagnostic, text in shown:
            if codes and diagnostic.code not in codes:
                continue
            place = f"{one.path} #{diagnostic.index} {diagnostic.line or ''}"
            print(f"\n[{diagnostic.code}] {diagnostic.severity.value} {place}")
            print(f"  {diagnostic.message}")
            print("\n".join(f"    | {line}" for line in text.splitlines()[:30]))
        if one.crash or one.refusal:
            print(f"\n[{'CRASH' if one.crash else 'no notebook'}] {one.path}")
            print(one.crash or one.refusal)
        kinds = [f"{d.code} ({d.severity.value})" for d, _ in one.diagnostics]
        counted.update(kinds)
        notebooks.update(set(kinds))
    clean = sum(not (one.errors or one.crash or one.refusal) for one in done)
    print(
        f"\n{len(done)} notebooks, {sum(one.blocks for one in done)} blocks, {clean} without error"
    )
    print(f"{sum(bool(one.crash) for one in done)} crashed, ", end="")
    print(f"{sum(bool(one.refusal) for one in done)} are no notebook of Python", end="")
    slow = max(done, key=lambda one: one.seconds, default=None)
    print(f"; slowest {slow.path.name} {slow.seconds:.2f} s" if slow else "")
    for kind, count in counted.most_common():
        print(f"{count:6} in {notebooks[kind]:4} notebooks  {kind}")
    return not any(one.crash for one in done)
