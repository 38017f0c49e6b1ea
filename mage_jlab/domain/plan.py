"""The plan of a run: what one snapshot of a pipeline runs, ready for the engine.

It is made once, with the snapshot, and kept in it, so that a run never reads today's files.
"""

from __future__ import annotations

from typing import Any

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.word import Json, Word


class Retry(Word):
    """How often a failed attempt is tried again; delays in seconds (Mage AI's ``retry_config``)."""

    retries: int = 0
    delay: float = 5
    max_delay: float = 60
    exponential_backoff: bool = True


class PlannedBlock(Word):
    """One block of the plan.

    ``file`` is relative to the snapshot's project folder; ``code`` is the sha256 of its text.
    ``inputs`` binds parameters to ``"<block>.<result>"``; None means: called by position, in the
    order of ``upstream``. ``body`` is the [first, last] line of the cell's text in the file and
    ``cell_id`` the cell, so that an error finds its line there; the text begins at ``cell_line``.
    The function returns a single result as it is; with several, or with ``optional`` ones (bound
    on some paths only), a dict of those bound, by name. ``guards`` are the conditionals among
    ``upstream``: the block waits for them, and gets nothing from them; ``guarding`` are the blocks
    of which a conditional says whether they run. ``cache`` is the hash of the code and settings of
    a block that is not run again while nothing has changed, ``reads`` the keywords that it reads
    (None: any); ``timeout`` is in seconds, ``memory_limit`` in bytes, ``concurrency`` how many
    of its items may run at a time. ``sql_above`` has the configuration of each SQL block among
    ``upstream``: its table may stand in the same database.
    """

    name: str
    type: BlockType
    language: Language = Language.PYTHON
    file: str
    code: str
    upstream: list[str] = []
    guards: list[str] = []
    guarding: list[str] = []
    inputs: dict[str, str] | None = None
    results: list[str] | None = None
    optional: list[str] = []
    configuration: dict[str, Any] = {}
    sql_above: dict[str, dict[str, Any]] = {}
    cell_id: str | None = None
    body: tuple[int, int] | None = None
    cell_line: int = 1
    retry: Retry = Retry()
    timeout: float | None = None
    memory_limit: int | None = None
    concurrency: int | None = None
    crash_retries: int = 2
    at_most_once: bool = False
    cache: str | None = None
    reads: list[str] | None = None


class Plan(Word):
    """What a run of one pipeline executes.

    ``place`` is the project's real folder and ``cwd`` the workbench's (else the project's);
    ``products`` and ``logs`` are the absolute folders of the project's data products and logs;
    ``interpreter`` is the Python that runs the blocks and ``environ`` what its kernelspec adds;
    ``environment`` is the hash of what is installed there, where a block is cached;
    ``setup`` is the session settings' file, relative to the project, or None.
    ``chart_blocks`` (type ``chart``) are among ``blocks``; their failure fails no block below.
    """

    project_uuid: str
    project_name: str
    place: str
    cwd: str
    products: str
    logs: str
    pipeline: str
    interpreter: str
    environ: dict[str, str] = {}
    setup: str | None = None
    environment: str = ""
    variables: dict[str, Json] = {}
    blocks: list[PlannedBlock]


class Snapshot(Word):
    """The manifest of a snapshot.

    ``hash`` identifies it; ``files`` maps each file, relative to the project, to the sha256 of its
    text; ``folder`` is the absolute, read-only project folder it is laid out in
    (``…/<hash>/<project folder's name>``).
    """

    hash: str
    folder: str
    files: dict[str, str]
    plan: Plan
