"""Names that blocks without results get from their code."""

from __future__ import annotations

import pytest

from tests.unit.notebook.notebooks_made import reading


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("import matplotlib.pyplot as plt\nplt.plot([1])\nplt.title('t')\nplt.show()", "plot"),
        (
            "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.savefig('out/sin.png')",
            "savefig_sin",
        ),
        ("with open('data/ab.csv', 'w') as _f:\n    _f.write('x')", "write_ab"),
        ("%%writefile tools.py\nx = 1", "write_tools"),
        ("!curl -O http://x.y/z.csv", "run_curl"),
        ("%%bash\nls", "run_bash"),
        ("%%html\n<b>x</b>", "show_html"),
        ("!mkdir -p out && ls", "run_mkdir"),
    ],
)
def test_a_block_without_results_is_named_by_what_it_does(cell: str, name: str) -> None:
    assert [block.name for block in reading(("custom", cell)).blocks] == [name]
