"""A process as new: what a block may have changed is put back before the next one runs."""

from __future__ import annotations

import copy
import importlib
import locale
import os
import random
import resource
import signal
import sys
import warnings
from typing import Any, Callable

NO_SHOW = ".*FigureCanvasAgg is non-interactive.*"


class FreshState:
    """Remembers the process as it started and restores it.

    Generators are seeded anew from the system, as in a new process: two blocks must not draw the
    same numbers only because they met the same worker.
    """

    def __init__(self) -> None:
        self._environ = dict(os.environ)
        self._raw = dict(_raw_environ())
        self._path = list(sys.path)
        self._filters = list(warnings.filters)
        self._switch = sys.getswitchinterval()
        self._recursion = sys.getrecursionlimit()
        self._umask = os.umask(0o022)
        os.umask(self._umask)
        self._locale = locale.setlocale(locale.LC_ALL)
        self._limits = {number: resource.getrlimit(number) for number in _LIMITS}
        self._signals: dict[int, Any] = {}
        self._outside: tuple[str, dict[str, Any]] = ("", {})

    def keep_signals(self) -> None:
        """Remember how signals are handled now, as the state to come back to."""
        self._signals = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore(self, cwd: str, folders: list[str]) -> None:
        """Put everything back.

        Args:
            cwd: the folder that the block starts in.
            folders: what stands first on ``sys.path``.
        """
        if _raw_environ() != self._raw:
            os.environ.clear()
            os.environ.update(self._environ)
        os.chdir(cwd)
        os.umask(self._umask)
        # the empty entry is the folder under way, as in a notebook
        sys.path[:] = [*folders, "", *self._path]
        self._forget_modules_in(cwd)
        warnings.filters[:] = self._filters  # type: ignore[index]  # typeshed says Sequence; it is a list
        warnings.filterwarnings("ignore", message=NO_SHOW)
        sys.setswitchinterval(self._switch)
        sys.setrecursionlimit(self._recursion)
        if locale.setlocale(locale.LC_ALL) != self._locale:
            locale.setlocale(locale.LC_ALL, self._locale)
        self._restore_system()
        random.seed()
        for name, restore in _LIBRARIES.items():
            if name in sys.modules:
                restore(sys.modules[name])

    def _forget_modules_in(self, folder: str) -> None:
        """Have modules beside the notebook imported anew: they may have been written since."""
        inside = (os.path.realpath(folder) + os.sep, folder + os.sep)
        kept = (os.path.dirname(__file__), sys.prefix, sys.base_prefix)
        # only what is new since the last time is looked at: there are a thousand with pandas
        outside = self._outside[1] if self._outside[0] == folder else {}
        for name, module in list(sys.modules.items()):
            if outside.get(name) is module:
                continue
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and file.startswith(inside) and not file.startswith(kept):
                del sys.modules[name]
        self._outside = folder, dict(sys.modules)
        importlib.invalidate_caches()

    def _restore_system(self) -> None:
        """Put back limits and signals: an alarm of one block must not end the next."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._signals.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        for number, limits in self._limits.items():
            soft, hard = resource.getrlimit(number)
            # a lowered hard limit stays: only a privileged process may raise it
            if (soft, hard) != limits and hard == limits[1]:
                resource.setrlimit(number, limits)


_LIMITS = sorted({value for name, value in vars(resource).items() if name.startswith("RLIMIT_")})
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2)


def _raw_environ() -> dict[Any, Any]:
    """Give the environment without decoding it: it is compared before each block."""
    raw: dict[Any, Any] = getattr(os.environ, "_data", None) or dict(os.environ)
    return raw


class _Settings:
    """Settings of a library: reset once, then compared, since a reset costs far more."""

    def __init__(self) -> None:
        self._default: Any = None

    def restore(self, current: Callable[[], Any], reset: Callable[[], None]) -> None:
        if self._default is None or current() != self._default:
            reset()
            self._default = copy.deepcopy(current())


_pandas_settings = _Settings()
_matplotlib_settings = _Settings()

NUMPY_PRINT = {
    "edgeitems": 3,
    "threshold": 1000,
    "precision": 8,
    "suppress": False,
    "linewidth": 75,
    "nanstr": "nan",
    "infstr": "inf",
    "sign": "-",
    "floatmode": "maxprec",
    "formatter": None,
}
"""What ``numpy.set_printoptions`` is set to in a new process."""


def _numpy(numpy: Any) -> None:
    if not hasattr(numpy, "set_printoptions"):
        return
    numpy.random.seed()
    numpy.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    shown = numpy.get_printoptions()
    if any(shown[key] != value for key, value in NUMPY_PRINT.items()):
        numpy.set_printoptions(**NUMPY_PRINT)


def _pandas(pandas: Any) -> None:
    config = getattr(getattr(pandas, "_config", None), "config", None)
    registered = getattr(config, "_registered_options", {})

    def reset() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for key, option in registered.items():
                if pandas.get_option(key) != option.defval:
                    pandas.set_option(key, option.defval)

    _pandas_settings.restore(lambda: getattr(config, "_global_config", None), reset)


def _decimal(decimal: Any) -> None:
    decimal.setcontext(decimal.Context())


def _matplotlib(matplotlib: Any) -> None:
    if hasattr(matplotlib, "rc_file_defaults"):
        params = matplotlib.rcParams
        _matplotlib_settings.restore(lambda: dict(dict.items(params)), matplotlib.rc_file_defaults)


_LIBRARIES = {"decimal": _decimal, "numpy": _numpy, "pandas": _pandas, "matplotlib": _matplotlib}
