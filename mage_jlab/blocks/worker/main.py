"""The worker's entry: ``python …/main.py <commands fd> <results fd> <crash fd> [module …]``."""

from __future__ import annotations

import importlib.util
import os
import sys

PACKAGE = "_mage_jlab_worker"
"""The private name of this folder as a package: nothing of the user's can collide with it."""


def load_package() -> None:
    """Make this folder importable as a private package, and take it off ``sys.path``."""
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != folder]
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"The worker's folder {folder} cannot be loaded.")
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def main(arguments: list[str]) -> None:
    """Serve attempts until the pipe of commands closes.

    Args:
        arguments: the numbers of three inherited file descriptors: commands are read from the
            first, results written to the second, the third takes the trace of a native crash.
            What follows are modules to import before it is ready.
    """
    load_package()
    serve = importlib.import_module(PACKAGE + ".serve")
    serve.serve(*(int(number) for number in arguments[:3]), arguments[3:])


if __name__ == "__main__":
    main(sys.argv[1:])
