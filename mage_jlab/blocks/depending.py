"""What the result of a cached block depends on besides its inputs: code, settings, environment."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from mage_jlab.blocks.worker.r.finding import find_rscript, r_version
from mage_jlab.domain.block import BlockType, Language
from mage_jlab.domain.plan import PlannedBlock

CACHED_TYPES = frozenset(
    {BlockType.DATA_LOADER, BlockType.TRANSFORMER, BlockType.DATA_EXPORTER, BlockType.CUSTOM}
)
"""Types of blocks that may be cached: the others are asked because their answer changes."""


def with_cache(
    planned: PlannedBlock, text: str, files: Mapping[str, str], setup: str | None
) -> PlannedBlock:
    """Give a block with what its cache depends on, as it is where it asks for none.

    Args:
        planned: the block.
        text: its file's text.
        files: the snapshot's files with their sha256.
        setup: the file of session settings, or None.
    """
    if planned.configuration.get("cache") is not True or planned.type not in CACHED_TYPES:
        return planned
    own = planned.model_dump(
        mode="json", include={"type", "language", "code", "inputs", "results", "optional",
                              "configuration"},
    )  # fmt: skip
    shared = {name: hash_ for name, hash_ in files.items() if _is_shared(name, text)}
    identity = json.dumps([own, shared, setup], sort_keys=True)
    reads = keywords_read(text) if planned.language is Language.PYTHON else None
    code = hashlib.sha256(identity.encode()).hexdigest()
    return planned.model_copy(update={"cache": code, "reads": reads})


def keywords_read(text: str) -> list[str] | None:
    """Give the keywords that a block's functions read of ``**kwargs``; None when it may be any.

    Args:
        text: the text of the block's file.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    taken = {n.args.kwarg.arg for n in functions if n.args.kwarg is not None}
    parameters = {a.arg for n in functions for a in (*n.args.args, *n.args.kwonlyargs)}
    found: set[str] = set(parameters)
    known: set[int] = set()
    for node in ast.walk(tree):
        name = _literal_key(node, taken)
        if name is not None:
            found.add(name[0])
            known.add(name[1])
    used = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in taken]
    return sorted(found) if all(id(node) in known for node in used) else None


def environment_hash(interpreter: str, environ: Mapping[str, str], *, with_r: bool = False) -> str:
    """Give the hash of an interpreter, what is installed beside it, and its environment's own part.

    Args:
        interpreter: the Python that runs the blocks.
        environ: what its kernelspec adds.
        with_r: whether R and its version count, as for R blocks.
    """
    python = Path(interpreter)
    parts = [interpreter, json.dumps(dict(environ), sort_keys=True)]
    if python.exists():
        found = python.resolve().stat()
        parts += [str(python.resolve()), str(found.st_size), str(found.st_mtime_ns)]
    for folder in sorted(python.parent.parent.glob("lib/python3*/*-packages")):
        parts += sorted(one.name for one in folder.glob("*.dist-info"))
    parts += sorted(one.name for one in python.parent.parent.glob("conda-meta/*.json"))
    if with_r:
        rscript = find_rscript(interpreter, {**os.environ, **environ})
        parts += [rscript, r_version(rscript)] if rscript else ["no R"]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _literal_key(node: ast.AST, taken: set[str]) -> tuple[str, int] | None:
    """Read ``kwargs["x"]``, ``kwargs.get("x")`` or ``"x" in kwargs``: the key, and the name."""
    key: ast.expr | None = None
    target: ast.expr | None = None
    if isinstance(node, ast.Subscript):
        key, target = node.slice, node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr == "get":
            key, target = node.args[0], node.func.value
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        key, target = node.left, node.comparators[0]
    if not isinstance(target, ast.Name) or target.id not in taken:
        return None
    if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return None
    return key.value, id(target)


def _is_shared(file: str, text: str) -> bool:
    """Whether a file of the project may be part of what a block runs."""
    folder, _, _ = file.partition("/")
    if folder == "utils" or "/" not in file:
        return file.endswith((".py", ".sql", ".json", ".csv", ".txt"))
    imported = re.search(rf"^\s*(from|import)\s[^\n]*\b{re.escape(folder)}\b", text, re.MULTILINE)
    return file.endswith(".py") and imported is not None
