"""``%product`` in a kernel of its own, as somebody looks into a run from a notebook."""

from __future__ import annotations

from pathlib import Path

import nbclient
import nbformat
from cli_calling import call


def test_the_product_of_a_run_is_a_value_in_a_kernel(here: Path) -> None:
    assert call("run", "sales", "--json", "--var", "market=NY").status == 0
    cells = [
        "%load_ext mage_jlab",
        "clean = %product sales clean",
        "import pandas as pd; assert type(clean) is pd.DataFrame",
        "clean.amount *= 10\nprint(clean.to_csv())",
        "again = %product sales clean\nprint(again.amount.tolist())",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    resources = {"metadata": {"path": str(here / "notebooks")}}
    nbclient.NotebookClient(notebook, timeout=120, resources=resources).execute()
    printed = [cell.outputs[0].text for cell in notebook.cells[3:]]
    assert printed == [",market,amount\n1,NY,20.0\n\n", "[2.0]\n"]
