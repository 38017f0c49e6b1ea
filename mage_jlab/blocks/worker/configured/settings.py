"""The text of a YAML block: its keys with their places, values put in after the YAML was read.

Each ``{{ … }}`` leaves a marker, as in SQL blocks, so that no value changes what the YAML says; in
a query the values stay apart and are bound.
"""

from __future__ import annotations

import re
from typing import Any, Callable

from ..failures import StatedError
from ..sql.failures import SqlError, missing_package
from ..sql.template import Rendered, render

_DATABASE = ("data_provider", "data_provider_profile", "database")
KEYS = {
    "data_loader": {
        "file": ("format",),
        "table": _DATABASE,
        "query": _DATABASE,
    },
    "data_exporter": {
        "file": ("format",),
        "table": (*_DATABASE, "export_write_policy"),
    },
}
"""For each type of block what it reads or writes, and the keys that go with it."""

_FOREIGN = re.compile(r"^(?:source|destination|connector_type)(?=[ \t]*:)", re.MULTILINE)


class Settings:
    """What the file of a YAML block says.

    ``goal`` is the key that names what is read or written.

    Args:
        block: the planned block.
        file: its text.
        names: what ``{{ name }}`` gives.
        functions: what templates may call.

    Raises:
        StatedError: at its line, when the text is no YAML, a key is unknown or missing, or a
            template asks for what is not there.
    """

    def __init__(
        self,
        block: dict[str, Any],
        file: str,
        names: dict[str, Any],
        functions: dict[str, Callable[..., Any]],
    ) -> None:
        self._name = block["name"]
        self._type = block["type"]
        file = file.replace("\r\n", "\n")
        foreign = _FOREIGN.search(file)
        if foreign:
            raise SqlError(
                "NotSupported",
                f"{self._name} names a {foreign[0]} of Mage AI's data integration or streaming, "
                f"which do not run here: a {self._type} in YAML has {self._goals}.",
                file,
                foreign.start(),
            )
        self._rendered = render(file, names, functions)
        self._nodes: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._read()
        self.goal = self._checked()

    def text(self, key: str) -> str | None:
        """Give the value of a key with the values of its templates; None when it is not there.

        Raises:
            StatedError: when it is no text, or empty.
        """
        node = self._nodes.get(key)
        if node is None:
            return None
        if not isinstance(node.value, str) or not node.value.strip():
            raise self.error(f"{key} must be a text.", key)
        text: str = node.value
        for marker, value in self._rendered.values.items():
            if marker in text and (value is None or value == ""):
                raise self.error(f"{key} has a template that gives nothing.", key)
            text = text.replace(marker, str(value))
        return text

    def query(self) -> Rendered:
        """Give the value of ``query`` with its values apart; its lines know where they stand."""
        self.text("query")
        node = self._nodes["query"]
        whole, at = self._rendered, node.start_mark.index
        origins, length = [], 0
        for line in node.value.splitlines(keepends=True):
            found = whole.text.find(line.strip(), at, node.end_mark.index)
            at = found if found >= 0 else at
            origins.append((length + len(line) - len(line.lstrip()), whole.origin(at)))
            length += len(line)
        return Rendered(node.value, whole.values, whole.marker, whole.file, origins)

    def error(self, message: str, key: str | None = None) -> StatedError:
        """Give a failure at the line of a key, by default at the first one."""
        node = self._keys.get(key or self.goal)
        at = node.start_mark.index if node is not None else 0
        return SqlError("BadBlock", message, self._rendered.file, self._rendered.origin(at))

    @property
    def _goals(self) -> str:
        return " or ".join(f"{goal}:" for goal in KEYS[self._type])

    def _read(self) -> None:
        try:
            import yaml  # type: ignore[import-untyped]  # PyYAML has no types of its own
        except ImportError:
            raise missing_package("pyyaml") from None
        self.goal = ""
        try:
            tree = yaml.compose(self._rendered.text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            problem = getattr(error, "problem", None) or "it holds a character that YAML has not"
            raise SqlError(
                "BadBlock",
                f"{self._name} is no YAML: {problem}.",
                self._rendered.file,
                self._rendered.origin(mark.index) if mark else None,
            ) from None
        if tree is None:
            return
        if not isinstance(tree, yaml.MappingNode):
            raise self.error(f"{self._name} should hold keys and values: {self._goals} first.")
        for key, value in tree.value:
            name = str(key.value)
            twice = name in self._keys
            self._keys[name], self._nodes[name] = key, value
            if twice:
                raise self.error(f"{name} stands twice.", name)

    def _checked(self) -> str:
        """Check the keys; gives the one that names what is read or written."""
        goals = KEYS[self._type]
        known = dict.fromkeys(key for goal, rest in goals.items() for key in (goal, *rest))
        for key in self._keys:
            if key not in known:
                there_are = ", ".join(known)
                raise self.error(
                    f"{key!r} is no key of a {self._type} in YAML; there are {there_are}.", key
                )
        named = [key for key in self._keys if key in goals]
        if len(named) != 1:
            says = "nothing of it" if not named else " and ".join(named)
            raise self.error(
                f"{self._name} must have {self._goals}, one of them, and has {says}.",
                named[-1] if named else None,
            )
        for key in self._keys:
            if key != named[0] and key not in goals[named[0]]:
                raise self.error(f"{key} does not go with {named[0]}.", key)
        return named[0]
