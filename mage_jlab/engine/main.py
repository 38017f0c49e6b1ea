"""The engine's process: ``python -m mage_jlab.engine [--foreground]``."""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path

from mage_jlab.domain.errors import ConflictError, MageError
from mage_jlab.domain.plan import Snapshot
from mage_jlab.engine import log
from mage_jlab.engine.engine import AlreadyRunningError, Engine
from mage_jlab.engine.executors.local import LocalExecutor
from mage_jlab.engine.exits import ALREADY, HOPELESS
from mage_jlab.engine.scheduler import TakeSnapshot
from mage_jlab.engine.settings import EngineSettings
from mage_jlab.store.paths import StateFolder


def snapshot_taker(state: StateFolder) -> TakeSnapshot:
    """Give what takes the snapshot of a pipeline in a project's folder."""

    def take(place: str, pipeline: str) -> Snapshot:
        from mage_jlab.blocks.snapshot import take_snapshot
        from mage_jlab.store.project_files import ProjectFiles

        return take_snapshot(state, ProjectFiles.open(Path(place)), pipeline)

    return take


def main(arguments: list[str] | None = None) -> int:
    """Run the engine of the state folder until it is stopped; gives the process's exit status."""
    parser = argparse.ArgumentParser(prog="python -m mage_jlab.engine", description=__doc__)
    parser.add_argument("--foreground", action="store_true", help="log to the terminal as well")
    options = parser.parse_args(arguments)
    state = StateFolder.from_environ()
    state.make()
    log.set_up(state, foreground=options.foreground)
    logger = logging.getLogger("mage_jlab.engine")
    try:
        engine = Engine(state, EngineSettings(), LocalExecutor, snapshot_taker(state))
    except AlreadyRunningError:
        if options.foreground:
            logger.error("An engine serves %s already.", state.root)  # noqa: TRY400 # no traceback
        return ALREADY
    except MageError as error:
        logger.critical("The engine cannot start: %s", error.message)
        return HOPELESS if isinstance(error, ConflictError) else 1
    except Exception as error:
        logger.critical("The engine cannot start: %s", error, exc_info=True)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stop())
    return 0 if engine.run() else 1
