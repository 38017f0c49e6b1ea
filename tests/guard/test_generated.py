"""What is generated from the code is in step with it, and the docs name every command."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys

import click
import pytest
from guarded import ROOT, files

from mage_jlab import __version__
from mage_jlab.cli.root import ROWS, root


def test_the_browsers_types_are_those_of_the_words() -> None:
    schema = subprocess.run(
        [sys.executable, "-m", "mage_jlab.api.contract"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    types = subprocess.run(
        ["node_modules/.bin/json2ts", "--unreachableDefinitions", "--no-additionalProperties"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        input=schema,
    ).stdout
    kept = (ROOT / "labextension/src/contract.ts").read_text(encoding="utf-8")
    assert kept == types, "`make contract` writes it anew"


def test_the_description_of_the_api_is_that_of_the_routes() -> None:
    from mage_jlab.api import openapi

    assert openapi.FILE.read_text(encoding="utf-8") == openapi.text(), (
        "`make contract` writes it anew"
    )


def test_every_verb_of_the_api_is_described() -> None:
    from mage_jlab.api import openapi
    from mage_jlab.api.routes import ROUTES

    paths = openapi.document()["paths"]
    described = sum(verb in path for path in paths.values() for verb in openapi.VERBS)
    answered = sum(verb in vars(route.handler) for route in ROUTES for verb in openapi.VERBS)
    assert described == answered > 30


def commands() -> dict[str, click.Command]:
    context = click.Context(root)
    found: dict[str, click.Command] = {}
    for name in ROWS:
        command = root.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= {f"{name} {sub}": command.commands[sub] for sub in command.commands}
        else:
            found[name] = command
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_the_docs_name_every_command_and_option(name: str) -> None:
    page = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")
    assert f"`{name}" in page, f"docs/command-line.md does not name `{name}`"
    for parameter in commands()[name].params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert option in page, f"docs/command-line.md does not name {option} of {name}"


def test_the_docs_name_every_diagnostic() -> None:
    page = (ROOT / "docs/notebooks.md").read_text(encoding="utf-8")
    codes = set()
    for path in files("mage_jlab/notebook", ".py"):
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("error", "warning"):
                code = node.args[0] if node.args else None
                if isinstance(code, ast.Constant):
                    codes.add(code.value)
    assert len(codes) > 10
    assert {code for code in codes if f"`{code}`" not in page} == set()


def test_the_versions_agree() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    assert package["version"] == lock["version"] == __version__


def test_links_between_the_docs_lead_somewhere() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    assert len(pages) > 5
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_readmes_commands_are_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+) ", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"demo", "lab", "test", "bench"} <= named
    assert named <= targets


def test_ci_runs_the_readmes_test_command() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert "make test " in script.read_text(encoding="utf-8")
