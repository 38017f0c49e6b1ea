"""One attempt of one block, from its inputs to its stored products."""

from __future__ import annotations

import asyncio
import inspect
import os
import runpy
import time
from typing import Any, Callable

from . import arguments, decorators
from .codecs.decode import Decoder
from .codecs.encode import Encoder
from .codecs.files import OutputFolder
from .context import keywords
from .display import PRODUCT, Display, shower
from .failures import StatedError
from .log import AttemptLog
from .outputs import as_argument, results
from .source import BlockSource

SENSOR_PAUSE = 60.0
"""How long a sensor waits before it is asked again, in seconds, unless its configuration says."""


class Attempt:
    """Runs one task.

    Args:
        task: the executor's message.
        log: where notes go.
    """

    def __init__(self, task: dict[str, Any], log: AttemptLog) -> None:
        self._task = task
        self._block = task["block"]
        self._log = log
        self._display = Display(log)
        self._decoder = Decoder(task["products"])
        self._context = keywords(task)
        self._folder = OutputFolder(task["products"], task["output"])

    def run(self) -> dict[str, Any]:
        """Run the block; gives ``products`` and, for a conditional, ``condition``.

        Raises:
            BaseException: whatever the block raises; what it had written is taken away then.
        """
        shower.current = self._display
        try:
            self._run_setup()
            self._check_language()
            if self._block["type"] == "conditional":
                return {"products": [], "condition": self._condition()}
            if self._block["type"] == "callback":
                return {"products": self._callback()}
            return {"products": self._products()}
        except BaseException:
            self._display.flush_figures(show=False)
            self._folder.discard()
            raise
        finally:
            shower.current = None

    def _check_language(self) -> None:
        language = self._block["language"]
        if language != "python":
            raise StatedError(
                "UnknownLanguage",
                f"{self._block['name']} is written in {language}: only Python blocks can be run.",
            )

    def _run_setup(self) -> None:
        if self._task.get("setup"):
            runpy.run_path(os.path.join(self._task["folder"], self._task["setup"]))

    def _products(self) -> list[dict[str, Any]]:
        recorded = self._block.get("results")
        is_sensor = self._block["type"] == "sensor"
        module, call = self._prepared()
        returned = self._until_true(call) if is_sensor else self._finished(call())
        self._display.flush_figures()
        given = {}
        if not is_sensor or recorded:
            given = results(returned, self._block)
        encoder = Encoder(self._folder, as_chart=self._block["type"] == "chart")
        products = encoder.encode(given)
        for product in products:
            if product.get("rows") is not None:
                what = f"{product['name']}: {_shape(product)}, {_size(product['bytes'])}"
                self._log.line("info", f"stored {what}")
        products += self._display.products(encoder.bundle)
        self._folder.seal(
            {
                "version": 1,
                "block": self._block["name"],
                "run": self._task["run"],
                "token": self._task["token"],
                "code": self._block["code"],
                "inputs": {
                    f"{above['block']}.{product['name']}": product["checksum"]
                    for above in self._task["inputs"]
                    for product in above["products"]
                },
                "products": products,
            }
        )
        self._run_tests(module, list(given.values()))
        return products

    def _prepared(self) -> tuple[Any, Callable[[], Any]]:
        """Load the file and bind the inputs; gives the module and the call of its function."""
        by_name = self._block.get("inputs") is not None
        named, unbound = self._named_inputs() if by_name else (None, set())
        positional = [] if by_name else self._positional_inputs()
        source = self._source()
        names: dict[str, Any] = dict(decorators.ALL)
        for place, (above, value) in enumerate(positional):
            names[f"df_{place + 1}"] = value
            if above.isidentifier():
                names[above] = value
        names["display"] = shower.display
        module = source.load(names, self._display.last, unbound)
        values = [value for _, value in positional]
        for prepare in decorators.marked(vars(module), "preprocesser", module.__name__):
            self._finished(arguments.call_by_position(prepare, values, self._context, "it"))
        return module, self._bound(source.functions(module), named, values)

    def _bound(
        self, functions: list[Callable[..., Any]], named: dict[str, Any] | None, values: list[Any]
    ) -> Callable[[], Any]:
        """Give the call of the first function; of a callback, of the first for success."""
        function = functions[0]
        type_ = self._block["type"]
        if type_ == "callback":
            given = {one: getattr(one, decorators.ARGUMENTS, ()) for one in functions}
            wanted = [one for one in functions if not given[one] or "success" in given[one]]
            if not wanted:
                return lambda: None
            function = wanted[0]
            if not given[function] and named is None:
                # as in Mage AI: a bare callback is called with nothing
                return function
        if named is not None:
            return lambda: arguments.call_by_name(function, named, self._context)
        if type_ == "sensor":
            return lambda: arguments.call_sensor(function, values, self._context)
        name = self._block["name"]
        return lambda: arguments.call_by_position(function, values, self._context, name)

    def _callback(self) -> list[dict[str, Any]]:
        """Run a callback: as in Mage AI its failure is logged and changes no status."""
        try:
            return self._products()
        except Exception as error:
            self._log.line("error", f"{type(error).__name__}: {error}")
            return []

    def _source(self) -> BlockSource:
        file = self._block["file"]
        mark = "condition" if self._block["type"] == "conditional" else self._block["type"]
        return BlockSource(
            os.path.join(self._task["folder"], file),
            os.path.join(self._task["place"], file),
            mark,
            self._block.get("body"),
            self._block["name"],
        )

    def _named_inputs(self) -> tuple[dict[str, Any], set[str]]:
        given = {
            (above["block"], product["name"]): product
            for above in self._task["inputs"]
            for product in above["products"]
        }
        values: dict[str, Any] = {}
        unbound = set()
        for parameter, address in self._block["inputs"].items():
            block, _, result = address.rpartition(".")
            product = given.get((block, result))
            if product is None:
                unbound.add(parameter)
                values[parameter] = None
            else:
                values[parameter] = self._read(product)
        return values, unbound

    def _positional_inputs(self) -> list[tuple[str, Any]]:
        inputs = []
        guards = self._block.get("guards") or []
        for above in self._task["inputs"]:
            if above["block"] in guards:
                continue
            outputs = [p for p in above["products"] if not p["name"].startswith(PRODUCT)]
            loaded = [self._read(product) for product in outputs]
            inputs.append((above["block"], as_argument(loaded)))
        return inputs

    def _read(self, product: dict[str, Any]) -> Any:
        began = time.monotonic()
        value = self._decoder.load(product)
        if product.get("rows") is not None:
            took = time.monotonic() - began
            self._log.line("info", f"read {product['name']}: {_shape(product)} in {took:.2f} s")
        return value

    def _until_true(self, call: Callable[[], Any]) -> Any:
        """Ask a sensor until it says yes; one that states nothing has waited by itself."""
        pause = float(self._block.get("configuration", {}).get("poll_interval", SENSOR_PAUSE))
        while True:
            answer = self._finished(call())
            if answer or self._block.get("results") == []:
                return answer
            self._log.line("info", f"Not yet: asked again in {pause:g} s.")
            self._log.flush()
            time.sleep(pause)

    def _condition(self) -> bool:
        values = [value for _, value in self._positional_inputs()]
        source = self._source()
        module = source.load(dict(decorators.ALL), self._display.last, set())
        for function in source.functions(module):
            try:
                answer = self._finished(
                    arguments.call_by_position(function, values, self._context, "the condition")
                )
            except Exception as error:
                # as in Mage AI: a condition that fails is not met, and says why
                self._log.line("error", f"{type(error).__name__}: {error}")
                return False
            if not answer:
                return False
        return True

    def _run_tests(self, module: Any, values: list[Any]) -> None:
        tests = decorators.marked(vars(module), "test", module.__name__)
        failed: BaseException | None = None
        passed = 0
        for test in tests:
            context = self._context if arguments.accepts_keywords(test) else {}
            try:
                self._finished(test(*values, **context))
                passed += 1
            except Exception as error:
                self._log.line("error", f"{test.__name__}: {type(error).__name__}: {error}")
                failed = failed or error
        if tests:
            self._log.line("info", f"{passed}/{len(tests)} tests passed.")
        if failed is not None:
            raise failed

    @staticmethod
    def _finished(value: Any) -> Any:
        """Wait for what an async function gives."""
        return asyncio.run(value) if inspect.iscoroutine(value) else value


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"


def _shape(product: dict[str, Any]) -> str:
    columns = len(product.get("schema") or ())
    return f"{product['rows']:,} × {columns}" if columns else f"{product['rows']:,}"
