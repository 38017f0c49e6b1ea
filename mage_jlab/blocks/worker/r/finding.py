"""Which R runs the R blocks of an interpreter."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping

ANSWERS_IN = 10.0
"""How long R may take to say its version, in seconds."""


def find_rscript(interpreter: str, environ: Mapping[str, str]) -> str | None:
    """Find Rscript: beside the interpreter, as in a conda environment, in R_HOME, on the path.

    Args:
        interpreter: the Python that runs the blocks.
        environ: the environment variables that it runs with.

    Returns:
        Its path, None without R.
    """
    home = environ.get("R_HOME")
    folders = [os.path.dirname(interpreter), *([os.path.join(home, "bin")] if home else [])]
    return shutil.which(
        "Rscript", path=os.pathsep.join([*folders, environ.get("PATH", os.defpath)])
    )


def r_version(rscript: str) -> str:
    """Give what R says of its version; empty when it does not answer.

    Args:
        rscript: the path of Rscript.
    """
    try:
        asked = subprocess.run(
            [rscript, "--version"], capture_output=True, timeout=ANSWERS_IN, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    # R before 4.2 says it on stderr
    return (asked.stdout or asked.stderr).decode("utf-8", "replace").strip()
