"""Bad input: exit 2, one line that says what and where, one JSON document, nothing written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_calling import call
from cli_notebooks import sales, write


def test_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    error = call("run", "sales", "--json").error
    assert error["code"] == "not-found"
    assert "jupyter mage init" in error["message"]


def test_a_folder_that_is_no_project(tmp_path: Path) -> None:
    error = call("runs", "list", "--project", str(tmp_path), "--json").error
    assert str(tmp_path) in error["message"]


def test_a_project_named_from_elsewhere(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call("graph", "sales", "--project", str(project), "--json").status == 0
    checked = call("check", "notebooks/sales.ipynb", "--project", str(project), "--json")
    assert checked.document["notebook"] == "notebooks/sales.ipynb"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"text"', '{"cells": 3}', '{"nbformat": 4}', '{"a": 1}', "\x00\x01"],
)
@pytest.mark.parametrize("command", ["check", "export", "tag"])
def test_what_is_no_notebook(fresh: Path, command: str, text: str) -> None:
    notebook = fresh / "notebooks/sales.ipynb"
    notebook.parent.mkdir(exist_ok=True)
    notebook.write_text(text)
    options = ["--all"] if command == "tag" else []
    error = call(command, "notebooks/sales.ipynb", *options, "--json").error
    assert "sales.ipynb" in error["message"]
    assert notebook.read_text() == text


def test_a_notebook_that_is_not_there(fresh: Path) -> None:
    error = call("check", "notebooks/nowhere.ipynb", "--json").error
    assert error["code"] == "not-found"
    assert "notebooks/nowhere.ipynb" in error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "nowhere"],
        ["graph", "nowhere"],
        ["open", "nowhere"],
        ["runs", "show", "nowhere"],
        ["runs", "show", "sales#99999"],
        ["runs", "logs", "nowhere"],
        ["runs", "logs", "sales#1", "--block", "nowhere"],
        ["runs", "show", "sales#1", "--block", "nowhere"],
        ["runs", "list", "--pipeline", "nowhere"],
        ["run", "sales", "--block", "nowhere"],
        ["run", "sales", "--from", "clean", "--of", "nowhere"],
        ["product", "show", "sales", "nowhere"],
        ["product", "show", "nowhere", "clean"],
        ["product", "show", "sales", "clean", "--name", "nowhere"],
        ["trigger", "show", "nowhere"],
        ["trigger", "add", "nowhere", "--name", "x", "--every", "1h"],
    ],
    ids=" ".join,
)
def test_what_is_not_there(here: Path, arguments: list[str]) -> None:
    error = call(*arguments, "--json").error
    assert error["code"] in ("not-found", "no-product"), error
    assert "nowhere" in error["message"] or "99999" in error["message"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "sales", "--var", "market"],
        ["run", "sales", "--var", "=CA"],
        ["run", "sales", "--var", "factor=many"],
        ["run", "sales", "--var", "two words=1"],
        ["run", "sales", "--timeout", "soon"],
        ["run", "sales", "--block", "clean", "--upto", "clean"],
        ["run", "sales", "--of", "sales#1"],
        ["runs", "list", "--state", "happy"],
        ["runs", "list", "--before", "nonsense"],
        ["runs", "retry", "sales#1", "--code", "other"],
        ["graph", "sales", "--format", "png"],
        ["block", "new", "wizard", "x"],
        ["block", "new", "custom", "x", "--language", "cobol"],
        ["trigger", "add", "sales", "--name", "x"],
        ["trigger", "add", "sales", "--name", "x", "--every", "1h", "--cron", "* * * * *"],
        ["trigger", "add", "sales", "--name", "x", "--cron", "30 2 45 * *"],
        ["trigger", "add", "sales", "--name", "x", "--cron", "often"],
        ["trigger", "add", "sales", "--name", "x", "--every", "sometimes"],
        ["trigger", "add", "sales", "--name", "x", "--at", "tomorrow"],
        ["trigger", "add", "sales", "--name", "x", "--cron", "0 0 * * *", "--tz", "Mars/Olympus"],
        ["trigger", "next", "x", "--after", "tomorrow"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense(here: Path, arguments: list[str]) -> None:
    triggers = here / "pipelines/sales/triggers.yaml"
    before = triggers.read_text() if triggers.exists() else None
    assert call(*arguments, "--json").error["message"]
    assert (triggers.read_text() if triggers.exists() else None) == before


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "a/../../evil", ".."])
def test_a_name_that_leads_out_of_the_project(fresh: Path, name: str) -> None:
    before = sorted(fresh.parent.rglob("*evil*"))
    made = call("block", "new", "custom", name, "--json")
    if made.status == 0:  # a name is cleaned where that is Mage AI's rule; it stays inside
        assert (fresh / made.document["file"]).resolve().is_relative_to(fresh.resolve())
        assert (fresh / made.document["file"]).is_file()
    else:
        assert made.error["message"]
        assert sorted(fresh.parent.rglob("*evil*")) == before
    assert not Path("/tmp/evil.py").exists()


def test_a_pipeline_name_that_leads_out_of_the_project(fresh: Path) -> None:
    write(fresh / "notebooks/sales.ipynb", sales())
    done = call("export", "notebooks/sales.ipynb", "--pipeline", "../../evil", "--json")
    assert not (fresh.parent / "evil").exists()
    assert not (fresh.parent.parent / "evil").exists()
    if done.status == 0:
        assert (fresh / "pipelines" / done.document["pipeline"]).is_dir()
    else:
        assert done.error["message"]


def test_a_corrupt_pipeline_hides_no_other(fresh: Path) -> None:
    for name in ("sales", "other"):
        write(fresh / f"notebooks/{name}.ipynb", sales()[:3])
    assert call("export", "notebooks/sales.ipynb").status == 0
    (fresh / "pipelines/bad").mkdir()
    (fresh / "pipelines/bad/metadata.yaml").write_text("name: bad\nblocks: [\n  - {\n")
    error = call("graph", "bad", "--json").error
    assert error["code"] == "unreadable-file"
    assert "pipelines/bad/metadata.yaml" in error["message"]
    assert call("graph", "sales", "--json").status == 0
    assert call("run", "sales", "--dry-run", "--json").status == 0


def test_a_corrupt_project(fresh: Path) -> None:
    (fresh / "metadata.yaml").write_text("project_type: [\n")
    error = call("runs", "list", "--project", str(fresh), "--json").error
    assert "metadata.yaml" in error["message"]


def test_errors_without_json_leave_stdout_empty(here: Path) -> None:
    answer = call("run", "nowhere")
    assert answer.status == 2
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1


def test_json_is_one_document_even_when_a_run_fails(here: Path) -> None:
    answer = call("run", "broken", "--json")
    assert answer.status == 1
    assert json.loads(answer.out)["state"] == "failed"
