"""One R block: from its file and the results above to the values that it gives."""

from __future__ import annotations

import base64
import os
import shutil
from typing import Any

from ..display import Display
from ..failures import StatedError
from ..inputs import Inputs
from ..log import AttemptLog
from ..outputs import Unrolled
from .failures import RError
from .receiving import from_r, is_vector
from .sending import to_r
from .serial import Reader, named, stream, texts
from .session import Session, session

FUNCTIONS = {
    "data_loader": "load_data",
    "transformer": "transform",
    "data_exporter": "export_data",
    "custom": "custom",
    "chart": "chart",
}
"""The function that a block without recorded inputs defines; the first three are Mage AI's."""

_KINDS = {
    "simpleError": "RError",
    "mage_syntax": "SyntaxError",
    "mage_refused": "NotFromR",
    "mage_missing": "WrongResults",
    "mage_no_function": "NoFunction",
    "mage_arguments": "WrongArguments",
}


class RBlock:
    """Runs the R of one attempt.

    Args:
        task: the attempt.
        context: runtime variables and what the run says.
        inputs: the values of the blocks above.
        display: takes what the block shows.
        log: where notes go.
    """

    def __init__(
        self,
        task: dict[str, Any],
        context: dict[str, Any],
        inputs: Inputs,
        display: Display,
        log: AttemptLog,
    ) -> None:
        self._task = task
        self._block = task["block"]
        self._context = context
        self._inputs = inputs
        self._display = display
        self._log = log
        self._recorded = self._block.get("inputs") is not None

    def returned(self) -> Any:
        """Run the block and give what it returned, as a Python block's function would.

        Raises:
            StatedError: when R fails, or a value cannot go there or come back.
        """
        r = session()
        folder = os.path.join(r.folder, "attempt")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(os.path.join(folder, "plots"))
        try:
            return self._ran(r, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _ran(self, r: Session, folder: str) -> Any:
        values = os.path.join(folder, "values")
        results = os.path.join(folder, "results")
        positional = self._send(values)
        name = self._block["file"]
        task = {
            "path": texts([os.path.join(self._task["folder"], name)]),
            "file": texts([name]),
            "cwd": texts([self._task["cwd"]]),
            "values": texts([values]),
            "results_file": texts([results]),
            "plots": texts([os.path.join(folder, "plots")]),
            "figure": to_r(self._figure(), "figure", self._say),
            "results": texts(self._block.get("results") or []),
            "optional": texts(self._block.get("optional") or []),
            "call": None if self._recorded else texts([FUNCTIONS[self._block["type"]]]),
            "positional": texts(positional),
        }
        answer = r.run(named(task), self._log)
        if answer["kind"][0] == "failed":
            raise _failure(answer["error"])
        given = answer["given"]
        self._show(given)
        return self._read(results) if given["kept"][0] else None

    def _send(self, path: str) -> list[str]:
        """Write the block's names for R; gives those of its inputs by position."""
        # the logger is Python's
        context = {name: value for name, value in self._context.items() if name != "logger"}
        values = {name: to_r(value, name, self._say) for name, value in context.items()}
        variables = named(values)
        positional = []
        if self._recorded:
            given, unbound = self._inputs.named()
            for name, value in given.items():
                if name not in unbound:
                    values[name] = to_r(value, name, self._say)
        else:
            for number, (_, value) in enumerate(self._inputs.positional(), 1):
                positional.append(f"df_{number}")
                values[positional[-1]] = to_r(value, positional[-1], self._say)
        known = {"kwargs": variables, "global_vars": variables, **values}
        with open(path, "wb") as file:
            file.writelines(stream(named(known)))
        return positional

    def _figure(self) -> dict[str, Any]:
        figure = (self._block.get("configuration") or {}).get("figure") or {}
        known = ("width", "height", "units", "res", "pointsize")
        wrong = sorted(set(figure) - set(known)) if isinstance(figure, dict) else ["figure"]
        if wrong:
            raise StatedError(
                "WrongConfiguration",
                f"figure of {self._block['name']} has {', '.join(wrong)}: "
                f"it is a mapping of {', '.join(known)}.",
            )
        return dict(figure)

    def _say(self, sentence: str) -> None:
        self._log.line("warning", sentence)

    def _show(self, given: dict[str, Any]) -> None:
        if given["shown"] is not None:
            self._display.show({"text/plain": given["shown"][0]}, raw=True)
        for plot in given["plots"]:
            with open(plot, "rb") as file:
                data = base64.b64encode(file.read()).decode()
            self._display.show({"image/png": data, "text/plain": "<a plot of R>"}, raw=True)

    def _read(self, path: str) -> Any:
        with open(path, "rb") as file:
            packed = Reader(file.read()).value()
        found = {name: from_r(value, name, self._say) for name, value in packed.items()}
        recorded = self._block.get("results")
        if recorded is None:
            value = found["output"]
            # a vector is one output, where a list is several
            return (
                Unrolled(value)
                if is_vector(packed["output"]) and isinstance(value, list)
                else value
            )
        single = len(recorded) == 1 and not self._block.get("optional")
        return found[recorded[0]] if single else found


def _failure(error: dict[str, Any]) -> RError:
    def first(key: str) -> Any:
        return error[key][0] if error[key] is not None else None

    kind = first("class")
    column = first("column")
    return RError(
        _KINDS.get(kind, kind),
        first("message"),
        first("line"),
        None if column is None else max(1, column),
        first("shown") or "",
    )
