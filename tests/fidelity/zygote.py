"""A process that has imported the big libraries and done nothing else: sessions fork from it.

``python -m tests.fidelity.zygote FD``. Each request on that socket is one JSON text, with the
descriptors that the new process shall have; the answer is its process id. A fork takes hundredths
of a second, the imports of a data notebook take several.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

import mage_jlab

PRELOADED = (
    *("IPython.core.interactiveshell", "numpy", "pandas", "pyarrow", "cloudpickle"),
    *("matplotlib.pyplot", "matplotlib_inline.backend_inline", "scipy.stats", "scipy.optimize"),
    *("sklearn", "statsmodels.api", "statsmodels.formula.api", "seaborn", "seaborn.objects"),
    *("networkx", "tests.fidelity.session", "tests.fidelity.products"),
)
WORKER = Path(mage_jlab.__file__).parent / "blocks" / "worker" / "main.py"
_LARGEST = 1 << 16


def main(descriptor: int) -> None:
    """Serve until the socket closes."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as channel:
        channel.sendall(b"ready")
        while True:
            text, descriptors, *_ = socket.recv_fds(channel, _LARGEST, 3)
            if not text:
                return
            child = os.fork()
            if child == 0:
                channel.close()
                _become(json.loads(text), descriptors)
            for one in descriptors:
                os.close(one)
            channel.sendall(str(child).encode())


def _become(asked: dict[str, Any], descriptors: list[int]) -> None:
    """Be the process that was asked for; the last descriptor takes its output."""
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for output in (1, 2):
            os.dup2(descriptors[-1], output)
        os.environ.update(asked["environ"])
        os.chdir(asked["folder"])
        random.seed()
        sys.modules["numpy"].random.seed()
        if asked["module"] == "worker":
            spec = importlib.util.spec_from_file_location("fidelity_worker", WORKER)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            module.main([str(one) for one in descriptors])
        else:
            sys.modules[f"tests.fidelity.{asked['module']}"].main(*asked["arguments"])
        status = 0
    except BaseException:
        with contextlib.suppress(BaseException):
            traceback.print_exc()
            sys.stderr.flush()
    finally:
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
