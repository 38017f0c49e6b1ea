"""Notebooks and projects that are not as they should be: a clear message, nothing half-written."""

from __future__ import annotations

import ctypes
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mage_jlab.domain.errors import BadInputError, ConflictError, UnreadableFileError
from mage_jlab.notebook.document import (
    cells_of,
    dump_notebook,
    language_of,
    parse_notebook,
    upgrade,
)
from mage_jlab.notebook.export import NotebookFile, export_workbench
from mage_jlab.notebook.export_plan import ExportPlan
from mage_jlab.notebook.planning import plan_export
from mage_jlab.notebook.reading import read_workbench
from mage_jlab.notebook.stored_outputs import LARGE, StoredOutputs, lean
from mage_jlab.store.project_files import ProjectFiles
from tests.unit.notebook.notebooks_made import block, notebook, reading, said

TWO = [("data_loader", "x = 1"), ("transformer", "y = x")]
Tree = Callable[[], dict[str, tuple[str, int]]]


def read(document: dict[str, Any]) -> Any:
    return read_workbench(document, path="notebooks/p.ipynb", pipeline="p")


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4])
def test_an_older_format_four_is_read_as_it_is(minor: int) -> None:
    document = notebook(TWO) | {"nbformat_minor": minor}
    for cell in document["cells"]:
        del cell["id"]
    found = read(document)
    assert said(found) == []
    assert [one.cell_id for one in found.blocks] == ["#0", "#1"]
    assert document["nbformat_minor"] == minor
    nbformat.validate(upgrade(document))


def test_format_three_is_converted_as_jupyter_does() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[
            nbformat.v3.new_worksheet(
                cells=[
                    nbformat.v3.new_code_cell(input="x = 1", outputs=[]),
                    nbformat.v3.new_heading_cell("Title", level=2),
                ]
            )
        ]
    )
    document = parse_notebook(json.dumps(old))
    assert [(cell.kind, cell.source) for cell in cells_of(document)] == [
        ("code", "x = 1"),
        ("markdown", "## Title"),
    ]
    nbformat.validate(upgrade(document))


def test_what_says_format_three_and_is_not_is_refused() -> None:
    with pytest.raises(BadInputError, match="cannot be brought to format 4"):
        parse_notebook('{"nbformat": 3, "worksheets": 7}')


def test_the_same_id_twice_is_named_on_the_second_cell() -> None:
    document = notebook(TWO)
    document["cells"][1]["id"] = "c0"
    assert said(read(document)) == [("cell-id", 1)]


def test_a_cell_of_ten_megabytes_is_named_and_the_others_are_read() -> None:
    found = reading(
        ("", "big = [" + "1, " * 3_500_000 + "]"), *TWO, ("custom", "z = " + " " * 2**20)
    )
    assert said(found) == [("cell-size", 0), ("cell-size", 3)]
    assert block(found, "y").inputs == {"x": "x.x"}


def test_large_outputs_stay_text_and_come_back_as_they_were(tmp_path: Path) -> None:
    document = notebook(TWO)
    document["cells"][0]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ['a "b" \\', "[" * 1000, "\n"] * 2000}
    ]
    document["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "\\"}]
    document["cells"][0]["source"] = "x = '\"outputs\": ['"
    text = dump_notebook(document)
    assert len(text) > LARGE
    short = parse_notebook(text, whole=False)
    assert isinstance(short["cells"][0]["outputs"], StoredOutputs)
    assert dump_notebook(short) == text
    assert parse_notebook(text) == document
    assert len(lean(text)[0]) < 2000
    short["cells"][1]["metadata"]["tags"] = ["block:chart"]
    document["cells"][1]["metadata"]["tags"] = ["block:chart"]
    assert json.loads(dump_notebook(short)) == document
    assert short != parse_notebook(text, whole=False)


def test_an_output_of_two_hundred_megabytes_costs_little(tmp_path: Path) -> None:
    place = tmp_path / "big.ipynb"
    head, tail = dump_notebook(notebook(TWO)).split('"outputs": []', 1)
    with place.open("w") as file:
        file.write(f'{head}"outputs": [{{"output_type": "stream", "name": "stdout", "text": "')
        for _ in range(200):
            file.write("0123456789abcdef" * 62_500)
        file.write(f'"}}]{tail}')
    code = (
        "import resource, sys\nfrom mage_jlab.__main__ import main\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    main()\nfinally:\n"
        "    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "    print(after - before, file=sys.stderr)\n"
    )
    environment = os.environ | {"MAGE_JLAB_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(place), "--json"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )
    assert [one["name"] for one in json.loads(done.stdout)["blocks"]] == ["x", "y"]
    # one copy of the text and the mapped file, and no parsed outputs beside them
    assert int(done.stderr.split()[-1]) < 550_000


def test_line_ends_of_windows_and_a_byte_order_mark() -> None:
    document = notebook([("data_loader", "x = 1\r\nif x:\r\n    x = 2\r\n"), TWO[1]])
    found = read(parse_notebook("\ufeff" + json.dumps(document)))
    assert said(found) == []
    assert block(found, "x").source == "x = 1\nif x:\n    x = 2\n"
    assert "\r" not in block(found, "x").cell_text


@pytest.mark.parametrize(
    "text", ["x = '\0'", "x = (", "def f(:\n  pass", "x = 1\n  y = 2", "\ufeffx"]
)
def test_a_cell_that_does_not_compile_leaves_the_others_alone(text: str) -> None:
    found = reading(*TWO, ("custom", text))
    assert said(found) == [("syntax", 2)]
    assert block(found, "y").inputs == {"x": "x.x"}


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}, "r"),
        ({"kernelspec": {"name": "ir"}}, "r"),
        ({"kernelspec": {"name": "julia-1.10"}}, "julia"),
        ({"language_info": {"name": "julia"}}, "julia"),
        ({"kernelspec": {"name": "xcpp17"}}, "c++"),
    ],
)
def test_another_language_is_named_once(metadata: dict[str, Any], language: str) -> None:
    document = notebook(TWO) | {"metadata": metadata}
    assert language_of(document) == language
    found = read(document)
    assert said(found) == [("not-python", 0)]
    assert language in found.analysis.diagnostics[0].message


def test_an_unknown_type_names_the_known_ones() -> None:
    found = reading(("loader", "x = 1"), TWO[1])
    assert said(found)[0] == ("block-type", 0)
    assert "data_loader" in found.analysis.diagnostics[0].message


def test_names_that_differ_by_capitals_alone_do_not_meet_on_disk(
    files: ProjectFiles, tree: Tree
) -> None:
    found = reading(("transformer", "Clean = 1"), ("transformer", "clean = 2"))
    assert [one.name for one in found.blocks] == ["clean", "set_clean"]
    (files.place / "transformers").mkdir(exist_ok=True)
    (files.place / "transformers/CLEAN.py").write_text("mine = 1\n")
    before = tree()
    done = export_workbench(files, found)
    assert [one.path for one in done.conflicts] == ["transformers/clean.py"]
    assert "capital letters" in done.conflicts[0].message
    assert tree() == before


def test_another_pipelines_file_counts_without_regard_to_capitals(files: ProjectFiles) -> None:
    files.create_pipeline("other")
    text = files.read("pipelines/other/metadata.yaml") or ""
    uses = text.replace("blocks: []", "blocks: [{uuid: Y, type: transformer}]", 1)
    (files.place / "pipelines/other/metadata.yaml").write_text(uses)
    done = export_workbench(files, reading(*TWO))
    assert "transformers/p/y.py" in done.written


def test_a_file_in_the_middle_of_a_merge_is_left_alone(files: ProjectFiles, tree: Tree) -> None:
    export_workbench(files, reading(*TWO))
    path = files.place / "transformers/y.py"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\n>>>>>>> theirs\n")
    before = tree()
    done = export_workbench(files, reading(TWO[0], ("transformer", "y = x + 1")))
    assert [one.block for one in done.conflicts] == ["y"]
    assert "merge that is not finished" in done.conflicts[0].message
    assert (done.written, tree()) == ([], before)


def test_a_record_in_the_middle_of_a_merge_is_named_with_its_line(
    files: ProjectFiles, tree: Tree
) -> None:
    export_workbench(files, reading(*TWO))
    path = files.place / "pipelines/p/mage_jlab.yaml"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\n>>>>>>> theirs\n")
    before = tree()
    with pytest.raises(UnreadableFileError, match=r"pipelines/p/mage_jlab\.yaml"):
        export_workbench(files, reading(*TWO))
    assert tree() == before


def test_a_notebook_that_changes_while_it_is_exported_stops_it(
    files: ProjectFiles, tree: Tree
) -> None:
    path = files.place / "notebooks/p.ipynb"
    document = notebook(TWO)
    path.write_text(dump_notebook(document))
    file = NotebookFile(path.read_text(), document)
    plan: ExportPlan = plan_export(files, read(document), notebook=file)
    path.write_text(path.read_text().replace("x = 1", "x = 2"))
    before = tree()
    with pytest.raises(ConflictError, match=r"p\.ipynb changed"):
        plan.carry_out()
    kept = {name: one for name, one in tree().items() if "/base/" not in name}
    assert kept == before


def test_a_folder_that_may_not_be_written_is_named(files: ProjectFiles, tmp_path: Path) -> None:
    place = files.place / "notebooks/p.ipynb"
    place.write_text(dump_notebook(notebook(TWO)))
    before = place.read_text()
    folders = [files.place, place.parent]
    environment = os.environ | {"MAGE_JLAB_STATE_DIR": str(tmp_path / "state")}
    try:
        for folder in folders:
            folder.chmod(0o555)
        for words in (["tag", str(place), "--cell", "#0", "--remove"], ["export", str(place)]):
            done = subprocess.run(
                [sys.executable, "-m", "mage_jlab", *words],
                capture_output=True,
                text=True,
                env=environment,
                preexec_fn=_obey_modes,
            )
            assert (done.returncode, done.stdout) == (2, "")
            assert re.search(r"(p\.ipynb|shop).* cannot be written: ", done.stderr)
            assert done.stderr.count("\n") == 1
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert place.read_text() == before


def _obey_modes() -> None:
    """Have the superuser obey the modes of files too: without CAP_DAC_OVERRIDE after exec."""
    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)
