"""The values that a block is given: loaded products of the blocks above, or one value of a list."""

from __future__ import annotations

import time
from typing import Any

from .codecs.decode import Decoder
from .display import PRODUCT
from .fanning import picked
from .log import AttemptLog
from .outputs import as_argument

_kept: dict[str, tuple[Any, Decoder]] = {}
"""What items of a fan-out pick from, while attempts that follow each other pick from it."""


class Inputs:
    """Loads the inputs of one attempt.

    Args:
        task: the executor's message.
        decoder: loads products, and keeps alive what they need.
        log: where frames that were read are noted.
    """

    def __init__(self, task: dict[str, Any], decoder: Decoder, log: AttemptLog) -> None:
        self._task = task
        self._decoder = decoder
        self._log = log
        picked_from = {_key(p) for above in _picking(task) for p in above["products"]}
        for key in set(_kept) - picked_from:
            del _kept[key]

    def named(self) -> tuple[dict[str, Any], set[str]]:
        """Give the recorded inputs by parameter, and the parameters that are bound nowhere."""
        given = {
            above["block"]: above for above in self._task["inputs"] if not self._is_guard(above)
        }
        values: dict[str, Any] = {}
        unbound = set()
        for parameter, address in self._task["block"]["inputs"].items():
            block, _, result = address.rpartition(".")
            above = given.get(block)
            found, value = (False, None) if above is None else self._result(above, result)
            values[parameter] = value
            if not found:
                unbound.add(parameter)
        return values, unbound

    def positional(self) -> list[tuple[str, Any]]:
        """Give one value for each block above, with the block's name."""
        return [
            (above["block"], self._value(above))
            for above in self._task["inputs"]
            if not self._is_guard(above)
        ]

    def metadata(self) -> dict[str, Any]:
        """Give what dynamic blocks say of this item, for its keyword arguments."""
        said: dict[str, Any] = {}
        for above in _picking(self._task):
            outputs = _outputs(above["products"])
            if len(outputs) > 1 and outputs[1]["name"] == "output_1":
                all_said = self._shared(outputs[1])
                if above["pick"] < len(all_said):
                    said.update(picked(all_said, above["pick"]))
        return said

    def _is_guard(self, above: dict[str, Any]) -> bool:
        return above["block"] in (self._task["block"].get("guards") or [])

    def _value(self, above: dict[str, Any]) -> Any:
        if above.get("items") is not None:
            return [
                as_argument([self._read(product) for product in _outputs(products)])
                for products in above["items"]
            ]
        outputs = _outputs(above["products"])
        if above.get("pick") is not None:
            return picked(self._shared(outputs[0]), above["pick"])
        return as_argument([self._read(product) for product in outputs])

    def _result(self, above: dict[str, Any], result: str) -> tuple[bool, Any]:
        """Give one result of a block above, and whether it has it."""
        if above.get("items") is not None:
            by_item = [_by_name(products, result) for products in above["items"]]
            return True, [None if p is None else self._read(p) for p in by_item]
        product = _by_name(above["products"], result)
        if product is None:
            return False, None
        outputs = _outputs(above["products"])
        if above.get("pick") is not None and product is outputs[0]:
            return True, picked(self._shared(product), above["pick"])
        return True, self._read(product)

    def _shared(self, product: dict[str, Any]) -> Any:
        """Load a product that the items after this one pick from too; nobody may change it."""
        key = _key(product)
        if key not in _kept:
            decoder = Decoder(self._task["products"])
            _kept[key] = (decoder.load(product), decoder)
        return _kept[key][0]

    def _read(self, product: dict[str, Any]) -> Any:
        began = time.monotonic()
        value = self._decoder.load(product)
        if product.get("rows") is not None:
            took = time.monotonic() - began
            self._log.line("info", f"read {product['name']}: {shape(product)} in {took:.2f} s")
        return value


def shape(product: dict[str, Any]) -> str:
    """Say how large a stored frame is: ``1,000 × 5``."""
    columns = len(product.get("schema") or ())
    return f"{product['rows']:,} × {columns}" if columns else f"{product['rows']:,}"


def _picking(task: dict[str, Any]) -> list[dict[str, Any]]:
    return [above for above in task["inputs"] if above.get("pick") is not None]


def _outputs(products: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the results among products: not what the block displayed."""
    return [product for product in products if not product["name"].startswith(PRODUCT)]


def _by_name(products: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    return next((product for product in products if product["name"] == name), None)


def _key(product: dict[str, Any]) -> str:
    return f"{product.get('uri')} {product['name']} {product['checksum']}"
