"""How long data products are kept: the rules of a project, and what they give up.

Nothing here touches a file or the ledger: a history goes in, a choice comes out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.domain.run import RunState
from mage_jlab.domain.word import Word
from mage_jlab.store.project_folder import METADATA, read_metadata
from mage_jlab.store.project_reader import ProjectReader
from mage_jlab.store.record_yaml import FILE
from mage_jlab.store.yaml_text import read_mapping

KEY = "retention"
"""The key in the project's ``metadata.yaml`` and in a pipeline's ``mage_jlab.yaml``."""

DAY = 24 * 3600 * 1_000_000
"""A day in the ledger's unit, the microsecond."""


class PipelineRetention(Word):
    """How long a pipeline's products are kept.

    ``successes`` is the number of newest successful runs, ``failed_days`` the days after the end
    of any other run.
    """

    successes: int = Field(default=3, ge=1)
    failed_days: float = Field(default=7, ge=0, allow_inf_nan=False)


class Retention(PipelineRetention):
    """The rules of a project; ``disk_share`` of the disk is the most that its products may fill."""

    disk_share: float = Field(default=0.2, gt=0, le=1)


Rules = TypeVar("Rules", bound=PipelineRetention)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A run of which something is kept.

    ``at`` is its nominal time, else its creation, and ``ended`` its end, in microseconds.
    """

    run: str
    pipeline: str
    state: RunState
    at: int
    ended: int | None


@dataclass(frozen=True, kw_only=True)
class Held(Kept):
    """A product that has files: one row of the ledger, with its run."""

    id: str
    uri: str
    checksum: str
    bytes: int
    block: str


class GivenUp(Word):
    """Files that are not kept: where they are, the products that they hold, their size, and why."""

    uri: str
    products: frozenset[str]
    pipeline: str
    block: str
    bytes: int
    why: str


def read_rules(files: ProjectReader) -> tuple[Retention, Callable[[str], PipelineRetention]]:
    """Read the rules of a project, and give those of its pipelines by name.

    A pipeline's own rules stand above the project's. All are read at once.

    Raises:
        UnreadableFileError: when a rule is none; the message names file and key.
    """
    project = _parse(Retention, {}, read_metadata(files.place).get(KEY), METADATA)
    base = project.model_dump(exclude={"disk_share"})
    own = {}
    for name in files.pipelines():
        path = files.pipeline_file(name, FILE)
        said = read_mapping(files.read(path) or "", path).get(KEY)
        own[name] = _parse(PipelineRetention, base, said, path)
    default = PipelineRetention.model_validate(base)
    return project, lambda name: own.get(name, default)


def choose(
    held: Iterable[Held], rules: Callable[[str], PipelineRetention], *, now: int, room: int
) -> list[GivenUp]:
    """Choose the files of a project that are not kept.

    Files that several products share stay while one of these is kept. Never given up is what a
    live run has, and a block's products in the newest successful run that has any of it.

    Args:
        held: all products that have files.
        rules: gives the rules of a pipeline.
        now: microseconds since the epoch.
        room: the most bytes that all files may have; files of equal content count once.
    """
    groups: dict[str, list[Held]] = defaultdict(list)
    for row in held:
        groups[row.uri].append(row)
    rows = [row for group in groups.values() for row in group]
    needed = _needed(rows)
    reasons = past(rows, rules, now)
    given: list[GivenUp] = []
    left: list[list[Held]] = []
    for group in groups.values():
        if all(row.run in reasons and row.id not in needed for row in group):
            given.append(_given(group, reasons[group[0].run]))
        else:
            left.append(group)
    sharing = Counter(group[0].checksum for group in left)
    size = sum({group[0].checksum: group[0].bytes for group in left}.values())
    for group in sorted(left, key=lambda group: max((row.at, row.run) for row in group)):
        if size <= room:
            break
        if any(row.id in needed for row in group):
            continue
        given.append(_given(group, "the products fill more of the disk than disk_share"))
        sharing[group[0].checksum] -= 1
        if not sharing[group[0].checksum]:
            size -= group[0].bytes
    return given


def past(
    rows: Iterable[Kept], rules: Callable[[str], PipelineRetention], now: int
) -> dict[str, str]:
    """Give the runs that are past their time, each with the rule that says so."""
    runs = {row.run: row for row in rows}
    reasons: dict[str, str] = {}
    successes: dict[str, list[Kept]] = defaultdict(list)
    for row in runs.values():
        if row.state is RunState.SUCCESS:
            successes[row.pipeline].append(row)
        elif row.state.ended:
            days = rules(row.pipeline).failed_days
            if now - (row.ended if row.ended is not None else row.at) > days * DAY:
                reasons[row.run] = f"its run did not succeed, more than {days:g} days ago"
    for pipeline, found in successes.items():
        most = rules(pipeline).successes
        for row in sorted(found, key=lambda row: (row.at, row.run), reverse=True)[most:]:
            reasons[row.run] = f"{most} later runs succeeded"
    return reasons


def _needed(rows: Iterable[Held]) -> set[str]:
    """Give what is never given up: what live runs have, and what is current."""
    live = {row.id for row in rows if not row.state.ended}
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    good = [row for row in rows if row.state is RunState.SUCCESS]
    for row in good:
        key = (row.pipeline, row.block)
        newest[key] = max(newest.get(key, (row.at, row.run)), (row.at, row.run))
    current = {row.id for row in good if newest[row.pipeline, row.block] == (row.at, row.run)}
    return live | current


def _given(group: list[Held], why: str) -> GivenUp:
    first = group[0]
    ids = frozenset(row.id for row in group)
    return GivenUp(
        uri=first.uri,
        products=ids,
        pipeline=first.pipeline,
        block=first.block,
        bytes=first.bytes,
        why=why,
    )


def _parse(kind: type[Rules], base: Mapping[str, Any], said: Any, path: str) -> Rules:
    if said is None:
        said = {}
    if not isinstance(said, dict):
        raise UnreadableFileError(
            f"{path}: {KEY} is no mapping: give it keys, as in `{KEY}: {{successes: 3}}`.", path
        )
    try:
        return kind.model_validate({**base, **said})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join([KEY, *(str(part) for part in first["loc"])])
        if first["type"] == "extra_forbidden":
            known = ", ".join(kind.model_fields)
            text = f"{path}: {key} is no key here; there are {known}."
            raise UnreadableFileError(text, path) from error
        raise UnreadableFileError(f"{path}: {key}: {first['msg']}.", path) from error
