"""What the reading of a workbench gives: its blocks, ready to be written to files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from mage_jlab.domain.analysis import Analysis, Diagnostic, Fix
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.word import Json
from mage_jlab.notebook.problems import Repair


@dataclass(frozen=True)
class BlockSource:
    """One tagged cell, ready to be rendered to a file.

    Attributes:
        source: the cell's lines as runnable Python; magics are translated or blanked, and the
            number of lines is the cell's.
        is_async: whether a plain cell awaits at its top level.
        inputs: parameter -> ``"<block>.<result>"``, in the order of the upstream blocks.
        upstream: the blocks above, in the order of the parameters, then those that only order.
        maybe_unbound: results that are bound on some paths only.
        variables: the runtime variables that the cell reads, each with the text of its default.
        derived: the derived lines of the parameters cell that the cell needs, verbatim.
        head_imports: import statements that stand above the function.
        shared: functions and classes that it takes from ``utils/<pipeline>.py``.
        copied: literals and functions that are copied to the start of the body, in order.
        function_name: the decorated function of a function cell.
        cell_text: the cell's text as it stands, magics included.
        head: lines above the text of a block in another language than Python.
    """

    name: str
    type: BlockType
    language: Language
    cell_id: str
    index: int
    style: Literal["plain", "function"]
    source: str
    is_async: bool
    inputs: dict[str, str]
    upstream: list[str]
    results: list[str]
    maybe_unbound: frozenset[str]
    variables: list[tuple[str, str]]
    derived: list[str]
    head_imports: list[str]
    shared: list[str]
    copied: list[str]
    function_name: str | None
    configuration: dict[str, Any]
    cell_text: str = ""
    head: str = ""


@dataclass(frozen=True)
class Offer:
    """A fix of a diagnostic, and what carrying it out means; ``cell`` is the diagnostic's index."""

    diagnostic: Diagnostic
    fix: Fix
    repair: Repair
    cell: int


@dataclass(frozen=True)
class WorkbenchReading:
    """A notebook, read: its analysis, and all that an export writes.

    Attributes:
        kernel: the name of its kernelspec, when the notebook names one.
        variables: the runtime variables with their defaults.
        shared_source: the text of ``utils/<pipeline>.py``, empty when nothing is shared.
        setup_source: the text of ``utils/<pipeline>_setup.py``, empty when there are no settings.
        requirements: what ``%pip install`` lines ask for.
        offers: all fixes of the analysis' diagnostics.
    """

    path: str
    pipeline: str
    kernel: str | None
    blocks: list[BlockSource]
    analysis: Analysis
    variables: dict[str, Json]
    shared_source: str
    setup_source: str
    requirements: list[str]
    offers: list[Offer] = field(default_factory=list)
