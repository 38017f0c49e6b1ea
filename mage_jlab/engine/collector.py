"""Deletes what the retention gives up, now and then, in small steps beside the runs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from mage_jlab.blocks.worker.codecs import remote
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.domain.errors import MageError
from mage_jlab.store import retention_files as files
from mage_jlab.store.ledger import pruning
from mage_jlab.store.ledger.access import Access
from mage_jlab.store.ledger.rows import ProjectRow
from mage_jlab.store.ledger.writer import Writer
from mage_jlab.store.retention import GivenUp

log = logging.getLogger(__name__)

STEP = 50
"""How many products one transaction gives up."""
PAUSE_S = 0.02
"""How long it rests after each step, so that runs come first, in seconds."""
ORPHAN_S = 24 * 3600.0
"""How old an attempt's folder is at least that no product points into, in seconds."""

CACHE_BYTES = 10 * 1024**3
"""How much the local copies of a project's products behind a URL may fill, in bytes."""


class Collector:
    """One thread that looks through all projects again and again.

    Args:
        writer: the ledger's writer.
        access: gives connections that read.
        projects: gives the projects that the ledger knows.
        first_s: after how many seconds it looks first.
        every_s: how many seconds are between two looks.
    """

    def __init__(
        self,
        writer: Writer,
        access: Access,
        projects: Callable[[], Sequence[ProjectRow]],
        first_s: float,
        every_s: float,
    ) -> None:
        self._writer = writer
        self._access = access
        self._projects = projects
        self._every_s = every_s
        self._first_s = first_s
        self._closing = threading.Event()
        self._one = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="collector", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """End after the present step."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def prune(self, project: ProjectRow) -> list[GivenUp]:
        """Give up what the rules of a project say, and delete it.

        Raises:
            MageError: when its rules cannot be read.
        """
        root = Path(project.data_root) / "products"
        with self._one:
            with self._access.connection() as connection:
                assert connection is not None  # the engine has made the ledger
                left_over = pruning.unfinished(connection, project.id)
                given = pruning.chosen(connection, project)
            self._delete(root, left_over)
            gone: list[GivenUp] = []
            for start in range(0, len(given), STEP):
                if self._closing.wait(PAUSE_S):
                    return gone
                step = given[start : start + STEP]
                marked = self._writer.do(partial(pruning.mark, given=step))
                self._delete(root, [one.uri for one in marked])
                gone += marked
            self._collect_orphans(root)
            files.remove_unshared(root)
            self._delete_logs(project)
            if remote.url_of(str(root)) is not None:
                self._trim(root)
        if gone:
            size = sum(one.bytes for one in gone) / 1e6
            log.info("%d products of %s were given up (%.1f MB).", len(gone), project.name, size)
        return gone

    def _delete(self, root: Path, uris: list[str]) -> None:
        """Delete files that were given up; what cannot be deleted is tried again next time."""
        removed = []
        for uri in uris:
            try:
                remote.remove(str(root), uri)
                files.remove_product(root, uri)
                removed.append(uri)
            except (OSError, StatedError) as error:
                log.warning("The files of %s could not be deleted: %s", uri, error)
        self._writer.do(partial(pruning.finish, uris=removed))

    def _collect_orphans(self, root: Path) -> None:
        """Delete what attempts left that never became visible.

        Whole folders of runs that this ledger does not know are another ledger's and stay.
        """
        before = time.time() - ORPHAN_S
        found = [folder for folder in files.attempt_folders(root) if folder.changed < before]
        for start in range(0, len(found), STEP):
            if self._closing.wait(PAUSE_S):
                return
            step = found[start : start + STEP]
            with self._access.connection() as connection:
                assert connection is not None  # the engine has made the ledger
                states = pruning.run_states(connection, {folder.run for folder in step})
                shown = pruning.visible(connection, [p for folder in step for p in folder.parts])
            for folder in step:
                state = states.get(folder.run)
                theirs = state is None and folder.sealed
                live = state is not None and not state.ended
                if not (theirs or live or shown.intersection(folder.parts)):
                    try:
                        remote.remove(str(root), folder.place)
                        files.remove_attempt(root, folder.place)
                    except (OSError, StatedError) as error:
                        log.warning("%s could not be deleted: %s", folder.place, error)

    def _delete_logs(self, project: ProjectRow) -> None:
        """Delete the logs of runs that are not kept any longer."""
        logs = Path(project.data_root) / "logs"
        runs = [path.name for path in logs.iterdir()] if logs.is_dir() else []
        with self._access.connection() as connection:
            assert connection is not None  # the engine has made the ledger
            gone = pruning.past_runs(connection, project, runs)
        for run in gone:
            if self._closing.wait(PAUSE_S):
                return
            files.remove_logs(logs, run)

    def _trim(self, root: Path) -> None:
        """Delete local copies of what lies behind a URL, the longest unread first.

        Copies of live runs stay: they may not be uploaded yet.
        """
        found = list(files.attempt_folders(root))
        with self._access.connection() as connection:
            assert connection is not None  # the engine has made the ledger
            states = pruning.run_states(connection, {folder.run for folder in found})
        ended = [f for f in found if f.run in states and states[f.run].ended]
        size = sum(folder.bytes for folder in found)
        for folder in sorted(ended, key=lambda folder: folder.read):
            if size <= CACHE_BYTES or self._closing.is_set():
                return
            files.remove_attempt(root, folder.place)
            size -= folder.bytes

    def _work(self) -> None:
        pause = self._first_s
        while not self._closing.wait(pause):
            pause = self._every_s
            for project in self._projects():
                try:
                    self.prune(project)
                except MageError as error:
                    log.warning("Nothing of %s is given up: %s", project.name, error.message)
                except (OSError, DBAPIError) as error:
                    log.warning("Products of %s could not be given up: %s", project.name, error)
