"""The corpus: notebooks of public repositories, as ``corpus/corpus.toml`` lists them."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"


@dataclass(frozen=True)
class Repository:
    """Some notebooks of one public repository.

    Attributes:
        name: owner and repository.
        runs: the paths of those that run here, without a network.
        refused: those of them that no automatic fix makes a pipeline of, each with the codes.
        read: the paths of the others, which are analysed only.
        why: why the others do not run here.
    """

    name: str
    release: str
    licence: str
    runs: tuple[str, ...]
    refused: dict[str, list[str]]
    read: tuple[str, ...]
    why: str

    @property
    def folder(self) -> Path:
        """Where its notebooks lie."""
        return FOLDER / self.name.replace("/", "+")

    def paths(self) -> list[Path]:
        """Give the files of all its notebooks."""
        return [self.folder / path for path in (*self.runs, *self.read)]


@functools.cache
def repositories() -> tuple[Repository, ...]:
    """Give the repositories, in the manifest's order."""
    listed = tomllib.loads((FOLDER / "corpus.toml").read_text())["repository"]
    return tuple(
        Repository(
            name=one["name"],
            release=one["release"],
            licence=one["licence"],
            runs=tuple(one.get("runs", ())),
            refused=one.get("refused", {}),
            read=tuple(one.get("read", ())),
            why=one.get("why", ""),
        )
        for one in listed
    )


def named(path: Path) -> str:
    """Give a notebook's name in the corpus: the repository's folder and the path in it."""
    return path.relative_to(FOLDER).as_posix()
