"""Which Python runs a pipeline's blocks: the interpreter of its kernelspec."""

from __future__ import annotations

import os
import re
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

from mage_jlab.domain.errors import UnprocessableError

ASK_S = 60.0
"""How long a kernel may take to say which interpreter it is, in seconds."""

PYTHON = re.compile(r"^python(\d+(\.\d+)?)?(\.exe)?$")

_asked: dict[tuple[str, float], str] = {}
_asked_lock = threading.Lock()


@dataclass(frozen=True)
class Interpreter:
    """A Python, and what its kernelspec adds to the environment."""

    executable: str
    environ: dict[str, str] = field(default_factory=dict)


def find_interpreter(kernel: str | None, place: Path = Path()) -> Interpreter:
    """Give the interpreter of a kernelspec or of a virtual environment; else this process's own.

    A kernelspec that starts a wrapper (``conda run``, ``bash -c``) is started once and asked.

    Args:
        kernel: the kernelspec's name, as the workbench records it, or the path of a virtual
            environment (what contains a ``/``).
        place: the folder that such a path is relative to.

    Raises:
        UnprocessableError: when there is no such kernelspec or environment here, or it is no local
            Python.
    """
    if kernel is None:
        return Interpreter(sys.executable)
    if "/" in kernel:
        return _of_environment(kernel, place)
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel)
    except NoSuchKernel:
        raise UnprocessableError(
            f"The kernel {kernel} of this pipeline is not installed here: install its kernelspec, "
            "or choose another kernel in the workbench and export it again.",
            reason="kernel-missing",
        ) from None
    provisioner = (spec.metadata or {}).get("kernel_provisioner", {}).get("provisioner_name")
    if provisioner not in (None, "local-provisioner"):
        raise UnprocessableError(
            f"The kernel {kernel} runs elsewhere ({provisioner}): choose a local one, blocks run "
            "on this machine.",
            reason="kernel-remote",
        )
    if spec.language.lower() != "python":
        raise UnprocessableError(
            f"The kernel {kernel} is for {spec.language}: choose a Python kernel.",
            reason="kernel-language",
        )
    environ = {str(name): str(value) for name, value in (spec.env or {}).items()}
    return Interpreter(_executable(kernel, list(spec.argv), spec.resource_dir), environ)


def _of_environment(path: str, place: Path) -> Interpreter:
    """Give the interpreter of a virtual environment, with what activating it would set."""
    folder = place / Path(path).expanduser()
    executable = folder / "bin" / "python"
    if not executable.is_file():
        raise UnprocessableError(
            f"The environment {path} of this pipeline has no bin/python: make it with "
            f"python -m venv {path}, or choose another kernel.",
            reason="kernel-missing",
        )
    # the link is not followed: by it Python finds the environment's packages
    found = os.pathsep.join([str(executable.parent), os.environ.get("PATH", os.defpath)])
    return Interpreter(str(executable), {"VIRTUAL_ENV": str(folder), "PATH": found})


def _executable(kernel: str, argv: list[str], resources: str) -> str:
    if not argv:
        raise UnprocessableError(
            f"The kernelspec {kernel} says nothing to start.", reason="kernel-broken"
        )
    first = Path(argv[0])
    current = {"python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)}
    if argv[0] in current:
        # jupyter_client starts this very interpreter for these names
        return sys.executable
    if PYTHON.match(first.name) and argv[1:2] == ["-m"]:
        return argv[0]
    file = Path(resources) / "kernel.json"
    key = (str(file), file.stat().st_mtime if file.exists() else 0.0)
    with _asked_lock:
        if key not in _asked:
            _asked[key] = _ask(kernel)
        return _asked[key]


def _ask(kernel: str) -> str:
    """Start the kernel for a moment and ask it for ``sys.executable``."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=kernel)
    client = None
    try:
        manager.start_kernel()
        client = manager.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=ASK_S)
        reply = client.execute_interactive(
            "",
            user_expressions={"executable": "__import__('sys').executable"},
            timeout=ASK_S,
            output_hook=lambda _: None,
        )
        text = str(reply["content"]["user_expressions"]["executable"]["data"]["text/plain"])
    except Exception as error:
        raise UnprocessableError(
            f"The kernel {kernel} of this pipeline does not start: {error}", reason="kernel-broken"
        ) from error
    finally:
        if client is not None:
            client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
    return text.strip("'\"")
