"""What an export records of a pipeline."""

from __future__ import annotations

import pytest
import yaml

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.domain.trigger import CatchUp
from mage_jlab.store.record_yaml import (
    BlockRecord,
    PipelineRecord,
    TriggerRecord,
    parse_record,
    write_record,
)

RECORD = PipelineRecord(
    workbench="notebooks/sales.ipynb",
    kernel="python3",
    shared={"utils/sales.py": "aa"},
    variables={"market": "NO"},
    blocks={
        "load": BlockRecord(cell="c1", source="s", file="f", body=(3, 9), inputs={}, results=[]),
        "clean": BlockRecord(
            cell="c2",
            body=(1, 1),
            inputs={"raw": "load.raw"},
            results=["a", "b"],
            optional=["b"],
            declared=["load"],
        ),
    },
    triggers={"nightly": TriggerRecord(tz="Europe/Berlin", catch_up=CatchUp.ALL)},
)


def test_a_record_is_read_back_as_it_was_written() -> None:
    text = write_record(None, "mage_jlab.yaml", RECORD)
    assert parse_record(text, "mage_jlab.yaml") == RECORD
    assert write_record(text, "mage_jlab.yaml", RECORD) == text
    assert RECORD.names_by_cell == {"c1": "load", "c2": "clean"}
    assert yaml.safe_load(text)["blocks"]["load"]["results"] == []


def test_comments_and_unknown_keys_stay_and_blocks_that_are_gone_go() -> None:
    text = "# ours\nfuture: {a: 1}\n" + write_record(None, "mage_jlab.yaml", RECORD)
    text = text.replace("  load:\n", "  load:   # the first\n    later: yes\n")
    blocks = {"load": RECORD.blocks["load"].model_copy(update={"file": "new"})}
    again = write_record(text, "r", RECORD.model_copy(update={"blocks": blocks, "kernel": None}))
    values = yaml.safe_load(again)
    assert again.startswith("# ours\n")
    assert "# the first" in again
    assert values["future"] == {"a": 1}
    assert values["blocks"] == {
        "load": {
            "later": True,
            "cell": "c1",
            "source": "s",
            "file": "new",
            "body": [3, 9],
            "inputs": {},
            "results": [],
        }
    }
    assert "kernel" not in values
    assert values["triggers"] == {"nightly": {"tz": "Europe/Berlin", "catch_up": "all"}}


def test_without_a_file_nothing_is_recorded() -> None:
    assert parse_record(None, "r") == PipelineRecord()
    assert parse_record("blocks:\nworkbench: null\n", "r") == PipelineRecord()


@pytest.mark.parametrize("text", ["blocks: [a]\n", "blocks: {a: {body: x}}\n", "- 1\n", "a: [\n"])
def test_a_bad_record_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="pipelines/p/mage_jlab"):
        parse_record(text, "pipelines/p/mage_jlab.yaml")
