"""Notebooks as documents."""

from __future__ import annotations

import json

import pytest

from mage_jlab.domain.errors import BadInputError
from mage_jlab.notebook.document import (
    cells_of,
    dump_notebook,
    kernel_of,
    language_of,
    needs_upgrade,
    parse_notebook,
    pipeline_of,
    upgrade,
)
from tests.unit.notebook.oracle import notebook


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("{'a': 1}", "line 1, column 2"),
        ("[1]", "no cells"),
        ("{}", "no cells"),
        ('{"nbformat": 5}', "format 5"),
        ('{"nbformat": 4, "cells": {}}', "no cells"),
        ('{"nbformat": 4, "cells": [1]}', "Cell #0"),
        ('{"nbformat": 4, "cells": [{"source": [1]}]}', "Cell #0"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_notebook(text: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message) as caught:
        parse_notebook(text)
    assert caught.value.reason == "not-a-notebook"


def test_a_notebook_comes_back_as_it_was() -> None:
    document = notebook(("", "x = 'ä'"))
    text = dump_notebook(document)
    assert parse_notebook(text) == document
    assert "ä" in text
    assert text == json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def test_sources_as_lists_and_cells_without_metadata() -> None:
    document = parse_notebook(
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a = 1\\n", "b = 2"]}]}'
    )
    cell = next(cells_of(document))
    assert (cell.source, cell.id, cell.tags, cell.mage) == ("a = 1\nb = 2", "#0", [], {})


def test_upgrade_gives_each_cell_an_id_of_its_own() -> None:
    document = notebook(("", "x"), ("", "y"), ("", "z"))
    document["cells"][1]["id"] = "c0"
    document["cells"][2]["id"] = ""
    assert needs_upgrade(document)
    assert upgrade(document) is document
    ids = [cell["id"] for cell in document["cells"]]
    assert ids[0] == "c0"
    assert len(set(ids)) == 3
    assert all(ids)
    assert not needs_upgrade(document)


def test_an_empty_language_is_an_unknown_one() -> None:
    metadata = {"kernelspec": {"name": "", "language": ""}, "language_info": {"name": ""}}
    assert language_of({"metadata": metadata}) == "python"
    metadata["kernelspec"]["language"] = "R"
    assert language_of({"metadata": metadata}) == "r"


def test_kernel_language_and_pipeline() -> None:
    document = notebook()
    assert (kernel_of(document), language_of(document)) == (None, "python")
    document["metadata"] = {
        "kernelspec": {"name": "conda-x", "language": "Julia"},
        "mage": {"pipeline": "sales"},
    }
    assert (kernel_of(document), language_of(document), pipeline_of(document, "a.ipynb")) == (
        "conda-x",
        "julia",
        "sales",
    )
    assert (
        pipeline_of(notebook(), "notebooks/2024 Sales-Report.ipynb") == "letter_2024_sales_report"
    )
