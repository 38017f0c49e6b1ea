"""Pipelines and blocks in a project's files, with Mage AI's keys."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    NotFoundError,
    OutsideProjectError,
    UnreadableFileError,
)
from mage_jlab.domain.pipeline import PipelineType
from mage_jlab.store.pipeline_yaml import BlockEntry, new_pipeline, write_pipeline
from mage_jlab.store.project_files import ProjectFiles, create_project

MAGE = """\
# written by hand
blocks:
- uuid: load   # first
  type: data_loader
  language: python
  color: teal
  downstream_blocks: [clean]
  upstream_blocks: [gone]
- uuid: clean
  type: transformer
  upstream_blocks: [load]
  configuration: {file_path: shop/transformers/team/clean.py}
- uuid: again
  type: transformer
  replicated_block: clean
  upstream_blocks: [load]
- uuid: query
  type: data_exporter
  language: sql
  upstream_blocks: [clean]
widgets:
- uuid: bars
  type: chart
  upstream_blocks: [clean]
callbacks: []
name: Sales
type: python
tags: [night]
variables: {market: CA, since: 2026-01-01}
state_store_config: {}   # of another edition
uuid: sales
"""
BLOCK_KEYS = {
    *("all_upstream_blocks_executed", "color", "configuration", "downstream_blocks"),
    *("executor_config", "executor_type", "has_callback", "language", "name", "retry_config"),
    *("status", "timeout", "type", "upstream_blocks", "uuid"),
}
PIPELINE_KEYS = {
    *("blocks", "callbacks", "conditionals", "widgets", "extensions", "concurrency_config"),
    *("cache_block_output_in_memory", "run_pipeline_in_one_process", "created_at", "description"),
    *("data_integration", "executor_config", "executor_type", "executor_count", "name", "uuid"),
    *("notification_config", "remote_variables_dir", "variables_dir", "retry_config", "settings"),
    *("spark_config", "tags", "type"),
}


@pytest.fixture
def files(tmp_path: Path) -> ProjectFiles:
    return create_project(tmp_path / "shop")


def put(files: ProjectFiles, name: str, text: str) -> None:
    folder = files.place / "pipelines" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.yaml").write_text(text)


def test_a_pipeline_of_mages_is_read(files: ProjectFiles) -> None:
    put(files, "sales", MAGE)
    pipeline = files.pipeline("sales")
    assert pipeline.tags == ["night"]
    assert pipeline.variables == {"market": "CA", "since": "2026-01-01"}
    found = {block.name: (block.file, block.upstream) for block in pipeline.blocks}
    assert found == {
        "load": ("data_loaders/load.py", []),
        "clean": ("transformers/team/clean.py", ["load"]),
        "again": ("transformers/clean.py", ["load"]),
        "query": ("data_exporters/query.sql", ["clean"]),
        "bars": ("charts/bars.py", ["clean"]),
    }
    assert all(block.inputs is None and block.results is None for block in pipeline.blocks)
    assert [(e.from_, e.to, e.why) for e in pipeline.edges][:1] == [("load", "clean", "declared")]


def test_a_pipeline_that_mage_just_made_has_its_defaults(files: ProjectFiles) -> None:
    put(files, "new", "name: new\ntype: streaming\nuuid: new\ndescription: null\n")
    pipeline = files.pipeline("new")
    assert (pipeline.type, pipeline.blocks, pipeline.variables) == (PipelineType.STREAMING, [], {})


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("blocks:\n- uuid: a\n  type: wizard\n", "'wizard' is no type of the block a", 3),
        ("blocks:\n- uuid: a\n  type: custom\n  language: cobol\n", "'cobol' is no language", 4),
        ("type: magic\n", "'magic' is no type of pipeline", 1),
        ("blocks: {a: b}\n", "should be a list", None),
        ("blocks:\n- type: custom\n", "has no uuid", None),
        ("blocks: [\n", "not valid YAML", 2),
        ("\tblocks: 1\n", "not valid YAML", 1),
    ],
)
def test_a_bad_pipeline_says_where_and_hides_no_other(
    files: ProjectFiles, text: str, words: str, line: int | None
) -> None:
    put(files, "bad", text)
    put(files, "good", MAGE)
    with pytest.raises(UnreadableFileError, match=words) as caught:
        files.pipeline("bad")
    assert (caught.value.path, caught.value.line) == ("pipelines/bad/metadata.yaml", line)
    assert files.pipelines() == ["bad", "good"]
    assert files.pipeline("good").name == "good"


def test_a_cycle_is_refused_with_its_names(files: ProjectFiles) -> None:
    put(
        files,
        "loop",
        "blocks:\n- {uuid: a, type: custom, upstream_blocks: [b]}\n"
        "- {uuid: b, type: custom, upstream_blocks: [a]}\n",
    )
    with pytest.raises(UnreadableFileError, match=r"wait for each other: [ab] → [ab] → [ab]"):
        files.pipeline("loop")


def test_a_pipeline_that_is_not_utf8_or_leads_outside_is_unreadable(
    files: ProjectFiles, tmp_path: Path
) -> None:
    put(files, "bytes", "")
    (files.place / "pipelines/bytes/metadata.yaml").write_bytes(b"name: \xff\n")
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "metadata.yaml").write_text("name: away\n")
    (files.place / "pipelines/away").symlink_to(tmp_path / "away")
    for name in ("bytes", "away"):
        with pytest.raises(UnreadableFileError):
            files.pipeline(name)


@pytest.mark.parametrize("name", ["none", "../shop", "", ".", "a/b"])
def test_an_unknown_pipeline_is_not_found(files: ProjectFiles, name: str) -> None:
    with pytest.raises(NotFoundError):
        files.pipeline(name)


def test_a_new_pipeline_has_all_keys_that_mage_writes_sorted(files: ProjectFiles) -> None:
    pipeline = files.create_pipeline("Sales of 2026")
    assert pipeline.name == "sales_of_2026"
    text = (files.place / "pipelines/sales_of_2026/metadata.yaml").read_text()
    values = yaml.safe_load(text)
    assert set(values) == PIPELINE_KEYS
    assert list(values) == sorted(values)
    assert (files.place / "pipelines/sales_of_2026/__init__.py").exists()
    with pytest.raises(ConflictError):
        files.create_pipeline("sales of 2026")
    with pytest.raises(OutsideProjectError):
        files.create_pipeline("../evil")
    with pytest.raises(BadInputError):
        files.create_pipeline("  ")


def test_entries_are_written_with_mages_keys_and_both_directions() -> None:
    entries = [
        BlockEntry("load", BlockType.DATA_LOADER, Language.PYTHON, []),
        BlockEntry("clean", BlockType.TRANSFORMER, Language.PYTHON, ["load"], {"limit": 3}),
        BlockEntry("bars", BlockType.CHART, Language.PYTHON, ["clean"]),
        BlockEntry("ask", BlockType.CONDITIONAL, Language.PYTHON, ["clean"]),
        BlockEntry("tell", BlockType.CALLBACK, Language.PYTHON, ["clean"]),
    ]
    text = write_pipeline(new_pipeline("p"), "p", entries, variables={"market": "NO"})
    values = yaml.safe_load(text)
    assert [b["uuid"] for b in values["blocks"]] == ["load", "clean"]
    assert all(set(b) == BLOCK_KEYS and list(b) == sorted(b) for b in values["blocks"])
    assert values["blocks"][0]["downstream_blocks"] == ["clean"]
    assert values["blocks"][1]["upstream_blocks"] == ["load"]
    assert values["blocks"][1]["configuration"] == {"limit": 3}
    assert [b["uuid"] for b in values["widgets"]] == ["bars"]
    assert [b["uuid"] for b in values["conditionals"]] == ["ask"]
    assert [b["uuid"] for b in values["callbacks"]] == ["tell"]
    assert values["variables"] == {"market": "NO"}
    assert write_pipeline(text, "p", entries, variables={"market": "NO"}) == text


def test_a_rewrite_keeps_what_others_wrote() -> None:
    entries = [
        BlockEntry("load", BlockType.DATA_LOADER, Language.PYTHON, []),
        BlockEntry("fresh", BlockType.CUSTOM, Language.PYTHON, ["load"]),
    ]
    text = write_pipeline(MAGE, "p", entries, removed=frozenset({"again"}))
    values = yaml.safe_load(text)
    assert [b["uuid"] for b in values["blocks"]] == ["load", "fresh", "clean", "query"]
    load = values["blocks"][0]
    assert (load["color"], load["downstream_blocks"]) == ("teal", ["fresh", "clean"])
    assert values["state_store_config"] == {}
    for comment in ("# written by hand", "# first", "# of another edition"):
        assert comment in text


def test_a_new_block_comes_from_a_template_into_its_pipeline(files: ProjectFiles) -> None:
    files.create_pipeline("sales")
    made = files.new_block(BlockType.TRANSFORMER, "team/Clean it", Language.PYTHON, "sales")
    file = made.file
    assert file == "transformers/team/clean_it.py"
    files.new_block(BlockType.CUSTOM, "after", Language.PYTHON, "sales")
    assert [b.name for b in files.pipeline("sales").blocks] == ["team/clean_it", "after"]
    text, digest = files.block_text("sales", "team/clean_it")
    names: dict[str, object] = {}
    exec(compile(text, file, "exec"), {"transformer": lambda f: f}, names)
    assert names["clean_it"]("x") == "x"  # type: ignore[operator]  # exec gives no types
    with pytest.raises(ConflictError):
        files.new_block(BlockType.TRANSFORMER, "team/clean_it")
    with pytest.raises(OutsideProjectError):
        files.new_block(BlockType.TRANSFORMER, "../../evil")
    with pytest.raises(NotFoundError):
        files.new_block(BlockType.TRANSFORMER, "other", Language.PYTHON, "none")
    assert not (files.place / "transformers/other.py").exists()
    saved = files.save_block("sales", "team/clean_it", text + "# more\n", digest)
    assert files.block_text("sales", "team/clean_it") == (text + "# more\n", saved)
    with pytest.raises(ConflictError, match="has changed"):
        files.save_block("sales", "team/clean_it", "x = 1\n", digest)


@pytest.mark.parametrize("type_", list(BlockType))
@pytest.mark.parametrize("language", list(Language))
def test_every_template_is_valid(files: ProjectFiles, type_: BlockType, language: Language) -> None:
    file = files.new_block(type_, "class", language).file
    text = (files.place / file).read_text()
    if language is Language.PYTHON:
        compile(text, file, "exec")
