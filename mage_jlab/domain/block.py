"""Blocks: their types, languages, files and names."""

from __future__ import annotations

import keyword
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from typing import Any

from mage_jlab.domain.word import Word


class BlockType(StrEnum):
    """What a block is for; the values are Mage AI's."""

    DATA_LOADER = "data_loader"
    TRANSFORMER = "transformer"
    DATA_EXPORTER = "data_exporter"
    SENSOR = "sensor"
    CUSTOM = "custom"
    SCRATCHPAD = "scratchpad"
    CHART = "chart"
    CALLBACK = "callback"
    CONDITIONAL = "conditional"
    MARKDOWN = "markdown"

    @property
    def folder(self) -> str:
        """The project's folder for files of this type (Mage AI's layout)."""
        return "custom" if self is BlockType.CUSTOM else f"{self.value}s"

    @property
    def decorator(self) -> str:
        """The decorator of this type, as Mage AI spells it."""
        return "condition" if self is BlockType.CONDITIONAL else self.value

    @property
    def runs(self) -> bool:
        """Whether a run has a block run for it: scratchpads and markdown never run."""
        return self not in (BlockType.SCRATCHPAD, BlockType.MARKDOWN)


class Language(StrEnum):
    """The language of a block's file."""

    PYTHON = "python"
    SQL = "sql"
    R = "r"
    YAML = "yaml"
    MARKDOWN = "markdown"

    @property
    def extension(self) -> str:
        """The ending of a file in this language, without the dot."""
        return {"python": "py", "markdown": "md"}.get(self.value, self.value)


class Block(Word):
    """A block as its pipeline refers to it, with what was recorded when it was exported.

    ``inputs`` binds each parameter to ``"<block above>.<result>"`` and ``results`` names what the
    block returns; both are None for a block that no export recorded (called by position then).
    ``code`` and ``hash`` (sha256 of the file's text) are given where one block is read alone.
    """

    name: str
    type: BlockType
    language: Language = Language.PYTHON
    file: str
    upstream: list[str] = []
    inputs: dict[str, str] | None = None
    results: list[str] | None = None
    cell_id: str | None = None
    configuration: dict[str, Any] = {}
    code: str | None = None
    hash: str | None = None


class BlockTemplate(Word):
    """What a new block can start with; ``name`` tells templates of one type and language apart."""

    type: BlockType
    language: Language
    name: str
    title: str
    description: str


class MadeBlock(Word):
    """A block that was made: its file, and every file that was written, relative to the project."""

    name: str
    file: str
    written: list[str]


def default_file(type_: BlockType, name: str, language: Language = Language.PYTHON) -> str:
    """Give the path, relative to the project, where Mage AI looks for a block's file."""
    return f"{type_.folder}/{name}.{language.extension}"


def clean_name(name: str) -> str:
    """Turn any text into Mage AI's form of a pipeline or block name.

    Non-word characters become ``_``, a leading digit gets ``letter_`` in front, all is lower
    case; a ``/`` stays where it stood (mage-format: ``clean_name``).
    """
    stripped = re.sub('[\ufeff"$\n\r\t]', "", name)
    parts = [re.sub(r"\W", "_", part) for part in stripped.split("/")]
    parts = [f"letter_{part}" if part[:1].isdigit() else part for part in parts]
    return "/".join(parts).lower()


@lru_cache(maxsize=4096)
def identifier(text: str) -> str:
    """Turn any text into a snake_case ASCII Python name, no keyword; ``""`` when none is left."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", ascii_text)
    name = re.sub(r"_+", "_", re.sub(r"\W", "_", spaced)).strip("_").lower()
    if name[:1].isdigit():
        name = f"letter_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name
