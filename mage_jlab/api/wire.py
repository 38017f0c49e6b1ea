"""What requests carry: one model for each body."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from mage_jlab.domain.analysis import CellChoice, DiagnosticPlace
from mage_jlab.domain.trigger import CatchUp, Overlap, TriggerKind, TriggerSpec
from mage_jlab.domain.word import Json, Word


class OpenProject(Word):
    """A folder, relative to the server's root, to open as a project, or to make one of."""

    path: str
    create: bool = False
    name: str | None = None
    demo: bool = False


class NewPipeline(Word):
    """The name of a new pipeline."""

    name: str = Field(min_length=1)


class NewBlock(Word):
    """A block to make from a template, and the pipeline and the blocks above that it goes below."""

    type: str
    name: str = Field(min_length=1)
    language: str = "python"
    template: str | None = None
    pipeline: str | None = None
    upstream: list[str] = []


class SaveBlock(Word):
    """A block's new code, and the hash of the text that was read."""

    code: str
    hash: str


class NewTrigger(TriggerSpec):
    """A trigger to add, and whether it fires on this engine."""

    enabled: bool = True


class ChangeTrigger(Word):
    """The fields of a trigger that change; what is left out stays."""

    name: str | None = None
    kind: TriggerKind | None = None
    spec: str | None = None
    tz: str | None = None
    active: bool | None = None
    variables: dict[str, Json] | None = None
    catch_up: CatchUp | None = None
    overlap: Overlap | None = None
    envs: list[str] | None = None
    description: str | None = None
    enabled: bool | None = None

    def given(self) -> dict[str, Any]:
        """Give the fields that the request named."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class StartRun(Word):
    """A pipeline to run: all of it, or a part; at most one of block, upto and from."""

    project: str
    pipeline: str
    variables: dict[str, Json] = {}
    block: str | None = None
    upto: str | None = None
    from_: str | None = None
    of: str | None = None


class RetryRun(Word):
    """Which code a run goes on with: its own, or today's files."""

    code: Literal["run", "current"] = "run"


class CheckNotebook(Word):
    """A notebook, relative to the server's root; ``notebook`` is its unsaved text or document."""

    path: str
    notebook: dict[str, Any] | str | None = None


class TagNotebook(CheckNotebook):
    """A notebook whose cells are guessed; with ``choices``, made as these say."""

    choices: list[CellChoice] | None = None


class FixNotebook(CheckNotebook):
    """A notebook, a diagnostic of it, and the id of the fix to carry out."""

    diagnostic: DiagnosticPlace
    fix: str


class ExportNotebook(CheckNotebook):
    """A notebook to export, or to see what an export would do."""

    pipeline: str | None = None
    dry_run: bool = False
    diff: bool = False
    expected: str | None = None


class OpenNotebook(Word):
    """The pipeline whose notebook is wanted."""

    project: str
    pipeline: str


class StopEngine(Word):
    """Whether blocks that run may end before the engine does."""

    drain: bool = False


BODIES: list[type[Word]] = [
    OpenProject,
    NewPipeline,
    NewBlock,
    SaveBlock,
    NewTrigger,
    ChangeTrigger,
    StartRun,
    RetryRun,
    CheckNotebook,
    TagNotebook,
    FixNotebook,
    ExportNotebook,
    OpenNotebook,
    StopEngine,
]
"""The models of bodies, for the description of the API."""
