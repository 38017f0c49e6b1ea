"""YAML as Mage AI reads and writes it: read fast, rewritten without losing a comment or a key.

Both directions follow YAML 1.1, as PyYAML (which Mage AI uses) does: a plain ``NO`` is false
there, so that such texts are quoted when written.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]  # the package has no types of its own

from mage_jlab.domain.errors import UnreadableFileError

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_BOOLEAN = re.compile(
    r"^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$"
)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, path: str) -> Any:
    """Parse a YAML text into plain values.

    Args:
        text: the document.
        path: the file it comes from, relative to the project, for the error.

    Raises:
        UnreadableFileError: with the line and column where the parser stopped.
    """
    try:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, the C one where it is built
    except yaml.YAMLError as error:
        raise _unreadable(error, path) from error
    except ValueError as error:
        raise UnreadableFileError(f"{path} is not valid YAML: {error}.", path) from error


def read_mapping(text: str, path: str) -> dict[str, Any]:
    """Parse a YAML text that must be a mapping; an empty one is an empty mapping.

    Raises:
        UnreadableFileError: when it is no YAML, or something else than a mapping.
    """
    value = read_yaml(text, path)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise UnreadableFileError(
            f"{path} should hold keys and values, and holds a {type(value).__name__}.", path, 1, 1
        )
    return value


def rewrite_yaml(text: str, path: str, change: Callable[[Any], None]) -> str:
    """Change a YAML mapping in place, keeping its comments, its order and the keys nobody knows.

    Args:
        text: the document; an empty one is an empty mapping.
        path: the file it comes from, for the error.
        change: is given the mapping and changes it; it is called twice, first with plain values.

    Returns:
        The new text; the very same text when ``change`` altered no value.

    Raises:
        UnreadableFileError: when the text is no YAML mapping.
    """
    if text and _is_so_already(read_mapping(text, path), change):
        return text
    from ruamel.yaml.error import YAMLError

    try:
        tree = _round_trip().load(text)
    except YAMLError as error:
        raise _unreadable(error, path) from error
    if tree is None:
        from ruamel.yaml.comments import CommentedMap

        tree = CommentedMap()
    before = plain(tree)
    change(tree)
    return text if plain(tree) == before and text else dump_yaml(tree)


def _is_so_already(values: dict[str, Any], change: Callable[[Any], None]) -> bool:
    """Say whether a change alters nothing: most often it does, and reading fast shows it."""
    before = plain(values)
    change(values)
    return bool(plain(values) == before)


def dump_yaml(tree: Any) -> str:
    """Write values as block style YAML, in the order of the mapping."""
    stream = io.StringIO()
    _round_trip().dump(tree, stream)
    return stream.getvalue()


def plain(value: Any) -> Any:
    """Give a value of YAML as JSON would hold it: plain containers, times as RFC 3339 text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set):
        return [plain(item) for item in sorted(value, key=str)]
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return bool(value) if type(value).__name__ == "ScalarBoolean" else str(value)


def _unreadable(error: Exception, path: str) -> UnreadableFileError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    if mark is None:
        return UnreadableFileError(f"{path} is not valid YAML: {problem}.", path)
    line, column = mark.line + 1, mark.column + 1
    return UnreadableFileError(
        f"{path}, line {line}, column {column}: not valid YAML: {problem}.", path, line, column
    )


def _round_trip() -> YAML:
    from ruamel.yaml import YAML

    resolver, representer = _dialect()
    yaml_ = YAML(typ="rt")
    yaml_.Resolver = resolver
    yaml_.Representer = representer
    yaml_.preserve_quotes = True
    yaml_.width = 4096
    return yaml_


@cache
def _dialect() -> tuple[type, type]:
    """The resolver and representer that make ruamel.yaml speak PyYAML's YAML 1.1."""
    from ruamel.yaml.representer import RoundTripRepresenter
    from ruamel.yaml.resolver import VersionedResolver
    from ruamel.yaml.scalarint import OctalInt

    boolean = "tag:yaml.org,2002:bool"

    class MageResolver(VersionedResolver):
        @property
        def processing_version(self) -> tuple[int, int]:
            return (1, 1)

        @property
        def versioned_resolver(self) -> Any:
            known = super().versioned_resolver
            if self not in _prepared:
                for first, rules in known.items():
                    known[first] = [(t, _BOOLEAN if t == boolean else r) for t, r in rules]
                _prepared.append(self)
            return known

    class MageRepresenter(RoundTripRepresenter):
        def represent_none(self, data: Any) -> Any:
            del data
            return self.represent_scalar("tag:yaml.org,2002:null", "null")

        def represent_octal_int(self, data: Any) -> Any:
            return self.represent_scalar("tag:yaml.org,2002:int", f"0{data:o}")

    _prepared: list[MageResolver] = []
    MageRepresenter.add_representer(type(None), MageRepresenter.represent_none)
    MageRepresenter.add_representer(OctalInt, MageRepresenter.represent_octal_int)
    return MageResolver, MageRepresenter
