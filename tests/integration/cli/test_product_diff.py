"""``product diff``: what a block returned in two runs."""

from __future__ import annotations

from pathlib import Path

from cli_calling import call

PARTS = {"before", "after", "same", "summary", "schema", "rows", "columns", "key", "sample", "text"}


def test_what_a_block_returned_in_two_runs_is_compared(here: Path) -> None:
    first = call("run", "sales", "--json").document
    again = call("run", "sales", "--json").document
    other = call("run", "sales", "--var", "market=NY", "--json").document
    refs = [f"sales#{run['number']}" for run in (first, again, other)]
    same = call("product", "diff", refs[0], refs[1], "clean", "--json").document
    assert set(same) == PARTS
    assert same["same"]
    assert same["summary"] == "The contents are equal."
    differs = call("product", "diff", refs[0], refs[2], "clean", "--json").document
    assert not differs["same"]
    rows = differs["rows"]
    assert rows["added"] == len(differs["sample"]["added"]) > 0
    assert rows["after"] == rows["before"] + rows["added"] - rows["removed"]
    text = call("product", "diff", refs[0], refs[2], "clean")
    assert text.status == 0
    assert text.out.startswith(differs["summary"])
    assert "Added:" in text.out


def test_what_is_not_there_is_said(here: Path) -> None:
    message = call("product", "diff", "sales#1", "sales#1", "nowhere", "--json").error["message"]
    assert "nowhere" in message
    assert call("product", "diff", "sales#1", "sales#999", "clean", "--json").error
