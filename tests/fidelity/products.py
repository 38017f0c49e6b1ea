"""Stored products, told, in a process apart from those that made them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mage_jlab.blocks.worker.codecs.decode import Decoder
from tests.fidelity.portrait import Portrait, portrait


def main(request: str, answer: str) -> None:
    """Load the products that a file lists as a block would, and write what they are."""
    asked = json.loads(Path(request).read_text())
    sys.path[:0] = [asked["folder"], str(Path(asked["folder"]).parent)]
    told: dict[str, dict[str, Portrait]] = {}
    for block, products in asked["blocks"].items():
        decoder = Decoder(asked["products"])
        told[block] = {product["name"]: _told(decoder, product) for product in products}
    Path(answer).write_text(json.dumps(told) + "\ndone\n")


def _told(decoder: Decoder, product: dict[str, Any]) -> Portrait:
    try:
        return portrait(decoder.load(product))
    except Exception as problem:
        return ["cannot be loaded", f"{type(problem).__name__}: {problem}"[:300]]
