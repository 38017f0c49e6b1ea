"""Rooms are small, well named, and speak of the project alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from guarded import ROOT, files, text, tracked

LONGEST = 400
POOR_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "handlers"}
GENERATED = {Path("labextension/src/contract.ts"), Path("docs/openapi.yaml")}
CODE = {".py", ".ts", ".tsx", ".css"}

REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("files", "pythonhosted", "org"),
        ("pypi", "org/simple"),
        ("deb", "debian", "org"),
    )
]
PLACES = re.compile("|".join(rf"(?<![\w.\-/}}]){place}/" for place in ("/wor" + "k", "/roo" + "t")))


def source_files() -> list[Path]:
    return [p for p in tracked() if p.suffix in CODE and p not in GENERATED]


@pytest.mark.parametrize("path", source_files(), ids=str)
def test_no_file_is_two_rooms(path: Path) -> None:
    lines = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{path} has {lines} lines"


def test_the_median_room_is_small() -> None:
    lengths = sorted(
        len((ROOT / path).read_text(encoding="utf-8").splitlines())
        for path in files("mage_jlab", ".py")
        if path.name != "__init__.py"
    )
    assert lengths[len(lengths) // 2] <= 130


def test_no_room_has_a_name_that_says_nothing() -> None:
    for path in tracked():
        if path.parts[0] in ("mage_jlab", "labextension", "tests"):
            names = {part.split(".")[0].lower() for part in path.parts}
            assert not names & POOR_NAMES, path


def test_no_file_names_a_registry() -> None:
    for path in tracked():
        content = text(path) or ""
        for host in REGISTRIES:
            assert host not in content, f"{path} names {host}"


def test_no_file_names_a_place_of_one_machine() -> None:
    for path in tracked():
        found = PLACES.search(text(path) or "")
        assert found is None, f"{path}: {found}"


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    for path in source_files():
        found = later.search(text(path) or "")
        assert found is None, f"{path}: {found}"


def test_no_test_is_skipped() -> None:
    words = (
        "pytest.mark." + "skip",
        "pytest." + "skip(",
        "mark." + "xfail",
        "it." + "skip",
        "describe." + "skip",
    )
    for path in tracked():
        if path.parts[0] == "tests" and path.suffix in CODE:
            for word in words:
                assert word not in (text(path) or ""), f"{path}: {word}"


@pytest.mark.parametrize("path", files("mage_jlab", ".py"), ids=str)
def test_everything_public_says_what_it_is(path: Path) -> None:
    if path.parts[1] == "demo" and path.name != "__init__.py":
        return
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    undocumented = [] if ast.get_docstring(tree) else ["the module"]
    undocumented += missing(tree.body, "")
    assert not undocumented, f"{path}: {', '.join(undocumented)} without a docstring"


def missing(body: list[ast.stmt], prefix: str) -> list[str]:
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            overload = any(
                "overload" in ast.unparse(d) or ".setter" in ast.unparse(d)
                for d in node.decorator_list
            )
            if node.name.startswith("_") or overload:
                continue
            if not ast.get_docstring(node):
                found.append(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                found += missing(node.body, f"{prefix}{node.name}.")
    return found


def test_exceptions_to_the_rules_say_why() -> None:
    bare = re.compile(
        r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[\w\-, ]+\])?)\s*$", re.MULTILINE
    )
    for path in [*files("mage_jlab", ".py"), *files("tests", ".py")]:
        found = bare.search(text(path) or "")
        assert found is None, f"{path}: {found[0]!r} gives no reason" if found else ""
