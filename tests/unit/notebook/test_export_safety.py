"""Exports: what they never overwrite, what they refuse, and that they are all or nothing."""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.analysis import Analysis, Diagnostic
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    OutsideProjectError,
    UnprocessableError,
    UnreadableFileError,
)
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.export import NotebookFile, export_workbench, plan_export
from mage_jlab.store.project_files import Change, ProjectFiles

Block = Callable[..., BlockSource]
Reading = Callable[..., WorkbenchReading]


def test_a_file_of_somebody_else_is_a_conflict_and_nothing_is_written(
    files: ProjectFiles, sales: Any, tree: Any
) -> None:
    (files.place / "transformers/clean.py").write_text("mine = 1\n")
    before = tree()
    done = export_workbench(files, sales())
    assert [(c.path, c.block) for c in done.conflicts] == [("transformers/clean.py", "clean")]
    assert "was not written by an export" in done.conflicts[0].message
    assert (done.written, tree()) == ([], before)


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


def test_a_file_that_was_edited_or_is_used_elsewhere_stays(files: ProjectFiles, sales: Any) -> None:
    export_workbench(files, sales())
    (files.place / "charts/bars.py").write_text("edited = 1\n")
    other = files.create_pipeline("other")
    text = files.read("pipelines/other/metadata.yaml") or ""
    uses = text.replace("blocks: []", "blocks: [{uuid: clean, type: transformer}]", 1)
    files.write([Change("pipelines/other/metadata.yaml", uses)])
    shown = export_workbench(files, sales("clean = raw * 2"), dry=True).changes
    assert {c.path: c.used_by for c in shown if c.used_by} == {"transformers/clean.py": ["other"]}
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


def test_a_second_workbench_is_refused_while_the_first_is_there(
    files: ProjectFiles, sales: Any
) -> None:
    export_workbench(files, sales())
    done = export_workbench(files, sales(path="notebooks/copy.ipynb"))
    assert [c.path for c in done.conflicts] == ["notebooks/sales.ipynb"]
    (files.place / "notebooks/sales.ipynb").rename(files.place / "notebooks/copy.ipynb")
    assert export_workbench(files, sales(path="notebooks/copy.ipynb")).conflicts == []
    assert files.pipeline("sales").workbench == "notebooks/copy.ipynb"


def test_an_error_in_the_notebook_writes_nothing(
    files: ProjectFiles, sales: Any, tree: Any
) -> None:
    bad = Diagnostic(cell_id="a", index=0, severity="error", code="syntax", message="No.")
    before = tree()
    analysis = Analysis(notebook="n", pipeline="sales", diagnostics=[bad])
    done = export_workbench(files, sales(analysis=analysis))
    assert (done.diagnostics, done.written, tree()) == ([bad], [], before)


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


def test_comments_keys_and_blocks_of_others_survive(
    files: ProjectFiles, sales: Any, tree: Any
) -> None:
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
    before = tree()
    export_workbench(files, sales())
    assert tree() == before


def test_a_notebook_that_changed_meanwhile_is_not_overwritten(
    files: ProjectFiles, sales: Any, tree: Any, document: dict[str, Any]
) -> None:
    before = tree()
    with pytest.raises(ConflictError, match="changed since it was read"):
        export_workbench(files, sales(), notebook=NotebookFile("{}", document))
    assert tree() == before


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


def test_an_export_killed_at_any_step_is_all_or_nothing(
    files: ProjectFiles, sales: Any, tree: Any
) -> None:

    export_workbench(files, sales())
    first = {path: text for path, (text, _) in tree().items() if ".mage_data" not in path}
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
            now = {p: text for p, (text, _) in tree().items() if ".mage_data" not in p}
        if ended.returncode == 0 or now == last:
            break
        assert ended.returncode == -signal.SIGKILL
        assert now == first, step
        kills += 1
    assert now == last
    assert kills >= 8
