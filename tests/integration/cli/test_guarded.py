"""A pipeline of Mage AI's kind: blocks by position, a conditional that guards, a callback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cli_calling import call

PIPELINE = """\
blocks:
- {type: data_loader, uuid: load, name: load, language: python, upstream_blocks: [],
   downstream_blocks: [clean]}
- {type: transformer, uuid: clean, name: clean, language: python, upstream_blocks: [load],
   downstream_blocks: [count, only_if, tell]}
- {type: transformer, uuid: count, name: count, language: python, upstream_blocks: [clean],
   downstream_blocks: []}
- {type: transformer, uuid: other, name: other, language: python, upstream_blocks: [load],
   downstream_blocks: []}
conditionals:
- {type: conditional, uuid: only_if, name: only_if, language: python, upstream_blocks: [clean],
   downstream_blocks: []}
callbacks:
- {type: callback, uuid: tell, name: tell, language: python, upstream_blocks: [clean],
   downstream_blocks: []}
name: guarded
type: python
uuid: guarded
variables: {least: 2}
"""
BLOCKS = {
    "data_loaders/load.py": "@data_loader\ndef load():\n    return {'numbers': [1, 2, 3]}\n",
    "transformers/clean.py": "@transformer\ndef clean(data):\n"
    "    return {'numbers': data['numbers'][1:]}\n",
    "transformers/count.py": "@transformer\ndef count(data):\n    return len(data['numbers'])\n",
    "transformers/other.py": "@transformer\ndef other(data):\n    return 'other'\n",
    "conditionals/only_if.py": "@condition\ndef enough(data, **kwargs):\n"
    "    return len(data['numbers']) >= kwargs['least']\n",
    "callbacks/tell.py": "@callback('success')\ndef tell(data, **kwargs):\n"
    "    print('cleaned', len(data['numbers']), kwargs['pipeline_uuid'])\n",
}


@pytest.fixture
def guarded(fresh: Path) -> Path:
    """Write the pipeline's files as Mage AI writes them."""
    for path, text in {"pipelines/guarded/metadata.yaml": PIPELINE, **BLOCKS}.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        (fresh / path).write_text(text)
    return fresh


def states(run: dict[str, Any]) -> dict[str, str]:
    return {block["block"]: block["state"] for block in run["block_runs"]}


def test_a_condition_that_holds_lets_its_block_run_on_its_own_inputs(guarded: Path) -> None:
    ran = call("run", "guarded", "--json")
    assert ran.status == 0, ran
    assert set(states(ran.document).values()) == {"success"}
    assert call("product", "show", "guarded", "count", "--json").document["value"] == 2
    logs = call("runs", "logs", "last", "--block", "tell", "--json").document["lines"]
    assert [line["text"] for line in logs] == ["cleaned 2 guarded"]


def test_a_condition_that_does_not_hold_ends_its_branch_alone(guarded: Path) -> None:
    ran = call("run", "guarded", "--var", "least=4", "--json")
    assert ran.status == 0, ran
    assert ran.document["state"] == "success"
    assert states(ran.document) == {
        "load": "success",
        "only_if": "success",
        "clean": "condition_false",
        "count": "condition_false",
        "tell": "condition_false",
        "other": "success",
    }
