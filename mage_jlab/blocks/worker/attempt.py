"""One attempt of one block, from its inputs to its stored products."""

from __future__ import annotations

import asyncio
import inspect
import os
import runpy
from typing import TYPE_CHECKING, Any, Callable

from . import arguments, decorators, guarding
from .charts import block as charts
from .codecs.decode import Decoder
from .codecs.encode import Encoder
from .codecs.files import OutputFolder
from .context import keywords
from .display import Display, shower
from .failures import StatedError, name_test
from .fanning import counted, fanned_out
from .inputs import Inputs, shape
from .log import AttemptLog
from .outputs import Unrolled, results, unrolled
from .source import MUTE, BlockSource

if TYPE_CHECKING:
    from .configured.block import ConfiguredBlock
    from .sql.block import SqlBlock

SENSOR_PAUSE = 60.0
"""How long a sensor waits before it is asked again, in seconds, unless its configuration says."""

PYTHON_ALONE = {
    "sql": ("sensor", "conditional", "callback", "chart"),
    "r": ("sensor", "conditional", "callback"),
    "yaml": ("sensor", "conditional", "callback", "chart", "transformer", "custom"),
}
"""The types of blocks that another language does not have."""


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
        self._inputs = Inputs(task, self._decoder, log)
        self._context = {**keywords(task), **self._inputs.metadata()}
        self._folder = OutputFolder(task["products"], task["output"])

    def run(self) -> dict[str, Any]:
        """Run the block.

        Returns:
            Its ``products``; for a conditional ``condition``, for a dynamic block ``opened``, for
            a sensor that said no ``again``, and ``kind`` where it is no success.

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
            return self._products()
        except BaseException:
            self._display.flush_figures(show=False)
            self._folder.discard()
            raise
        finally:
            shower.current = None

    def _check_language(self) -> None:
        language = self._block["language"]
        if language not in ("python", *PYTHON_ALONE):
            raise StatedError(
                "UnknownLanguage",
                f"{self._block['name']} is written in {language}: only Python, SQL, R and YAML "
                "blocks can be run.",
            )
        type_ = self._block["type"]
        if type_ in PYTHON_ALONE.get(language, ()):
            raise StatedError(
                "UnknownLanguage",
                f"{self._block['name']} is a {type_}, which cannot be written in "
                f"{language.upper()}: write it in Python.",
            )

    def _run_setup(self) -> None:
        if self._task.get("setup") and self._block["language"] == "python":
            runpy.run_path(os.path.join(self._task["folder"], self._task["setup"]))

    def _products(self) -> dict[str, Any]:
        if self._block["language"] in ("sql", "yaml"):
            return {"products": self._queried()}
        if self._block["language"] == "r":
            return self._from_r()
        recorded = self._block.get("results")
        module, call = self._prepared()
        returned = unrolled(self._finished(call()), self._block["name"])
        self._display.flush_figures()
        is_sensor = self._block["type"] == "sensor"
        if is_sensor and not returned and recorded != []:
            return self._not_yet()
        answer: dict[str, Any] = {}
        given: dict[str, Any] = {}
        if not is_sensor or recorded:
            given, answer = self._results(returned)
        answer["products"] = self._stored(given)
        self._run_tests(module, list(given.values()))
        return answer

    def _results(self, returned: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Split what was returned into results, and say what a dynamic block opens."""
        if not self._block.get("configuration", {}).get("dynamic"):
            return results(returned, self._block), {}
        if type(returned) is Unrolled:
            returned = list(returned)
        if self._block.get("results") is None:
            given, opened = fanned_out(returned, self._block)
            return given, {"opened": opened}
        given = results(returned, self._block)
        name = self._block["name"]
        values = next(iter(given.values()), None)
        return given, {"opened": {"count": counted(values, name), "names": None}}

    def _not_yet(self) -> dict[str, Any]:
        """Give a sensor's no: the engine asks again, and no worker waits for that."""
        pause = self._block.get("configuration", {}).get("poll_interval", SENSOR_PAUSE)
        try:
            again = max(0.0, float(pause))
        except (TypeError, ValueError):
            raise StatedError(
                "WrongConfiguration",
                f"poll_interval of {self._block['name']} is {pause!r}: give a number of seconds.",
            ) from None
        self._log.line("info", f"Not yet: asked again in {again:g} s.")
        return {"kind": "waiting", "products": [], "again": again}

    def _queried(self) -> list[dict[str, Any]]:
        """Run a SQL or YAML block; its rows are stored while its connection is open."""
        block = self._connected()
        try:
            products = self._stored(block.results())
        except BaseException:
            block.close(done=False)
            raise
        block.close(done=True)
        return products

    def _connected(self) -> SqlBlock | ConfiguredBlock:
        if self._block["language"] == "yaml":
            from .configured.block import ConfiguredBlock

            return ConfiguredBlock(
                self._task, self._context, self._inputs, self._decoder, self._log
            )
        from .sql.block import SqlBlock

        return SqlBlock(self._task, self._context, self._decoder, self._log)

    def _from_r(self) -> dict[str, Any]:
        from .r.block import RBlock

        block = RBlock(self._task, self._context, self._inputs, self._display, self._log)
        given, answer = self._results(block.returned())
        answer["products"] = self._stored(given)
        return answer

    def _stored(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Store results and what was shown, and seal the attempt's folder; gives the manifests."""
        encoder = Encoder(self._folder, as_chart=self._block["type"] == "chart")
        products = encoder.encode(given)
        for product in products:
            if product.get("rows") is not None:
                what = f"{product['name']}: {shape(product)}, {_size(product['bytes'])}"
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
                    + [product for own in above.get("items") or [] for product in own]
                },
                "products": products,
            }
        )
        return products

    def _prepared(self) -> tuple[Any, Callable[[], Any]]:
        """Load the file and bind the inputs; gives the module and the call of its function."""
        by_name = self._block.get("inputs") is not None
        named, unbound = self._inputs.named() if by_name else (None, set())
        positional = [] if by_name else self._inputs.positional()
        source = self._source()
        names: dict[str, Any] = dict(decorators.ALL)
        if self._block["type"] == "chart":
            names.update(charts.MARKS)
        for place, (above, value) in enumerate(positional):
            names[f"df_{place + 1}"] = value
            if above.isidentifier():
                names[above] = value
        names["display"] = shower.display
        names[MUTE] = self._display.mute
        module = source.load(names, self._display.last, unbound)
        values = [value for _, value in positional]
        for prepare in decorators.marked(vars(module), "preprocesser", module.__name__):
            self._finished(arguments.call_by_position(prepare, values, self._context, "it"))
        if self._block["type"] == "chart" and not source.has_function(module):
            return module, lambda: charts.drawn(module, values, self._block, self._called)
        return module, self._bound(source.functions(module), named, values)

    def _called(self, function: Callable[..., Any], values: list[Any]) -> Any:
        name = self._block["name"]
        return self._finished(arguments.call_by_position(function, values, self._context, name))

    def _bound(
        self, functions: list[Callable[..., Any]], named: dict[str, Any] | None, values: list[Any]
    ) -> Callable[[], Any]:
        """Give the call of the first function."""
        function = functions[0]
        if named is not None:
            return lambda: arguments.call_by_name(function, named, self._context)
        if self._block["type"] == "sensor":
            return lambda: arguments.call_sensor(function, values, self._context)
        name = self._block["name"]
        return lambda: arguments.call_by_position(function, values, self._context, name)

    def _callback(self) -> list[dict[str, Any]]:
        """Call what the file has for how the guarded block ended; what it shows is kept."""
        guarded = self._task.get("guarded") or {"block": None, "state": "success"}
        context = self._asked_of(guarded["block"])
        if guarded.get("error"):
            context["__error"] = guarding.BlockFailedError(guarded["error"])
        recorded = self._block.get("inputs") is not None
        named, unbound = self._inputs.named() if recorded else ({}, set())
        given: list[Any] = [] if recorded else [value for _, value in self._inputs.positional()]
        functions = self._source().functions(self._loaded(unbound))
        for function in guarding.wanted(functions, guarded["state"]):
            if recorded:
                self._finished(arguments.call_by_name(function, named, context))
            else:
                self._finished(guarding.call(function, given[0] if given else [], context))
        self._display.flush_figures()
        return self._stored({})

    def _asked_of(self, block: str | None) -> dict[str, Any]:
        """Give the keywords of what is called about another block."""
        run = guarding.PipelineRun(self._task, self._context)
        return {**self._context, "parent_block_uuid": block, "pipeline_run": run}

    def _loaded(self, unbound: set[str]) -> Any:
        names = {**decorators.ALL, "display": shower.display, MUTE: self._display.mute}
        return self._source().load(names, self._display.last, unbound)

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

    def _condition(self) -> bool:
        """Ask all conditions; one that raises fails, since nobody would look for its error."""
        values = [value for _, value in self._inputs.positional()]
        context = self._asked_of(next(iter(self._block.get("guarding") or []), None))
        for function in self._source().functions(self._loaded(set())):
            answer = arguments.call_by_position(function, values, context, "the condition")
            if not self._finished(answer):
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
                name_test(error, test.__name__)
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
