"""Block files: function cells, names, types and other languages."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from mage_jlab.domain.analysis import Analysis
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.domain.pipeline import Edge
from mage_jlab.notebook.render import function_name, module_name, render_blocks
from tests.unit.notebook.rendering import Block, Reading, rendered, returned

FUNCTION = """\
@transformer
def clean(raw, *, limit=3, **kwargs):
    return raw[:limit] + KEEP

@test
def check(output):
    assert output
"""


def test_a_function_cell_is_written_as_it_stands(block: Block, reading: Reading) -> None:
    made = rendered(
        block(
            FUNCTION,
            style="function",
            function_name="clean",
            inputs={"raw": "load.raw"},
            results=["clean"],
            head_imports=["from mage_jlab import transformer, test", "import json"],
            copied=["KEEP = [9]"],
        ),
        reading,
    )
    assert FUNCTION in made.text
    assert made.text.startswith(
        'import json\n\nif "test" not in globals():\n    from mage_jlab import test\n\n'
        'if "transformer" not in globals():\n    from mage_jlab import transformer\n\nKEEP = [9]\n'
    )
    first, last = made.record.body or (0, 0)
    assert made.text.split("\n")[first - 1 : last] == FUNCTION.rstrip().split("\n")
    names: dict[str, Any] = {"transformer": lambda f: f, "test": lambda f: f}
    exec(made.text, names)
    assert names["clean"]([1, 2, 3, 4]) == [1, 2, 3, 9]


def test_a_function_cell_keeps_its_own_imports(block: Block, reading: Reading) -> None:
    own = f"from __future__ import annotations\nfrom mage_jlab import transformer, test\n{FUNCTION}"
    scratch = ["from mage_jlab import transformer"]
    cell = block(own, style="function", function_name="clean", head_imports=scratch)
    made = rendered(cell, reading)
    assert "globals()" not in made.text
    assert made.text.startswith("from __future__ import annotations\n\n\npass\n")
    compile(made.text, "clean.py", "exec")


def test_every_type_is_decorated_as_mage_spells_it(block: Block, reading: Reading) -> None:
    for type_ in (BlockType.DATA_LOADER, BlockType.CONDITIONAL, BlockType.CHART, BlockType.SENSOR):
        made = rendered(block("x = 1", type=type_, results=["x"]), reading)
        assert f"@{type_.decorator}\ndef clean(" in made.text
        assert made.file == f"{type_.folder}/clean.py"
        assert returned(made) == 1


def test_sql_is_written_as_it_is(block: Block, reading: Reading) -> None:
    (made,) = render_blocks(
        reading(block("SELECT 1\nFROM t", language=Language.SQL)), "shop"
    ).blocks
    assert (made.text, made.file) == ("SELECT 1\nFROM t\n", "transformers/clean.sql")
    assert made.record.body == (1, 2)


def test_what_is_shared_lies_in_the_projects_utils(block: Block, reading: Reading) -> None:
    made = render_blocks(
        reading(
            block("x = 1", shared=["f"]),
            pipeline="class",
            shared_source="def f(): pass",
            setup_source="import warnings\n",
        ),
        "my-shop",
    )
    assert made.shared == {
        "utils/class_.py": "def f(): pass\n",
        "utils/class__setup.py": "import warnings\n",
    }
    assert "from utils.class_ import f\n" in made.blocks[0].text
    assert module_name("sales") == "sales"


def test_a_renamed_block_is_renamed_everywhere(block: Block, reading: Reading) -> None:
    source = reading(
        block("raw = 1", name="load", results=["raw"], type=BlockType.DATA_LOADER),
        block("x = raw", inputs={"raw": "load.raw"}, results=["x"]),
        block("pass", name="last", upstream=["load"]),
        analysis=Analysis(
            notebook="n",
            pipeline="sales",
            edges=[Edge(from_="load", to="last", why="declared")],
        ),
    )
    load, clean, last = render_blocks(source, "shop", {"load": "sales/load"}).blocks
    assert (load.name, load.file) == ("sales/load", "data_loaders/sales/load.py")
    assert "def load(**kwargs)" in load.text
    assert clean.record.inputs == {"raw": "sales/load.raw"}
    assert (clean.upstream, last.upstream) == (["sales/load"], ["sales/load"])
    assert (clean.record.declared, last.record.declared) == ([], ["sales/load"])


def test_what_cannot_be_a_function_is_refused_with_its_cell(block: Block, reading: Reading) -> None:
    with pytest.raises(UnprocessableError, match=r"cell #0 \(clean\) cannot be written"):
        rendered(block("return = 3"), reading)


@pytest.mark.parametrize(
    ("name", "expected"), [("team/load", "load"), ("a/class", "class_"), ("a/1 b", "letter_1_b")]
)
def test_the_function_is_named_as_the_last_part(name: str, expected: str) -> None:
    assert function_name(name) == expected


def test_the_decorators_of_mage_jlab_let_a_file_be_imported(
    block: Block, reading: Reading, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rendered(block("x = a + 1", inputs={"a": "b.a"}, results=["x"]), reading)
    (tmp_path / "block_file_for_import.py").write_text(made.text)
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("block_file_for_import")
    monkeypatch.delitem(sys.modules, "block_file_for_import")
    assert module.clean(1) == 2
