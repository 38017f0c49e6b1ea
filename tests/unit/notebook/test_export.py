"""Exports: what they write, what they never overwrite, and that they are all or nothing."""

from __future__ import annotations

import ast
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mage_jlab.domain.analysis import Analysis, Diagnostic
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    OutsideProjectError,
    UnprocessableError,
    UnreadableFileError,
)
from mage_jlab.domain.export import ChangeKind
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.document import dump_notebook, parse_notebook
from mage_jlab.notebook.export import NotebookFile, export_workbench, plan_export
from mage_jlab.notebook.requirements import add_requirements
from mage_jlab.store.disk import text_hash
from mage_jlab.store.project_files import Change, ProjectFiles, create_project

Block = Callable[..., BlockSource]
Reading = Callable[..., WorkbenchReading]
NOTEBOOK: dict[str, Any] = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"id": "a", "cell_type": "code", "source": "x = 1", "metadata": {}, "outputs": []},
    ],
}


@pytest.fixture
def files(tmp_path: Path) -> ProjectFiles:
    files = create_project(tmp_path / "shop")
    (files.place / "notebooks/sales.ipynb").write_text(dump_notebook(NOTEBOOK))
    return files


@pytest.fixture
def sales(block: Block, reading: Reading) -> Callable[..., WorkbenchReading]:
    """The reading of a notebook with three blocks; what is given replaces parts of it."""

    def make(clean: str = "clean = raw + [market]", **given: Any) -> WorkbenchReading:
        values: dict[str, Any] = {
            "variables": {"market": "NO"},
            "shared_source": "def twice(v):\n    return v * 2\n",
            "requirements": ["pandas>=3"],
        }
        blocks = [
            block("raw = [1]", name="load", type=BlockType.DATA_LOADER, results=["raw"]),
            block(
                clean,
                inputs={"raw": "load.raw"},
                results=["clean"],
                variables=[("market", '"NO"')],
                shared=["twice"],
            ),
            block("clean", name="bars", type=BlockType.CHART, inputs={"clean": "clean.clean"}),
        ]
        return reading(*blocks, **(values | given))

    return make


def tree(files: ProjectFiles) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(files.place).as_posix(): (path.read_text(), path.stat().st_mtime_ns)
        for path in files.place.rglob("*")
        if path.is_file()
    }


def test_an_export_writes_blocks_pipeline_and_record(files: ProjectFiles, sales: Any) -> None:
    done = export_workbench(files, sales())
    assert done.written == [
        "pipelines/sales/__init__.py",
        "data_loaders/load.py",
        "transformers/clean.py",
        "charts/bars.py",
        "utils/sales.py",
        "requirements.txt",
        "pipelines/sales/mage_jlab.yaml",
        "pipelines/sales/metadata.yaml",
    ]
    assert (done.removed, done.conflicts, done.changes) == ([], [], [])
    values = yaml.safe_load((files.place / "pipelines/sales/metadata.yaml").read_text())
    assert [b["uuid"] for b in values["blocks"]] == ["load", "clean"]
    assert [(b["uuid"], b["upstream_blocks"]) for b in values["widgets"]] == [("bars", ["clean"])]
    assert values["variables"] == {"market": "NO"}
    pipeline = files.pipeline("sales")
    assert (pipeline.workbench, pipeline.kernel) == ("notebooks/sales.ipynb", "python3")
    clean = next(b for b in pipeline.blocks if b.name == "clean")
    assert (clean.inputs, clean.results, clean.cell_id) == (
        {"raw": "load.raw"},
        ["clean"],
        "id-clean",
    )
    assert [(e.from_, e.to, e.names, e.why) for e in pipeline.edges] == [
        ("load", "clean", ["raw"], "code"),
        ("clean", "bars", ["clean"], "code"),
    ]
    record = files.record("sales")
    text, digest = files.block_text("sales", "clean")
    assert record.blocks["clean"].file == digest == text_hash(text)
    assert record.shared == {"utils/sales.py": text_hash("def twice(v):\n    return v * 2\n")}
    bases = {p.name: p.read_text() for p in (files.data_root / "base").iterdir()}
    assert bases[digest] == text
    assert bases[record.blocks["clean"].source or ""] == "clean = raw + [market]"


def test_every_generated_file_imports_on_its_own(files: ProjectFiles, sales: Any) -> None:
    done = export_workbench(files, sales())
    modules = [p for p in done.written if p.endswith(".py")]
    for path in modules:
        ast.parse((files.place / path).read_text())
    names = [f"shop.{path[:-3].replace('/', '.').removesuffix('.__init__')}" for path in modules]
    code = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)"
    subprocess.run(
        [sys.executable, "-c", code + "\nprint(sys.modules['shop.utils.sales'].twice(2))"],
        check=True,
        env={"PYTHONPATH": f"{files.place.parent}:{Path.cwd()}", "PYTHONDONTWRITEBYTECODE": "1"},
        timeout=60,
    )


def test_a_second_export_writes_nothing(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    before = tree(files)
    done = export_workbench(files, sales())
    assert (done.written, done.removed, len(done.unchanged)) == ([], [], 7)
    assert tree(files) == before


def test_a_dry_run_shows_the_diff_and_writes_nothing(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    before = tree(files)
    dry = export_workbench(files, sales("clean = raw"), dry=True)
    assert tree(files) == before
    changes = {change.path: change for change in dry.changes}
    assert list(changes) == [
        "transformers/clean.py",
        "pipelines/sales/mage_jlab.yaml",
    ]
    clean = changes["transformers/clean.py"]
    assert (clean.kind, clean.cell_id) == (ChangeKind.CHANGED, "id-clean")
    assert "-    clean = raw + [market]\n+    clean = raw" in clean.diff
    with pytest.raises(ConflictError, match="Look again"):
        export_workbench(files, sales("clean = []"), expected=dry.fingerprint)
    assert tree(files) == before
    done = export_workbench(files, sales("clean = raw"), expected=dry.fingerprint, diff=True)
    assert done.written == dry.written
    assert done.changes == dry.changes


def test_the_fingerprint_of_a_first_export_does_not_change_with_the_clock(
    files: ProjectFiles, sales: Any
) -> None:
    dry = export_workbench(files, sales(), dry=True)
    assert export_workbench(files, sales(), expected=dry.fingerprint).written == dry.written


def test_a_file_of_somebody_else_is_a_conflict_and_nothing_is_written(
    files: ProjectFiles, sales: Any
) -> None:
    (files.place / "transformers/clean.py").write_text("mine = 1\n")
    before = tree(files)
    done = export_workbench(files, sales())
    assert [(c.path, c.block) for c in done.conflicts] == [("transformers/clean.py", "clean")]
    assert "was not written by an export" in done.conflicts[0].message
    assert (done.written, tree(files)) == ([], before)


def test_a_file_edited_since_the_export_is_a_conflict_unless_it_says_the_same(
    files: ProjectFiles, sales: Any
) -> None:
    export_workbench(files, sales())
    path = files.place / "transformers/clean.py"
    edited = path.read_text().replace("raw + [market]", "raw")
    path.write_text(edited)
    done = export_workbench(files, sales("clean = raw * 2"))
    assert "has changed since the last export" in done.conflicts[0].message
    assert path.read_text() == edited
    done = export_workbench(files, sales("clean = raw"))
    assert (done.conflicts, done.written) == ([], ["pipelines/sales/mage_jlab.yaml"])
    assert export_workbench(files, sales("clean = raw * 2")).conflicts == []


def test_an_edited_shared_file_is_a_conflict(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    (files.place / "utils/sales.py").write_text("def twice(v): return v\n")
    done = export_workbench(files, sales(shared_source="def twice(v): return 3\n"))
    assert [c.path for c in done.conflicts] == ["utils/sales.py"]
    done = export_workbench(files, sales(shared_source=""))
    assert (done.conflicts, done.removed) == ([], [])


def test_blocks_that_are_gone_go_with_their_files(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    less = sales(shared_source="")
    less = sales(blocks=less.blocks[:1], shared_source="")
    done = export_workbench(files, less)
    assert done.removed == ["transformers/clean.py", "charts/bars.py", "utils/sales.py"]
    assert not (files.place / "transformers/clean.py").exists()
    assert [b.name for b in files.pipeline("sales").blocks] == ["load"]
    assert list(files.record("sales").blocks) == ["load"]


def test_a_file_that_was_edited_or_is_used_elsewhere_stays(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    (files.place / "charts/bars.py").write_text("edited = 1\n")
    other = files.create_pipeline("other")
    text = files.read("pipelines/other/metadata.yaml") or ""
    uses = text.replace("blocks: []", "blocks: [{uuid: clean, type: transformer}]", 1)
    files.write([Change("pipelines/other/metadata.yaml", uses)])
    done = export_workbench(files, sales(blocks=sales().blocks[:1]))
    assert done.removed == []
    assert [b.name for b in files.pipeline("sales").blocks] == ["load"]
    assert files.block_text(other.name, "clean")[0].startswith("from shop.utils.sales import")


def test_a_pipeline_that_cannot_be_read_keeps_every_file(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    files.create_pipeline("bad")
    (files.place / "pipelines/bad/metadata.yaml").write_text("blocks: [\n")
    assert export_workbench(files, sales(blocks=sales().blocks[:1])).removed == []
    (files.place / "pipelines/sales/metadata.yaml").write_text("blocks: [\n")
    with pytest.raises(UnreadableFileError) as caught:
        export_workbench(files, sales())
    assert (caught.value.path, caught.value.line) == ("pipelines/sales/metadata.yaml", 2)


def test_a_block_that_changes_its_type_moves(files: ProjectFiles, sales: Any, block: Block) -> None:
    export_workbench(files, sales())
    moved = block("raw = [1]", name="load", type=BlockType.CUSTOM, results=["raw"])
    done = export_workbench(files, sales(blocks=[moved, *sales().blocks[1:]]))
    assert done.removed == ["data_loaders/load.py"]
    assert "custom/load.py" in done.written
    assert files.block("sales", "load").file == "custom/load.py"


def test_a_name_of_another_pipeline_gets_ours_in_front(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    second = sales("clean = 0", pipeline="more", path="notebooks/more.ipynb", shared_source="")
    done = export_workbench(files, second)
    assert done.conflicts == []
    assert "transformers/more/clean.py" in done.written
    assert "data_loaders/more/load.py" in done.written
    more = {b.name: b for b in files.pipeline("more").blocks}
    assert more["more/clean"].inputs == {"raw": "more/load.raw"}
    assert more["more/bars"].upstream == ["more/clean"]
    assert "clean = raw + [market]" in files.block_text("sales", "clean")[0]
    assert files.record("more").names_by_cell["id-clean"] == "more/clean"


def test_a_second_workbench_is_refused_while_the_first_is_there(
    files: ProjectFiles, sales: Any
) -> None:
    export_workbench(files, sales())
    done = export_workbench(files, sales(path="notebooks/copy.ipynb"))
    assert [c.path for c in done.conflicts] == ["notebooks/sales.ipynb"]
    (files.place / "notebooks/sales.ipynb").rename(files.place / "notebooks/copy.ipynb")
    assert export_workbench(files, sales(path="notebooks/copy.ipynb")).conflicts == []
    assert files.pipeline("sales").workbench == "notebooks/copy.ipynb"


def test_an_error_in_the_notebook_writes_nothing(files: ProjectFiles, sales: Any) -> None:
    bad = Diagnostic(cell_id="a", index=0, severity="error", code="syntax", message="No.")
    before = tree(files)
    analysis = Analysis(notebook="n", pipeline="sales", diagnostics=[bad])
    done = export_workbench(files, sales(analysis=analysis))
    assert (done.diagnostics, done.written, tree(files)) == ([bad], [], before)


def test_a_notebook_without_blocks_is_refused(files: ProjectFiles, sales: Any) -> None:
    with pytest.raises(UnprocessableError, match=r"No cell of notebooks/sales\.ipynb is a block"):
        export_workbench(files, sales(blocks=[]))
    assert files.pipelines() == []


@pytest.mark.parametrize("path", ["../away.ipynb", "/tmp/away.ipynb"])
def test_a_notebook_outside_the_project_is_refused(
    files: ProjectFiles, sales: Any, path: str
) -> None:
    with pytest.raises(OutsideProjectError):
        export_workbench(files, sales(path=path))


def test_names_that_lead_elsewhere_are_refused(
    files: ProjectFiles, sales: Any, block: Block, tmp_path: Path
) -> None:
    for name in ("../evil", "a//b", "/etc/x"):
        with pytest.raises(OutsideProjectError):
            export_workbench(files, sales(blocks=[block("x = 1", name=name)]))
    with pytest.raises(BadInputError, match="Try 'my_sales'"):
        export_workbench(files, sales(pipeline="My Sales"))
    (files.place / "custom" / "link").symlink_to(tmp_path)
    linked = block("x = 1", name="link/evil", type=BlockType.CUSTOM)
    with pytest.raises(OutsideProjectError):
        export_workbench(files, sales(blocks=[linked]))
    assert not (tmp_path / "evil.py").exists()


def test_variables_edited_in_the_yaml_are_kept(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales(variables={"market": "NO", "limit": 1}))
    path = files.place / "pipelines/sales/metadata.yaml"
    path.write_text(path.read_text().replace("market: 'NO'", "market: SE\n  extra: 5"))
    export_workbench(files, sales(variables={"market": "NO", "limit": 2}))
    assert files.pipeline("sales").variables == {"market": "SE", "extra": 5, "limit": 2}
    done = export_workbench(files, sales(variables={"market": "DK"}))
    assert "The variable market is 'SE'" in done.conflicts[0].message
    done = export_workbench(files, sales(variables={"market": "SE"}))
    assert files.pipeline("sales").variables == {"market": "SE", "extra": 5}


def test_comments_keys_and_blocks_of_others_survive(files: ProjectFiles, sales: Any) -> None:
    folder = files.place / "pipelines/sales"
    folder.mkdir()
    (folder / "metadata.yaml").write_text(
        "# ours\nblocks:\n- uuid: by_hand   # mine\n  type: custom\n  upstream_blocks: [load]\n"
        "name: Sales\nfuture: {a: 1}\nuuid: sales\n"
    )
    export_workbench(files, sales())
    text = (folder / "metadata.yaml").read_text()
    assert all(part in text for part in ("# ours", "# mine", "future: {a: 1}", "name: Sales"))
    pipeline = files.pipeline("sales")
    assert [b.name for b in pipeline.blocks] == ["load", "clean", "by_hand", "bars"]
    before = tree(files)
    export_workbench(files, sales())
    assert tree(files) == before


def test_the_first_export_marks_the_notebook_and_later_ones_do_not(
    files: ProjectFiles, sales: Any
) -> None:
    path = files.place / "notebooks/sales.ipynb"
    old = {**NOTEBOOK, "nbformat_minor": 4, "cells": [{**NOTEBOOK["cells"][0]}]}
    del old["cells"][0]["id"]
    path.write_text(json.dumps(old))
    marked = NotebookFile(path.read_text(), NOTEBOOK)
    done = export_workbench(files, sales(), notebook=marked)
    assert "notebooks/sales.ipynb" in done.written
    document = parse_notebook(path.read_text())
    assert document["metadata"]["mage"] == {"pipeline": "sales", "project": ".."}
    assert [cell["id"] for cell in document["cells"]] == ["a"]
    before = tree(files)
    again = NotebookFile(path.read_text(), document)
    assert export_workbench(files, sales(), notebook=again).written == []
    assert tree(files) == before


def test_a_notebook_that_changed_meanwhile_is_not_overwritten(
    files: ProjectFiles, sales: Any
) -> None:
    before = tree(files)
    with pytest.raises(ConflictError, match="changed since it was read"):
        export_workbench(files, sales(), notebook=NotebookFile("{}", NOTEBOOK))
    assert tree(files) == before


def test_requirements_are_added_once(files: ProjectFiles, sales: Any) -> None:
    (files.place / "requirements.txt").write_text("# pinned\nPandas==3.0\nduck_db")
    export_workbench(files, sales(requirements=["pandas>=3", "duck-db", "polars[all]"]))
    text = (files.place / "requirements.txt").read_text()
    assert text == "# pinned\nPandas==3.0\nduck_db\npolars[all]\n"
    assert add_requirements(text, ["polars"]) == text
    url = "git+https://example.org/x.git"
    assert add_requirements(add_requirements(None, [url]), [url]) == f"{url}\n"


EXPORTER = """
import os, pickle, signal, sys
from pathlib import Path
from mage_jlab.notebook.export import export_workbench
from mage_jlab.store.project_files import ProjectFiles

files, reading = ProjectFiles.open(Path(sys.argv[1])), pickle.loads(sys.stdin.buffer.read())
seen = 0

def at_each_step(event, args):
    global seen
    if event in ("os.rename", "os.remove", "os.mkdir", "shutil.rmtree"):
        seen += 1
        if seen == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(at_each_step)
export_workbench(files, reading)
"""


def test_an_export_killed_at_any_step_is_all_or_nothing(files: ProjectFiles, sales: Any) -> None:
    import pickle

    export_workbench(files, sales())
    first = {path: text for path, (text, _) in tree(files).items() if ".mage_data" not in path}
    blocks = sales("clean = raw * 3").blocks[:2]
    changed = sales(blocks=blocks, shared_source="", variables={"market": "SE"})
    dry = plan_export(files, changed)
    last = dict(first)
    for change in dry.changes.list:
        if change.after is None:
            del last[change.path]
        else:
            last[change.path] = change.after
    kills = 0
    for step in range(1, 60):
        ended = subprocess.run(
            [sys.executable, "-c", EXPORTER, str(files.place), str(step)],
            input=pickle.dumps(changed),
            check=False,
            timeout=60,
        )
        opened = ProjectFiles.open(files.place)
        with opened.lock():
            now = {p: text for p, (text, _) in tree(files).items() if ".mage_data" not in p}
        if ended.returncode == 0 or now == last:
            break
        assert ended.returncode == -signal.SIGKILL
        assert now == first, step
        kills += 1
    assert now == last
    assert kills >= 8
