"""YAML: read as Mage AI reads it, rewritten without losing anything."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.store.yaml_text import dump_yaml, plain, read_mapping, rewrite_yaml

COMMENTED = """\
# the night's pipeline
name: sales   # short
unknown:
  nested: [1, 2]   # kept
n: yes
code: 012
empty:
quoted: "x"
when: 2026-11-24 02:30:00
"""


def test_a_rewrite_keeps_comments_order_and_unknown_keys() -> None:
    def change(tree: Any) -> None:
        tree["name"] = "revenue"
        tree["added"] = ["a", None]

    text = rewrite_yaml(COMMENTED, "p.yaml", change)
    for kept in ("# the night's pipeline", "# short", "[1, 2]   # kept", 'quoted: "x"'):
        assert kept in text
    before = yaml.safe_load(COMMENTED)
    assert yaml.safe_load(text) == before | {"name": "revenue", "added": ["a", None]}
    assert list(yaml.safe_load(text)) == [*before, "added"]


def test_a_rewrite_that_changes_no_value_changes_no_byte() -> None:
    def change(tree: Any) -> None:
        tree["name"] = "sales"

    assert rewrite_yaml(COMMENTED, "p.yaml", change) == COMMENTED


@pytest.mark.parametrize(
    "value",
    [
        *("NO", "on", "yes", "y", "n", "null", "~", "12:30:00", "1e3", "012", "0x1f", "* * * * *"),
        *("2026-11-24", "a: b", "# no comment", "", " x ", "- a", "é\nü\n", "'", '"', "@once"),
        "{{ x }}",
    ],
)
def test_texts_that_look_like_something_else_stay_texts(value: str) -> None:
    text = dump_yaml({"key": value, "list": [value], value or "k": 1})
    assert yaml.safe_load(text) == {"key": value, "list": [value], value or "k": 1}


def test_a_corrupt_file_is_named_with_line_and_column() -> None:
    with pytest.raises(UnreadableFileError) as caught:
        read_mapping("a: 1\nb: [1, 2\nc: 3\n", "pipelines/p/metadata.yaml")
    assert (caught.value.path, caught.value.line) == ("pipelines/p/metadata.yaml", 3)
    assert caught.value.column == 2
    assert "pipelines/p/metadata.yaml, line 3, column 2" in caught.value.message


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text", "3"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFileError, match="keys and values"):
        read_mapping(text, "metadata.yaml")


def test_yaml_that_would_make_objects_is_refused() -> None:
    with pytest.raises(UnreadableFileError):
        read_mapping("a: !!python/object/apply:os.system [id]\n", "metadata.yaml")


def test_plain_gives_what_json_holds() -> None:
    value = yaml.safe_load(
        "when: 2026-11-24 02:30:00\nday: 2026-11-24\nset: !!set {a, b}\n1: true\n"
    )
    assert plain(value) == {
        "when": "2026-11-24T02:30:00",
        "day": "2026-11-24",
        "set": ["a", "b"],
        "1": True,
    }
