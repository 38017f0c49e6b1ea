"""Snapshots of real projects: the plan, the files, and that a run is not touched by an edit."""

from __future__ import annotations

import sys

import pytest

from mage_jlab.blocks.snapshot import take_snapshot
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import NotFoundError, UnprocessableError, UnreadableFileError
from mage_jlab.store.disk import text_hash
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import Change, create_project

PIPELINE = """
blocks:
- {type: data_loader, uuid: load, upstream_blocks: [], retry_config: {retries: 2}, timeout: 9}
- {type: transformer, uuid: clean, upstream_blocks: [load], configuration: {at_most_once: true}}
- {type: scratchpad, uuid: notes, upstream_blocks: []}
widgets:
- {type: chart, uuid: bars, upstream_blocks: [clean]}
conditionals:
- {type: conditional, uuid: only_if, upstream_blocks: [clean]}
variables: {market: CA}
name: sales
type: python
uuid: sales
"""

RECORD = """
workbench: notebooks/sales.ipynb
shared: {utils/sales.py: x, utils/sales_setup.py: y}
blocks:
  load: {cell: c1, file: FILE, body: [3, 4], inputs: {}, results: [a, b], optional: [b]}
  clean: {cell: c2, file: stale, body: [3, 4], inputs: {a: load.a}, results: [clean]}
"""


@pytest.fixture
def project(tmp_path):
    files = create_project(tmp_path / "shop")
    load = "@data_loader\ndef load():\n    pass\n"
    texts = {
        "pipelines/sales/__init__.py": "",
        "pipelines/sales/metadata.yaml": PIPELINE,
        "pipelines/sales/mage_jlab.yaml": RECORD.replace("FILE", text_hash(load)),
        "pipelines/sales/triggers.yaml": "triggers: []\n",
        "data_loaders/load.py": load,
        "transformers/clean.py": "@transformer\ndef clean(a): pass\n",
        "transformers/other.py": "OTHER = 1\n",
        "charts/bars.py": "@chart\ndef bars(df): pass\n",
        "conditionals/only_if.py": "@condition\ndef only_if(df): pass\n",
        "scratchpads/notes.py": "1\n",
        "utils/sales.py": "A = 1\n",
        "utils/sales_setup.py": "B = 1\n",
        "utils/__pycache__/sales.pyc": "junk",
        "notebooks/sales.ipynb": "{}",
    }
    files.write([Change(path, text) for path, text in texts.items()])
    return files


@pytest.fixture
def state(tmp_path):
    return StateFolder(tmp_path / "state")


def test_the_plan_says_all_that_a_run_needs(project, state):
    plan = take_snapshot(state, project, "sales").plan
    blocks = {block.name: block for block in plan.blocks}
    assert list(blocks) == ["load", "clean", "bars", "only_if"]
    load = blocks["load"]
    assert (load.file, load.cell_id, load.body) == ("data_loaders/load.py", "c1", (3, 4))
    assert (load.results, load.optional, load.inputs) == (["a", "b"], ["b"], {})
    assert (load.retry.retries, load.timeout) == (2, 9.0)
    assert load.code == text_hash((project.place / load.file).read_text())
    clean = blocks["clean"]
    assert clean.body is None, "the lines of another text of the file would mislead"
    assert clean.at_most_once
    assert (plan.cwd, plan.setup) == (str(project.place / "notebooks"), "utils/sales_setup.py")
    assert plan.variables == {"market": "CA"}
    assert plan.interpreter == sys.executable
    assert plan.products == str(project.data_root / "products")


def test_a_conditional_runs_before_the_block_that_it_guards(project, state):
    blocks = {b.name: b for b in take_snapshot(state, project, "sales").plan.blocks}
    assert blocks["only_if"].upstream == ["load"]
    assert blocks["clean"].upstream == ["load", "only_if"]
    assert blocks["clean"].guards == ["only_if"]
    assert blocks["bars"].guards == []


def test_the_files_are_those_that_code_can_import(project, state):
    kept = take_snapshot(state, project, "sales").files
    assert {"data_loaders/load.py", "transformers/other.py", "utils/sales.py"} <= set(kept)
    assert "pipelines/sales/metadata.yaml" in kept
    assert not {name for name in kept if "pycache" in name or name.endswith(".ipynb")}
    assert "pipelines/sales/triggers.yaml" not in kept


def test_only_what_runs_changes_the_hash(project, state):
    first = take_snapshot(state, project, "sales")
    project.write([Change("pipelines/sales/triggers.yaml", "triggers: [ ]\n")])
    assert take_snapshot(state, project, "sales") == first
    project.write([Change("utils/sales.py", "A = 2\n")])
    assert take_snapshot(state, project, "sales").hash != first.hash


@pytest.mark.parametrize(
    ("path", "text", "error", "message"),
    [
        ("transformers/clean.py", None, UnreadableFileError, "file of the block clean, does not"),
        ("pipelines/sales/metadata.yaml", "a: [", UnreadableFileError, "metadata.yaml"),
        ("pipelines/sales/mage_jlab.yaml", "kernel: none", UnprocessableError, "none of this pipe"),
    ],
)
def test_what_is_missing_is_named(project, state, path, text, error, message):
    project.write([Change(path, text)])
    with pytest.raises(error, match=message):
        take_snapshot(state, project, "sales")
    assert not state.snapshots.exists()


def test_an_unknown_pipeline_is_not_found(project, state):
    with pytest.raises(NotFoundError, match="no pipeline nothing"):
        take_snapshot(state, project, "nothing")


def test_a_link_out_of_the_project_is_not_kept(project, state, tmp_path):
    (tmp_path / "secret.py").write_text("SECRET = 1\n")
    (project.place / "utils" / "link.py").symlink_to(tmp_path / "secret.py")
    assert "utils/link.py" not in take_snapshot(state, project, "sales").files


def test_block_types_that_never_run_are_left_out(project, state):
    types = {block.type for block in take_snapshot(state, project, "sales").plan.blocks}
    assert BlockType.SCRATCHPAD not in types


def test_concurrency_is_a_whole_number_above_0(project, state):
    path = project.place / "pipelines/sales/metadata.yaml"
    for given, meant in (("3", 3), ("null", None)):
        path.write_text(PIPELINE.replace("at_most_once: true", f"concurrency: {given}"))
        clean = take_snapshot(state, project, "sales").plan.blocks[1]
        assert (clean.name, clean.concurrency) == ("clean", meant)
    for given in ("0", "-1", "true", "2.5", "many", "[1]"):
        path.write_text(PIPELINE.replace("at_most_once: true", f"concurrency: {given}"))
        with pytest.raises(UnprocessableError) as error:
            take_snapshot(state, project, "sales")
        assert error.value.reason == "limit-wrong"
        assert "concurrency of clean is" in str(error.value)
        assert "a whole number from 1" in str(error.value)
