"""What the R code of a cell binds and uses, as far as its words say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_IGNORED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|#[^\n]*")
_NAME = r"[A-Za-z.][A-Za-z0-9._]*"
_BINDS = re.compile(rf"(?:^|[;\n{{}}(])\s*({_NAME})\s*(?:<<?-|=(?!=))|->>?\s*({_NAME})")
_USES = re.compile(rf"(?<![\w.$@])({_NAME})(?!\s*=(?!=))(?![\w.])")
_LIBRARY = re.compile(
    r"^[ \t]*(?:suppress\w+\()?(?:library|require|requireNamespace)\([^()\n]*\)\)?[ \t]*;?[ \t]*$",
    re.MULTILINE,
)
_FILE = re.compile(r"([A-Za-z.][\w.]*)\(([^()]*)\)")
_QUOTED = re.compile(r"[\"']([^\"'\n]+)[\"']")
_WRITES = (
    "write",
    "save",
    "ggsave",
    "png",
    "pdf",
    "svg",
    "sink",
    "fwrite",
    "unlink",
    "file.remove",
)
_PLOTS = re.compile(r"\b(?:plot|hist|barplot|boxplot|ggplot|qplot|lines|pairs|curve)\s*\(")


@dataclass(frozen=True)
class RText:
    """What is known of a cell of R.

    Attributes:
        binds: the names that it binds, at whatever depth.
        uses: the names that it uses.
        libraries: the lines that load packages.
        only_loads: whether these are all that it does.
        files_read: the files that it names and does not write.
        plots: whether it draws.
    """

    binds: tuple[str, ...]
    uses: frozenset[str]
    libraries: tuple[str, ...]
    only_loads: bool
    files_read: tuple[str, ...]
    files_written: tuple[str, ...]
    plots: bool


@lru_cache(maxsize=1024)
def read_r(text: str) -> RText:
    """Read the R code of a cell."""
    bare = _IGNORED.sub(lambda found: " " * len(found[0]), text)
    binds = dict.fromkeys(left or right for left, right in _BINDS.findall(bare))
    rest = _LIBRARY.sub(
        "", "\n".join(line for line in text.split("\n") if line.lstrip()[:1] != "#")
    )
    read: list[str] = []
    written: list[str] = []
    for function, arguments in _FILE.findall(text):
        paths = [one for one in _QUOTED.findall(arguments) if re.search(r"[/\\]|\.\w{1,8}$", one)]
        (written if function.startswith(_WRITES) else read).extend(paths)
    return RText(
        tuple(binds),
        frozenset(_USES.findall(bare)),
        tuple(found.strip() for found in _LIBRARY.findall(text)),
        not rest.strip(),
        tuple(read),
        tuple(written),
        _PLOTS.search(bare) is not None,
    )
