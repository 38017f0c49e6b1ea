"""The wire types: one JSON Schema of every word, from which the browser's types are made.

``python -m mage_jlab.api.contract`` prints it; ``make contract`` writes ``contract.ts`` from it.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from mage_jlab.domain import (
    analysis,
    block,
    engine,
    export,
    pipeline,
    product,
    product_diff,
    product_profile,
    project,
    run,
    trigger,
)
from mage_jlab.domain.word import Word

WORDS: list[type[Word]] = [
    analysis.Analysis,
    analysis.CellChoice,
    analysis.DiagnosticPlace,
    analysis.Fixed,
    analysis.TaggedCell,
    block.Block,
    block.BlockTemplate,
    block.MadeBlock,
    engine.EngineStatus,
    export.Export,
    pipeline.Graph,
    pipeline.Pipeline,
    pipeline.PipelineRow,
    product.Product,
    product.RowsPage,
    product_diff.ProductDiff,
    product_profile.Profile,
    product_profile.RowFilter,
    product_profile.TreePage,
    project.Project,
    run.Attempt,
    run.Event,
    run.LogPage,
    run.Run,
    trigger.FireTime,
    trigger.Miss,
    trigger.Trigger,
    trigger.TriggerSpec,
]
"""The words that cross the wire; what they refer to comes along."""


def schema() -> dict[str, Any]:
    """Give the JSON Schema with every word under ``$defs``."""
    _, document = models_json_schema(
        [(word, "serialization") for word in WORDS], ref_template="#/$defs/{model}"
    )
    for definition in document["$defs"].values():
        for prop in definition.get("properties", {}).values():
            prop.pop("title", None)
            prop.pop("default", None)
            if "$ref" in prop:
                prop.pop("description", None)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Contract",
        "type": "object",
        "properties": {word.__name__: {"$ref": f"#/$defs/{word.__name__}"} for word in WORDS},
        "required": [word.__name__ for word in WORDS],
        "additionalProperties": False,
        "$defs": document["$defs"],
    }


if __name__ == "__main__":
    import sys

    json.dump(schema(), sys.stdout, indent=2)
